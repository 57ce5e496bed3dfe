/* copy_quick.c - the usual forms of values, read without ado.
 *
 * Each takes what its type's output function writes, and no more: anything else, valid
 * or not, is left to the readers of PostgreSQL's input. */
#include <string.h>

#include "core/int128.h"
#include "server/copy_column.h"

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

void copy_put_string(struct slice text, void *cell)
{
    enum { INSIDE = 12, PREFIX = 4 };
    char entry[16] = {0};
    uint32_t len = (uint32_t)text.len;
    memcpy(entry, &len, sizeof len);
    if (text.len <= INSIDE) {
        memcpy(entry + PREFIX, text.data, text.len);
    } else {
        memcpy(entry + PREFIX, text.data, PREFIX);
        memcpy(entry + 8, &text.data, sizeof text.data);
    }
    memcpy(cell, entry, sizeof entry);
}

bool copy_quick_text(const struct copy_column *column, struct slice text,
                     struct arena *heap, void *cell)
{
    enum { INSIDE = 12, LONGEST = 1 << 30 };
    (void)column;
    if (text.len > INSIDE) {
        text.data = text.len < LONGEST ? arena_copy(heap, text.data, text.len) : NULL;
        if (!text.data)
            return false;
    }
    copy_put_string(text, cell);
    return true;
}

bool copy_quick_bool(const struct copy_column *column, struct slice text,
                     struct arena *heap, void *cell)
{
    (void)heap;
    (void)column;
    char c = text.len == 1 ? text.data[0] : '\0';
    *(uint8_t *)cell = c == 't';
    return c == 't' || c == 'f';
}

/* A sign and up to 18 digits. */
bool copy_quick_int(const struct copy_column *column, struct slice text,
                    struct arena *heap, void *cell)
{
    (void)heap;
    enum { DIGITS = 18 };
    bool negative = text.len > 0 && text.data[0] == '-';
    size_t at = negative;
    int64_t number = 0;
    if (text.len == at || text.len - at > DIGITS)
        return false;
    for (; at < text.len; at++) {
        unsigned digit = (unsigned)(uint8_t)text.data[at] - '0';
        if (digit > 9)
            return false;
        number = number * 10 + digit;
    }
    number = negative ? -number : number;
    if (number < column->least || number > column->most)
        return false;
    switch (column->width) { /* little endian; known widths are single stores */
    case 2:
        memcpy(cell, &number, 2);
        break;
    case 4:
        memcpy(cell, &number, 4);
        break;
    case 8:
        memcpy(cell, &number, 8);
        break;
    default:
        memcpy(cell, &number, column->width);
    }
    return true;
}

/* ---- numbers with a point ---- */

/* Digits with at most one point, as a whole number and how many were behind it. */
struct digits {
    bool negative;
    uint64_t number;
    size_t behind;
};

static bool read_digits(struct slice text, size_t most, struct digits *out)
{
    size_t count = 0, point = SIZE_MAX;
    *out = (struct digits){.negative = text.len > 0 && text.data[0] == '-'};
    for (size_t at = out->negative; at < text.len; at++) {
        char c = text.data[at];
        if (c == '.' && point == SIZE_MAX) {
            point = count;
            continue;
        }
        if (!is_digit(c) || ++count > most)
            return false;
        out->number = out->number * 10 + (unsigned)(c - '0');
    }
    out->behind = point == SIZE_MAX ? 0 : count - point;
    return count > 0 && point != 0;
}

/* Both the digits and the power of ten are exact as doubles, so one division rounds as
 * it should. */
bool copy_quick_double(const struct copy_column *column, struct slice text,
                       struct arena *heap, void *cell)
{
    (void)heap;
    static const double powers[] = {1,   1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                    1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    struct digits digits;
    (void)column;
    if (!read_digits(text, 15, &digits))
        return false;
    double number = (double)digits.number / powers[digits.behind];
    number = digits.negative ? -number : number;
    memcpy(cell, &number, sizeof number);
    return true;
}

bool copy_quick_float(const struct copy_column *column, struct slice text,
                      struct arena *heap, void *cell)
{
    (void)heap;
    static const float powers[] = {1, 1e1F, 1e2F, 1e3F, 1e4F, 1e5F, 1e6F, 1e7F};
    struct digits digits;
    (void)column;
    if (!read_digits(text, 7, &digits))
        return false;
    float number = (float)digits.number / powers[digits.behind];
    number = digits.negative ? -number : number;
    memcpy(cell, &number, sizeof number);
    return true;
}

/* ---- decimals ---- */

static const uint64_t powers_of_ten[] = {UINT64_C(1),
                                         UINT64_C(10),
                                         UINT64_C(100),
                                         UINT64_C(1000),
                                         UINT64_C(10000),
                                         UINT64_C(100000),
                                         UINT64_C(1000000),
                                         UINT64_C(10000000),
                                         UINT64_C(100000000),
                                         UINT64_C(1000000000),
                                         UINT64_C(10000000000),
                                         UINT64_C(100000000000),
                                         UINT64_C(1000000000000),
                                         UINT64_C(10000000000000),
                                         UINT64_C(100000000000000),
                                         UINT64_C(1000000000000000),
                                         UINT64_C(10000000000000000),
                                         UINT64_C(100000000000000000),
                                         UINT64_C(1000000000000000000)};

/* Up to 18 digits, at most as many behind the point as the column has. */
bool copy_quick_decimal(const struct copy_column *column, struct slice text,
                        struct arena *heap, void *cell)
{
    (void)heap;
    const struct type *type = column->type;
    struct digits digits;
    if (!read_digits(text, 18, &digits) || digits.behind > type->scale)
        return false;
    size_t more = type->scale - digits.behind;
    uint64_t number;
    if (type->precision > 18 || more > 18 ||
        __builtin_mul_overflow(digits.number, powers_of_ten[more], &number) ||
        number >= powers_of_ten[type->precision])
        return false;
    int64_t signed_number = digits.negative ? -(int64_t)number : (int64_t)number;
    memcpy(cell, &signed_number, column->width); /* little endian */
    return true;
}

static uint128 power_of_ten(unsigned exponent)
{
    uint128 power = 1;
    while (exponent-- > 0)
        power *= 10;
    return power;
}

bool copy_decimal(const struct copy_column *column, struct slice text, bool *overflow,
                  void *cell)
{
    bool negative = text.len > 0 && text.data[0] == '-';
    const uint128 limit = power_of_ten(column->type->precision);
    uint128 number = 0;
    int behind = -1, scale = column->type->scale;
    *overflow = false;
    for (size_t at = negative; at < text.len; at++) {
        char c = text.data[at];
        if (c == '.' && behind < 0) {
            behind = 0;
            continue;
        }
        if (!is_digit(c))
            return false;
        if (behind == scale) { /* the first digit that is too many rounds */
            number += c >= '5';
            behind++;
        }
        if (behind > scale)
            continue;
        if (number >= limit)
            *overflow = true;
        number = *overflow ? 0 : number * 10 + (unsigned)(c - '0');
        behind += behind >= 0;
    }
    for (int more = behind < 0 ? 0 : behind; more < scale && !*overflow; more++) {
        *overflow = number >= limit;
        number *= 10;
    }
    *overflow = *overflow || number >= limit;
    int128 signed_number = negative ? -(int128)number : (int128)number;
    memcpy(cell, &signed_number, column->width);
    return !*overflow;
}

/* ---- dates ---- */

static bool two_digits(const char *at, unsigned *out)
{
    unsigned tens = (unsigned)(uint8_t)at[0] - '0',
             ones = (unsigned)(uint8_t)at[1] - '0';
    *out = tens * 10 + ones;
    return tens <= 9 && ones <= 9;
}

/* YYYY-MM-DD, from 1900 to 2099, as days since 1970. */
static bool read_date(const char *at, int32_t *days)
{
    static const uint16_t before[] = {0,   31,  59,  90,  120, 151, 181,
                                      212, 243, 273, 304, 334, 365};
    unsigned century, year, month, day;
    if (!two_digits(at, &century) || !two_digits(at + 2, &year) || at[4] != '-' ||
        !two_digits(at + 5, &month) || at[7] != '-' || !two_digits(at + 8, &day) ||
        month - 1 > 11 || century - 19 > 1)
        return false;
    year += (century - 19) * 100; /* since 1900, which was no leap year */
    bool leap = year % 4 == 0 && year != 0;
    unsigned length =
        (unsigned)(before[month] - before[month - 1]) + (leap && month == 2);
    if (day - 1 >= length)
        return false;
    int32_t since_1900 = (int32_t)(year * 365 + (year ? (year - 1) / 4 : 0) +
                                   before[month - 1] + (leap && month > 2) + day - 1);
    *days = since_1900 - 25567;
    return true;
}

bool copy_quick_date(const struct copy_column *column, struct slice text,
                     struct arena *heap, void *cell)
{
    (void)heap;
    int32_t days;
    (void)column;
    if (text.len != 10 || !read_date(text.data, &days))
        return false;
    memcpy(cell, &days, sizeof days);
    return true;
}

/* .ffffff at the end, of one to six digits. */
static bool read_fraction(struct slice text, int64_t *us)
{
    int64_t number = 0;
    if (text.len < 2 || text.len > 7 || text.data[0] != '.')
        return text.len == 0;
    for (size_t i = 1; i < 7; i++) {
        if (i < text.len && !is_digit(text.data[i]))
            return false;
        number = number * 10 + (i < text.len ? text.data[i] - '0' : 0);
    }
    *us += number;
    return true;
}

/* YYYY-MM-DD HH:MM:SS[.ffffff], behind it +00 for a time with a zone. */
bool copy_quick_timestamp(const struct copy_column *column, struct slice text,
                          struct arena *heap, void *cell)
{
    (void)heap;
    enum { SECONDS_END = 19, ZONE = 3 };
    int32_t days;
    unsigned hour, minute, second;
    if (column->staged.id == TYPE_TIMESTAMPTZ) {
        if (text.len < SECONDS_END + ZONE ||
            memcmp(text.data + text.len - ZONE, "+00", ZONE) != 0)
            return false;
        text.len -= ZONE;
    }
    const char *at = text.data;
    if (text.len < SECONDS_END || !read_date(at, &days) || at[10] != ' ' ||
        at[13] != ':' || at[16] != ':' || !two_digits(at + 11, &hour) ||
        !two_digits(at + 14, &minute) || !two_digits(at + 17, &second) || hour > 23 ||
        minute > 59 || second > 59 || column->staged.unit != UNIT_MICRO)
        return false;
    int64_t us = ((int64_t)days * 86400 + hour * 3600 + minute * 60 + second) * 1000000;
    if (!read_fraction((struct slice){at + SECONDS_END, text.len - SECONDS_END}, &us))
        return false;
    memcpy(cell, &us, sizeof us);
    return true;
}
