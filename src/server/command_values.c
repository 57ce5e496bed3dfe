/* command_values.c - the values of an EXECUTE: expressions, computed by the engine.
 *
 *     (1 + 1, '2024-01-01') ──> select (1 + 1)::integer, '2024-01-01'::date
 *                           ──> one row, copied: the parameters of the statement
 *
 * What the engine's parameters cannot take as it is goes as text, which the casts in
 * the statement read. A numeric keeps the digits that it has behind the point. */
#include <stdio.h>

#include "batch/copy.h"
#include "batch/type.h"
#include "core/buf.h"
#include "server/command.h"
#include "sql/token.h"

enum { DIGITS_MAX = 38, SMALL_SCALE = 20 };

/* ---- text ---- */

struct parts {
    struct slice part[6];
};

/* Append the parts, up to an empty one; false: out of memory. */
static bool put(struct buf *text, struct parts parts)
{
    for (size_t i = 0; i < ARRAY_LEN(parts.part) && parts.part[i].len > 0; i++) {
        if (!buf_append(text, parts.part[i].data, parts.part[i].len))
            return false;
    }
    return true;
}

/* ---- the expressions ---- */

/* Up to the next comma outside of brackets; false: the list is at its end. */
static bool take_value(struct slice *list, struct slice *value)
{
    int depth = 0;
    struct token token = token_next(list);
    *value = (struct slice){token.text.data, 0};
    for (; token.kind != TOKEN_END; token = token_next(list)) {
        if (depth == 0 && token_is_symbol(&token, ','))
            return true;
        bool is_bracket = token.kind == TOKEN_SYMBOL;
        depth += is_bracket && strchr("([{", *token.text.data);
        depth -= is_bracket && strchr(")]}", *token.text.data);
        value->len = (size_t)(token.text.data + token.text.len - value->data);
    }
    return value->len > 0;
}

static size_t count_values(struct slice list)
{
    struct slice value;
    size_t count = 0;
    while (take_value(&list, &value))
        count++;
    return count;
}

/* ---- one row of the engine's ---- */

/* The batch, its types too, in the arena: it outlives the query that it comes from. */
static bool keep_row(struct arena *arena, const struct batch *batch, struct batch *out,
                     struct error *err)
{
    size_t bytes = 0;
    const struct type **types = arena_calloc(arena, batch->column_count, sizeof *types);
    for (size_t i = 0; types && i < batch->column_count; i++) {
        if (!(types[i] = type_copy(arena, batch->columns[i].type)))
            return error_no_memory(err);
    }
    return (types && batch_copy(arena, batch, types, out, &bytes)) ||
           error_no_memory(err);
}

/* The only row of a query, in the arena. */
static bool read_row(struct query_session *session, struct query *query,
                     struct arena *arena, struct batch *out, struct error *err)
{
    struct query_result result;
    const struct batch *batch;
    if (query_execute(session, query, NULL, &result, err) != PGW_OK)
        return false;
    enum pgw_status status = query_rows_next(result.rows, &batch, err);
    bool done = status == PGW_MORE && keep_row(arena, batch, out, err);
    if (status == PGW_OK || (done && out->rows != 1))
        done = error_set(err, "42601", "a value of EXECUTE must be one value");
    query_rows_close(result.rows);
    return done;
}

static struct query *prepare(struct query_session *session, const struct buf *text,
                             struct error *err)
{
    struct query *query = NULL;
    struct slice sql = {(const char *)buf_data(text), buf_len(text)};
    return query_prepare(session, sql, NULL, &query, err) == PGW_OK ? query : NULL;
}

/* ---- numerics ---- */

static const struct type *innermost(const struct type *type)
{
    while (type->id == TYPE_LIST)
        type = &type->children[0];
    return type;
}

/* How many digits a number's text has behind its point. */
static unsigned scale_of(struct slice text)
{
    const char *point = memchr(text.data, '.', text.len);
    const char *exponent = memchr(text.data, 'e', text.len);
    const char *end = text.data + text.len;
    if (exponent)
        return exponent + 1 < end && exponent[1] == '-' ? SMALL_SCALE : 0;
    size_t scale = point ? (size_t)(end - point - 1) : 0;
    return scale < DIGITS_MAX ? (unsigned)scale : DIGITS_MAX;
}

/* Of what is no number yet: as the text of it says. */
static bool scale_of_text(struct query_session *session, struct slice value,
                          unsigned *scale, struct error *err)
{
    struct buf text = {0};
    struct arena arena = {0};
    struct batch row = {0};
    bool done =
        put(&text, (struct parts){{SLICE("select ("), value, SLICE(")::varchar")}});
    struct query *query = done ? prepare(session, &text, err) : NULL;
    done = done ? query && read_row(session, query, &arena, &row, err)
                : error_no_memory(err);
    if (done && row.columns)
        *scale = column_is_valid(&row.columns[0], 0)
                     ? scale_of(column_slice(&row.columns[0], 0))
                     : 0;
    arena_free(&arena);
    query_free(query);
    buf_free(&text);
    return done;
}

/* The scale of a numeric parameter, whose value has that type. */
static bool find_scale(struct query_session *session, struct slice value,
                       const struct type *type, unsigned *scale, struct error *err)
{
    static const enum type_id integers[] = {
        TYPE_UNKNOWN, TYPE_INT8,   TYPE_INT16,  TYPE_INT32,  TYPE_INT64,   TYPE_INT128,
        TYPE_UINT8,   TYPE_UINT16, TYPE_UINT32, TYPE_UINT64, TYPE_UINT128, TYPE_BIGNUM};
    bool is_list = type->id == TYPE_LIST;
    type = innermost(type);
    *scale = type->id == TYPE_DECIMAL ? type->scale : 0;
    for (size_t i = 0; i < ARRAY_LEN(integers); i++) {
        if (type->id == integers[i])
            return true;
    }
    if (type->id == TYPE_DECIMAL)
        return true;
    if (is_list)
        return error_set(err, "0A000", "cast the elements of the array to numeric");
    return scale_of_text(session, value, scale, err);
}

/* ---- casts ---- */

/* Types of the engine whose values its parameters take as they are read. */
static bool is_bindable(const struct type *type)
{
    static const enum type_id ids[] = {
        TYPE_BOOL,    TYPE_INT8,    TYPE_INT16, TYPE_INT32,  TYPE_INT64,
        TYPE_FLOAT32, TYPE_FLOAT64, TYPE_DATE,  TYPE_TIMETZ, TYPE_INTERVAL,
        TYPE_TEXT,    TYPE_JSON,    TYPE_BYTES, TYPE_BIT,    TYPE_TIMESTAMPTZ};
    type = innermost(type);
    if (type->id == TYPE_TIME || type->id == TYPE_TIMESTAMP)
        return type->unit == UNIT_MICRO;
    for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
        if (type->id == ids[i])
            return !type->oid;
    }
    return false;
}

/* A literal stays in front of its cast, where the two are read together. */
static bool put_cast(struct buf *text, struct slice value, const char *cast)
{
    struct slice rest = value;
    struct token token = token_next(&rest);
    bool is_literal = token.kind == TOKEN_STRING && token_next(&rest).kind == TOKEN_END;
    return is_literal
               ? put(text, (struct parts){{value, SLICE("::"), slice_of(cast)}})
               : put(text,
                     (struct parts){{SLICE("("), value, SLICE(")::"), slice_of(cast)}});
}

static bool put_numeric(struct query_session *session, struct buf *text,
                        struct slice value, const struct type *type, const char *cast,
                        struct error *err)
{
    unsigned scale;
    if (!find_scale(session, value, type, &scale, err))
        return false;
    const char *brackets = strchr(cast, '[') ? strchr(cast, '[') : "";
    bool is_long =
        innermost(type)->id == TYPE_BIGNUM || innermost(type)->id == TYPE_UINT128;
    char decimal[32] = "bignum";
    if (!is_long)
        (void)snprintf(decimal, sizeof decimal, "decimal(38,%u)", scale);
    bool done = put(text, (struct parts){{SLICE("("), value, SLICE(")::"),
                                          slice_of(decimal), slice_of(brackets)}});
    return done || error_no_memory(err);
}

/* Value i of the row, whose type is that of `written` there, as the statement takes it.
 */
static bool put_value(struct query_session *session, struct buf *text,
                      struct slice value, const struct query *written,
                      const struct query *statement, size_t i, struct error *err)
{
    const struct type *type = statement->param_types[i];
    const char *cast = statement->casts[i] ? statement->casts[i] : type->name;
    if (i > 0 && !put(text, (struct parts){{SLICE(", ")}}))
        return error_no_memory(err);
    if (cast && strncmp(cast, "decimal(", 8) == 0)
        return put_numeric(session, text, value, written->columns[i].type, cast, err);
    if (!is_bindable(type))
        cast = "varchar";
    bool done = cast ? put_cast(text, value, cast) : put(text, (struct parts){{value}});
    return done || error_no_memory(err);
}

/* select v1::t1, v2::t2 … */
static struct query *prepare_cast(struct query_session *session, struct slice list,
                                  const struct query *written,
                                  const struct query *statement, struct error *err)
{
    struct buf text = {0};
    struct slice value;
    bool done = put(&text, (struct parts){{SLICE("select ")}}) || error_no_memory(err);
    for (size_t i = 0; done && take_value(&list, &value); i++)
        done = put_value(session, &text, value, written, statement, i, err);
    struct query *query = done ? prepare(session, &text, err) : NULL;
    buf_free(&text);
    return query;
}

bool command_values(struct query_session *session, const struct query *execute,
                    const struct query *statement, struct arena *arena,
                    struct batch *out, struct error *err)
{
    struct slice list = execute->class.value;
    size_t count = count_values(list);
    struct buf text = {0};
    *out = (struct batch){0};
    if (statement->param_count == 0) /* PostgreSQL does not look at them either */
        return true;
    if (count != statement->param_count) {
        error_set(err, "42601",
                  "wrong number of parameters for prepared statement \"%.*s\"",
                  (int)execute->class.name.len, execute->class.name.data);
        error_detail(err, "Expected %zu parameters but got %zu.",
                     statement->param_count, count);
        return false;
    }
    bool done =
        put(&text, (struct parts){{SLICE("select "), list}}) || error_no_memory(err);
    struct query *written = done ? prepare(session, &text, err) : NULL;
    struct query *cast =
        written ? prepare_cast(session, list, written, statement, err) : NULL;
    done = cast && read_row(session, cast, arena, out, err);
    query_free(written);
    query_free(cast);
    buf_free(&text);
    return done;
}
