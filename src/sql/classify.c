/* classify.c - what kind of statement a text is, told from its tokens alone.
 *
 * The first word picks a row of the verbs table; a verb that says more than one thing
 * has a reader (classify_parts.h) that reads on. A word nobody knows is the engine's:
 * its parser has the last word on everything but what is answered or refused here. */
#include "sql/classify.h"

#include "sql/classify_parts.h"

/* What a read-only transaction must refuse; what CREATE, DROP, ALTER and COPY write is
 * for their readers to say. */
static void note_writer(const struct token *verb, struct sql_class *class)
{
    static const char *const writers[][2] = {
        {"insert", "INSERT"}, {"update", "UPDATE"},           {"delete", "DELETE"},
        {"merge", "MERGE"},   {"truncate", "TRUNCATE TABLE"}, {"comment", "COMMENT"}};
    for (size_t i = 0; i < ARRAY_LEN(writers); i++) {
        if (token_is_word(verb, writers[i][0]))
            class->writes = writers[i][1];
    }
}

/* What EXPLAIN ANALYZE executes. */
static void read_analyzed(const struct token *verb, struct slice rest,
                          struct sql_class *class)
{
    struct sql_class other = {.tag = "CREATE TABLE"};
    note_writer(verb, class);
    if (token_is_word(verb, "create"))
        sql_read_create(rest, &other);
    if (other.writes)
        class->writes = other.writes;
}

/* EXPLAIN EXECUTE: `start` is what stands behind EXPLAIN. */
static void read_explained(const char *start, struct slice execute, struct slice rest,
                           struct sql_class *class)
{
    class->kind = SQL_EXECUTE;
    class->prefix = (struct slice){start, (size_t)(execute.data - start)};
    sql_read_execute(rest, class);
}

/* EXPLAIN ANALYZE executes what it explains. */
static void read_explain(struct slice rest, struct sql_class *class)
{
    const char *start = rest.data;
    int depth = 0;
    bool analyzes = false;
    for (;;) {
        struct token token = token_next(&rest);
        if (token.kind == TOKEN_END)
            return;
        depth += token_is_symbol(&token, '(') - token_is_symbol(&token, ')');
        analyzes |= token_is_word(&token, "analyze");
        if (depth > 0 || token_is_symbol(&token, ')') ||
            token_is_word(&token, "analyze") || token_is_word(&token, "verbose"))
            continue;
        if (token_is_word(&token, "copy"))
            sql_read_copy(rest, class);
        else if (token_is_word(&token, "execute"))
            read_explained(start, token.text, rest, class);
        else if (token_is_word(&token, "prepare"))
            class->kind = SQL_MALFORMED;
        else if (analyzes)
            read_analyzed(&token, rest, class);
        return;
    }
}

/* Literals and parameters read no table; a function may be a macro that does. */
static void read_insert(struct slice rest, struct sql_class *class)
{
    static const char *const readers[] = {"select", "from", "table", "with"};
    bool in_values = false, after_word = false;
    for (;;) {
        struct token token = token_next(&rest);
        if (token.kind == TOKEN_END)
            break;
        bool is_call = in_values && after_word && token_is_symbol(&token, '(');
        if (is_call || sql_word_in(&token, readers, ARRAY_LEN(readers)))
            return;
        bool is_values = !in_values && token_is_word(&token, "values");
        in_values = in_values || is_values;
        after_word = sql_is_name(&token) && !is_values;
    }
    class->ignores_rows = in_values;
}

static void read_with(struct slice rest, struct sql_class *class);

/* ---- the verbs ---- */

static const struct verb {
    const char *word;
    enum sql_kind kind;
    const char *tag;
    enum sql_count count;
    sql_reader *read; /* NULL: the word says it all */
} verbs[] = {
    {"select", SQL_ENGINE, "SELECT", SQL_COUNT_ROWS, NULL},
    {"from", SQL_ENGINE, "SELECT", SQL_COUNT_ROWS, NULL},
    {"values", SQL_ENGINE, "SELECT", SQL_COUNT_ROWS, NULL},
    {"table", SQL_ENGINE, "SELECT", SQL_COUNT_ROWS, NULL},
    {"with", SQL_ENGINE, "SELECT", SQL_COUNT_ROWS, read_with},
    {"insert", SQL_ENGINE, "INSERT 0", SQL_COUNT_AFFECTED, read_insert},
    {"update", SQL_ENGINE, "UPDATE", SQL_COUNT_AFFECTED, sql_read_changer},
    {"delete", SQL_ENGINE, "DELETE", SQL_COUNT_AFFECTED, sql_read_changer},
    {"merge", SQL_ENGINE, "MERGE", SQL_COUNT_AFFECTED, NULL},
    {"create", SQL_ENGINE, "CREATE", SQL_COUNT_NONE, sql_read_create},
    {"drop", SQL_ENGINE, "DROP", SQL_COUNT_NONE, sql_read_drop},
    {"alter", SQL_ENGINE, "ALTER", SQL_COUNT_NONE, sql_read_alter},
    {"truncate", SQL_ENGINE, "TRUNCATE TABLE", SQL_COUNT_NONE, NULL},
    {"comment", SQL_ENGINE, "COMMENT", SQL_COUNT_NONE, NULL},
    {"copy", SQL_ENGINE, "COPY", SQL_COUNT_AFFECTED, sql_read_copy},
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
    {"set", SQL_SET, "SET", SQL_COUNT_NONE, sql_read_set},
    {"reset", SQL_RESET, "RESET", SQL_COUNT_NONE, sql_read_setting_name},
    {"show", SQL_SHOW, "SHOW", SQL_COUNT_NONE, sql_read_setting_name},
    {"begin", SQL_BEGIN, "BEGIN", SQL_COUNT_NONE, sql_read_begin},
    {"start", SQL_BEGIN, "START TRANSACTION", SQL_COUNT_NONE, sql_read_start},
    {"commit", SQL_COMMIT, "COMMIT", SQL_COUNT_NONE, sql_read_end},
    {"end", SQL_COMMIT, "COMMIT", SQL_COUNT_NONE, sql_read_end},
    {"rollback", SQL_ROLLBACK, "ROLLBACK", SQL_COUNT_NONE, sql_read_end},
    {"abort", SQL_ROLLBACK, "ROLLBACK", SQL_COUNT_NONE, sql_read_end},
    {"savepoint", SQL_SAVEPOINT, "SAVEPOINT", SQL_COUNT_NONE, NULL},
    {"release", SQL_SAVEPOINT, "RELEASE SAVEPOINT", SQL_COUNT_NONE, NULL},
    {"deallocate", SQL_DEALLOCATE, "DEALLOCATE", SQL_COUNT_NONE, sql_read_deallocate},
    {"discard", SQL_DISCARD, "DISCARD", SQL_COUNT_NONE, sql_read_discard},
    {"prepare", SQL_PREPARE, "PREPARE", SQL_COUNT_NONE, sql_read_prepare},
    {"execute", SQL_EXECUTE, "EXECUTE", SQL_COUNT_NONE, sql_read_execute},
    {"declare", SQL_DECLARE, "DECLARE CURSOR", SQL_COUNT_NONE, sql_read_declare},
    {"fetch", SQL_FETCH, "FETCH", SQL_COUNT_ROWS, sql_read_fetch},
    {"move", SQL_FETCH, "MOVE", SQL_COUNT_AFFECTED, sql_read_fetch},
    {"close", SQL_CLOSE, "CLOSE CURSOR", SQL_COUNT_NONE, sql_read_close},
    {"listen", SQL_LISTEN, "LISTEN", SQL_COUNT_NONE, sql_read_listen},
    {"notify", SQL_NOTIFY, "NOTIFY", SQL_COUNT_NONE, sql_read_notify},
    {"unlisten", SQL_UNLISTEN, "UNLISTEN", SQL_COUNT_NONE, sql_read_unlisten},
    {"lock", SQL_LOCK, "LOCK TABLE", SQL_COUNT_NONE, sql_read_lock},
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
    class->is_with = true;
    for (;;) {
        struct token token = token_next(&rest);
        if (token.kind == TOKEN_END)
            return;
        depth += token_is_symbol(&token, '(') - token_is_symbol(&token, ')');
        if (depth != 0 || !sql_word_in(&token, mains, ARRAY_LEN(mains)))
            continue;
        const struct verb *verb = find_verb(&token);
        class->tag = verb->tag;
        class->count = verb->count;
        note_writer(&token, class);
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
    note_writer(&token, &class);
    if (verb->read)
        verb->read(statement, &class);
    class.allowed_when_failed = class.kind == SQL_COMMIT ||
                                class.kind == SQL_ROLLBACK ||
                                class.kind == SQL_MALFORMED;
    return class;
}

const char *sql_verb(size_t i, enum sql_kind *kind, const char **tag)
{
    if (i >= ARRAY_LEN(verbs))
        return NULL;
    *kind = verbs[i].kind;
    *tag = verbs[i].tag;
    return verbs[i].word;
}

/* ---- what the readers share ---- */

struct slice sql_take_name(struct slice *rest)
{
    struct token token = token_next(rest);
    struct slice name = token.text;
    if (!sql_is_name(&token))
        return (struct slice){token.text.data, 0};
    for (;;) {
        token = sql_peek(*rest);
        if (!token_is_symbol(&token, '.'))
            return name;
        (void)token_next(rest);
        token = token_next(rest);
        name.len = (size_t)(token.text.data + token.text.len - name.data);
    }
}

struct slice sql_take_word(struct slice *rest)
{
    struct token token = token_next(rest);
    return sql_is_name(&token) ? token.text : (struct slice){token.text.data, 0};
}

struct slice sql_until_end(struct slice rest)
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
