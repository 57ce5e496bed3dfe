/* classify_object.c - CREATE, DROP, ALTER and COPY: of what. */
#include "sql/classify_parts.h"

/* What stands between the verb and the kind of object. */
static const char *const modifiers[] = {"or",    "replace",  "unique",     "global",
                                        "local", "unlogged", "persistent", "recursive",
                                        "temp",  "temporary"};

static const struct object {
    const char *word, *create, *drop, *alter;
} objects[] = {
    {"table", "CREATE TABLE", "DROP TABLE", "ALTER TABLE"},
    {"view", "CREATE VIEW", "DROP VIEW", "ALTER VIEW"},
    {"materialized", "CREATE MATERIALIZED VIEW", "DROP MATERIALIZED VIEW",
     "ALTER MATERIALIZED VIEW"},
    {"index", "CREATE INDEX", "DROP INDEX", "ALTER INDEX"},
    {"schema", "CREATE SCHEMA", "DROP SCHEMA", "ALTER SCHEMA"},
    {"sequence", "CREATE SEQUENCE", "DROP SEQUENCE", "ALTER SEQUENCE"},
    {"type", "CREATE TYPE", "DROP TYPE", "ALTER TYPE"},
    {"function", "CREATE FUNCTION", "DROP FUNCTION", "ALTER FUNCTION"},
    {"macro", "CREATE FUNCTION", "DROP FUNCTION", "ALTER FUNCTION"},
    {"secret", "CREATE SECRET", "DROP SECRET", "ALTER SECRET"},
    {"database", "CREATE DATABASE", "DROP DATABASE", "ALTER DATABASE"},
};

static const struct object *read_object(struct slice *rest, struct sql_class *class)
{
    struct token token = token_next(rest);
    while (sql_word_in(&token, modifiers, ARRAY_LEN(modifiers))) {
        if (token_is_word(&token, "temp") || token_is_word(&token, "temporary"))
            class->pins = true;
        token = token_next(rest);
    }
    for (size_t i = 0; i < ARRAY_LEN(objects); i++) {
        if (token_is_word(&token, objects[i].word))
            return &objects[i];
    }
    return NULL;
}

/* Is there an AS in front of any parenthesis but those of names and columns? */
static bool has_as(struct slice rest)
{
    int depth = 0;
    for (;;) {
        struct token token = token_next(&rest);
        if (token.kind == TOKEN_END)
            return false;
        depth += token_is_symbol(&token, '(') - token_is_symbol(&token, ')');
        if (depth == 0 && token_is_word(&token, "as"))
            return true;
    }
}

/* … AS EXECUTE name: the engine would look among statements of its own. */
static bool executes(struct slice rest)
{
    struct token token = token_next(&rest);
    bool after_as = false;
    for (; token.kind != TOKEN_END; token = token_next(&rest)) {
        if (after_as && token_is_word(&token, "execute"))
            return true;
        after_as = token_is_word(&token, "as");
    }
    return false;
}

void sql_read_create(struct slice rest, struct sql_class *class)
{
    const struct object *object = read_object(&rest, class);
    if (!object)
        return;
    class->tag = class->writes = object->create;
    if (object == &objects[0] && has_as(rest)) {
        class->tag = "SELECT";
        class->count = SQL_COUNT_AFFECTED;
        class->writes = "CREATE TABLE AS";
        if (executes(rest)) {
            class->kind = SQL_UNSUPPORTED;
            class->tag = "CREATE TABLE AS EXECUTE";
        }
    }
}

void sql_read_drop(struct slice rest, struct sql_class *class)
{
    const struct object *object = read_object(&rest, class);
    if (object)
        class->tag = class->writes = object->drop;
}

void sql_read_alter(struct slice rest, struct sql_class *class)
{
    const struct object *object = read_object(&rest, class);
    if (object)
        class->tag = class->writes = object->alter;
}

/* ---- COPY ---- */

/* Does a COPY end, or begin, at the client, or at a program? The engine would take its
 * own process's standard output for STDOUT. */
void sql_read_copy(struct slice rest, struct sql_class *class)
{
    int depth = 0;
    bool direction = false; /* the last token was TO or FROM, outside of parentheses */
    for (;;) {
        struct token token = token_next(&rest);
        if (token.kind == TOKEN_END)
            return;
        if (direction &&
            (token_is_word(&token, "stdin") || token_is_word(&token, "stdout")))
            class->kind = SQL_COPY_CLIENT;
        if (direction && token_is_word(&token, "program")) {
            class->kind = SQL_UNSUPPORTED;
            class->tag = "COPY with a program";
        }
        depth += token_is_symbol(&token, '(') - token_is_symbol(&token, ')');
        direction = depth == 0 &&
                    (token_is_word(&token, "to") || token_is_word(&token, "from"));
        if (direction && token_is_word(&token, "from"))
            class->writes = "COPY FROM";
    }
}
