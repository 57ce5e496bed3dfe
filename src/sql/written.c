/* written.c - the tables behind the verb of a statement that changes something.
 *
 * A verb is a row: what may stand between it and the names, and whether there may be
 * several. What no row knows may write anything. */
#include "sql/written.h"

#include "core/attr.h"
#include "sql/classify_parts.h"

typedef void written_reader(struct slice rest, struct sql_written *out);

/* ---- names ---- */

static bool read_relation(struct slice *rest, struct sql_relation *out)
{
    out->count = 0;
    for (;;) {
        struct token token = token_next(rest);
        if (!sql_is_name(&token) || out->count == SQL_RELATION_PARTS)
            return false;
        out->parts[out->count++] = token.text;
        token = sql_peek(*rest);
        if (!token_is_symbol(&token, '.'))
            return true;
        (void)token_next(rest);
    }
}

static void add_name(struct slice *rest, struct sql_written *out)
{
    struct sql_relation relation;
    if (!read_relation(rest, &relation) || out->count == SQL_WRITTEN_MAX)
        out->more = true;
    else
        out->tables[out->count++] = relation;
}

static void skip_words(struct slice *rest, const char *const *words, size_t count)
{
    for (struct token token = sql_peek(*rest); sql_word_in(&token, words, count);
         token = sql_peek(*rest))
        (void)token_next(rest);
}

static void read_name(struct slice rest, struct sql_written *out)
{
    static const char *const between[] = {"or",   "replace", "ignore", "into",
                                          "from", "table",   "only"};
    skip_words(&rest, between, ARRAY_LEN(between));
    add_name(&rest, out);
}

static void read_names(struct slice rest, struct sql_written *out)
{
    static const char *const between[] = {"table", "only", "if", "exists"};
    struct token token;
    do {
        skip_words(&rest, between, ARRAY_LEN(between));
        add_name(&rest, out);
        token = token_next(&rest);
    } while (token_is_symbol(&token, ','));
}

static void read_nothing(struct slice rest, struct sql_written *out)
{
    (void)rest;
    (void)out;
}

static void read_anything(struct slice rest, struct sql_written *out)
{
    (void)rest;
    out->more = true;
}

/* ---- objects ---- */

/* What kind of object CREATE, DROP and ALTER are about; its word is taken. */
enum object { OBJECT_RELATION, OBJECT_OTHER, OBJECT_MANY };

static enum object read_object(struct slice *rest, bool *is_temporary)
{
    static const char *const modifiers[] = {"or",       "replace",      "recursive",
                                            "unlogged", "materialized", "persistent"};
    static const char *const temporary[] = {"temp", "temporary", "local", "global"};
    static const char *const relations[] = {"table", "view"};
    static const char *const holders[] = {"schema", "database"};
    struct token token = token_next(rest);
    *is_temporary = false;
    for (;; token = token_next(rest)) {
        bool is = sql_word_in(&token, temporary, ARRAY_LEN(temporary));
        *is_temporary = *is_temporary || is;
        if (!is && !sql_word_in(&token, modifiers, ARRAY_LEN(modifiers)))
            break;
    }
    if (sql_word_in(&token, holders, ARRAY_LEN(holders)))
        return OBJECT_MANY;
    return sql_word_in(&token, relations, ARRAY_LEN(relations)) ? OBJECT_RELATION
                                                                : OBJECT_OTHER;
}

/* What is temporary is nobody else's. */
static void read_create(struct slice rest, struct sql_written *out)
{
    static const char *const between[] = {"if", "not", "exists"};
    bool is_temporary;
    if (read_object(&rest, &is_temporary) != OBJECT_RELATION || is_temporary)
        return;
    skip_words(&rest, between, ARRAY_LEN(between));
    add_name(&rest, out);
}

static void read_drop(struct slice rest, struct sql_written *out)
{
    bool is_temporary;
    enum object object = read_object(&rest, &is_temporary);
    out->more = object == OBJECT_MANY;
    if (object == OBJECT_RELATION)
        read_names(rest, out);
}

/* With another name it is another table, too. */
static void read_alter(struct slice rest, struct sql_written *out)
{
    static const char *const between[] = {"if", "exists", "only"};
    bool is_temporary;
    enum object object = read_object(&rest, &is_temporary);
    out->more = object == OBJECT_MANY;
    if (object != OBJECT_RELATION)
        return;
    skip_words(&rest, between, ARRAY_LEN(between));
    add_name(&rest, out);
    if (sql_take(&rest, "set") && sql_take(&rest, "schema"))
        out->more = true;
    if (out->count == 0 || !sql_take(&rest, "rename") || !sql_take(&rest, "to"))
        return;
    struct sql_relation renamed = out->tables[0];
    struct token token = token_next(&rest);
    renamed.parts[renamed.count - 1] = token.text;
    out->more = !sql_is_name(&token);
    out->tables[out->count++] = renamed;
}

/* COPY t [(columns)] FROM; COPY FROM DATABASE a TO b. */
static void read_copy(struct slice rest, struct sql_written *out)
{
    struct sql_relation relation;
    struct token token = sql_peek(rest);
    out->more = token_is_word(&token, "from");
    if (!read_relation(&rest, &relation))
        return;
    int depth = 0;
    do {
        token = token_next(&rest);
        depth += token_is_symbol(&token, '(') - token_is_symbol(&token, ')');
    } while (token.kind != TOKEN_END && (depth > 0 || token_is_symbol(&token, ')')));
    if (token_is_word(&token, "from"))
        out->tables[out->count++] = relation;
}

/* ---- the verbs ---- */

/* Those that may stand behind others. */
static const struct verb {
    const char *word;
    written_reader *read;
} inner[] = {
    {"insert", read_name},    {"update", read_name},    {"delete", read_name},
    {"merge", read_name},     {"truncate", read_names}, {"create", read_create},
    {"copy", read_copy},      {"select", read_nothing}, {"from", read_nothing},
    {"values", read_nothing}, {"table", read_nothing},
};

static written_reader *find(const struct verb *verbs, size_t count,
                            const struct token *token)
{
    for (size_t i = 0; i < count; i++) {
        if (token_is_word(token, verbs[i].word))
            return verbs[i].read;
    }
    return NULL;
}

/* The first verb outside of parentheses: behind common table expressions, or behind
 * EXPLAIN and its options. */
static void read_behind(struct slice rest, struct sql_written *out)
{
    int depth = 0;
    for (;;) {
        struct token token = token_next(&rest);
        if (token.kind == TOKEN_END)
            return;
        depth += token_is_symbol(&token, '(') - token_is_symbol(&token, ')');
        written_reader *read =
            depth == 0 ? find(inner, ARRAY_LEN(inner), &token) : NULL;
        if (read) {
            read(rest, out);
            return;
        }
    }
}

static const struct verb outer[] = {
    {"with", read_behind},        {"explain", read_behind},  {"drop", read_drop},
    {"alter", read_alter},        {"comment", read_nothing}, {"set", read_nothing},
    {"reset", read_nothing},      {"pragma", read_nothing},  {"load", read_nothing},
    {"install", read_nothing},    {"attach", read_nothing},  {"detach", read_anything},
    {"use", read_nothing},        {"analyze", read_nothing}, {"vacuum", read_nothing},
    {"checkpoint", read_nothing}, {"force", read_nothing},
};

void sql_written_tables(struct slice statement, struct sql_written *out)
{
    struct token token = token_next(&statement);
    out->more = false;
    out->count = 0;
    while (token_is_symbol(&token, '('))
        token = token_next(&statement);
    written_reader *read = find(inner, ARRAY_LEN(inner), &token);
    if (!read)
        read = find(outer, ARRAY_LEN(outer), &token);
    if (!read)
        read = read_anything;
    read(statement, out);
}
