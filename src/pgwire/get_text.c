/* get_text.c - any type as PostgreSQL's text of it. */
#include "core/buf.h"
#include "pgwire/get.h"
#include "pgwire/pg_type.h"
#include "pgwire/value.h"

/* They, or the getter that they start with, end with get_done. */
typedef bool text_maker(pgw_session *, const struct pgw_value *, struct pgw_slice *,
                        struct pgw_error *);

static bool room_for(pgw_session *session, size_t bytes, struct pgw_slice *out,
                     uint8_t **room, struct pgw_error *err)
{
    *room = pgw_session_alloc(session, bytes);
    out->data = (const char *)*room;
    return *room || get_no_memory(err);
}

static bool ends(struct pgw_slice *out, const uint8_t *end)
{
    out->len = (size_t)(end - (const uint8_t *)out->data);
    return true;
}

static bool bool_text(pgw_session *session, const struct pgw_value *value,
                      struct pgw_slice *out, struct pgw_error *err)
{
    bool yes;
    (void)session;
    *out = (struct pgw_slice){"", 0};
    if (pgw_get_bool(value, &yes, err) != PGW_OK)
        return false;
    *out = yes ? (struct pgw_slice){"t", 1} : (struct pgw_slice){"f", 1};
    return true;
}

static bool int_text(pgw_session *session, const struct pgw_value *value,
                     struct pgw_slice *out, struct pgw_error *err)
{
    int64_t number;
    uint8_t *room;
    return pgw_get_int(value, &number, err) == PGW_OK &&
           room_for(session, VALUE_INT_MAX, out, &room, err) &&
           ends(out, value_int_text(room, number));
}

static bool float_text(pgw_session *session, const struct pgw_value *value,
                       struct pgw_slice *out, struct pgw_error *err)
{
    double number;
    uint8_t *room;
    if (pgw_get_double(value, &number, err) != PGW_OK ||
        !room_for(session, VALUE_FLOAT_MAX, out, &room, err))
        return false;
    return ends(out, value->oid == PGW_FLOAT4OID ? value_float_text(room, (float)number)
                                                 : value_double_text(room, number));
}

static bool numeric_text(pgw_session *session, const struct pgw_value *value,
                         struct pgw_slice *out, struct pgw_error *err)
{
    return pgw_get_numeric(session, value, out, err) == PGW_OK;
}

static bool bytea_text(pgw_session *session, const struct pgw_value *value,
                       struct pgw_slice *out, struct pgw_error *err)
{
    struct pgw_slice raw = value->raw;
    uint8_t *room;
    return room_for(session, 2 + 2 * raw.len, out, &room, err) &&
           ends(out, value_bytea_text(room, (const uint8_t *)raw.data, raw.len));
}

static bool uuid_text(pgw_session *session, const struct pgw_value *value,
                      struct pgw_slice *out, struct pgw_error *err)
{
    uint8_t *room, uuid[16];
    return pgw_get_uuid(value, uuid, err) == PGW_OK &&
           room_for(session, VALUE_UUID_MAX, out, &room, err) &&
           ends(out, value_uuid_text(room, uuid));
}

static bool bits_text(pgw_session *session, const struct pgw_value *value,
                      struct pgw_slice *out, struct pgw_error *err)
{
    struct pgw_slice bytes;
    size_t bits;
    uint8_t *room;
    if (pgw_get_bits(session, value, &bytes, &bits, err) != PGW_OK ||
        !room_for(session, bits + 1, out, &room, err))
        return false;
    return ends(out, value_bit_text(room, (const uint8_t *)bytes.data, 0, bits));
}

static bool json_text(pgw_session *session, const struct pgw_value *value,
                      struct pgw_slice *out, struct pgw_error *err)
{
    return pgw_get_json(session, value, out, err) == PGW_OK;
}

/* The writers count from 1970 and have symmetric infinities. */
static bool date_text(pgw_session *session, const struct pgw_value *value,
                      struct pgw_slice *out, struct pgw_error *err)
{
    int32_t days;
    uint8_t *room;
    if (pgw_get_date(value, &days, err) != PGW_OK ||
        !room_for(session, VALUE_DATE_MAX, out, &room, err))
        return false;
    if (days == INT32_MIN)
        days = -INT32_MAX;
    else if (days != INT32_MAX)
        days += VALUE_EPOCH_DAYS;
    return ends(out, value_date_text(room, days));
}

static bool timestamp_text(pgw_session *session, const struct pgw_value *value,
                           struct pgw_slice *out, struct pgw_error *err)
{
    int64_t us;
    uint8_t *room;
    if (pgw_get_timestamp(value, &us, err) != PGW_OK ||
        !room_for(session, VALUE_TIMESTAMP_MAX, out, &room, err))
        return false;
    if (us == INT64_MIN) {
        us = -INT64_MAX;
    } else if (us != INT64_MAX && __builtin_add_overflow(us, VALUE_EPOCH_US, &us)) {
        (void)pgw_fail(err, "22008", "timestamp out of range");
        return false;
    }
    return ends(out, value_timestamp_text(room, us, value->oid == PGW_TIMESTAMPTZOID));
}

static bool time_text(pgw_session *session, const struct pgw_value *value,
                      struct pgw_slice *out, struct pgw_error *err)
{
    int64_t us;
    uint8_t *room;
    return pgw_get_time(value, &us, err) == PGW_OK &&
           room_for(session, VALUE_TIME_MAX, out, &room, err) &&
           ends(out, value_time_text(room, us));
}

static bool timetz_text(pgw_session *session, const struct pgw_value *value,
                        struct pgw_slice *out, struct pgw_error *err)
{
    int64_t us;
    int32_t seconds_east;
    uint8_t *room;
    return pgw_get_timetz(value, &us, &seconds_east, err) == PGW_OK &&
           room_for(session, VALUE_TIME_MAX, out, &room, err) &&
           ends(out, value_timetz_text(room, us, seconds_east));
}

static bool interval_text(pgw_session *session, const struct pgw_value *value,
                          struct pgw_slice *out, struct pgw_error *err)
{
    struct pgw_interval interval;
    uint8_t *room;
    return pgw_get_interval(value, &interval, err) == PGW_OK &&
           room_for(session, VALUE_INTERVAL_MAX, out, &room, err) &&
           ends(out,
                value_interval_text(room, interval.months, interval.days, interval.us));
}

static void set_too_long(struct pgw_error *err)
{
    static const char detail[] = "Identifier must be less than 64 characters.";
    (void)pgw_fail(err, "42622", "identifier too long");
    memcpy(err->detail, detail, sizeof detail);
}

static bool name_text(pgw_session *session, const struct pgw_value *value,
                      struct pgw_slice *out, struct pgw_error *err)
{
    (void)session;
    bool done = value->raw.len < 64;
    if (done)
        done = get_plain_text(value, out, err);
    else
        set_too_long(err);
    return get_done(value, done, err) == PGW_OK;
}

static bool plain_text(pgw_session *session, const struct pgw_value *value,
                       struct pgw_slice *out, struct pgw_error *err)
{
    (void)session;
    return get_done(value, get_plain_text(value, out, err), err) == PGW_OK;
}

static bool char_text(pgw_session *session, const struct pgw_value *value,
                      struct pgw_slice *out, struct pgw_error *err)
{
    bool done = value->raw.len == 1 || get_bad_length(value, 1, err);
    (void)session;
    *out = (struct pgw_slice){"", 0};
    if (done && value->raw.data[0] != '\0')
        done = get_plain_text(value, out, err);
    return get_done(value, done, err) == PGW_OK;
}

static const struct {
    uint32_t oid;
    text_maker *make;
} makers[] = {
    {PGW_BOOLOID, bool_text},
    {PGW_INT2OID, int_text},
    {PGW_INT4OID, int_text},
    {PGW_INT8OID, int_text},
    {PGW_OIDOID, int_text},
    {PGW_FLOAT4OID, float_text},
    {PGW_FLOAT8OID, float_text},
    {PGW_NUMERICOID, numeric_text},
    {PGW_BYTEAOID, bytea_text},
    {PGW_UUIDOID, uuid_text},
    {PGW_BITOID, bits_text},
    {PGW_VARBITOID, bits_text},
    {PGW_JSONOID, json_text},
    {PGW_JSONBOID, json_text},
    {PGW_DATEOID, date_text},
    {PGW_TIMEOID, time_text},
    {PGW_TIMETZOID, timetz_text},
    {PGW_TIMESTAMPOID, timestamp_text},
    {PGW_TIMESTAMPTZOID, timestamp_text},
    {PGW_INTERVALOID, interval_text},
    {PGW_NAMEOID, name_text},
    {PGW_CHAROID, char_text},
    {PGW_TEXTOID, plain_text},
    {PGW_VARCHAROID, plain_text},
    {PGW_BPCHAROID, plain_text},
    {PGW_UNKNOWNOID, plain_text},
};

static text_maker *find(uint32_t oid)
{
    for (size_t i = 0; i < ARRAY_LEN(makers); i++) {
        if (makers[i].oid == oid)
            return makers[i].make;
    }
    return NULL;
}

/* ---- arrays ---- */

static bool needs_quotes(struct pgw_slice text)
{
    if (text.len == 0 ||
        slice_equal_nocase((struct slice){text.data, text.len}, SLICE("NULL")))
        return true;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (strchr("{},\"\\ ", c) || (c >= '\t' && c <= '\r'))
            return true;
    }
    return false;
}

static bool put(struct buf *buf, const char *text)
{
    return buf_append(buf, text, strlen(text));
}

static bool put_element(struct buf *buf, struct pgw_slice text)
{
    if (!needs_quotes(text))
        return buf_append(buf, text.data, text.len);
    bool done = put(buf, "\"");
    for (size_t i = 0; done && i < text.len; i++) {
        if (text.data[i] == '"' || text.data[i] == '\\')
            done = put(buf, "\\");
        done = done && buf_append(buf, text.data + i, 1);
    }
    return done && put(buf, "\"");
}

/* How many dimensions begin, or end, at the n-th element. */
static unsigned borders(const struct pgw_array *array, size_t n)
{
    unsigned count = 1;
    size_t block = 1;
    for (unsigned d = array->dimensions; d > 1; d--) {
        block *= (size_t)array->lengths[d - 1];
        if (n % block != 0)
            return count - 1;
        count++;
    }
    block *= (size_t)array->lengths[0];
    return n % block == 0 ? count : count - 1;
}

static bool put_repeated(struct buf *buf, const char *text, unsigned count)
{
    bool done = true;
    for (; done && count > 0; count--)
        done = put(buf, text);
    return done;
}

static bool put_bounds(struct buf *buf, const struct pgw_array *array)
{
    bool any = false, done = true;
    char number[64];
    for (unsigned i = 0; i < array->dimensions; i++)
        any = any || array->lower[i] != 1;
    for (unsigned i = 0; any && done && i < array->dimensions; i++) {
        uint8_t *to = value_int_text((uint8_t *)number + 1, array->lower[i]);
        number[0] = '[';
        *to++ = ':';
        to = value_int_text(to, (int64_t)array->lower[i] + array->lengths[i] - 1);
        *to++ = ']';
        done = buf_append(buf, number, (size_t)(to - (uint8_t *)number));
    }
    return done && (!any || put(buf, "="));
}

/* {1,NULL,"a b"}, nested by the dimensions. */
static bool put_array(pgw_session *session, const struct pgw_array *array,
                      struct buf *buf, struct pgw_error *err)
{
    bool done = put_bounds(buf, array) && (array->count > 0 || put(buf, "{}"));
    for (size_t i = 0; done && i < array->count; i++) {
        struct pgw_slice text = {"NULL", 4};
        done = (i == 0 || put(buf, ",")) && put_repeated(buf, "{", borders(array, i));
        if (!done)
            break;
        if (!array->values[i].is_null &&
            pgw_get_text(session, &array->values[i], &text, err) != PGW_OK)
            return false;
        done = (array->values[i].is_null ? put(buf, "NULL") : put_element(buf, text)) &&
               put_repeated(buf, "}", borders(array, i + 1));
    }
    return done || get_no_memory(err);
}

static bool array_text(pgw_session *session, const struct pgw_value *value,
                       struct pgw_slice *out, struct pgw_error *err)
{
    struct pgw_array array;
    struct buf buf = {0};
    if (pgw_get_array(session, value, 0, &array, err) != PGW_OK)
        return false;
    bool done = put_array(session, &array, &buf, err);
    uint8_t *room = done ? pgw_session_alloc(session, buf_len(&buf) + 1) : NULL;
    if (room)
        memcpy(room, buf_data(&buf), buf_len(&buf));
    *out = (struct pgw_slice){(const char *)room, buf_len(&buf)};
    buf_free(&buf);
    return room || (done && get_no_memory(err));
}

enum pgw_status pgw_get_text(pgw_session *session, const struct pgw_value *value,
                             struct pgw_slice *out, struct pgw_error *err)
{
    text_maker *make = find(value->oid);
    if (value->format == PGW_TEXT_FORMAT)
        return get_done(value, get_plain_text(value, out, err), err);
    if (make)
        return make(session, value, out, err) ? PGW_OK : PGW_ERROR;
    if (pg_type_element(value->oid))
        return array_text(session, value, out, err) ? PGW_OK : PGW_ERROR;
    return pgw_fail(err, "0A000", "binary parameters of type %u are not supported",
                    (unsigned)value->oid);
}
