/* values.h - parameters as the client sent them, and their way to C.
 *
 * A handler gets them in `bind`, in text or binary as the client chose, and takes each
 * by the getter of the C type that it wants. Getters accept what PostgreSQL's input and
 * receive functions accept and fail with their SQLSTATEs and messages:
 *
 *     22P02, 22007    malformed text (of a date or time)
 *     22P03, 08P01    malformed binary
 *     22003, 22008    out of the type's range (of a date or time)
 *     42804           a type that does not convert to what was asked for
 *     53200           out of memory
 *
 * NULL has no value: look at is_null first. */
#ifndef PGWIRE_VALUES_H
#define PGWIRE_VALUES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pgwire/error.h>

PGW_BEGIN_DECLS

/* One client's connection. */
typedef struct pgw_session pgw_session;

/* Borrowed bytes, not NUL-terminated. */
struct pgw_slice {
    const char *data;
    size_t len;
};

/* How a value is written on the wire. */
enum pgw_format { PGW_TEXT_FORMAT = 0, PGW_BINARY_FORMAT = 1 };

/* A parameter, or an element of an array; borrowed for the length of the call. */
struct pgw_value {
    struct pgw_slice raw;       /* as it came */
    uint32_t oid;               /* of its type: what `describe` said */
    enum pgw_format format;     /* of raw */
    bool is_null;               /* then raw is empty */
    uint16_t number;            /* of the parameter, from 1, for messages; 0 = none */
    uint32_t element;           /* of an array, from 1; 0 = it is none */
    const pgw_session *session; /* its settings say how text reads; NULL: defaults */
};

/* Three numbers that do not convert into each other, as PostgreSQL keeps them. */
struct pgw_interval {
    int32_t months;
    int32_t days;
    int64_t us;
};

/* PostgreSQL's own limit. */
enum { PGW_ARRAY_DIMENSIONS_MAX = 6 };

/* An array taken apart. */
struct pgw_array {
    unsigned dimensions;                       /* 0: it is empty */
    int32_t lengths[PGW_ARRAY_DIMENSIONS_MAX]; /* by dimension, outermost first */
    int32_t lower[PGW_ARRAY_DIMENSIONS_MAX];   /* bounds, 1 unless it said otherwise */
    size_t count;                              /* of the values */
    const struct pgw_value *values; /* row-major, each for one of the getters */
};

/* bool. */
enum pgw_status pgw_get_bool(const struct pgw_value *value, bool *out,
                             struct pgw_error *err);

/* int2, int4, int8, oid. */
enum pgw_status pgw_get_int(const struct pgw_value *value, int64_t *out,
                            struct pgw_error *err);

/* float4, float8. */
enum pgw_status pgw_get_double(const struct pgw_value *value, double *out,
                               struct pgw_error *err);

/* Any type in its text form; not checked if it came as text. *out is the message's or
 * the session's memory, until the reply is sent. */
enum pgw_status pgw_get_text(pgw_session *session, const struct pgw_value *value,
                             struct pgw_slice *out, struct pgw_error *err);

/* bytea. *out is the message's or the session's memory, until the reply is sent. */
enum pgw_status pgw_get_bytea(pgw_session *session, const struct pgw_value *value,
                              struct pgw_slice *out, struct pgw_error *err);

/* date, in days since 2000-01-01; ±infinity are the ends of the range of int32_t. */
enum pgw_status pgw_get_date(const struct pgw_value *value, int32_t *days_since_2000,
                             struct pgw_error *err);

/* timestamp, timestamptz (in UTC), in microseconds since 2000-01-01; ±infinity are the
 * ends of the range of int64_t. */
enum pgw_status pgw_get_timestamp(const struct pgw_value *value, int64_t *us_since_2000,
                                  struct pgw_error *err);

/* time, in microseconds since midnight, 24:00 included. */
enum pgw_status pgw_get_time(const struct pgw_value *value, int64_t *us,
                             struct pgw_error *err);

/* timetz: the local time in microseconds, and its zone in seconds east of Greenwich. */
enum pgw_status pgw_get_timetz(const struct pgw_value *value, int64_t *us,
                               int32_t *seconds_east, struct pgw_error *err);

/* interval. */
enum pgw_status pgw_get_interval(const struct pgw_value *value,
                                 struct pgw_interval *out, struct pgw_error *err);

/* uuid, most significant byte first. */
enum pgw_status pgw_get_uuid(const struct pgw_value *value, uint8_t out[16],
                             struct pgw_error *err);

/* numeric, as digits without exponent and with the scale that was sent: "-1.50"; "NaN",
 * "Infinity", "-Infinity". *out is the session's memory, until the reply is sent. */
enum pgw_status pgw_get_numeric(pgw_session *session, const struct pgw_value *value,
                                struct pgw_slice *out, struct pgw_error *err);

/* bit, varbit: most significant bit first, the rest of the last byte zero. *bytes is
 * the message's or the session's memory, until the reply is sent. */
enum pgw_status pgw_get_bits(pgw_session *session, const struct pgw_value *value,
                             struct pgw_slice *bytes, size_t *bits,
                             struct pgw_error *err);

/* json, jsonb: text that is valid JSON. *out is the message's or the session's memory,
 * until the reply is sent. */
enum pgw_status pgw_get_json(pgw_session *session, const struct pgw_value *value,
                             struct pgw_slice *out, struct pgw_error *err);

/* An array of elements of the type element_oid; 0: of those that the array's OID says,
 * for the types of <pgwire/types.h>. out->values is the session's memory, until the
 * reply is sent. */
enum pgw_status pgw_get_array(pgw_session *session, const struct pgw_value *value,
                              uint32_t element_oid, struct pgw_array *out,
                              struct pgw_error *err);

/* pgw_fail for a value that the handler itself has found fault with: the error says
 * which parameter it was. */
enum pgw_status pgw_value_fail(const struct pgw_value *value, struct pgw_error *err,
                               const char *sqlstate, const char *format, ...)
    PGW_PRINTF(4, 5);

PGW_END_DECLS

#endif
