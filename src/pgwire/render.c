/* render.c - values that are made of values: JSON, records, arrays of either.
 *
 *     struct   JSON, or a record if the column was declared as one: (1,"a b",)
 *     map      JSON
 *     union    JSON
 *     list     an array of these
 *
 * Records look as record_out and record_send have them (documentation 8.16.5). Scalars,
 * and arrays of scalars, are written by cells. The recursion follows the type, not the
 * data, and is bounded. */
#include "pgwire/render.h"

#include <stdlib.h>

#include "pgwire/array.h"
#include "pgwire/pg_type.h"
#include "pgwire/render_state.h"
#include "pgwire/value.h"

static void put_value(struct render *render, const struct column *column, size_t row);

static bool is_binary(const struct render *render)
{
    return render->context.format == PGW_BINARY_FORMAT;
}

/* ---- cells ---- */

/* Chosen before, or now. NULL: there is none. A column of the batch has one place,
 * which columns that are far from it may share. */
static const struct cell *find_cell(struct render *render, struct render_cell *own,
                                    const struct column *column,
                                    const struct cell_context *context)
{
    size_t place = (uintptr_t)column / sizeof *column % RENDER_CELLS;
    struct render_cell *found = render->cells ? &render->cells->cells[place] : own;
    if (render->cells && found->column == column && found->format == context->format &&
        found->style == context->style)
        return &found->cell;
    found->column = NULL;
    if (!cell_choose(column, context, &found->cell, &found->memory))
        return NULL;
    found->column = column;
    found->format = context->format;
    found->style = context->style;
    return &found->cell;
}

bool render_cell(struct render *render, const struct column *column, size_t row,
                 const struct cell_context *context, bool with_length)
{
    struct render_cell own;
    const struct cell *cell = find_cell(render, &own, column, context);
    if (!cell)
        return false;
    size_t room = cell->max + (cell_varies(cell) ? cell_size(cell, row) : 0);
    uint8_t *to = render->failure ? NULL : buf_reserve(render->out, room);
    if (!to) {
        render_fail(render, "53200");
        return true;
    }
    uint8_t *end = cell->write(cell, row, to);
    if (!end)
        return true; /* the failure is set */
    size_t len = (size_t)(end - to);
    if (!with_length) {
        len -= 4;
        memmove(to, to + 4, len);
    }
    buf_commit(render->out, len);
    return true;
}

/* ---- lengths and quotes ---- */

static void put_u32(struct render *render, uint32_t value)
{
    uint8_t bytes[4];
    (void)value_put32(bytes, value);
    render_put(render, bytes, sizeof bytes);
}

/* Room for a length; the place of it. */
static size_t begin_length(struct render *render)
{
    size_t place = buf_len(render->out);
    put_u32(render, 0);
    return place;
}

static void end_length(struct render *render, size_t place)
{
    size_t len = buf_len(render->out) - place - 4;
    if (render->failure)
        return;
    if (len > INT32_MAX)
        render_fail(render, "54000");
    (void)value_put32(render->out->memory + render->out->start + place, (uint32_t)len);
}

/* Quote what was put since `start`. */
static void quote_tail(struct render *render, size_t start,
                       uint8_t *(*quote)(uint8_t *, uint8_t *))
{
    size_t len = buf_len(render->out) - start;
    uint8_t *end = render->failure ? NULL : buf_reserve(render->out, len + 2);
    if (!end) {
        render_fail(render, "53200");
        return;
    }
    buf_commit(render->out, (size_t)(quote(end - len, end) - end));
}

/* One part of something: NULL, or a length and a value, or a quoted text. */
static void put_part(struct render *render, const struct column *column, size_t row,
                     uint8_t *(*quote)(uint8_t *, uint8_t *))
{
    if (!is_binary(render)) {
        size_t start = buf_len(render->out);
        put_value(render, column, row);
        quote_tail(render, start, quote);
    } else if (!render_cell(render, column, row, &render->context, true)) {
        size_t place = begin_length(render);
        put_value(render, column, row);
        end_length(render, place);
    }
}

/* ---- records ---- */

static void put_record(struct render *render, const struct column *column, size_t row)
{
    if (is_binary(render))
        put_u32(render, (uint32_t)column->child_count);
    else
        render_char(render, '(');
    for (size_t i = 0; i < column->child_count && !render->failure; i++) {
        const struct column *field = &column->children[i];
        if (is_binary(render))
            put_u32(render, pg_type_oid(field->type, render->context.composites));
        else if (i > 0)
            render_char(render, ',');
        if (column_is_valid(field, row))
            put_part(render, field, row, array_quote_field);
        else if (is_binary(render))
            put_u32(render, UINT32_MAX);
    }
    if (!is_binary(render))
        render_char(render, ')');
}

/* ---- arrays of what has no cell ---- */

static void put_element(struct render *render, const struct column *column, size_t row)
{
    if (column_is_valid(column, row))
        put_part(render, column, row, array_quote_element);
    else if (is_binary(render))
        put_u32(render, UINT32_MAX);
    else
        render_put(render, "NULL", 4);
}

/* The depth is that of the array's shape. */
static void put_level(struct render *render, const struct column *list, size_t row)
{
    const struct column *child = &list->children[0];
    struct array_range range = array_range(list, row);
    bool text = !is_binary(render);
    if (text)
        render_char(render, '{');
    for (size_t i = 0; i < range.count && !render->failure; i++) {
        if (text && i > 0)
            render_char(render, ',');
        if (array_is_list(child->type))
            put_level(render, child, range.start + i);
        else
            put_element(render, child, range.start + i);
    }
    if (text)
        render_char(render, '}');
}

static bool has_nulls(const struct column *list, size_t row)
{
    const struct column *child = &list->children[0];
    struct array_range range = array_range(list, row);
    for (size_t i = range.start; i < range.start + range.count; i++) {
        if (array_is_list(child->type) ? has_nulls(child, i)
                                       : !column_is_valid(child, i))
            return true;
    }
    return false;
}

static void put_array(struct render *render, const struct column *list, size_t row)
{
    struct array_shape shape;
    const char *failure = array_measure(list, row, &shape);
    if (failure) {
        render_fail(render, failure);
        return;
    }
    if (is_binary(render)) {
        uint8_t header[ARRAY_HEADER_MAX];
        uint32_t oid = pg_type_oid(array_leaf(list)->type, render->context.composites);
        bool nulls = shape.dimensions > 0 && has_nulls(list, row);
        uint8_t *end = array_put_header(header, &shape, nulls, oid);
        render_put(render, header, (size_t)(end - header));
    }
    if (shape.dimensions > 0)
        put_level(render, list, row);
    else if (!is_binary(render))
        render_put(render, "{}", 2);
}

/* ---- values ---- */

static void put_nested(struct render *render, const struct column *column, size_t row)
{
    if (array_is_list(column->type))
        put_array(render, column, row);
    else if (column->type->id == TYPE_STRUCT && render->context.composites)
        put_record(render, column, row);
    else
        render_put_json(render, column, row);
}

/* Without a length; not NULL. */
static void put_value(struct render *render, const struct column *column, size_t row)
{
    if (render_enter(render) &&
        !render_cell(render, column, row, &render->context, false)) {
        if (render_is_nested(column))
            put_nested(render, column, row);
        else
            render_fail(render, "0A000");
    }
    render_leave(render);
}

const char *render_text(struct buf *out, const struct column *column, size_t row)
{
    struct render render = {.out = out};
    const struct cell_context context = {.format = PGW_TEXT_FORMAT,
                                         .style = &style_standard,
                                         .failure = &render.failure};
    if (!render_cell(&render, column, row, &context, false))
        render_fail(&render, "0A000");
    return render.failure;
}

/* ---- a column ---- */

static bool make_room(struct rendering *rendering, size_t rows)
{
    if (rows <= rendering->capacity)
        return true;
    struct slice *slices = realloc(rendering->slices, rows * sizeof *slices);
    if (!slices)
        return false;
    rendering->slices = slices;
    rendering->capacity = rows;
    return true;
}

const char *render_column(struct rendering *rendering, const struct column *column,
                          size_t rows, const struct cell_context *context)
{
    static const struct type text = {.id = TYPE_TEXT, .name = "text"};
    struct render_cells cells;
    struct render render = {
        .out = &rendering->text, .context = *context, .cells = &cells};
    for (size_t i = 0; i < RENDER_CELLS; i++)
        cells.cells[i].column = NULL;
    render.context.failure = &render.failure;
    buf_consume(&rendering->text, buf_len(&rendering->text));
    if (!make_room(rendering, rows))
        return "53200";
    for (size_t row = 0; row < rows && !render.failure; row++) {
        size_t start = buf_len(&rendering->text);
        if (column_is_valid(column, row))
            put_value(&render, column, row);
        rendering->slices[row].len = buf_len(&rendering->text) - start;
    }
    const char *at = (const char *)buf_data(&rendering->text);
    for (size_t row = 0; row < rows && !render.failure; row++) {
        rendering->slices[row].data = at;
        if (at)
            at += rendering->slices[row].len;
    }
    rendering->column = (struct column){.type = &text,
                                        .layout = LAYOUT_SLICES,
                                        .validity = column->validity,
                                        .data = rendering->slices};
    return render.failure;
}

void rendering_free(struct rendering *rendering)
{
    buf_free(&rendering->text);
    free(rendering->slices);
    *rendering = (struct rendering){0};
}
