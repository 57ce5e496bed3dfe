/* param_numeric.c - numeric parameters: every digit, with the scale that was sent.
 *
 * PostgreSQL's numeric has any number of digits, the engine's decimals 38. Longer
 * integers are bignums; a longer fraction gives up zeros at its end, nothing else. */
#include <string.h>

#include "core/int128.h"
#include "server/param_types.h"

enum { DIGITS_MAX = 38, BIGNUM_HEADER = 3, BIGNUM_BYTES_MAX = 0x7fffff };

static enum pgw_status no_memory(struct pgw_error *err)
{
    return pgw_fail(err, "53200", "out of memory");
}

/* The text of a number taken apart. */
struct digits {
    bool negative, is_null;
    const char *text, *end; /* with a point inside, without zeros in front */
    size_t whole, scale;    /* digits before and behind the point */
};

static enum pgw_status parse(const struct param_source *source,
                             const struct pgw_value *value, struct digits *out,
                             struct pgw_error *err)
{
    struct pgw_slice text = {"", 0};
    *out = (struct digits){.is_null = value->is_null};
    if (value->is_null)
        return PGW_OK;
    enum pgw_status status = pgw_get_numeric(source->session, value, &text, err);
    if (status != PGW_OK)
        return status;
    out->negative = *text.data == '-';
    const char *at = text.data + out->negative, *end = text.data + text.len;
    if (*at < '0' || *at > '9')
        return pgw_value_fail(value, err, "22003",
                              "numeric %.*s cannot be a parameter here", (int)text.len,
                              text.data);
    while (at < end - 1 && *at == '0' && at[1] != '.')
        at++;
    const char *point = memchr(at, '.', (size_t)(end - at));
    out->text = at;
    out->end = end;
    out->whole = (size_t)((point ? point : end) - at) - (*at == '0');
    out->scale = point ? (size_t)(end - point) - 1 : 0;
    return PGW_OK;
}

/* Down to `least` digits behind the point, as long as it is zeros that go. */
static void drop_zeros(struct digits *number, size_t least)
{
    while (number->scale > least && number->end[-1] == '0') {
        number->end--;
        number->scale--;
    }
    if (number->scale == 0 && number->end[-1] == '.')
        number->end--;
}

static int128 to_decimal(const struct digits *number, size_t scale)
{
    int128 value = 0;
    for (const char *at = number->text; at < number->end; at++) {
        if (*at != '.')
            value = value * 10 + (*at - '0');
    }
    for (size_t i = number->scale; i < scale; i++)
        value *= 10;
    return number->negative ? -value : value;
}

/* ---- decimals ---- */

static bool fits(const struct digits *numbers, size_t count, size_t scale)
{
    for (size_t i = 0; i < count; i++) {
        if (!numbers[i].is_null && numbers[i].whole + scale > DIGITS_MAX)
            return false;
    }
    return scale <= DIGITS_MAX;
}

static size_t largest_scale(const struct digits *numbers, size_t count)
{
    size_t scale = 0;
    for (size_t i = 0; i < count; i++)
        scale = numbers[i].scale > scale ? numbers[i].scale : scale;
    return scale;
}

static size_t most_whole(const struct digits *numbers, size_t count)
{
    size_t whole = 0;
    for (size_t i = 0; i < count; i++)
        whole = numbers[i].whole > whole ? numbers[i].whole : whole;
    return whole;
}

static enum pgw_status decimals(const struct param_source *source,
                                const struct digits *numbers, size_t count,
                                size_t scale, struct column *out, struct pgw_error *err)
{
    struct type *type = arena_calloc(source->arena, 1, sizeof *type);
    int128 *cells = arena_calloc(source->arena, count, sizeof *cells);
    if (!type || !cells)
        return no_memory(err);
    *type = (struct type){.id = TYPE_DECIMAL,
                          .precision = DIGITS_MAX,
                          .scale = (uint8_t)scale,
                          .name = "numeric"};
    for (size_t i = 0; i < count; i++)
        cells[i] = numbers[i].is_null ? 0 : to_decimal(&numbers[i], scale);
    out->type = type;
    out->layout = LAYOUT_FIXED16;
    out->data = cells;
    return PGW_OK;
}

/* ---- integers of any size ---- */

/* magnitude = magnitude * 10 + digit; most significant byte first, ending at `end`. */
static void push_digit(uint8_t *start, uint8_t *end, unsigned digit)
{
    unsigned carry = digit;
    while (end > start) {
        carry += *--end * 10u;
        *end = (uint8_t)carry;
        carry >>= 8;
    }
}

/* Three bytes of header, of which the first bit says that it is positive and the rest
 * how many follow; a negative number has every bit inverted. */
static bool to_bignum(const struct param_source *source, const struct digits *number,
                      struct slice *out)
{
    size_t room = (number->whole + 1) / 2 + 1; /* a byte has more than two digits */
    uint8_t *bytes = arena_calloc(source->arena, BIGNUM_HEADER + room, 1);
    if (!bytes)
        return false;
    uint8_t *magnitude = bytes + BIGNUM_HEADER, *end = magnitude + room;
    for (size_t i = 0; i < number->whole; i++)
        push_digit(magnitude, end, (unsigned)(number->text[i] - '0'));
    while (magnitude < end - 1 && *magnitude == 0)
        magnitude++;
    uint8_t *start = magnitude - BIGNUM_HEADER;
    size_t len = (size_t)(end - magnitude);
    start[0] = (uint8_t)(0x80 | len >> 16);
    start[1] = (uint8_t)(len >> 8);
    start[2] = (uint8_t)len;
    for (uint8_t *at = start; number->negative && at < end; at++)
        *at = (uint8_t) ~*at;
    *out = (struct slice){(const char *)start, (size_t)(end - start)};
    return true;
}

static enum pgw_status bignums(const struct param_source *source,
                               const struct digits *numbers, size_t count,
                               struct column *out, struct pgw_error *err)
{
    static const struct type type = {.id = TYPE_BIGNUM, .name = "numeric"};
    struct slice *cells = arena_calloc(source->arena, count, sizeof *cells);
    if (!cells)
        return no_memory(err);
    for (size_t i = 0; i < count; i++) {
        if (!numbers[i].is_null && !to_bignum(source, &numbers[i], &cells[i]))
            return no_memory(err);
    }
    out->type = &type;
    out->layout = LAYOUT_SLICES;
    out->data = cells;
    return PGW_OK;
}

/* ---- both ---- */

enum pgw_status param_numerics(const struct param_source *source,
                               const struct pgw_value *values, size_t count,
                               struct column *out, struct pgw_error *err)
{
    struct digits *numbers = arena_calloc(source->arena, count, sizeof *numbers);
    if (!numbers)
        return no_memory(err);
    for (size_t i = 0; i < count; i++) {
        enum pgw_status status = parse(source, &values[i], &numbers[i], err);
        if (status != PGW_OK)
            return status;
    }
    *out = (struct column){.validity = param_validity(source->arena, values, count)};
    if (!out->validity)
        return no_memory(err);
    size_t scale = largest_scale(numbers, count);
    if (fits(numbers, count, scale))
        return decimals(source, numbers, count, scale, out, err);
    size_t whole = most_whole(numbers, count);
    for (size_t i = 0; i < count; i++)
        drop_zeros(&numbers[i], whole < DIGITS_MAX ? DIGITS_MAX - whole : 0);
    scale = largest_scale(numbers, count);
    if (fits(numbers, count, scale))
        return decimals(source, numbers, count, scale, out, err);
    if (scale == 0)
        return bignums(source, numbers, count, out, err);
    return pgw_value_fail(
        &values[0], err, "22003",
        "numeric value out of range: a number with a fraction has at most "
        "%d digits here",
        DIGITS_MAX);
}
