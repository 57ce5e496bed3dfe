/* binary_form.h - values that were read, in their binary form, for tests of readers. */
#ifndef TESTS_UNIT_BINARY_FORM_H
#define TESTS_UNIT_BINARY_FORM_H

#include <string.h>

#include <pgwire/pgwire.h>

#include "core/attr.h"
#include "pgwire/value.h"

/* As a client would send it; NULL: the value cannot be read. `to` has room for what it
 * came in and 32 bytes. */
typedef uint8_t *binary_encoder(pgw_session *, const struct pgw_value *, uint8_t *,
                                struct pgw_error *);

static uint8_t *encode_bool(pgw_session *session, const struct pgw_value *value,
                            uint8_t *to, struct pgw_error *err)
{
    bool yes = false;
    (void)session;
    if (pgw_get_bool(value, &yes, err) != PGW_OK)
        return NULL;
    *to = yes;
    return to + 1;
}

static uint8_t *encode_int(pgw_session *session, const struct pgw_value *value,
                           uint8_t *to, struct pgw_error *err)
{
    int64_t number;
    (void)session;
    if (pgw_get_int(value, &number, err) != PGW_OK)
        return NULL;
    if (value->oid == PGW_INT2OID)
        return value_put16(to, (uint16_t)number);
    return value->oid == PGW_INT8OID ? value_put64(to, (uint64_t)number)
                                     : value_put32(to, (uint32_t)number);
}

static uint8_t *encode_float(pgw_session *session, const struct pgw_value *value,
                             uint8_t *to, struct pgw_error *err)
{
    double number;
    uint64_t wide;
    uint32_t narrow;
    (void)session;
    if (pgw_get_double(value, &number, err) != PGW_OK)
        return NULL;
    float single = (float)number;
    memcpy(&wide, &number, sizeof wide);
    memcpy(&narrow, &single, sizeof narrow);
    return value->oid == PGW_FLOAT8OID ? value_put64(to, wide)
                                       : value_put32(to, narrow);
}

static uint8_t *encode_date(pgw_session *session, const struct pgw_value *value,
                            uint8_t *to, struct pgw_error *err)
{
    int32_t days;
    (void)session;
    return pgw_get_date(value, &days, err) == PGW_OK ? value_put32(to, (uint32_t)days)
                                                     : NULL;
}

static uint8_t *encode_time(pgw_session *session, const struct pgw_value *value,
                            uint8_t *to, struct pgw_error *err)
{
    int64_t us;
    (void)session;
    return pgw_get_time(value, &us, err) == PGW_OK ? value_put64(to, (uint64_t)us)
                                                   : NULL;
}

static uint8_t *encode_timetz(pgw_session *session, const struct pgw_value *value,
                              uint8_t *to, struct pgw_error *err)
{
    int64_t us;
    int32_t seconds_east;
    (void)session;
    if (pgw_get_timetz(value, &us, &seconds_east, err) != PGW_OK)
        return NULL;
    return value_put32(value_put64(to, (uint64_t)us), (uint32_t)-seconds_east);
}

static uint8_t *encode_timestamp(pgw_session *session, const struct pgw_value *value,
                                 uint8_t *to, struct pgw_error *err)
{
    int64_t us;
    (void)session;
    return pgw_get_timestamp(value, &us, err) == PGW_OK ? value_put64(to, (uint64_t)us)
                                                        : NULL;
}

static uint8_t *encode_interval(pgw_session *session, const struct pgw_value *value,
                                uint8_t *to, struct pgw_error *err)
{
    struct pgw_interval interval;
    (void)session;
    if (pgw_get_interval(value, &interval, err) != PGW_OK)
        return NULL;
    to = value_put64(to, (uint64_t)interval.us);
    return value_put32(value_put32(to, (uint32_t)interval.days),
                       (uint32_t)interval.months);
}

static uint8_t *encode_uuid(pgw_session *session, const struct pgw_value *value,
                            uint8_t *to, struct pgw_error *err)
{
    (void)session;
    return pgw_get_uuid(value, to, err) == PGW_OK ? to + 16 : NULL;
}

static uint8_t *encode_bytea(pgw_session *session, const struct pgw_value *value,
                             uint8_t *to, struct pgw_error *err)
{
    struct pgw_slice bytes;
    if (pgw_get_bytea(session, value, &bytes, err) != PGW_OK)
        return NULL;
    memcpy(to, bytes.data, bytes.len);
    return to + bytes.len;
}

static uint8_t *encode_bits(pgw_session *session, const struct pgw_value *value,
                            uint8_t *to, struct pgw_error *err)
{
    struct pgw_slice bytes;
    size_t bits;
    if (pgw_get_bits(session, value, &bytes, &bits, err) != PGW_OK)
        return NULL;
    to = value_put32(to, (uint32_t)bits);
    memcpy(to, bytes.data, bytes.len);
    return to + bytes.len;
}

static const struct {
    uint32_t oid;
    binary_encoder *encode;
} binary_forms[] = {{PGW_BOOLOID, encode_bool},
                    {PGW_INT2OID, encode_int},
                    {PGW_INT4OID, encode_int},
                    {PGW_INT8OID, encode_int},
                    {PGW_OIDOID, encode_int},
                    {PGW_FLOAT4OID, encode_float},
                    {PGW_FLOAT8OID, encode_float},
                    {PGW_DATEOID, encode_date},
                    {PGW_TIMEOID, encode_time},
                    {PGW_TIMETZOID, encode_timetz},
                    {PGW_TIMESTAMPOID, encode_timestamp},
                    {PGW_TIMESTAMPTZOID, encode_timestamp},
                    {PGW_INTERVALOID, encode_interval},
                    {PGW_UUIDOID, encode_uuid},
                    {PGW_BYTEAOID, encode_bytea},
                    {PGW_VARBITOID, encode_bits}};

#endif
