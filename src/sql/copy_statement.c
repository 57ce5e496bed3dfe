/* copy_statement.c - COPY: the grammar.
 *
 *     COPY [BINARY] table [(columns)] FROM|TO where [[USING] DELIMITERS 'c']
 *          [WITH] (name argument, …) | words … [WHERE condition]
 *     COPY (query) TO where [WITH] …
 *
 * One token is looked at, and taken if it is the one; an error names the first that
 * fits nowhere. */
#include "sql/copy_statement.h"

#include "core/text.h"
#include "sql/classify_parts.h"
#include "sql/string.h"
#include "sql/value.h"

struct parser {
    struct slice text, rest;
    struct arena *arena;
    struct copy_statement *out;
    struct copy_option **end; /* of the list of options */
    struct error *err;
};

/* ---- tokens ---- */

static int32_t position_of(const struct parser *parser, const struct token *token)
{
    return text_characters(parser->text.data, token->text.data) + 1;
}

static bool fail_at(struct parser *parser, const struct token *token)
{
    if (token->kind == TOKEN_END)
        error_set(parser->err, "42601", "syntax error at end of input");
    else if (token->unterminated)
        error_set(parser->err, "42601", "unterminated quoted %s at or near \"%.*s\"",
                  token->kind == TOKEN_QUOTED ? "identifier" : "string",
                  (int)token->text.len, token->text.data);
    else
        error_set(parser->err, "42601", "syntax error at or near \"%.*s\"",
                  (int)token->text.len, token->text.data);
    parser->err->position = position_of(parser, token);
    return false;
}

static bool fail_next(struct parser *parser)
{
    struct token token = sql_peek(parser->rest);
    return fail_at(parser, &token);
}

static bool take_symbol(struct parser *parser, char symbol)
{
    struct slice behind = parser->rest;
    struct token token = token_next(&behind);
    if (!token_is_symbol(&token, symbol))
        return false;
    parser->rest = behind;
    return true;
}

static bool expect_symbol(struct parser *parser, char symbol)
{
    return take_symbol(parser, symbol) || fail_next(parser);
}

static bool take_word(struct parser *parser, const char *word)
{
    return sql_take(&parser->rest, word);
}

static bool keep(struct parser *parser, struct slice text, struct slice *out)
{
    *out = (struct slice){arena_string(parser->arena, text), text.len};
    return out->data || error_no_memory(parser->err);
}

/* An identifier, a keyword among them. */
static bool expect_name(struct parser *parser, struct slice *out)
{
    char name[SQL_NAME_BYTES];
    struct token token = sql_peek(parser->rest);
    if (!sql_is_name(&token) || !sql_identifier(token.text, name, sizeof name))
        return fail_at(parser, &token);
    (void)token_next(&parser->rest);
    return keep(parser, slice_of(name), out);
}

static bool decode_string(struct parser *parser, const struct token *token,
                          struct slice *out)
{
    char *room = arena_alloc(parser->arena, token->text.len + 1);
    size_t len;
    if (!room)
        return error_no_memory(parser->err);
    if (!sql_string_decode(token, room, &len))
        return fail_at(parser, token);
    room[len] = '\0';
    *out = (struct slice){room, len};
    return true;
}

static bool expect_string(struct parser *parser, struct slice *out)
{
    struct token token = sql_peek(parser->rest);
    if (token.kind != TOKEN_STRING)
        return fail_at(parser, &token);
    (void)token_next(&parser->rest);
    return decode_string(parser, &token, out);
}

typedef bool expecter(struct parser *, struct slice *);

/* a, b; what one of them is is for `expect` to say. */
static bool expect_items(struct parser *parser, expecter *expect,
                         struct copy_names *out)
{
    struct slice *names = NULL;
    size_t room = 0;
    *out = (struct copy_names){NULL, 0};
    do {
        if (out->count == room) {
            room = room ? room * 2 : 8;
            struct slice *more = arena_calloc(parser->arena, room, sizeof *more);
            if (!more)
                return error_no_memory(parser->err);
            if (names)
                memcpy(more, names, out->count * sizeof *more);
            out->names = names = more;
        }
        if (!expect(parser, &names[out->count]))
            return false;
        out->count++;
    } while (take_symbol(parser, ','));
    return true;
}

/* … in parentheses. */
static bool expect_list(struct parser *parser, expecter *expect, struct copy_names *out)
{
    return expect_symbol(parser, '(') && expect_items(parser, expect, out) &&
           expect_symbol(parser, ')');
}

/* ---- options ---- */

static struct copy_option *add_option(struct parser *parser, const char *name,
                                      int32_t position)
{
    struct copy_option *option = arena_calloc(parser->arena, 1, sizeof *option);
    if (!option) {
        error_no_memory(parser->err);
        return NULL;
    }
    *option = (struct copy_option){.name = slice_of(name), .position = position};
    *parser->end = option;
    parser->end = &option->next;
    return option;
}

/* A word or a string, as an argument or in a list of them. */
static bool expect_text(struct parser *parser, struct slice *out)
{
    struct token token = sql_peek(parser->rest);
    return token.kind == TOKEN_STRING ? expect_string(parser, out)
                                      : expect_name(parser, out);
}

static bool expect_number(struct parser *parser, struct slice *out)
{
    struct token token = token_next(&parser->rest);
    const char *start = token.text.data;
    if (token.kind == TOKEN_SYMBOL)
        token = token_next(&parser->rest);
    if (token.kind != TOKEN_NUMBER)
        return fail_at(parser, &token);
    if (*start == '+')
        start = token.text.data;
    size_t sign = *start == '-';
    char *room = arena_alloc(parser->arena, token.text.len + sign + 1);
    if (!room)
        return error_no_memory(parser->err);
    room[0] = '-';
    memcpy(room + sign, token.text.data, token.text.len);
    *out = (struct slice){room, token.text.len + sign};
    room[out->len] = '\0';
    return true;
}

static bool read_argument(struct parser *parser, struct copy_option *option)
{
    struct token token = sql_peek(parser->rest);
    if (token_is_symbol(&token, ',') || token_is_symbol(&token, ')'))
        return true;
    if (token_is_symbol(&token, '(')) {
        option->argument = COPY_ARG_LIST;
        return expect_list(parser, expect_text, &option->list);
    }
    if (take_symbol(parser, '*')) {
        option->argument = COPY_ARG_STAR;
        return true;
    }
    option->argument = COPY_ARG_TEXT;
    if (token.kind == TOKEN_NUMBER || token_is_symbol(&token, '-') ||
        token_is_symbol(&token, '+'))
        return expect_number(parser, &option->text);
    return expect_text(parser, &option->text);
}

/* (name argument, …) */
static bool read_new_options(struct parser *parser)
{
    do {
        struct slice name = {"", 0};
        struct token token = sql_peek(parser->rest);
        if (!expect_name(parser, &name))
            return false;
        struct copy_option *option =
            add_option(parser, name.data, position_of(parser, &token));
        if (!option || !read_argument(parser, option))
            return false;
    } while (take_symbol(parser, ','));
    return expect_symbol(parser, ')');
}

/* The words of old: what stands behind them, and what they are called now. */
enum old_argument { OLD_NOTHING, OLD_FORMAT, OLD_STRING, OLD_ENCODING, OLD_FORCE };

static const struct old_word {
    const char *word;
    enum old_argument argument;
} old_words[] = {{"binary", OLD_FORMAT},     {"csv", OLD_FORMAT},
                 {"freeze", OLD_NOTHING},    {"header", OLD_NOTHING},
                 {"delimiter", OLD_STRING},  {"null", OLD_STRING},
                 {"quote", OLD_STRING},      {"escape", OLD_STRING},
                 {"encoding", OLD_ENCODING}, {"force", OLD_FORCE}};

static const struct old_word *find_old_word(const struct token *token)
{
    for (size_t i = 0; i < ARRAY_LEN(old_words); i++) {
        if (token_is_word(token, old_words[i].word))
            return &old_words[i];
    }
    return NULL;
}

/* FORCE QUOTE columns | *, FORCE NOT NULL columns, FORCE NULL columns. */
static bool read_force(struct parser *parser, int32_t position)
{
    bool is_quote = take_word(parser, "quote");
    bool is_not = !is_quote && take_word(parser, "not");
    if (!is_quote && !take_word(parser, "null"))
        return fail_next(parser);
    struct copy_option *option = add_option(parser,
                                            is_quote ? "force_quote"
                                            : is_not ? "force_not_null"
                                                     : "force_null",
                                            position);
    if (!option)
        return false;
    if (is_quote && take_symbol(parser, '*')) {
        option->argument = COPY_ARG_STAR;
        return true;
    }
    option->argument = COPY_ARG_LIST;
    return expect_items(parser, expect_name, &option->list);
}

/* A format is its own argument; true is that of a word alone. */
static bool read_old_word(struct parser *parser, const struct old_word *word,
                          int32_t position)
{
    if (word->argument == OLD_FORCE)
        return read_force(parser, position);
    bool is_format = word->argument == OLD_FORMAT;
    struct copy_option *option =
        add_option(parser, is_format ? "format" : word->word, position);
    if (!option)
        return false;
    if (word->argument == OLD_NOTHING)
        return true;
    option->argument = COPY_ARG_TEXT;
    option->text = slice_of(word->word);
    if (word->argument == OLD_STRING)
        (void)take_word(parser, "as");
    return is_format || expect_string(parser, &option->text);
}

static bool read_options(struct parser *parser)
{
    if (take_symbol(parser, '('))
        return read_new_options(parser);
    for (;;) {
        struct token token = sql_peek(parser->rest);
        const struct old_word *word = find_old_word(&token);
        if (!word)
            return true;
        (void)token_next(&parser->rest);
        if (!read_old_word(parser, word, position_of(parser, &token)))
            return false;
    }
}

/* [USING] DELIMITERS 'c' */
static bool read_delimiters(struct parser *parser)
{
    bool using = take_word(parser, "using");
    struct token token = sql_peek(parser->rest);
    if (!take_word(parser, "delimiters"))
        return using ? fail_next(parser) : true;
    struct copy_option *option =
        add_option(parser, "delimiter", position_of(parser, &token));
    if (!option)
        return false;
    option->argument = COPY_ARG_TEXT;
    return expect_string(parser, &option->text);
}

/* ---- what, and where to ---- */

static bool fail_dots(struct parser *parser, const struct token *first)
{
    struct slice rest = parser->text;
    rest.data = first->text.data;
    rest.len -= (size_t)(rest.data - parser->text.data);
    struct slice name = sql_take_name(&rest);
    error_set(parser->err, "42601",
              "improper qualified name (too many dotted names): %.*s", (int)name.len,
              name.data);
    parser->err->position = position_of(parser, first);
    return false;
}

/* a, a.b or a.b.c */
static bool read_relation(struct parser *parser)
{
    struct copy_statement *out = parser->out;
    struct slice parts[3] = {{"", 0}, {"", 0}, {"", 0}};
    struct token token = sql_peek(parser->rest);
    const char *start = token.text.data;
    size_t count = 0;
    do {
        if (count == ARRAY_LEN(parts))
            return fail_dots(parser, &token);
        if (!expect_name(parser, &parts[count++]))
            return false;
    } while (take_symbol(parser, '.'));
    out->relation = (struct slice){start, (size_t)(parser->rest.data - start)};
    out->relation_position = position_of(parser, &token);
    out->table = parts[count - 1];
    out->schema = count > 1 ? parts[count - 2] : parts[2];
    out->database = count > 2 ? parts[0] : (struct slice){"", 0};
    return true;
}

static bool read_columns(struct parser *parser)
{
    struct token token = sql_peek(parser->rest);
    if (!token_is_symbol(&token, '('))
        return true;
    if (!expect_list(parser, expect_name, &parser->out->columns))
        return false;
    parser->out->columns_written =
        (struct slice){token.text.data, (size_t)(parser->rest.data - token.text.data)};
    return true;
}

/* Up to the parenthesis that closes the one in front. */
static bool read_query(struct parser *parser)
{
    int depth = 1;
    struct token token = sql_peek(parser->rest);
    parser->out->is_query = true;
    parser->out->query.data = token.text.data;
    if (token_is_symbol(&token, ')'))
        return fail_at(parser, &token);
    for (;;) {
        token = token_next(&parser->rest);
        if (token.kind == TOKEN_END || token.unterminated)
            return fail_at(parser, &token);
        depth += token_is_symbol(&token, '(') - token_is_symbol(&token, ')');
        if (depth == 0)
            return true;
        parser->out->query.len =
            (size_t)(token.text.data + token.text.len - parser->out->query.data);
    }
}

static bool read_direction(struct parser *parser)
{
    struct copy_statement *out = parser->out;
    out->is_from = !out->is_query && take_word(parser, "from");
    if (!out->is_from && !take_word(parser, "to"))
        return fail_next(parser);
    bool is_program = take_word(parser, "program");
    out->is_client = take_word(parser, "stdin") || take_word(parser, "stdout");
    if (is_program && out->is_client)
        return error_set(parser->err, "42601", "STDIN/STDOUT not allowed with PROGRAM");
    return out->is_client || sql_peek(parser->rest).kind == TOKEN_STRING ||
           fail_next(parser);
}

static bool read_where(struct parser *parser)
{
    struct token token = sql_peek(parser->rest);
    if (parser->out->is_query || !take_word(parser, "where"))
        return token.kind == TOKEN_END || fail_at(parser, &token);
    if (!parser->out->is_from) {
        error_set(parser->err, "42601", "WHERE clause not allowed with COPY TO");
        parser->err->position = position_of(parser, &token);
        return false;
    }
    parser->out->where = sql_until_end(parser->rest);
    return parser->out->where.len > 0 || fail_next(parser);
}

static bool read_behind(struct parser *parser)
{
    if (!parser->out->is_query && !read_delimiters(parser))
        return false;
    (void)take_word(parser, "with");
    return read_options(parser) && read_where(parser);
}

/* BINARY in front of a table; a table may be called that. */
static bool read_binary(struct parser *parser)
{
    struct slice behind = parser->rest;
    struct token token = token_next(&behind), next = token_next(&behind);
    if (!token_is_word(&token, "binary") || !sql_is_name(&next) ||
        token_is_word(&next, "from") || token_is_word(&next, "to"))
        return true;
    (void)token_next(&parser->rest);
    struct copy_option *option =
        add_option(parser, "format", position_of(parser, &token));
    if (!option)
        return false;
    option->argument = COPY_ARG_TEXT;
    option->text = SLICE("binary");
    return true;
}

/* COPY may stand behind words that PostgreSQL does not allow there. */
static bool expect_copy(struct parser *parser)
{
    if (take_word(parser, "copy"))
        return true;
    for (;;) {
        struct token token = token_next(&parser->rest);
        if (token.kind == TOKEN_END || token_is_word(&token, "copy"))
            return fail_at(parser, &token);
    }
}

bool copy_statement_parse(struct slice text, struct arena *arena,
                          struct copy_statement *out, struct error *err)
{
    *out = (struct copy_statement){0};
    struct copy_option *first = NULL;
    struct parser parser = {.text = text,
                            .rest = text,
                            .arena = arena,
                            .out = out,
                            .end = &first,
                            .err = err};
    if (!expect_copy(&parser) || !read_binary(&parser))
        return false;
    bool done = take_symbol(&parser, '(')
                    ? read_query(&parser)
                    : read_relation(&parser) && read_columns(&parser);
    if (!done || !read_direction(&parser))
        return false;
    if (out->is_client && !read_behind(&parser))
        return false;
    out->options = first;
    return true;
}
