/* get_number.c - booleans and numbers, in either format, to C. */
#include <stdlib.h>

#include "pgwire/get.h"

static const struct integer {
    uint32_t oid;
    int64_t least, most;
} integers[] = {{PGW_INT2OID, INT16_MIN, INT16_MAX},
                {PGW_INT4OID, INT32_MIN, INT32_MAX},
                {PGW_INT8OID, INT64_MIN, INT64_MAX},
                {PGW_OIDOID, 0, UINT32_MAX}};

static const struct integer *find_integer(uint32_t oid)
{
    for (size_t i = 0; i < ARRAY_LEN(integers); i++) {
        if (integers[i].oid == oid)
            return &integers[i];
    }
    return NULL;
}

enum pgw_status pgw_get_bool(const struct pgw_value *value, bool *out,
                             struct pgw_error *err)
{
    struct reading reading;
    bool done;
    if (value->format == PGW_TEXT_FORMAT) {
        done = get_reading(value, &reading, err) && read_bool(&reading, out);
    } else if (value->oid != PGW_BOOLOID) {
        done = get_no_conversion(value, "a boolean", err);
    } else {
        done = value->raw.len == 1 || get_bad_length(value, 1, err);
        *out = done && value->raw.data[0] != 0;
    }
    return get_done(value, done, err);
}

enum pgw_status pgw_get_int(const struct pgw_value *value, int64_t *out,
                            struct pgw_error *err)
{
    static const struct integer any = {0, INT64_MIN, INT64_MAX};
    const struct integer *type = find_integer(value->oid);
    struct reading reading;
    uint64_t raw = 0;
    bool done;
    if (value->format == PGW_TEXT_FORMAT) {
        type = type ? type : &any;
        done = get_reading(value, &reading, err) &&
               (type->oid == PGW_OIDOID
                    ? read_oid(&reading, out)
                    : read_int(&reading, type->least, type->most, out));
    } else if (!type) {
        done = get_no_conversion(value, "an integer", err);
    } else {
        done = get_binary_number(value, &raw, err);
        *out = get_sign_extend(raw, value->oid);
    }
    return get_done(value, done, err);
}

static double double_of(uint64_t raw, uint32_t oid)
{
    uint32_t low = (uint32_t)raw;
    float single;
    double wide;
    if (oid == PGW_FLOAT4OID) {
        memcpy(&single, &low, sizeof single);
        return (double)single;
    }
    memcpy(&wide, &raw, sizeof wide);
    return wide;
}

static bool text_double(const struct pgw_value *value, double *out,
                        struct pgw_error *err)
{
    struct reading reading;
    float single = 0;
    if (!get_reading(value, &reading, err))
        return false;
    if (value->oid != PGW_FLOAT4OID)
        return read_double(&reading, out);
    bool done = read_float(&reading, &single);
    *out = (double)single;
    return done;
}

enum pgw_status pgw_get_double(const struct pgw_value *value, double *out,
                               struct pgw_error *err)
{
    uint64_t raw = 0;
    bool integer = find_integer(value->oid) != NULL, done;
    if (value->format == PGW_TEXT_FORMAT) {
        done = text_double(value, out, err);
    } else if (!integer && value->oid != PGW_FLOAT4OID && value->oid != PGW_FLOAT8OID) {
        done = get_no_conversion(value, "a floating-point number", err);
    } else {
        done = get_binary_number(value, &raw, err);
        *out = integer ? (double)get_sign_extend(raw, value->oid)
                       : double_of(raw, value->oid);
    }
    return get_done(value, done, err);
}

static bool binary_numeric(pgw_session *session, const struct pgw_value *value,
                           struct pgw_slice *out, struct pgw_error *err)
{
    const uint8_t *raw = (const uint8_t *)value->raw.data;
    struct read_fault fault;
    uint8_t *end,
        *room = pgw_session_alloc(session, read_numeric_room(raw, value->raw.len));
    if (!room)
        return get_no_memory(err);
    if (!read_numeric_binary(raw, value->raw.len, room, &end, &fault)) {
        if (!fault.message)
            return get_bad_binary(value, err);
        (void)pgw_fail(err, fault.sqlstate, "%s", fault.message);
        return false;
    }
    *out = (struct pgw_slice){(const char *)room, (size_t)(end - room)};
    return true;
}

static bool text_numeric(pgw_session *session, const struct pgw_value *value,
                         struct pgw_slice *out, struct pgw_error *err)
{
    struct reading reading;
    if (!get_reading(value, &reading, err))
        return false;
    char *text = read_numeric(&reading, &out->len);
    if (!text)
        return false;
    char *room = pgw_session_alloc(session, out->len + 1);
    if (room)
        memcpy(room, text, out->len);
    free(text);
    out->data = room;
    return room || get_no_memory(err);
}

/* An integer's text is a numeric's. */
enum pgw_status pgw_get_numeric(pgw_session *session, const struct pgw_value *value,
                                struct pgw_slice *out, struct pgw_error *err)
{
    bool done;
    if (value->format == PGW_TEXT_FORMAT)
        done = text_numeric(session, value, out, err);
    else if (find_integer(value->oid))
        return pgw_get_text(session, value, out, err);
    else if (value->oid == PGW_NUMERICOID)
        done = binary_numeric(session, value, out, err);
    else
        done = get_no_conversion(value, "a numeric", err);
    return get_done(value, done, err);
}
