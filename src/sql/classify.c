/* classify.c - what kind of statement a text is, told from its tokens alone.
 *
 * The first word picks a row of the verbs table; a verb that says more than one thing
 * has a function that reads on. A word nobody knows is the engine's: its parser has the
 * last word on everything but what is answered or refused here. */
#include "sql/classify.h"

#include "core/attr.h"
#include "sql/token.h"

/* What a verb's function reads: the tokens behind the verb. */
typedef void verb_reader(struct slice rest, struct sql_class *class);

static bool word_in(const struct token *token, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (token_is_word(token, words[i]))
            return true;
    }
    return false;
}

static struct token peek(struct slice sql)
{
    return token_next(&sql);
}

/* ---- CREATE, DROP, ALTER ---- */

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
    while (word_in(&token, modifiers, ARRAY_LEN(modifiers))) {
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

static void read_create(struct slice rest, struct sql_class *class)
{
    const struct object *object = read_object(&rest, class);
    if (!object)
        return;
    class->tag = object->create;
    if (object == &objects[0] && has_as(rest)) {
        class->tag = "SELECT";
        class->count = SQL_COUNT_AFFECTED;
    }
}

static void read_drop(struct slice rest, struct sql_class *class)
{
    const struct object *object = read_object(&rest, class);
    if (object)
        class->tag = object->drop;
}

static void read_alter(struct slice rest, struct sql_class *class)
{
    const struct object *object = read_object(&rest, class);
    if (object)
        class->tag = object->alter;
}

/* ---- transactions ---- */

static const char *const transaction_words[] = {"work", "transaction"};

/* BEGIN, START TRANSACTION: the modes in any order, commas between them. */
static void read_begin(struct slice rest, struct sql_class *class)
{
    static const char *const harmless[] = {
        "work",       "transaction", "isolation", "level", "uncommitted", "committed",
        "repeatable", "read",        "write",     "not",   "deferrable"};
    bool after_read = false;
    for (;;) {
        struct token token = token_next(&rest);
        if (token.kind == TOKEN_END)
            return;
        if (token_is_word(&token, "serializable")) {
            class->kind = SQL_UNSUPPORTED;
            class->tag = "ISOLATION LEVEL SERIALIZABLE";
            return;
        }
        if (after_read && token_is_word(&token, "only"))
            class->read_only = true;
        else if (!token_is_symbol(&token, ',') &&
                 !word_in(&token, harmless, ARRAY_LEN(harmless)))
            class->kind = SQL_MALFORMED;
        after_read = token_is_word(&token, "read");
    }
}

/* COMMIT, END, ROLLBACK, ABORT [WORK | TRANSACTION] [AND NO CHAIN]. */
static void read_end(struct slice rest, struct sql_class *class)
{
    struct token token = token_next(&rest);
    if (word_in(&token, transaction_words, ARRAY_LEN(transaction_words)))
        token = token_next(&rest);
    if (token.kind == TOKEN_END)
        return;
    class->kind = SQL_MALFORMED;
    if (token_is_word(&token, "to")) {
        class->kind = SQL_SAVEPOINT;
        class->tag = "ROLLBACK TO SAVEPOINT";
    } else if (token_is_word(&token, "prepared")) {
        class->kind = SQL_UNSUPPORTED;
        class->tag = "two-phase commit";
    } else if (token_is_word(&token, "and")) {
        token = token_next(&rest);
        if (token_is_word(&token, "chain")) {
            class->kind = SQL_UNSUPPORTED;
            class->tag = "AND CHAIN";
        } else if (token_is_word(&token, "no")) {
            class->kind = class->tag[0] == 'C' ? SQL_COMMIT : SQL_ROLLBACK;
        }
    }
}

/* ---- settings ---- */

/* The text between two tokens, without the blanks around it. */
static struct slice until_end(struct slice rest)
{
    struct slice text = {rest.data, 0};
    bool first = true;
    for (;;) {
        struct token token = token_next(&rest);
        if (token.kind == TOKEN_END)
            return text;
        if (first)
            text.data = token.text.data;
        first = false;
        text.len = (size_t)(token.text.data + token.text.len - text.data);
    }
}

/* A name that may have a dot in it. */
static struct slice read_name(struct slice *rest)
{
    struct token token = token_next(rest);
    struct slice name = token.text;
    if (token.kind != TOKEN_WORD && token.kind != TOKEN_QUOTED)
        return (struct slice){token.text.data, 0};
    for (;;) {
        token = peek(*rest);
        if (!token_is_symbol(&token, '.'))
            return name;
        (void)token_next(rest);
        token = token_next(rest);
        name.len = (size_t)(token.text.data + token.text.len - name.data);
    }
}

static void read_value(struct slice rest, struct sql_class *class)
{
    class->value = until_end(rest);
    struct token token = peek(class->value);
    class->is_default =
        token_is_word(&token, "default") && token.text.len == class->value.len;
    if (class->value.len == 0)
        class->kind = SQL_MALFORMED;
}

/* SET forms that do not name a setting first. True: it was one. */
static bool read_special_set(struct slice *rest, struct sql_class *class)
{
    struct slice rest_behind = *rest;
    struct token token = token_next(&rest_behind);
    if (token_is_word(&token, "time")) {
        struct token zone = token_next(&rest_behind);
        class->name = SLICE("timezone");
        if (!token_is_word(&zone, "zone"))
            class->kind = SQL_MALFORMED;
        struct token local = peek(rest_behind);
        read_value(rest_behind, class);
        class->is_default |= token_is_word(&local, "local");
    } else if (token_is_word(&token, "names")) {
        class->name = SLICE("client_encoding");
        read_value(rest_behind, class);
    } else if (token_is_word(&token, "transaction") ||
               token_is_word(&token, "characteristics")) {
        class->kind = SQL_UNSUPPORTED;
        class->tag = "SET TRANSACTION";
    } else if (token_is_word(&token, "variable") || token_is_word(&token, "global")) {
        class->kind = SQL_ENGINE;
        class->pins = token_is_word(&token, "variable");
    } else {
        return false;
    }
    return true;
}

static void read_set(struct slice rest, struct sql_class *class)
{
    struct token token = peek(rest);
    if (token_is_word(&token, "local") || token_is_word(&token, "session")) {
        class->local = token_is_word(&token, "local");
        (void)token_next(&rest);
    }
    if (read_special_set(&rest, class))
        return;
    class->name = read_name(&rest);
    token = token_next(&rest);
    if (class->name.len == 0 ||
        !(token_is_word(&token, "to") || token_is_symbol(&token, '=')))
        class->kind = SQL_MALFORMED;
    else
        read_value(rest, class);
}

/* RESET and SHOW: one name, TIME ZONE, ALL. */
static void read_setting_name(struct slice rest, struct sql_class *class)
{
    class->name = read_name(&rest);
    struct token token = peek(rest);
    if (slice_equal_nocase(class->name, SLICE("time")) && token_is_word(&token, "zone"))
        class->name = SLICE("timezone");
    else if (slice_equal_nocase(class->name, SLICE("transaction")) &&
             token_is_word(&token, "isolation"))
        class->name = SLICE("transaction_isolation");
    else if (class->kind == SQL_SHOW && (token.kind != TOKEN_END || !class->name.len))
        class->kind = SQL_ENGINE; /* SHOW ALL TABLES, SHOW TABLES FROM x */
    else if (token.kind != TOKEN_END || !class->name.len)
        class->kind = SQL_MALFORMED;
}

/* ---- the rest ---- */

static void read_deallocate(struct slice rest, struct sql_class *class)
{
    struct token token = peek(rest);
    if (token_is_word(&token, "prepare"))
        (void)token_next(&rest);
    class->name = read_name(&rest);
    class->tag =
        slice_equal_nocase(class->name, SLICE("all")) ? "DEALLOCATE ALL" : "DEALLOCATE";
    if (!class->name.len || token_skip_blank(&rest))
        class->kind = SQL_MALFORMED;
}

static void read_discard(struct slice rest, struct sql_class *class)
{
    static const struct {
        const char *word, *tag;
    } targets[] = {{"all", "DISCARD ALL"},
                   {"plans", "DISCARD PLANS"},
                   {"sequences", "DISCARD SEQUENCES"},
                   {"temp", "DISCARD TEMP"},
                   {"temporary", "DISCARD TEMP"}};
    struct token token = token_next(&rest);
    class->kind = SQL_MALFORMED;
    for (size_t i = 0; i < ARRAY_LEN(targets); i++) {
        if (token_is_word(&token, targets[i].word)) {
            class->kind = SQL_DISCARD;
            class->tag = targets[i].tag;
            class->name = token.text;
        }
    }
}

/* Does a COPY end, or begin, at the client, or at a program? The engine would take its
 * own process's standard output for STDOUT. */
static void read_copy(struct slice rest, struct sql_class *class)
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
    }
}

/* EXPLAIN ANALYZE executes what it explains. */
static void read_explain(struct slice rest, struct sql_class *class)
{
    int depth = 0;
    for (;;) {
        struct token token = token_next(&rest);
        if (token.kind == TOKEN_END)
            return;
        depth += token_is_symbol(&token, '(') - token_is_symbol(&token, ')');
        if (depth > 0 || token_is_symbol(&token, ')') ||
            token_is_word(&token, "analyze") || token_is_word(&token, "verbose"))
            continue;
        if (token_is_word(&token, "copy"))
            read_copy(rest, class);
        else if (token_is_word(&token, "prepare") || token_is_word(&token, "execute"))
            class->kind = SQL_UNSUPPORTED;
        return;
    }
}

static void read_with(struct slice rest, struct sql_class *class);

/* ---- the verbs ---- */

static const struct verb {
    const char *word;
    enum sql_kind kind;
    const char *tag;
    enum sql_count count;
    verb_reader *read; /* NULL: the word says it all */
} verbs[] = {
    {"select", SQL_ENGINE, "SELECT", SQL_COUNT_ROWS, NULL},
    {"from", SQL_ENGINE, "SELECT", SQL_COUNT_ROWS, NULL},
    {"values", SQL_ENGINE, "SELECT", SQL_COUNT_ROWS, NULL},
    {"table", SQL_ENGINE, "SELECT", SQL_COUNT_ROWS, NULL},
    {"with", SQL_ENGINE, "SELECT", SQL_COUNT_ROWS, read_with},
    {"insert", SQL_ENGINE, "INSERT 0", SQL_COUNT_AFFECTED, NULL},
    {"update", SQL_ENGINE, "UPDATE", SQL_COUNT_AFFECTED, NULL},
    {"delete", SQL_ENGINE, "DELETE", SQL_COUNT_AFFECTED, NULL},
    {"merge", SQL_ENGINE, "MERGE", SQL_COUNT_AFFECTED, NULL},
    {"create", SQL_ENGINE, "CREATE", SQL_COUNT_NONE, read_create},
    {"drop", SQL_ENGINE, "DROP", SQL_COUNT_NONE, read_drop},
    {"alter", SQL_ENGINE, "ALTER", SQL_COUNT_NONE, read_alter},
    {"truncate", SQL_ENGINE, "TRUNCATE TABLE", SQL_COUNT_NONE, NULL},
    {"comment", SQL_ENGINE, "COMMENT", SQL_COUNT_NONE, NULL},
    {"copy", SQL_ENGINE, "COPY", SQL_COUNT_AFFECTED, read_copy},
    {"explain", SQL_ENGINE, "EXPLAIN", SQL_COUNT_NONE, read_explain},
    {"describe", SQL_ENGINE, "SELECT", SQL_COUNT_ROWS, NULL},
    {"desc", SQL_ENGINE, "SELECT", SQL_COUNT_ROWS, NULL},
    {"summarize", SQL_ENGINE, "SELECT", SQL_COUNT_ROWS, NULL},
    {"pivot", SQL_ENGINE, "SELECT", SQL_COUNT_ROWS, NULL},
    {"unpivot", SQL_ENGINE, "SELECT", SQL_COUNT_ROWS, NULL},
    {"call", SQL_ENGINE, "CALL", SQL_COUNT_NONE, NULL},
    {"analyze", SQL_ENGINE, "ANALYZE", SQL_COUNT_NONE, NULL},
    {"vacuum", SQL_ENGINE, "VACUUM", SQL_COUNT_NONE, NULL},
    {"checkpoint", SQL_ENGINE, "CHECKPOINT", SQL_COUNT_NONE, NULL},
    {"force", SQL_ENGINE, "CHECKPOINT", SQL_COUNT_NONE, NULL},
    {"attach", SQL_ENGINE, "ATTACH", SQL_COUNT_NONE, NULL},
    {"detach", SQL_ENGINE, "DETACH", SQL_COUNT_NONE, NULL},
    {"install", SQL_ENGINE, "INSTALL", SQL_COUNT_NONE, NULL},
    {"load", SQL_ENGINE, "LOAD", SQL_COUNT_NONE, NULL},
    {"use", SQL_ENGINE, "USE", SQL_COUNT_NONE, NULL},
    {"pragma", SQL_ENGINE, "PRAGMA", SQL_COUNT_NONE, NULL},
    {"set", SQL_SET, "SET", SQL_COUNT_NONE, read_set},
    {"reset", SQL_RESET, "RESET", SQL_COUNT_NONE, read_setting_name},
    {"show", SQL_SHOW, "SHOW", SQL_COUNT_NONE, read_setting_name},
    {"begin", SQL_BEGIN, "BEGIN", SQL_COUNT_NONE, read_begin},
    {"start", SQL_BEGIN, "START TRANSACTION", SQL_COUNT_NONE, read_begin},
    {"commit", SQL_COMMIT, "COMMIT", SQL_COUNT_NONE, read_end},
    {"end", SQL_COMMIT, "COMMIT", SQL_COUNT_NONE, read_end},
    {"rollback", SQL_ROLLBACK, "ROLLBACK", SQL_COUNT_NONE, read_end},
    {"abort", SQL_ROLLBACK, "ROLLBACK", SQL_COUNT_NONE, read_end},
    {"savepoint", SQL_SAVEPOINT, "SAVEPOINT", SQL_COUNT_NONE, NULL},
    {"release", SQL_SAVEPOINT, "RELEASE SAVEPOINT", SQL_COUNT_NONE, NULL},
    {"deallocate", SQL_DEALLOCATE, "DEALLOCATE", SQL_COUNT_NONE, read_deallocate},
    {"discard", SQL_DISCARD, "DISCARD", SQL_COUNT_NONE, read_discard},
    {"prepare", SQL_UNSUPPORTED, "PREPARE", SQL_COUNT_NONE, NULL},
    {"execute", SQL_UNSUPPORTED, "EXECUTE", SQL_COUNT_NONE, NULL},
    {"declare", SQL_UNSUPPORTED, "DECLARE CURSOR", SQL_COUNT_NONE, NULL},
    {"fetch", SQL_UNSUPPORTED, "FETCH", SQL_COUNT_NONE, NULL},
    {"move", SQL_UNSUPPORTED, "MOVE", SQL_COUNT_NONE, NULL},
    {"close", SQL_UNSUPPORTED, "CLOSE CURSOR", SQL_COUNT_NONE, NULL},
    {"listen", SQL_UNSUPPORTED, "LISTEN", SQL_COUNT_NONE, NULL},
    {"notify", SQL_UNSUPPORTED, "NOTIFY", SQL_COUNT_NONE, NULL},
    {"unlisten", SQL_UNSUPPORTED, "UNLISTEN", SQL_COUNT_NONE, NULL},
    {"lock", SQL_UNSUPPORTED, "LOCK TABLE", SQL_COUNT_NONE, NULL},
    {"grant", SQL_UNSUPPORTED, "GRANT", SQL_COUNT_NONE, NULL},
    {"revoke", SQL_UNSUPPORTED, "REVOKE", SQL_COUNT_NONE, NULL},
    {"do", SQL_UNSUPPORTED, "DO", SQL_COUNT_NONE, NULL},
};

static const struct verb *find_verb(const struct token *token)
{
    for (size_t i = 0; i < ARRAY_LEN(verbs); i++) {
        if (token_is_word(token, verbs[i].word))
            return &verbs[i];
    }
    return NULL;
}

/* The first verb behind the common table expressions, whose bodies are in parentheses.
 */
static void read_with(struct slice rest, struct sql_class *class)
{
    static const char *const mains[] = {"select", "insert", "update", "delete", "merge",
                                        "from",   "values", "table",  "copy"};
    int depth = 0;
    for (;;) {
        struct token token = token_next(&rest);
        if (token.kind == TOKEN_END)
            return;
        depth += token_is_symbol(&token, '(') - token_is_symbol(&token, ')');
        if (depth != 0 || !word_in(&token, mains, ARRAY_LEN(mains)))
            continue;
        const struct verb *verb = find_verb(&token);
        class->tag = verb->tag;
        class->count = verb->count;
        if (verb->read)
            verb->read(rest, class);
        return;
    }
}

struct sql_class sql_classify(struct slice statement)
{
    struct sql_class class = {
        .kind = SQL_ENGINE, .tag = "SELECT", .count = SQL_COUNT_ROWS};
    struct token token = token_next(&statement);
    if (token.kind == TOKEN_END)
        return (struct sql_class){
            .kind = SQL_EMPTY, .tag = "", .allowed_when_failed = true};
    while (token_is_symbol(&token, '('))
        token = token_next(&statement);
    const struct verb *verb = find_verb(&token);
    if (!verb)
        return class;
    class.kind = verb->kind;
    class.tag = verb->tag;
    class.count = verb->count;
    class.pins = token_is_word(&token, "use") || token_is_word(&token, "pragma");
    if (verb->read)
        verb->read(statement, &class);
    class.allowed_when_failed = class.kind == SQL_COMMIT || class.kind == SQL_ROLLBACK;
    return class;
}

/* ---- names and values ---- */

/* Append the inside of a quoted token, doubled quotes halved. */
static bool unquote(struct slice text, char *out, size_t size, size_t *len)
{
    char quote = text.data[0];
    for (size_t i = 1; i + 1 < text.len; i++) {
        if (*len + 1 >= size)
            return false;
        if (text.data[i] == quote && i + 2 < text.len)
            i++;
        out[(*len)++] = text.data[i];
    }
    return true;
}

static bool append_lower(struct slice text, char *out, size_t size, size_t *len)
{
    if (*len + text.len >= size)
        return false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        out[(*len)++] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    return true;
}

static bool append(struct slice text, char *out, size_t size, size_t *len)
{
    if (*len + text.len >= size)
        return false;
    if (text.len)
        memcpy(out + *len, text.data, text.len);
    *len += text.len;
    return true;
}

bool sql_identifier(struct slice written, char *out, size_t size)
{
    size_t len = 0;
    for (;;) {
        struct token token = token_next(&written);
        bool done = token.kind == TOKEN_WORD ? append_lower(token.text, out, size, &len)
                    : token.kind == TOKEN_QUOTED && !token.unterminated
                        ? unquote(token.text, out, size, &len)
                        : false;
        if (!done)
            return false;
        token = token_next(&written);
        if (token.kind == TOKEN_END)
            break;
        if (!token_is_symbol(&token, '.') || !append(token.text, out, size, &len))
            return false;
    }
    out[len] = '\0';
    return len > 0;
}

static bool append_value(const struct token *token, char *out, size_t size, size_t *len)
{
    bool plain_string = token->kind == TOKEN_STRING && token->text.data[0] == '\'';
    if (token->unterminated)
        return false;
    return plain_string ? unquote(token->text, out, size, len)
                        : append(token->text, out, size, len);
}

bool sql_setting_value(struct slice written, char *out, size_t size)
{
    size_t len = 0;
    struct token token = token_next(&written);
    if (token.kind == TOKEN_END)
        return false;
    for (; token.kind != TOKEN_END; token = token_next(&written)) {
        bool done = token_is_symbol(&token, ',')
                        ? append(SLICE(", "), out, size, &len)
                        : append_value(&token, out, size, &len);
        if (!done)
            return false;
    }
    out[len] = '\0';
    return true;
}
