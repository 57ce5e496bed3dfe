/* rights.c - which right a statement asks for, as far as its tokens tell.
 *
 * Two tables: the verbs, and the functions of the engine that do more than compute.
 * EXPLAIN and COPY ask for what the statement within them asks for. */
#include "sql/rights.h"

#include "sql/classify_parts.h"
#include "sql/value.h"

static const struct right {
    const char *verb;
    enum sql_right right;
} rights[] = {
    {"select", SQL_READS},       {"from", SQL_READS},
    {"values", SQL_READS},       {"table", SQL_READS},
    {"with", SQL_READS},         {"insert", SQL_WRITES},
    {"update", SQL_WRITES},      {"delete", SQL_WRITES},
    {"merge", SQL_WRITES},       {"create", SQL_WRITES},
    {"drop", SQL_WRITES},        {"alter", SQL_WRITES},
    {"truncate", SQL_WRITES},    {"comment", SQL_WRITES},
    {"copy", SQL_ADMINISTERS}, /* a file */
    {"explain", SQL_READS},      {"describe", SQL_READS},
    {"desc", SQL_READS},         {"summarize", SQL_READS},
    {"pivot", SQL_READS},        {"unpivot", SQL_READS},
    {"call", SQL_WRITES},        {"analyze", SQL_WRITES},
    {"vacuum", SQL_WRITES},      {"checkpoint", SQL_ADMINISTERS},
    {"force", SQL_ADMINISTERS},  {"attach", SQL_ADMINISTERS},
    {"detach", SQL_ADMINISTERS}, {"install", SQL_ADMINISTERS},
    {"load", SQL_ADMINISTERS},   {"use", SQL_READS},
    {"pragma", SQL_READS}, /* the engine says what it does */
    {"set", SQL_READS},          {"reset", SQL_READS},
    {"show", SQL_READS},
};

/* Kinds of objects that are not data. */
static const char *const foreign_objects[] = {"secret", "database", "persistent"};
static const char *const data_objects[] = {"table",    "view",     "index",
                                           "schema",   "sequence", "type",
                                           "function", "macro",    "column"};

/* What computes is for everybody. Texts that are executed hide what they do. */
static const struct {
    const char *name;
    enum sql_right right;
} functions[] = {
    {"nextval", SQL_WRITES},
    {"arrow_scan", SQL_ADMINISTERS}, /* addresses of memory */
    {"arrow_scan_dumb", SQL_ADMINISTERS},
    {"checkpoint", SQL_ADMINISTERS},
    {"force_checkpoint", SQL_ADMINISTERS},
    {"copy_database", SQL_ADMINISTERS},
    {"import_database", SQL_ADMINISTERS},
    {"disable_logging", SQL_ADMINISTERS},
    {"enable_logging", SQL_ADMINISTERS},
    {"duckdb_logs", SQL_ADMINISTERS}, /* statements of others */
    {"truncate_duckdb_logs", SQL_ADMINISTERS},
    {"write_log", SQL_ADMINISTERS},
    {"disable_profiling", SQL_ADMINISTERS},
    {"enable_profiling", SQL_ADMINISTERS},
    {"duckdb_secrets", SQL_ADMINISTERS},
    {"which_secret", SQL_ADMINISTERS},
    {"json_execute_serialized_sql", SQL_ADMINISTERS}, /* texts */
    {"query", SQL_ADMINISTERS},
};

static bool is_any(const struct token *token, const char *const *words, size_t count)
{
    return sql_word_in(token, words, count);
}

/* ---- functions ---- */

/* The engine takes some characters beyond ASCII for blanks, which are part of a word
 * here: where there are any, what looks like one of the functions is one. */
static bool is_odd(struct slice rest)
{
    for (;;) {
        struct token token = token_next(&rest);
        if (token.kind == TOKEN_END)
            return false;
        for (size_t i = 0; token.kind == TOKEN_WORD && i < token.text.len; i++) {
            if ((unsigned char)token.text.data[i] >= 0x80)
                return true;
        }
    }
}

/* Is the name in there, whatever its case? */
static bool holds(struct slice text, struct slice name)
{
    for (size_t i = 0; i + name.len <= text.len; i++) {
        if (slice_equal_nocase((struct slice){text.data + i, name.len}, name))
            return true;
    }
    return false;
}

static enum sql_right right_of_function(struct slice name, bool odd)
{
    char plain[SQL_NAME_BYTES];
    enum sql_right right = SQL_READS;
    if (!sql_identifier(name, plain, sizeof plain))
        return SQL_READS; /* too long for one of these */
    for (size_t i = 0; i < ARRAY_LEN(functions); i++) {
        struct slice known = slice_of(functions[i].name);
        if (functions[i].right > right && (slice_equal_nocase(slice_of(plain), known) ||
                                           (odd && holds(slice_of(plain), known))))
            right = functions[i].right;
    }
    return right;
}

/* The strictest of those that are called: a name, and a parenthesis behind it. */
static void add_functions(struct slice rest, struct sql_need *need)
{
    struct token before = {.kind = TOKEN_END};
    bool odd = is_odd(rest);
    for (;;) {
        struct token token = token_next(&rest);
        if (sql_is_name(&before) && (odd || token_is_symbol(&token, '('))) {
            enum sql_right right = right_of_function(before.text, odd);
            if (right > need->right) {
                need->right = right;
                need->function = before.text;
            }
        }
        if (token.kind == TOKEN_END)
            return;
        before = token;
    }
}

/* ---- verbs ---- */

static enum sql_right right_of_verb(const struct token *verb)
{
    for (size_t i = 0; i < ARRAY_LEN(rights); i++) {
        if (token_is_word(verb, rights[i].verb))
            return rights[i].right;
    }
    return SQL_ADMINISTERS;
}

/* CREATE, DROP, ALTER, COMMENT: data, or what only an administrator has? */
static enum sql_right right_of_object(struct slice rest)
{
    for (;;) {
        struct token token = token_next(&rest);
        if (is_any(&token, data_objects, ARRAY_LEN(data_objects)))
            return SQL_WRITES;
        if (!sql_is_name(&token) ||
            is_any(&token, foreign_objects, ARRAY_LEN(foreign_objects)))
            return SQL_ADMINISTERS;
    }
}

static struct token take_verb(struct slice *statement)
{
    struct token token = token_next(statement);
    while (token_is_symbol(&token, '('))
        token = token_next(statement);
    return token;
}

/* Behind EXPLAIN [ANALYZE] [VERBOSE] [(options)]. */
static struct slice explained(struct slice rest)
{
    int depth = 0;
    for (;;) {
        struct slice at = rest;
        struct token token = token_next(&rest);
        if (token.kind == TOKEN_END)
            return at;
        depth += token_is_symbol(&token, '(') - token_is_symbol(&token, ')');
        if (depth <= 0 && !token_is_symbol(&token, ')') &&
            !token_is_word(&token, "analyze") && !token_is_word(&token, "verbose"))
            return at;
    }
}

/* WITH: the strictest of the verbs behind it that are in no parentheses. */
static enum sql_right right_of_with(struct slice rest)
{
    static const char *const writers[] = {"insert", "update", "delete", "merge"};
    enum sql_right right = SQL_READS;
    for (int depth = 0; depth >= 0;) {
        struct token token = token_next(&rest);
        if (token.kind == TOKEN_END)
            break;
        depth += token_is_symbol(&token, '(') - token_is_symbol(&token, ')');
        if (depth == 0 && token_is_word(&token, "copy"))
            right = SQL_ADMINISTERS;
        else if (depth == 0 && right == SQL_READS &&
                 is_any(&token, writers, ARRAY_LEN(writers)))
            right = SQL_WRITES;
    }
    return right;
}

/* The verb of a statement within another one, which has none within itself. */
static enum sql_right right_within(struct slice statement)
{
    struct token verb = take_verb(&statement);
    if (token_is_word(&verb, "with"))
        return right_of_with(statement);
    if (token_is_word(&verb, "explain"))
        return SQL_ADMINISTERS;
    if (token_is_word(&verb, "create") || token_is_word(&verb, "drop") ||
        token_is_word(&verb, "alter"))
        return right_of_object(statement);
    return right_of_verb(&verb);
}

static enum sql_right right_of_copy(struct slice rest, const struct sql_class *class)
{
    struct token token = sql_peek(rest);
    if (class->kind != SQL_COPY_CLIENT)
        return SQL_ADMINISTERS;
    if (class->writes)
        return SQL_WRITES;
    return token_is_symbol(&token, '(') ? right_within(rest) : SQL_READS;
}

static bool is_own_setting(const struct token *verb, struct slice rest)
{
    if (token_is_word(verb, "use"))
        return true;
    struct token token = token_next(&rest);
    return (token_is_word(verb, "set") || token_is_word(verb, "reset")) &&
           token_is_word(&token, "variable");
}

struct sql_need sql_needs(struct slice statement, const struct sql_class *class)
{
    struct slice rest = statement;
    struct token verb = take_verb(&rest);
    struct sql_need need = {.is_own = is_own_setting(&verb, rest)};
    if (token_is_word(&verb, "explain"))
        need.right = right_within(explained(rest));
    else if (token_is_word(&verb, "copy"))
        need.right = right_of_copy(rest, class);
    else
        need.right = right_within(statement);
    add_functions(statement, &need);
    return need;
}

const char *sql_right_verb(size_t i, enum sql_right *right)
{
    if (i >= ARRAY_LEN(rights))
        return NULL;
    *right = rights[i].right;
    return rights[i].verb;
}

/* ---- what is written ---- */

/* Words between a verb and the name of what it is about. */
static const char *const fillers[] = {
    "into",      "from",     "only",     "or",     "replace", "ignore",      "temp",
    "temporary", "unique",   "if",       "not",    "exists",  "on",          "table",
    "recursive", "unlogged", "local",    "global", "schema",  "view",        "index",
    "sequence",  "type",     "function", "macro",  "column",  "materialized"};

/* The kinds by which PostgreSQL calls what is altered or dropped. */
static const char *const kinds[] = {"table", "view",     "index",   "schema",
                                    "type",  "sequence", "function"};

static struct sql_target named(const char *kind, struct slice rest, bool is_owners)
{
    struct sql_target target = {.kind = kind, .is_owners = is_owners};
    for (;;) {
        struct token token = sql_peek(rest);
        for (size_t i = 0; is_owners && i < ARRAY_LEN(kinds); i++) {
            if (token_is_word(&token, kinds[i]))
                target.kind = kinds[i];
        }
        if (!is_any(&token, fillers, ARRAY_LEN(fillers)))
            break;
        (void)token_next(&rest);
    }
    target.name = sql_take_name(&rest);
    if (!target.name.len)
        target.kind = NULL;
    return target;
}

/* What is made is made in a schema: the one that is named, or the one there is. */
static struct sql_target schema_of(struct sql_target made)
{
    size_t len = made.name.len;
    while (len > 0 && made.name.data[len - 1] != '.')
        len--;
    made.name = len > 1 ? (struct slice){made.name.data, len - 1} : SLICE("public");
    return made;
}

struct sql_target sql_target_of(struct slice statement)
{
    static const char *const data_verbs[] = {"insert", "update",   "delete",
                                             "merge",  "truncate", "copy"};
    static const char *const owner_verbs[] = {"drop", "alter", "comment"};
    struct token verb = take_verb(&statement);
    if (token_is_word(&verb, "explain")) {
        statement = explained(statement);
        verb = take_verb(&statement);
    }
    if (is_any(&verb, data_verbs, ARRAY_LEN(data_verbs)))
        return named("table", statement, false);
    struct token next = sql_peek(statement);
    if (token_is_word(&verb, "create") && !token_is_word(&next, "schema"))
        return schema_of(named("schema", statement, false));
    if (is_any(&verb, owner_verbs, ARRAY_LEN(owner_verbs)))
        return named("relation", statement, true);
    return (struct sql_target){0};
}
