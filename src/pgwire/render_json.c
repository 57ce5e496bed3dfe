/* render_json.c - values as JSON (RFC 8259).
 *
 * Whatever a session's style is, JSON is the same: dates in ISO style, times in UTC.
 * The recursion follows the type, not the data, and is bounded. */
#include "pgwire/array.h"
#include "pgwire/render.h"
#include "pgwire/render_state.h"

static void put_value(struct render *render, const struct column *column, size_t row);

/* ---- strings ---- */

/* The characters that cannot stand for themselves. */
static bool is_special(unsigned char c)
{
    return c < 0x20 || c == '"' || c == '\\';
}

static void put_escape(struct render *render, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    const char code[] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
    const char plain[] = {'\\', (char)c};
    if (c < 0x20)
        render_put(render, code, sizeof code);
    else
        render_put(render, plain, sizeof plain);
}

static void put_string(struct render *render, struct slice text)
{
    size_t from = 0;
    render_char(render, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (!is_special((unsigned char)text.data[i]))
            continue;
        render_put(render, text.data + from, i - from);
        put_escape(render, (unsigned char)text.data[i]);
        from = i + 1;
    }
    render_put(render, text.data + from, text.len - from);
    render_char(render, '"');
}

bool render_json_string(struct buf *out, struct slice text)
{
    struct render render = {.out = out};
    put_string(&render, text);
    return !render.failure;
}

/* Make a string of what was rendered since `start`: moved to the end first. */
static void quote_tail(struct render *render, size_t start)
{
    if (render->failure)
        return;
    size_t len = buf_len(render->out) - start;
    size_t worst = 6 * len + 2; /* every character a code */
    uint8_t *room = buf_reserve(render->out, worst + len);
    if (!room) {
        render_fail(render, "53200");
        return;
    }
    char *copy = (char *)room + worst;
    if (len)
        memcpy(copy, room - len, len);
    render->out->end -= len;
    put_string(render, (struct slice){copy, len});
}

/* ---- scalars ---- */

/* 2^53 has 16 digits: what is shorter is exact in a double. */
static bool is_number(const struct render *render, const struct type *type,
                      struct slice text)
{
    enum { EXACT_DIGITS = 15 };
    bool is_float = type->id == TYPE_FLOAT32 || type->id == TYPE_FLOAT64;
    if (type->id < TYPE_INT8 || type->id > TYPE_DECIMAL || text.len == 0 ||
        type->value_names)
        return false;
    if (is_float)
        return !strchr("NI", text.data[text.data[0] == '-']);
    return !render->exact || (type->id != TYPE_DECIMAL && text.len <= EXACT_DIGITS);
}

static bool truth(const struct column *column, size_t row)
{
    const uint8_t *bytes = column->data;
    return column->layout == LAYOUT_BITS ? bytes[row / 8] >> (row % 8) & 1
                                         : bytes[row] != 0;
}

/* The text form, as PostgreSQL has it, in the buffer. */
static void put_text(struct render *render, const struct column *column, size_t row)
{
    const struct cell_context context = {.format = PGW_TEXT_FORMAT,
                                         .style = &style_standard,
                                         .failure = &render->failure};
    if (!render_cell(render, column, row, &context, false))
        render_fail(render, "0A000");
}

static void put_scalar(struct render *render, const struct column *column, size_t row)
{
    size_t start = buf_len(render->out);
    if (column->type->id == TYPE_BOOL) {
        bool value = truth(column, row);
        render_put(render, value ? "true" : "false", value ? 4 : 5);
        return;
    }
    if (column->type->id == TYPE_TEXT && column->layout != LAYOUT_NULL) {
        put_string(render, column_slice(column, row));
        return;
    }
    put_text(render, column, row);
    const char *text = (const char *)buf_data(render->out);
    if (render->failure || !text || column->type->id == TYPE_JSON)
        return;
    if (!is_number(render, column->type,
                   (struct slice){text + start, buf_len(render->out) - start}))
        quote_tail(render, start);
}

/* ---- what is made of others ---- */

static void put_list(struct render *render, const struct column *column, size_t row)
{
    struct array_range range = array_range(column, row);
    render_char(render, '[');
    for (size_t i = 0; i < range.count && !render->failure; i++) {
        if (i > 0)
            render_char(render, ',');
        put_value(render, &column->children[0], range.start + i);
    }
    render_char(render, ']');
}

static void put_struct(struct render *render, const struct column *column, size_t row)
{
    render_char(render, '{');
    for (size_t i = 0; i < column->child_count; i++) {
        if (i > 0)
            render_char(render, ',');
        put_string(render, column->type->child_names[i]);
        render_char(render, ':');
        put_value(render, &column->children[i], row);
    }
    render_char(render, '}');
}

/* Keys are strings in JSON, whatever they are here: text as it is, the rest as text,
 * what is made of others as the text of its JSON. */
static void put_key(struct render *render, const struct column *column, size_t row)
{
    size_t start = buf_len(render->out);
    if (render_is_nested(column))
        put_value(render, column, row);
    else
        put_text(render, column, row);
    quote_tail(render, start);
}

static void put_map(struct render *render, const struct column *column, size_t row)
{
    struct array_range range = array_range(column, row);
    render_char(render, '{');
    for (size_t i = range.start; i < range.start + range.count && !render->failure;
         i++) {
        if (i > range.start)
            render_char(render, ',');
        put_key(render, &column->children[0], i);
        render_char(render, ':');
        put_value(render, &column->children[1], i);
    }
    render_char(render, '}');
}

/* The member that the tag names, as if it stood there alone. */
static void put_union(struct render *render, const struct column *column, size_t row)
{
    uint8_t tag = ((const uint8_t *)column->children[0].data)[row];
    if ((size_t)tag + 1 >= column->child_count)
        render_fail(render, "XX000");
    else
        put_value(render, &column->children[tag + 1], row);
}

static void put_nested(struct render *render, const struct column *column, size_t row)
{
    if (array_is_list(column->type))
        put_list(render, column, row);
    else if (column->type->id == TYPE_STRUCT)
        put_struct(render, column, row);
    else if (column->type->id == TYPE_MAP)
        put_map(render, column, row);
    else if (column->type->id == TYPE_UNION)
        put_union(render, column, row);
    else
        render_fail(render, "0A000");
}

static void put_value(struct render *render, const struct column *column, size_t row)
{
    if (!column_is_valid(column, row)) {
        render_put(render, "null", 4);
        return;
    }
    if (render_enter(render)) {
        if (render_is_nested(column))
            put_nested(render, column, row);
        else
            put_scalar(render, column, row);
    }
    render_leave(render);
}

void render_put_json(struct render *render, const struct column *column, size_t row)
{
    put_value(render, column, row);
}

const char *render_json(struct buf *out, const struct column *column, size_t row)
{
    struct render render = {.out = out, .exact = true};
    put_value(&render, column, row);
    return render.failure;
}
