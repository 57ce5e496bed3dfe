/* http_body.c - the body of a POST /v1/query: {"sql": "…", "params": [1, "x", null]}.
 *
 * All of it is seen to be JSON first; then its parts are read where they stand, and
 * what the statement needs is copied to its arena. Other names are ignored. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "core/json_read.h"
#include "http/http_state.h"
#include "sql/split.h"

static const struct type type_bool = {.id = TYPE_BOOL, .name = "bool"};
static const struct type type_int8 = {.id = TYPE_INT64, .name = "int8"};
static const struct type type_float8 = {.id = TYPE_FLOAT64, .name = "float8"};
static const struct type type_string = {.id = TYPE_TEXT, .name = "text"};

union value {
    uint8_t boolean;
    int64_t int8;
    double float8;
    struct slice text;
};

static bool bad_body(struct error *err, const char *why)
{
    return error_set(err, "22P02", "the body is not JSON: %s", why);
}

/* The characters of a string, a NUL behind them. */
static bool read_string(struct arena *arena, struct slice string, struct slice *out,
                        struct error *err)
{
    char *text = arena_alloc(arena, string.len);
    if (!text)
        return error_no_memory(err);
    if (!json_unescape(string, text, &out->len))
        return bad_body(err, "an escape is not a character");
    text[out->len] = '\0';
    out->data = text;
    return true;
}

static bool read_number(struct arena *arena, struct slice number, union value *value,
                        struct column *column, const char **cast, struct error *err)
{
    const char *text = arena_string(arena, number);
    if (!text)
        return error_no_memory(err);
    errno = 0;
    if (text[strcspn(text, ".eE")]) {
        value->float8 = strtod(text, NULL);
        *column = (struct column){
            .type = &type_float8, .layout = LAYOUT_FLOAT8, .data = value};
        *cast = "float8";
        return isfinite(value->float8) || bad_body(err, "a number is too large");
    }
    value->int8 = strtoll(text, NULL, 10);
    *column =
        (struct column){.type = &type_int8, .layout = LAYOUT_FIXED8, .data = value};
    *cast = "int8";
    return errno == 0 || bad_body(err, "an integer is too large");
}

/* Strings take the type that the engine infers; the others say what they are. */
static bool read_param(struct http_query *query, struct json_value json,
                       struct column *column, const char **cast, struct error *err)
{
    union value *value = arena_calloc(&query->arena, 1, sizeof *value);
    if (!value)
        return error_no_memory(err);
    if (json.kind == JSON_NUMBER)
        return read_number(&query->arena, json.text, value, column, cast, err);
    *column =
        (struct column){.type = &type_string, .layout = LAYOUT_NULL, .data = value};
    if (json.kind == JSON_STRING) {
        column->layout = LAYOUT_SLICES;
        return read_string(&query->arena, json.text, &value->text, err);
    }
    if (*json.text.data != 'n') {
        value->boolean = *json.text.data == 't';
        column->type = &type_bool;
        column->layout = LAYOUT_BOOL8;
        *cast = "bool";
    }
    return true;
}

static size_t count_elements(struct slice inside)
{
    struct json_value ignored;
    size_t count = 0;
    while (json_take_element(&inside, &ignored))
        count++;
    return count;
}

/* inside: of the array. */
static bool read_params(struct http_query *query, struct slice inside,
                        struct error *err)
{
    size_t count = count_elements(inside);
    struct column *columns = arena_calloc(&query->arena, count, sizeof *columns);
    query->casts = arena_calloc(&query->arena, count, sizeof *query->casts);
    if (!columns || !query->casts)
        return error_no_memory(err);
    struct json_value json;
    for (size_t i = 0; json_take_element(&inside, &json); i++) {
        if (json.kind == JSON_ARRAY || json.kind == JSON_OBJECT)
            return error_set(
                err, "22023",
                "parameter $%zu is neither a string, number, boolean nor null", i + 1);
        if (!read_param(query, json, &columns[i], &query->casts[i], err))
            return false;
    }
    query->params = (struct batch){1, count, columns};
    return true;
}

/* The fields of the body that mean something; no kind: it is not there. */
struct fields {
    struct json_value sql, params;
};

static bool find_field(struct http_query *query, struct slice name,
                       struct json_value value, struct fields *out, struct error *err)
{
    struct slice key = {0};
    if (!read_string(&query->arena, name, &key, err))
        return false;
    struct json_value *field = slice_equal(key, SLICE("sql"))      ? &out->sql
                               : slice_equal(key, SLICE("params")) ? &out->params
                                                                   : NULL;
    if (field && field->kind != JSON_NONE)
        return bad_body(err, "a name is there twice");
    if (field)
        *field = value;
    return true;
}

static bool read_fields(struct http_query *query, struct slice body, struct fields *out,
                        struct error *err)
{
    struct json_value root = json_take(&body), value;
    struct slice inside = json_inside(root), name;
    if (root.kind == JSON_OBJECT) {
        while (json_take_member(&inside, &name, &value)) {
            if (!find_field(query, name, value, out, err))
                return false;
        }
    }
    if (out->sql.kind != JSON_STRING)
        return error_set(err, "22023",
                         "the body is not an object with the string \"sql\"");
    if (out->params.kind != JSON_NONE && out->params.kind != JSON_ARRAY &&
        *out->params.text.data != 'n')
        return error_set(err, "22023", "\"params\" is not an array");
    return true;
}

static bool read_statement(struct http_query *query, struct slice string,
                           struct error *err)
{
    struct slice rest;
    if (!read_string(&query->arena, string, &rest, err))
        return false;
    if (!sql_split(&rest, &query->sql))
        return error_set(err, "42601", "\"sql\" holds no statement");
    if (rest.len > 0)
        return error_set(err, "42601", "\"sql\" holds more than one statement");
    return true;
}

static bool check_json(struct slice body, struct error *err)
{
    const struct pgw_value value = {.raw = {body.data, body.len}, .oid = PGW_JSONOID};
    struct pgw_slice text;
    struct pgw_error fault;
    if (pgw_get_json(NULL, &value, &text, &fault) == PGW_OK)
        return true;
    return bad_body(err, fault.detail[0] ? fault.detail : fault.message);
}

bool http_body_read(struct http_query *query, const struct buf *data, struct error *err)
{
    struct slice body = {(const char *)buf_data(data), buf_len(data)};
    struct fields fields = {0};
    if (body.len == 0)
        return bad_body(err, "it is empty");
    if (!check_json(body, err) || !read_fields(query, body, &fields, err) ||
        !read_statement(query, fields.sql.text, err))
        return false;
    return read_params(
        query,
        fields.params.kind == JSON_ARRAY ? json_inside(fields.params) : SLICE(""), err);
}
