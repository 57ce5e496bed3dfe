/* render.c - the text of types that have no cell writer.
 *
 * Lists and arrays become PostgreSQL's array text (documentation 8.15.6), structs, maps
 * and unions JSON. The recursion follows the type, not the data, and is bounded. */
#include "pgwire/render.h"

#include <stdlib.h>
#include <strings.h>

#include "pgwire/cell.h"
#include "pgwire/value.h"

enum { DEPTH_MAX = 64, SCALAR_ROOM = 160 };

/* How a value is written inside of what surrounds it. */
enum style { STYLE_PLAIN, STYLE_ARRAY, STYLE_JSON };

struct render {
    struct buf *out;
    const char *failure;
    unsigned depth;
    bool exact; /* numbers that a double cannot hold are strings */
};

static void fail(struct render *render, const char *sqlstate)
{
    if (!render->failure)
        render->failure = sqlstate;
}

static void put(struct render *render, const char *text, size_t len)
{
    if (!render->failure && !buf_append(render->out, text, len))
        fail(render, "53200");
}

static void put_char(struct render *render, char c)
{
    put(render, &c, 1);
}

static void put_value(struct render *render, const struct column *column, size_t row,
                      enum style style);

/* ---- scalars ---- */

static uint8_t *time_text(uint8_t *to, const struct column *column, size_t row)
{
    int64_t value = ((const int64_t *)column->data)[row];
    return value_time_text(to, column->type->unit == UNIT_NANO ? value / 1000 : value);
}

/* 40 bits of microseconds, 24 bits of what the zone's offset lacks to its maximum. */
static uint8_t *timetz_text(uint8_t *to, const struct column *column, size_t row)
{
    enum { OFFSET_MAX = 16 * 3600 - 1 };
    uint64_t bits = ((const uint64_t *)column->data)[row];
    int offset = OFFSET_MAX - (int)(bits & 0xffffff);
    unsigned seconds = (unsigned)(offset < 0 ? -offset : offset);
    to = value_time_text(to, (int64_t)(bits >> 24));
    *to++ = offset < 0 ? '-' : '+';
    unsigned parts[3] = {seconds / 3600, seconds / 60 % 60, seconds % 60};
    unsigned count = parts[2] ? 3 : parts[1] ? 2 : 1;
    for (unsigned i = 0; i < count; i++) {
        if (i > 0)
            *to++ = ':';
        *to++ = (uint8_t)('0' + parts[i] / 10);
        *to++ = (uint8_t)('0' + parts[i] % 10);
    }
    return to;
}

static uint8_t *interval_text(uint8_t *to, const struct column *column, size_t row)
{
    struct {
        int32_t months, days;
        int64_t us;
    } value;
    memcpy(&value, (const char *)column->data + row * sizeof value, sizeof value);
    return value_interval_text(to, value.months, value.days, value.us);
}

/* Types that only have a text here; NULL: not one of them. */
static uint8_t *odd_text(uint8_t *to, const struct column *column, size_t row)
{
    if (column->type->id == TYPE_TIME && column->layout == LAYOUT_FIXED8)
        return time_text(to, column, row);
    if (column->layout == LAYOUT_TIMETZ40)
        return timetz_text(to, column, row);
    if (column->layout == LAYOUT_INTERVAL)
        return interval_text(to, column, row);
    return NULL;
}

static void put_scalar(struct render *render, const struct column *column, size_t row)
{
    struct cell cell;
    uint8_t odd[SCALAR_ROOM];
    uint8_t *end = odd_text(odd, column, row);
    if (end) {
        put(render, (const char *)odd, (size_t)(end - odd));
        return;
    }
    if (!cell_choose(column, PGW_TEXT_FORMAT, &cell)) {
        fail(render, "0A000");
        return;
    }
    cell.failure = &render->failure;
    size_t room = cell.max + cell_size(&cell, row);
    uint8_t *to = render->failure ? NULL : buf_reserve(render->out, room);
    if (!to) {
        fail(render, "53200");
        return;
    }
    end = cell.write(&cell, row, to);
    if (!end)
        return;
    size_t len = (size_t)(end - to) - 4; /* without the length in front */
    memmove(to, to + 4, len);
    buf_commit(render->out, len);
}

/* ---- JSON ---- */

static void put_json_string(struct render *render, struct slice text)
{
    static const char hex[] = "0123456789abcdef";
    put_char(render, '"');
    for (size_t i = 0; i < text.len; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (c == '"' || c == '\\') {
            put_char(render, '\\');
            put_char(render, (char)c);
        } else if (c < 0x20) {
            const char escape[6] = {'\\', 'u', '0', '0', hex[c >> 4], hex[c & 15]};
            put(render, escape, sizeof escape);
        } else {
            put_char(render, (char)c);
        }
    }
    put_char(render, '"');
}

/* 2^53 has 16 digits: what is shorter is exact in a double. */
static bool is_json_number(const struct render *render, const struct type *type,
                           struct slice text)
{
    enum { EXACT_DIGITS = 15 };
    bool is_float = type->id == TYPE_FLOAT32 || type->id == TYPE_FLOAT64;
    if (type->id < TYPE_INT8 || type->id > TYPE_DECIMAL || text.len == 0)
        return false;
    if (is_float)
        return !strchr("NI", text.data[text.data[0] == '-']);
    return !render->exact || (type->id != TYPE_DECIMAL && text.len <= EXACT_DIGITS);
}

/* Re-encode what was rendered since `start` as a piece of JSON. */
static void quote_tail(struct render *render, size_t start, enum style style,
                       const struct type *type);

static void put_json_scalar(struct render *render, const struct column *column,
                            size_t row)
{
    if (column->type->id == TYPE_BOOL) {
        struct cell cell;
        uint8_t text[8];
        bool truth = cell_choose(column, PGW_TEXT_FORMAT, &cell) &&
                     cell.write(&cell, row, text) && text[4] == 't';
        put(render, truth ? "true" : "false", truth ? 4 : 5);
        return;
    }
    size_t start = buf_len(render->out);
    put_scalar(render, column, row);
    if (column->type->id != TYPE_JSON)
        quote_tail(render, start, STYLE_JSON, column->type);
}

/* ---- arrays ---- */

static bool needs_quotes(struct slice text)
{
    if (text.len == 0 || (text.len == 4 && strncasecmp(text.data, "null", 4) == 0))
        return true;
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] && strchr("{},\"\\ \t\n\r\v\f", text.data[i]))
            return true;
    }
    return false;
}

static void put_array_string(struct render *render, struct slice text)
{
    if (!needs_quotes(text)) {
        put(render, text.data, text.len);
        return;
    }
    put_char(render, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] == '"' || text.data[i] == '\\')
            put_char(render, '\\');
        put_char(render, text.data[i]);
    }
    put_char(render, '"');
}

static void quote_tail(struct render *render, size_t start, enum style style,
                       const struct type *type)
{
    if (render->failure || !buf_data(render->out))
        return;
    size_t len = buf_len(render->out) - start;
    struct slice text = {(const char *)buf_data(render->out) + start, len};
    if (style == STYLE_JSON ? is_json_number(render, type, text) : !needs_quotes(text))
        return;
    char *copy = malloc(len + 1);
    if (!copy) {
        fail(render, "53200");
        return;
    }
    if (len)
        memcpy(copy, text.data, len);
    render->out->end -= len;
    if (style == STYLE_JSON)
        put_json_string(render, (struct slice){copy, len});
    else
        put_array_string(render, (struct slice){copy, len});
    free(copy);
}

static bool is_list(const struct type *type)
{
    return type->id == TYPE_LIST || type->id == TYPE_ARRAY;
}

static void put_list(struct render *render, const struct column *column, size_t row,
                     enum style style)
{
    uint64_t range[2] = {row * column->type->array_length, column->type->array_length};
    const struct column *child = &column->children[0];
    bool json = style == STYLE_JSON;
    if (column->layout == LAYOUT_LIST_ENTRIES)
        memcpy(range, (const char *)column->data + row * sizeof range, sizeof range);
    put_char(render, json ? '[' : '{');
    for (uint64_t i = 0; i < range[1] && !render->failure; i++) {
        if (i > 0)
            put_char(render, ',');
        put_value(render, child, range[0] + i, json ? STYLE_JSON : STYLE_ARRAY);
    }
    put_char(render, json ? ']' : '}');
}

/* ---- structs, maps, unions ---- */

static void put_struct(struct render *render, const struct column *column, size_t row)
{
    put_char(render, '{');
    for (size_t i = 0; i < column->child_count; i++) {
        if (i > 0)
            put_char(render, ',');
        put_json_string(render, column->type->child_names[i]);
        put_char(render, ':');
        put_value(render, &column->children[i], row, STYLE_JSON);
    }
    put_char(render, '}');
}

/* Keys are strings in JSON, whatever they are here. */
static void put_map(struct render *render, const struct column *column, size_t row)
{
    uint64_t range[2];
    memcpy(range, (const char *)column->data + row * sizeof range, sizeof range);
    put_char(render, '{');
    for (uint64_t i = 0; i < range[1] && !render->failure; i++) {
        size_t start;
        if (i > 0)
            put_char(render, ',');
        start = buf_len(render->out);
        put_value(render, &column->children[0], range[0] + i, STYLE_PLAIN);
        quote_tail(render, start, STYLE_JSON, &(struct type){.id = TYPE_TEXT});
        put_char(render, ':');
        put_value(render, &column->children[1], range[0] + i, STYLE_JSON);
    }
    put_char(render, '}');
}

static void put_union(struct render *render, const struct column *column, size_t row,
                      enum style style)
{
    uint8_t tag = ((const uint8_t *)column->children[0].data)[row];
    if ((size_t)tag + 1 >= column->child_count)
        fail(render, "XX000");
    else
        put_value(render, &column->children[tag + 1], row, style);
}

static void put_nested(struct render *render, const struct column *column, size_t row,
                       enum style style)
{
    if (column->type->id == TYPE_STRUCT)
        put_struct(render, column, row);
    else if (column->type->id == TYPE_MAP)
        put_map(render, column, row);
    else
        put_union(render, column, row, style);
}

static void put_value(struct render *render, const struct column *column, size_t row,
                      enum style style)
{
    size_t start = buf_len(render->out);
    if (!column_is_valid(column, row)) {
        put(render, style == STYLE_JSON ? "null" : "NULL", 4);
        return;
    }
    if (++render->depth > DEPTH_MAX)
        fail(render, "0A000");
    else if (is_list(column->type))
        put_list(render, column, row, style);
    else if (column->type->child_count > 0 && column->children)
        put_nested(render, column, row, style);
    else if (style == STYLE_JSON)
        put_json_scalar(render, column, row);
    else
        put_scalar(render, column, row);
    if (style == STYLE_ARRAY && !is_list(column->type))
        quote_tail(render, start, STYLE_ARRAY, column->type);
    render->depth--;
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
                          size_t rows)
{
    static const struct type text = {.id = TYPE_TEXT, .name = "text"};
    struct render render = {.out = &rendering->text};
    buf_consume(&rendering->text, buf_len(&rendering->text));
    if (!make_room(rendering, rows))
        return "53200";
    for (size_t row = 0; row < rows && !render.failure; row++) {
        size_t start = buf_len(&rendering->text);
        if (column_is_valid(column, row))
            put_value(&render, column, row, STYLE_PLAIN);
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

const char *render_json(struct buf *out, const struct column *column, size_t row)
{
    struct render render = {.out = out, .exact = true};
    put_value(&render, column, row, STYLE_JSON);
    return render.failure;
}

bool render_json_string(struct buf *out, struct slice text)
{
    struct render render = {.out = out};
    put_json_string(&render, text);
    return !render.failure;
}

void rendering_free(struct rendering *rendering)
{
    buf_free(&rendering->text);
    free(rendering->slices);
    *rendering = (struct rendering){0};
}
