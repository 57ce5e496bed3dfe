/* fake_eval.c - the value of a node of the fake engine's SQL. */
#include <inttypes.h>
#include <stdlib.h>

#include "engine/fake/fake_sql.h"

static bool invalid_text(const char *type, struct slice text, struct error *err)
{
    return error_set(err, "22P02", "invalid input syntax for type %s: \"%.*s\"", type,
                     (int)text.len, text.data);
}

static bool parse_text(struct fake_value *value, enum type_id to, struct arena *arena,
                       struct error *err)
{
    char *copy = arena_string(arena, value->text), *end;
    if (!copy)
        return error_no_memory(err);
    if (to == TYPE_BOOL) {
        value->number = copy[0] == 't' || copy[0] == '1';
        return strcmp(copy, "maybe") != 0 || invalid_text("boolean", value->text, err);
    }
    value->real = strtod(copy, &end);
    value->number = strtoll(copy, to == TYPE_FLOAT64 ? NULL : &end, 10);
    return (*copy && !*end) || invalid_text("integer", value->text, err);
}

static bool to_text(struct fake_value *value, struct arena *arena, struct error *err)
{
    char *text;
    if (value->type == TYPE_BOOL)
        text = arena_string(arena, value->number ? SLICE("true") : SLICE("false"));
    else if (value->type == TYPE_FLOAT64)
        text = arena_printf(arena, "%g", value->real);
    else
        text = arena_printf(arena, "%" PRId64, value->number);
    value->text = (struct slice){text, text ? strlen(text) : 0};
    return text || error_no_memory(err);
}

static bool in_range(int64_t number, enum type_id type)
{
    if (type == TYPE_INT16)
        return number >= INT16_MIN && number <= INT16_MAX;
    return type != TYPE_INT32 || (number >= INT32_MIN && number <= INT32_MAX);
}

static bool cast(struct fake_value *value, enum type_id to, struct arena *arena,
                 struct error *err)
{
    enum type_id from = value->type;
    bool from_text = from == TYPE_TEXT || from == TYPE_UNKNOWN;
    if (!value->is_null) {
        if (to == TYPE_TEXT && !from_text && !to_text(value, arena, err))
            return false;
        if (to != TYPE_TEXT && from_text && !parse_text(value, to, arena, err))
            return false;
        if (to == TYPE_FLOAT64 && !from_text && from != TYPE_FLOAT64)
            value->real = (double)value->number;
        if (!in_range(value->number, to))
            return error_set(err, "22003", "integer out of range");
    }
    value->type = to;
    return true;
}

/* A parameter comes in the type of its column. */
static void load_param(const struct column *column, struct fake_value *out)
{
    out->type = column->type->id;
    out->is_null = !column_is_valid(column, 0);
    if (out->is_null)
        return;
    if (column->layout == LAYOUT_BOOL8)
        out->number = *(const uint8_t *)column->data;
    else if (column->layout == LAYOUT_FIXED2)
        out->number = *(const int16_t *)column->data;
    else if (column->layout == LAYOUT_FIXED4)
        out->number = *(const int32_t *)column->data;
    else if (column->layout == LAYOUT_FIXED8)
        out->number = *(const int64_t *)column->data;
    else if (column->layout == LAYOUT_FLOAT8)
        out->real = *(const double *)column->data;
    else
        out->text = column_slice(column, 0);
}

static bool combine(enum fake_node_kind kind, const struct fake_value *right,
                    struct fake_value *out, struct error *err)
{
    out->is_null = out->is_null || right->is_null;
    if (out->is_null)
        return true;
    if (kind == NODE_DIVIDE && right->number == 0)
        return error_set(err, "22012", "division by zero");
    bool fits = kind == NODE_DIVIDE ||
                !__builtin_add_overflow(out->number, right->number, &out->number);
    if (kind == NODE_DIVIDE)
        out->number /= right->number;
    return (fits && in_range(out->number, out->type)) ||
           error_set(err, "22003", "integer out of range");
}

bool fake_sql_eval(const struct fake_node *node, const struct batch *params,
                   int64_t series, struct arena *arena, struct fake_value *out,
                   struct error *err)
{
    *out = node->constant;
    if (node->kind == NODE_PARAM) {
        load_param(&params->columns[node->param], out);
    } else if (node->kind == NODE_SERIES) {
        out->type = TYPE_INT32;
        out->number = series;
    } else if (node->kind == NODE_DIVIDE || node->kind == NODE_ADD) {
        struct fake_value right;
        if (!fake_sql_eval(node->left, params, series, arena, out, err) ||
            !fake_sql_eval(node->right, params, series, arena, &right, err) ||
            !combine(node->kind, &right, out, err))
            return false;
    }
    for (size_t i = 0; i < node->cast_count; i++) {
        if (!cast(out, node->casts[i], arena, err))
            return false;
    }
    return true;
}
