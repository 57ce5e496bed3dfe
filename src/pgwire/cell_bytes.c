/* cell_bytes.c - cells of text, bytes, bits and labels. */
#include "pgwire/cell_write.h"
#include "pgwire/pg_type.h"

static void load_uuid(const struct cell *cell, size_t row, uint8_t out[16])
{
    const uint8_t *raw = (const uint8_t *)cell->data + row * 16;
    if (cell->column->layout == LAYOUT_UUID_BYTES) {
        memcpy(out, raw, 16);
        return;
    }
    uint64_t low, high;
    memcpy(&low, raw, sizeof low);
    memcpy(&high, raw + 8, sizeof high);
    (void)value_put64(value_put64(out, high ^ UINT64_C(1) << 63), low);
}

uint8_t *cell_text_uuid(const struct cell *cell, size_t row, uint8_t *to)
{
    uint8_t bytes[16];
    load_uuid(cell, row, bytes);
    return cell_length(to, value_uuid_text(to + 4, bytes));
}

uint8_t *cell_binary_uuid(const struct cell *cell, size_t row, uint8_t *to)
{
    uint8_t *raw = value_put32(to, 16);
    load_uuid(cell, row, raw);
    return raw + 16;
}

static inline uint8_t *put_slice(struct slice text, uint8_t *to)
{
    to = value_put32(to, (uint32_t)text.len);
    value_copy(to, text.data, text.len);
    return to + text.len;
}

/* Short strings are in the entry itself; all of it is copied, the length says what
 * counts. */
uint8_t *cell_string16(const struct cell *cell, size_t row, uint8_t *to)
{
    const char *entry = (const char *)cell->data + row * 16;
    const char *pointer;
    uint32_t len;
    memcpy(&len, entry, sizeof len);
    if (len > 12) {
        memcpy(&pointer, entry + 8, sizeof pointer);
        return put_slice((struct slice){pointer, len}, to);
    }
    to = value_put32(to, len);
    memcpy(to, entry + 4, 12);
    return to + len;
}

uint8_t *cell_slice(const struct cell *cell, size_t row, uint8_t *to)
{
    return put_slice(column_slice(cell->column, row), to);
}

uint8_t *cell_text_bytes(const struct cell *cell, size_t row, uint8_t *to)
{
    struct slice bytes = column_slice(cell->column, row);
    return cell_length(
        to, value_bytea_text(to + 4, (const uint8_t *)bytes.data, bytes.len));
}

uint8_t *cell_escape_bytes(const struct cell *cell, size_t row, uint8_t *to)
{
    struct slice bytes = column_slice(cell->column, row);
    return cell_length(
        to, value_bytea_escape(to + 4, (const uint8_t *)bytes.data, bytes.len));
}

/* The type "char" has one byte, which of an empty text is zero. */
uint8_t *cell_binary_char(const struct cell *cell, size_t row, uint8_t *to)
{
    struct slice text = column_slice(cell->column, row);
    to = value_put32(to, 1);
    *to = text.len ? (uint8_t)text.data[0] : 0;
    return to + 1;
}

static uint32_t take_number(const char **at, const char *end)
{
    uint32_t value = 0;
    for (; *at < end && **at >= '0' && **at <= '9'; (*at)++)
        value = value * 10 + (uint32_t)(**at - '0');
    return value;
}

/* Of "(block,offset)": the block in four bytes, the offset in two. */
uint8_t *cell_binary_tid(const struct cell *cell, size_t row, uint8_t *to)
{
    struct slice text = column_slice(cell->column, row);
    const char *at = text.data + 1, *end = text.data + text.len;
    if (text.len < sizeof "(0,0)" - 1)
        return cell_fail(cell, "22P02");
    to = value_put32(to, PG_TID_BYTES);
    to = value_put32(to, take_number(&at, end));
    at++;
    return value_put16(to, (uint16_t)take_number(&at, end));
}

/* jsonb's binary form is its text behind a version. */
uint8_t *cell_jsonb(const struct cell *cell, size_t row, uint8_t *to)
{
    enum { VERSION = 1 };
    struct slice text = column_slice(cell->column, row);
    to = value_put32(to, (uint32_t)text.len + 1);
    *to++ = VERSION;
    memcpy(to, text.data, text.len);
    return to + text.len;
}

/* The first byte says how many bits at the start of the second are padding. */
static bool load_bits(const struct cell *cell, size_t row, const uint8_t **bytes,
                      unsigned *skip, size_t *count)
{
    struct slice raw = column_slice(cell->column, row);
    *bytes = (const uint8_t *)raw.data + 1;
    *skip = raw.len > 0 ? (uint8_t)raw.data[0] : 8;
    *count = (raw.len > 0 ? raw.len - 1 : 0) * 8 - *skip;
    return raw.len > 0 && *skip < 8 && (raw.len > 1 || *skip == 0);
}

uint8_t *cell_text_bit(const struct cell *cell, size_t row, uint8_t *to)
{
    const uint8_t *bytes;
    unsigned skip;
    size_t count;
    if (!load_bits(cell, row, &bytes, &skip, &count))
        return cell_fail(cell, "XX000");
    return cell_length(to, value_bit_text(to + 4, bytes, skip, count));
}

uint8_t *cell_binary_bit(const struct cell *cell, size_t row, uint8_t *to)
{
    const uint8_t *bytes;
    unsigned skip;
    size_t count;
    if (!load_bits(cell, row, &bytes, &skip, &count))
        return cell_fail(cell, "XX000");
    return cell_length(to, value_bit_binary(to + 4, bytes, skip, count));
}

/* Labels are in the type; any of them may come, so the longest makes the room. */
uint8_t *cell_enum(const struct cell *cell, size_t row, uint8_t *to)
{
    const struct type *type = cell->column->type;
    uint32_t index =
        cell->column->layout == LAYOUT_FIXED1   ? ((const uint8_t *)cell->data)[row]
        : cell->column->layout == LAYOUT_FIXED2 ? ((const uint16_t *)cell->data)[row]
                                                : ((const uint32_t *)cell->data)[row];
    if (index >= type->label_count)
        return cell_fail(cell, "XX000");
    return put_slice(type->labels[index], to);
}

size_t cell_longest_label(const struct type *type)
{
    size_t longest = 0;
    for (size_t i = 0; i < type->label_count; i++) {
        if (type->labels[i].len > longest)
            longest = type->labels[i].len;
    }
    return longest;
}
