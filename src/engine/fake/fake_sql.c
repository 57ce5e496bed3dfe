/* fake_sql.c - the fake engine's SQL: a recursive descent without recursion on input.
 */
#include "engine/fake/fake_sql.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "core/text.h"

/* ---- tokens ---- */

enum kind { END, WORD, NUMBER, STRING, PARAM, SYMBOL };

struct parser {
    struct slice all, rest, text; /* text: of the token in hand */
    enum kind kind;
    struct arena *arena;
    struct fake_sql *out;
    struct error *err;
    struct slice series_name, series_column;
};

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (c >= '0' && c <= '9');
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t scan(struct parser *parser, struct slice rest)
{
    size_t i = 1;
    char c = rest.data[0];
    parser->kind = SYMBOL;
    if (c == '\'') {
        parser->kind = STRING;
        while (i < rest.len && rest.data[i] != '\'')
            i++;
        return i < rest.len ? i + 1 : i;
    }
    if (c == '$' || is_word_char(c)) {
        parser->kind = c == '$' ? PARAM : is_digit(c) ? NUMBER : WORD;
        while (i < rest.len && (is_word_char(rest.data[i]) ||
                                (parser->kind == NUMBER && rest.data[i] == '.')))
            i++;
        return i;
    }
    return c == ':' && rest.len > 1 && rest.data[1] == ':' ? 2 : 1;
}

static void advance(struct parser *parser)
{
    struct slice *rest = &parser->rest;
    while (rest->len && strchr(" \t\r\n", rest->data[0]) && rest->data[0]) {
        rest->data++;
        rest->len--;
    }
    parser->kind = END;
    size_t len = rest->len ? scan(parser, *rest) : 0;
    parser->text = (struct slice){rest->data, len};
    rest->data += len;
    rest->len -= len;
}

static bool is(const struct parser *parser, const char *text)
{
    return parser->kind != STRING && slice_equal_nocase(parser->text, slice_of(text));
}

static bool take(struct parser *parser, const char *text)
{
    if (!is(parser, text))
        return false;
    advance(parser);
    return true;
}

/* Of the token in hand, in characters from 1. */
static int32_t position(const struct parser *parser)
{
    return 1 + text_characters(parser->all.data, parser->text.data);
}

static bool syntax_error(struct parser *parser)
{
    if (parser->kind == END)
        error_set(parser->err, "42601", "syntax error at end of input");
    else
        error_set(parser->err, "42601", "syntax error at or near \"%.*s\"",
                  (int)parser->text.len, parser->text.data);
    parser->err->position = position(parser);
    return false;
}

static bool expect(struct parser *parser, const char *text)
{
    return take(parser, text) || syntax_error(parser);
}

/* ---- types ---- */

static const struct {
    const char *name;
    struct type type;
} types[] = {
    {"int2", {.id = TYPE_INT16, .name = "int2"}},
    {"int4", {.id = TYPE_INT32, .name = "int4"}},
    {"int", {.id = TYPE_INT32, .name = "int4"}},
    {"int8", {.id = TYPE_INT64, .name = "int8"}},
    {"float8", {.id = TYPE_FLOAT64, .name = "float8"}},
    {"text", {.id = TYPE_TEXT, .name = "text"}},
    {"varchar", {.id = TYPE_TEXT, .name = "text"}},
    {"bool", {.id = TYPE_BOOL, .name = "bool"}},
};

static const struct type unknown = {.id = TYPE_UNKNOWN, .name = "unknown"};

const struct type *fake_sql_type(enum type_id id)
{
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (types[i].type.id == id)
            return &types[i].type;
    }
    return &unknown;
}

/* ---- items ---- */

static bool parse_casts(struct parser *parser, struct fake_node *node)
{
    while (take(parser, "::")) {
        size_t i = 0;
        while (i < ARRAY_LEN(types) && !is(parser, types[i].name))
            i++;
        if (i == ARRAY_LEN(types) || node->cast_count == ARRAY_LEN(node->casts))
            return syntax_error(parser);
        node->casts[node->cast_count++] = types[i].type.id;
        advance(parser);
    }
    return true;
}

static bool use_param(struct parser *parser, struct fake_node *node)
{
    struct fake_sql *out = parser->out;
    char digits[8];
    (void)snprintf(digits, sizeof digits, "%.*s", (int)(parser->text.len - 1),
                   parser->text.data + 1);
    unsigned long number = strtoul(digits, NULL, 10);
    if (number == 0 || number > ARRAY_LEN(out->params))
        return syntax_error(parser);
    node->kind = NODE_PARAM;
    node->param = (uint32_t)number - 1;
    if (number > out->param_count)
        out->param_count = (uint32_t)number;
    advance(parser);
    if (!parse_casts(parser, node))
        return false;
    if (node->cast_count)
        out->params[node->param] = node->casts[0];
    return true;
}

static void constant_number(struct parser *parser, struct fake_node *node)
{
    char digits[32];
    (void)snprintf(digits, sizeof digits, "%.*s", (int)parser->text.len,
                   parser->text.data);
    struct fake_value *value = &node->constant;
    value->number = strtoll(digits, NULL, 10);
    value->real = strtod(digits, NULL);
    value->type = strchr(digits, '.')         ? TYPE_FLOAT64
                  : value->number > INT32_MAX ? TYPE_INT64
                                              : TYPE_INT32;
}

static bool column_not_found(struct parser *parser)
{
    error_set(parser->err, "42703", "column \"%.*s\" does not exist",
              (int)parser->text.len, parser->text.data);
    parser->err->position = position(parser);
    return false;
}

static bool parse_operand(struct parser *parser, struct fake_node *node);

/* pg_sleep(seconds) */
static bool parse_sleep(struct parser *parser, struct fake_node *node)
{
    struct fake_node *seconds = arena_calloc(parser->arena, 1, sizeof *seconds);
    if (!seconds)
        return error_no_memory(parser->err);
    advance(parser);
    node->kind = NODE_SLEEP;
    node->left = seconds;
    if (!expect(parser, "(") || parser->kind != NUMBER)
        return syntax_error(parser);
    constant_number(parser, seconds);
    advance(parser);
    return expect(parser, ")");
}

static bool parse_word(struct parser *parser, struct fake_node *node)
{
    struct fake_value *value = &node->constant;
    if (is(parser, "pg_sleep"))
        return parse_sleep(parser, node);
    if (is(parser, "null")) {
        value->is_null = true;
    } else if (is(parser, "true") || is(parser, "false")) {
        value->type = TYPE_BOOL;
        value->number = is(parser, "true");
    } else if (parser->series_column.len &&
               slice_equal_nocase(parser->text, parser->series_column)) {
        node->kind = NODE_SERIES;
    } else {
        return column_not_found(parser);
    }
    advance(parser);
    return true;
}

static bool parse_operand(struct parser *parser, struct fake_node *node)
{
    switch (parser->kind) {
    case PARAM:
        return use_param(parser, node);
    case NUMBER:
        constant_number(parser, node);
        advance(parser);
        break;
    case STRING:
        node->constant.text =
            (struct slice){parser->text.data + 1, parser->text.len - 2};
        advance(parser);
        break;
    case WORD:
        if (!parse_word(parser, node))
            return false;
        break;
    case END:
    case SYMBOL:
        return syntax_error(parser);
    }
    return parse_casts(parser, node);
}

static enum type_id type_of(const struct fake_node *node, const struct fake_sql *sql)
{
    if (node->cast_count)
        return node->casts[node->cast_count - 1];
    switch (node->kind) {
    case NODE_PARAM:
        return sql->params[node->param];
    case NODE_SERIES:
        return TYPE_INT32;
    case NODE_DIVIDE:
    case NODE_ADD:
        return type_of(node->left, sql);
    case NODE_SLEEP:
        return TYPE_TEXT;
    case NODE_CONSTANT:
        break;
    }
    return node->constant.type == TYPE_UNKNOWN ? TYPE_TEXT : node->constant.type;
}

/* PostgreSQL's name of a column without an alias. */
static const char *default_name(const struct parser *parser,
                                const struct fake_node *node)
{
    if (node->kind == NODE_SERIES)
        return arena_string(parser->arena, parser->series_column);
    if (node->kind == NODE_SLEEP)
        return "pg_sleep";
    if (node->cast_count && node->kind != NODE_DIVIDE && node->kind != NODE_ADD)
        return fake_sql_type(node->casts[node->cast_count - 1])->name;
    return node->constant.type == TYPE_BOOL ? "bool" : "?column?";
}

static bool parse_item(struct parser *parser)
{
    struct fake_sql *out = parser->out;
    struct fake_node *nodes = arena_calloc(parser->arena, 3, sizeof *nodes);
    if (!nodes || out->item_count == ARRAY_LEN(out->items))
        return nodes ? syntax_error(parser) : error_no_memory(parser->err);
    struct fake_node *node = &nodes[0];
    if (!parse_operand(parser, node))
        return false;
    if (is(parser, "/") || is(parser, "+")) {
        nodes[2].kind = is(parser, "/") ? NODE_DIVIDE : NODE_ADD;
        advance(parser);
        nodes[2].left = &nodes[0];
        nodes[2].right = &nodes[1];
        node = &nodes[2];
        if (!parse_operand(parser, &nodes[1]))
            return false;
    }
    struct fake_item *item = &out->items[out->item_count++];
    *item = (struct fake_item){node, default_name(parser, node), type_of(node, out)};
    if (take(parser, "as") ||
        (parser->kind == WORD && !is(parser, "from") && !is(parser, "limit"))) {
        item->name = arena_string(parser->arena, parser->text);
        advance(parser);
    }
    return item->name || error_no_memory(parser->err);
}

/* ---- from, limit ---- */

static bool parse_bound(struct parser *parser, int64_t *out)
{
    struct fake_node node = {0};
    if (parser->kind != NUMBER)
        return syntax_error(parser);
    constant_number(parser, &node);
    *out = node.constant.number;
    advance(parser);
    return true;
}

static bool parse_from(struct parser *parser)
{
    struct fake_sql *out = parser->out;
    out->table = parser->text;
    if (parser->kind != WORD)
        return syntax_error(parser);
    out->from_table = !take(parser, "generate_series");
    if (out->from_table) {
        advance(parser);
        return true;
    }
    out->has_series = true;
    if (!expect(parser, "(") || !parse_bound(parser, &out->first) ||
        !expect(parser, ",") || !parse_bound(parser, &out->last) ||
        !expect(parser, ")"))
        return false;
    if (take(parser, "as") || parser->kind == WORD) {
        parser->series_column = parser->series_name = parser->text;
        advance(parser);
        if (take(parser, "(")) {
            parser->series_column = parser->text;
            advance(parser);
            return expect(parser, ")");
        }
    }
    return true;
}

static bool parse_limit(struct parser *parser)
{
    struct fake_node *node = arena_calloc(parser->arena, 1, sizeof *node);
    parser->out->has_limit = true;
    parser->out->limit = node;
    if (!node)
        return error_no_memory(parser->err);
    if (parser->kind == PARAM)
        parser->out->params[0] = TYPE_INT64;
    return parse_operand(parser, node);
}

/* FROM is read first: items may name its column. */
static bool find_from(struct parser *parser)
{
    struct parser ahead = *parser;
    while (ahead.kind != END && !is(&ahead, "from"))
        advance(&ahead);
    if (ahead.kind == END)
        return true;
    advance(&ahead);
    bool done = parse_from(&ahead);
    parser->series_column = ahead.series_column;
    return done;
}

static bool skip_from(struct parser *parser)
{
    if (!take(parser, "from"))
        return true;
    while (parser->kind != END && !is(parser, "limit"))
        advance(parser);
    return true;
}

static bool parse_select(struct parser *parser)
{
    if (!find_from(parser))
        return false;
    do {
        if (!parse_item(parser))
            return false;
    } while (take(parser, ","));
    if (!skip_from(parser) || (take(parser, "limit") && !parse_limit(parser)))
        return false;
    return parser->kind == END || syntax_error(parser);
}

/* ---- the rest ---- */

static bool parse_table(struct parser *parser, enum fake_kind kind)
{
    advance(parser);
    if (!expect(parser, "table"))
        return false;
    parser->out->kind = kind;
    parser->out->table = parser->text;
    return parser->kind == WORD || syntax_error(parser);
}

/* The rows of an INSERT are its parentheses behind VALUES. */
static bool parse_change(struct parser *parser)
{
    bool values = false;
    parser->out->kind = FAKE_CHANGE;
    for (; parser->kind != END; advance(parser)) {
        values = values || is(parser, "values");
        parser->out->changed += values && is(parser, "(");
    }
    return true;
}

bool fake_sql_parse(struct arena *arena, struct slice text, struct fake_sql *out,
                    struct error *err)
{
    struct parser parser = {
        .all = text, .rest = text, .arena = arena, .out = out, .err = err};
    *out = (struct fake_sql){0};
    advance(&parser);
    if (take(&parser, "select"))
        return parse_select(&parser);
    if (is(&parser, "create"))
        return parse_table(&parser, FAKE_CREATE);
    if (is(&parser, "drop"))
        return parse_table(&parser, FAKE_DROP);
    if (is(&parser, "insert") || is(&parser, "update") || is(&parser, "delete"))
        return parse_change(&parser);
    out->kind = FAKE_TRANSACTION;
    return is(&parser, "begin") || is(&parser, "commit") || is(&parser, "rollback") ||
           syntax_error(&parser);
}
