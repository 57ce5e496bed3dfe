/* value.h - values as PostgreSQL writes them, text and binary.
 *
 * The one place in the tree where a value becomes PostgreSQL's bytes; read.h is the way
 * back. Writers put at `to`, where there must be room for the type's maximum below, and
 * return the end. Source: PostgreSQL 15, documentation chapter 8 and the send functions
 * of its types. */
#ifndef PGWIRE_VALUE_H
#define PGWIRE_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "core/int128.h"
#include "pgwire/output_style.h"

enum {
    VALUE_INT_MAX = 20,       /* -9223372036854775808 */
    VALUE_DECIMAL_MAX = 48,   /* sign, 39 digits, point, zero */
    VALUE_FLOAT_MAX = 28,     /* -1.7976931348623157e+308 */
    VALUE_DATE_MAX = 24,      /* 5874897-12-31 BC */
    VALUE_TIME_MAX = 24,      /* 23:59:59.999999+15:59:59 */
    VALUE_TIMESTAMP_MAX = 64, /* Wed Dec 31 23:59:59.999999 294276 ABCDEFGHIJ BC */
    VALUE_INTERVAL_MAX = 112, /* @ … years … mons … days … hours … mins … secs ago */
    VALUE_UUID_MAX = 36,
    VALUE_NUMERIC_BINARY_MAX = 8 + 2 * 14
};

/* Days from 1970-01-01 to PostgreSQL's epoch, 2000-01-01. */
enum { VALUE_EPOCH_DAYS = 10957 };
#define VALUE_EPOCH_US INT64_C(946684800000000)

/* ---- network order ---- */

static inline uint8_t *value_put16(uint8_t *to, uint16_t value)
{
    value = __builtin_bswap16(value);
    memcpy(to, &value, sizeof value);
    return to + sizeof value;
}

static inline uint8_t *value_put32(uint8_t *to, uint32_t value)
{
    value = __builtin_bswap32(value);
    memcpy(to, &value, sizeof value);
    return to + sizeof value;
}

static inline uint8_t *value_put64(uint8_t *to, uint64_t value)
{
    value = __builtin_bswap64(value);
    memcpy(to, &value, sizeof value);
    return to + sizeof value;
}

/* A copy of what is often short: pieces of a fixed size from both ends, which overlap.
 */
static inline void value_copy(uint8_t *to, const void *data, size_t len)
{
    const char *from = data;
    if (len >= 16 && len <= 64) {
        size_t half = len > 32 ? 16 : 0;
        memcpy(to, from, 16);
        memcpy(to + half, from + half, 16);
        memcpy(to + len - 16 - half, from + len - 16 - half, 16);
        memcpy(to + len - 16, from + len - 16, 16);
    } else if (len >= 8 && len < 16) {
        memcpy(to, from, 8);
        memcpy(to + len - 8, from + len - 8, 8);
    } else if (len > 0) {
        memcpy(to, from, len);
    }
}

/* ---- numbers: value_number.c ---- */

/* "00" to "99", one behind the other. */
extern const char value_pairs[200];

static inline uint8_t *value_put_pair(uint8_t *to, unsigned below_100)
{
    memcpy(to, value_pairs + (size_t)below_100 * 2, 2);
    return to + 2;
}

uint8_t *value_uint_text(uint8_t *to, uint64_t value);
uint8_t *value_int_text(uint8_t *to, int64_t value);
uint8_t *value_uint128_text(uint8_t *to, uint128 value);
/* value / 10^scale, scale 0..38, always `scale` digits behind the point */
uint8_t *value_decimal_text(uint8_t *to, int128 value, unsigned scale);
uint8_t *value_decimal64_text(uint8_t *to, int64_t value, unsigned scale);
/* numeric_send: base-10000 digits, weight, sign, display scale */
uint8_t *value_decimal_binary(uint8_t *to, int128 value, unsigned scale);
uint8_t *value_decimal64_binary(uint8_t *to, int64_t value, unsigned scale);
uint8_t *value_udecimal_binary(uint8_t *to, uint128 value, bool negative,
                               unsigned scale);

/* ---- floating point: value_float.c, the shortest text that reads back the same ----
 */

uint8_t *value_double_text(uint8_t *to, double value);
uint8_t *value_float_text(uint8_t *to, float value);
/* With extra_float_digits of 0 or less: rounded to 15 (6) digits and that many more. */
uint8_t *value_double_rounded(uint8_t *to, double value, int extra_digits);
uint8_t *value_float_rounded(uint8_t *to, float value, int extra_digits);

/* ---- dates and times: value_time.c; days and microseconds since 1970 ---- */

uint8_t *value_date_text(uint8_t *to, int32_t days);
uint8_t *value_time_text(uint8_t *to, int64_t us);                   /* of a day */
uint8_t *value_timetz_text(uint8_t *to, int64_t us, int32_t offset); /* seconds east */
uint8_t *value_timetz_binary(uint8_t *to, int64_t us, int32_t offset);
uint8_t *value_timestamp_text(uint8_t *to, int64_t us, bool with_zone);
uint8_t *value_interval_text(uint8_t *to, int32_t months, int32_t days, int64_t us);
uint8_t *value_interval_binary(uint8_t *to, int32_t months, int32_t days, int64_t us);
/* The same in a session's style: value_style.c, value_interval.c. The span caches the
 * zone's offset; {0} at first. */
uint8_t *value_date_styled(uint8_t *to, int32_t days, const struct pgw_style *style);
uint8_t *value_timestamp_styled(uint8_t *to, int64_t us, const struct pgw_style *style);
uint8_t *value_timestamptz_styled(uint8_t *to, int64_t us,
                                  const struct pgw_style *style,
                                  struct zone_span *span);
uint8_t *value_interval_styled(uint8_t *to, int32_t months, int32_t days, int64_t us,
                               enum interval_style style);

/* ---- the rest: value_bytes.c ---- */

uint8_t *value_uuid_text(uint8_t *to, const uint8_t bytes[16]);
/* \x and two digits a byte: 2 + 2 * len */
uint8_t *value_bytea_text(uint8_t *to, const uint8_t *bytes, size_t len);
/* bytea_output = escape: at most 4 * len */
uint8_t *value_bytea_escape(uint8_t *to, const uint8_t *bytes, size_t len);
/* `count` bits from bit `skip` of the bytes on, most significant first: a character or
 * a bit each; binary is the count, then the bits. */
uint8_t *value_bit_text(uint8_t *to, const uint8_t *bytes, unsigned skip, size_t count);
uint8_t *value_bit_binary(uint8_t *to, const uint8_t *bytes, unsigned skip,
                          size_t count);

/* ---- numbers beyond 128 bits: value_bignum.c; TYPE_BIGNUM's bytes ---- */

/* What both take at `to`, for a value of `len` bytes; part of it is scratch space. */
#define VALUE_BIGNUM_PER_BYTE 4
enum { VALUE_BIGNUM_MAX = 48 };
/* NULL: more digits than numeric can hold. */
uint8_t *value_bignum_text(uint8_t *to, const uint8_t *bytes, size_t len);
uint8_t *value_bignum_binary(uint8_t *to, const uint8_t *bytes, size_t len);

/* 256-bit decimals, 32 bytes, low part first: value / 10^scale, scale 0..76 */
enum { VALUE_DECIMAL256_MAX = 84 }; /* sign, 78 digits, point, zero */
uint8_t *value_decimal256_text(uint8_t *to, const uint8_t *bytes, unsigned scale);
uint8_t *value_decimal256_binary(uint8_t *to, const uint8_t *bytes, unsigned scale);

#endif
