/* row_put.c - typed puts: a value of C as what its column was declared to be.
 *
 * A put converts to the declared type, in the format that the client asked for and the
 * style of the session. */
#include <math.h>

#include <pgwire/types.h>

#include "core/attr.h"
#include "pgwire/row.h"
#include "pgwire/value.h"

/* Where a value of at most so many bytes is written: its place in the row, behind its
 * length, or what is spare, for the parts of arrays and at the end of a block. */
static inline uint8_t *room_for(const pgw_row *row, size_t bytes, uint8_t *spare)
{
    bool direct = row->depth == 0 && !row->failed && !row->copy &&
                  chain_room(row->out) >= 4 + bytes;
    return direct ? row->out->tail->data + row->out->tail->used + 4 : spare;
}

static inline void put_until(pgw_row *row, uint8_t *start, const uint8_t *end)
{
    const struct chain_block *tail = row->out->tail;
    size_t len = (size_t)(end - start);
    if (UNLIKELY(!tail || start != tail->data + tail->used + 4)) {
        row_put(row, start, len);
        return;
    }
    (void)value_put32(start - 4, (uint32_t)len);
    chain_commit(row->out, 4 + len);
}

static bool is_textual(uint32_t oid)
{
    static const uint32_t oids[] = {PGW_TEXTOID,   PGW_VARCHAROID, PGW_BPCHAROID,
                                    PGW_NAMEOID,   PGW_CHAROID,    PGW_JSONOID,
                                    PGW_UNKNOWNOID};
    for (size_t i = 0; i < ARRAY_LEN(oids); i++) {
        if (oids[i] == oid)
            return true;
    }
    return false;
}

void pgw_put_bool(pgw_row *row, bool value)
{
    enum pgw_format format;
    uint8_t binary = value;
    uint32_t oid = row_next(row, &format);
    if (oid == PGW_BOOLOID && format == PGW_BINARY_FORMAT)
        row_put(row, &binary, 1);
    else if (oid == PGW_BOOLOID)
        row_put(row, value ? "t" : "f", 1);
    else if (is_textual(oid))
        row_put(row, value ? "true" : "false", value ? 4 : 5);
    else
        row_mismatch(row, "boolean");
}

/* The bytes of an integer type, 0 for other types. */
static unsigned int_width(uint32_t oid)
{
    switch (oid) {
    case PGW_INT2OID:
        return 2;
    case PGW_INT4OID:
    case PGW_OIDOID:
        return 4;
    case PGW_INT8OID:
        return 8;
    default:
        return 0;
    }
}

static bool in_range(int64_t value, uint32_t oid)
{
    switch (oid) {
    case PGW_INT2OID:
        return value >= INT16_MIN && value <= INT16_MAX;
    case PGW_INT4OID:
        return value >= INT32_MIN && value <= INT32_MAX;
    case PGW_OIDOID:
        return value >= 0 && value <= UINT32_MAX;
    default:
        return true;
    }
}

/* The lowest bytes, in network order; there is room for eight. */
static uint8_t *put_lowest(uint8_t *to, int64_t value, unsigned width)
{
    (void)value_put64(to, (uint64_t)value << (64 - 8 * width));
    return to + width;
}

static uint8_t *double_text(const pgw_row *row, uint8_t *to, double value)
{
    int digits = row->style->float_digits;
    return digits > 0 ? value_double_text(to, value)
                      : value_double_rounded(to, value, digits);
}

static uint8_t *float_text(const pgw_row *row, uint8_t *to, float value)
{
    int digits = row->style->float_digits;
    return digits > 0 ? value_float_text(to, value)
                      : value_float_rounded(to, value, digits);
}

static void put_float(pgw_row *row, double value, uint32_t oid, enum pgw_format format)
{
    uint8_t spare[VALUE_FLOAT_MAX], *text = room_for(row, sizeof spare, spare);
    uint32_t single;
    uint64_t bits;
    float narrow = (float)value;
    if (oid == PGW_FLOAT4OID && isinf(narrow) && !isinf(value)) {
        row_fail(row, "22003", "value out of range for type real");
    } else if (format == PGW_TEXT_FORMAT) {
        put_until(row, text,
                  oid == PGW_FLOAT4OID ? float_text(row, text, narrow)
                                       : double_text(row, text, value));
    } else if (oid == PGW_FLOAT4OID) {
        memcpy(&single, &narrow, sizeof single);
        put_until(row, text, value_put32(text, single));
    } else {
        memcpy(&bits, &value, sizeof bits);
        put_until(row, text, value_put64(text, bits));
    }
}

void pgw_put_int(pgw_row *row, int64_t value)
{
    enum pgw_format format;
    uint8_t spare[VALUE_NUMERIC_BINARY_MAX], *text = room_for(row, sizeof spare, spare);
    uint32_t oid = row_next(row, &format);
    unsigned width = int_width(oid);
    if (!in_range(value, oid))
        row_fail(row, "22003", "integer out of range");
    else if (oid == PGW_FLOAT4OID || oid == PGW_FLOAT8OID)
        put_float(row, (double)value, oid, format);
    else if (width && format == PGW_BINARY_FORMAT)
        put_until(row, text, put_lowest(text, value, width));
    else if (oid == PGW_NUMERICOID && format == PGW_BINARY_FORMAT)
        put_until(row, text, value_decimal_binary(text, value, 0));
    else if (width || oid == PGW_NUMERICOID || is_textual(oid))
        put_until(row, text, value_int_text(text, value));
    else
        row_mismatch(row, "integer");
}

void pgw_put_double(pgw_row *row, double value)
{
    enum pgw_format format;
    uint8_t spare[VALUE_FLOAT_MAX], *text = room_for(row, sizeof spare, spare);
    uint32_t oid = row_next(row, &format);
    if (oid == PGW_FLOAT4OID || oid == PGW_FLOAT8OID)
        put_float(row, value, oid, format);
    else if (is_textual(oid) || (oid == PGW_NUMERICOID && format == PGW_TEXT_FORMAT))
        put_until(row, text, double_text(row, text, value));
    else
        row_mismatch(row, "double");
}

/* jsonb's binary form is its text behind a version. */
static void put_jsonb(pgw_row *row, const char *text, size_t len)
{
    enum { VERSION = 1 };
    struct buf copy = {0};
    uint8_t *room = buf_reserve(&copy, len + 1);
    if (room) {
        room[0] = VERSION;
        if (len)
            memcpy(room + 1, text, len);
        row_put(row, room, len + 1);
    } else {
        row_no_memory(row);
    }
    buf_free(&copy);
}

void pgw_put_text(pgw_row *row, const char *text, size_t len)
{
    enum pgw_format format;
    uint32_t oid = row_next(row, &format);
    if (is_textual(oid) || (oid && format == PGW_TEXT_FORMAT))
        row_put(row, text ? text : "", len); /* the host writes its own text form */
    else if (oid == PGW_JSONBOID)
        put_jsonb(row, text, len);
    else
        row_mismatch(row, "text");
}

void pgw_put_raw(pgw_row *row, const void *data, size_t len)
{
    enum pgw_format format;
    if (row_next(row, &format) == 0)
        row_mismatch(row, "bytes");
    else
        row_put(row, data ? data : "", len);
}

/* The text of bytes has to be made; it can be long. */
static void put_bytea_text(pgw_row *row, const void *data, size_t len)
{
    enum { PER_BYTE_MAX = 4, PREFIX = 2 };
    struct buf text = {0};
    if (len > INT32_MAX / PER_BYTE_MAX) {
        row_fail(row, "54000", "a value is too large for the protocol");
        return;
    }
    bool escape = row->style->bytea_escape;
    uint8_t *room = buf_reserve(&text, PREFIX + len * (escape ? PER_BYTE_MAX : 2));
    if (!room)
        row_no_memory(row);
    else
        put_until(row, room,
                  escape ? value_bytea_escape(room, data, len)
                         : value_bytea_text(room, data, len));
    buf_free(&text);
}

void pgw_put_bytea(pgw_row *row, const void *data, size_t len)
{
    enum pgw_format format;
    uint32_t oid = row_next(row, &format);
    if (oid != PGW_BYTEAOID)
        row_mismatch(row, "bytea");
    else if (format == PGW_BINARY_FORMAT)
        row_put(row, data ? data : "", len);
    else
        put_bytea_text(row, data, len);
}

void pgw_put_date(pgw_row *row, int32_t days)
{
    enum pgw_format format;
    uint8_t spare[VALUE_DATE_MAX], *text = room_for(row, sizeof spare, spare);
    int32_t since_1970 =
        days == INT32_MAX || days == INT32_MIN
            ? (days < 0 ? -INT32_MAX : INT32_MAX)
            : days + (days <= INT32_MAX - VALUE_EPOCH_DAYS ? VALUE_EPOCH_DAYS
                                                           : INT32_MAX - days);
    uint32_t oid = row_next(row, &format);
    if (oid == PGW_DATEOID && format == PGW_BINARY_FORMAT)
        put_until(row, text, value_put32(text, (uint32_t)days));
    else if (oid == PGW_DATEOID || is_textual(oid))
        put_until(row, text, value_date_styled(text, since_1970, row->style));
    else
        row_mismatch(row, "date");
}

void pgw_put_timestamp(pgw_row *row, int64_t us)
{
    enum pgw_format format;
    uint8_t spare[VALUE_TIMESTAMP_MAX], *text = room_for(row, sizeof spare, spare);
    struct zone_span span = {0};
    int64_t since_1970;
    if (us == INT64_MAX || us == INT64_MIN)
        since_1970 = us < 0 ? -INT64_MAX : INT64_MAX;
    else if (__builtin_add_overflow(us, VALUE_EPOCH_US, &since_1970))
        row_fail(row, "22008", "timestamp out of range");
    uint32_t oid = row_next(row, &format);
    if (row->failed)
        return;
    bool is_timestamp = oid == PGW_TIMESTAMPOID || oid == PGW_TIMESTAMPTZOID;
    if (is_timestamp && format == PGW_BINARY_FORMAT)
        put_until(row, text, value_put64(text, (uint64_t)us));
    else if (oid == PGW_TIMESTAMPTZOID)
        put_until(row, text,
                  value_timestamptz_styled(text, since_1970, row->style, &span));
    else if (is_timestamp || is_textual(oid))
        put_until(row, text, value_timestamp_styled(text, since_1970, row->style));
    else
        row_mismatch(row, "timestamp");
}

void pgw_put_uuid(pgw_row *row, const uint8_t bytes[16])
{
    enum pgw_format format;
    uint8_t spare[VALUE_UUID_MAX], *text = room_for(row, sizeof spare, spare);
    uint32_t oid = row_next(row, &format);
    if (oid == PGW_UUIDOID && format == PGW_BINARY_FORMAT)
        row_put(row, bytes, 16);
    else if (oid == PGW_UUIDOID || is_textual(oid))
        put_until(row, text, value_uuid_text(text, bytes));
    else
        row_mismatch(row, "uuid");
}

void pgw_put_decimal(pgw_row *row, int64_t high, uint64_t low, unsigned scale)
{
    enum pgw_format format;
    uint8_t spare[VALUE_DECIMAL_MAX], *text = room_for(row, sizeof spare, spare);
    int128 value = (int128)((uint128)(uint64_t)high << 64 | low);
    uint32_t oid = row_next(row, &format);
    if (scale > 38)
        row_fail(row, "22003", "the scale of a decimal is at most 38");
    else if (oid == PGW_NUMERICOID && format == PGW_BINARY_FORMAT)
        put_until(row, text, value_decimal_binary(text, value, scale));
    else if (oid == PGW_NUMERICOID || is_textual(oid))
        put_until(row, text, value_decimal_text(text, value, scale));
    else
        row_mismatch(row, "numeric");
}

/* ---- times and intervals ---- */

static bool is_time(pgw_row *row, int64_t us)
{
    if (us >= 0 && us <= INT64_C(86400000000))
        return true;
    row_fail(row, "22008", "time out of range");
    return false;
}

void pgw_put_time(pgw_row *row, int64_t us)
{
    enum pgw_format format;
    uint8_t spare[VALUE_TIME_MAX], *text = room_for(row, sizeof spare, spare);
    uint32_t oid = row_next(row, &format);
    if (!is_time(row, us))
        return;
    if (oid == PGW_TIMEOID && format == PGW_BINARY_FORMAT)
        put_until(row, text, value_put64(text, (uint64_t)us));
    else if (oid == PGW_TIMEOID || is_textual(oid))
        put_until(row, text, value_time_text(text, us));
    else
        row_mismatch(row, "time");
}

void pgw_put_timetz(pgw_row *row, int64_t us, int32_t seconds_east)
{
    enum { OFFSET_MAX = 16 * 3600 };
    enum pgw_format format;
    uint8_t spare[VALUE_TIME_MAX], *text = room_for(row, sizeof spare, spare);
    uint32_t oid = row_next(row, &format);
    if (!is_time(row, us))
        return;
    if (seconds_east <= -OFFSET_MAX || seconds_east >= OFFSET_MAX)
        row_fail(row, "22009", "time zone displacement out of range");
    else if (oid == PGW_TIMETZOID && format == PGW_BINARY_FORMAT)
        put_until(row, text, value_timetz_binary(text, us, seconds_east));
    else if (oid == PGW_TIMETZOID || is_textual(oid))
        put_until(row, text, value_timetz_text(text, us, seconds_east));
    else
        row_mismatch(row, "timetz");
}

void pgw_put_interval(pgw_row *row, struct pgw_interval value)
{
    enum pgw_format format;
    uint8_t spare[VALUE_INTERVAL_MAX], *text = room_for(row, sizeof spare, spare);
    uint32_t oid = row_next(row, &format);
    if (oid == PGW_INTERVALOID && format == PGW_BINARY_FORMAT)
        put_until(row, text,
                  value_interval_binary(text, value.months, value.days, value.us));
    else if (oid == PGW_INTERVALOID || is_textual(oid))
        put_until(row, text,
                  value_interval_styled(text, value.months, value.days, value.us,
                                        row->style->interval));
    else
        row_mismatch(row, "interval");
}

/* ---- bit strings ---- */

void pgw_put_bits(pgw_row *row, const void *data, size_t bits)
{
    enum pgw_format format;
    struct buf text = {0};
    uint32_t oid = row_next(row, &format);
    bool binary = format == PGW_BINARY_FORMAT;
    if (oid != PGW_BITOID && oid != PGW_VARBITOID) {
        row_mismatch(row, "bits");
        return;
    }
    uint8_t *room = buf_reserve(&text, binary ? 4 + (bits + 7) / 8 : bits + 1);
    if (!room)
        row_no_memory(row);
    else
        put_until(row, room,
                  binary ? value_bit_binary(room, data, 0, bits)
                         : value_bit_text(room, data, 0, bits));
    buf_free(&text);
}
