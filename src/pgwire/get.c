/* get.c - parameters, in either format, to C.
 *
 * Text is read as PostgreSQL's input functions do, binary by the declared type's exact
 * length. Messages and SQLSTATEs are PostgreSQL's. */
#include <math.h>

#include "core/attr.h"
#include "pgwire/value.h"

#include <pgwire/pgwire.h>

struct named_type {
    uint32_t oid;
    const char *name;
    uint32_t width; /* of the binary form, 0 = any */
};

static const struct named_type names[] = {
    {PGW_BOOLOID, "boolean", 1},
    {PGW_INT2OID, "smallint", 2},
    {PGW_INT4OID, "integer", 4},
    {PGW_INT8OID, "bigint", 8},
    {PGW_OIDOID, "oid", 4},
    {PGW_FLOAT4OID, "real", 4},
    {PGW_FLOAT8OID, "double precision", 8},
    {PGW_NUMERICOID, "numeric", 0},
    {PGW_BYTEAOID, "bytea", 0},
    {PGW_DATEOID, "date", 4},
    {PGW_TIMESTAMPOID, "timestamp", 8},
    {PGW_TIMESTAMPTZOID, "timestamp with time zone", 8},
    {PGW_UUIDOID, "uuid", 16},
    {PGW_TEXTOID, "text", 0},
    {PGW_VARCHAROID, "character varying", 0},
    {PGW_BPCHAROID, "character", 0},
    {PGW_NAMEOID, "name", 0},
    {PGW_JSONOID, "json", 0},
    {PGW_UNKNOWNOID, "unknown", 0},
};

static const struct named_type *find_type(uint32_t oid)
{
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (names[i].oid == oid)
            return &names[i];
    }
    return NULL;
}

static const char *type_name(uint32_t oid)
{
    const struct named_type *type = find_type(oid);
    return type ? type->name : "text";
}

static enum pgw_status bad_text(const struct pgw_value *value, const char *sqlstate,
                                struct pgw_error *err)
{
    int len = value->raw.len > 200 ? 200 : (int)value->raw.len;
    const char *name = type_name(value->oid);
    if (strcmp(sqlstate, "22003") == 0)
        return pgw_fail(err, sqlstate, "value \"%.*s\" is out of range for type %s",
                        len, value->raw.data, name);
    if (strcmp(sqlstate, "22008") == 0)
        return pgw_fail(err, sqlstate, "date/time field value out of range: \"%.*s\"",
                        len, value->raw.data);
    if (strcmp(sqlstate, "22023") == 0)
        return pgw_fail(err, sqlstate, "invalid hexadecimal data");
    return pgw_fail(err, sqlstate, "invalid input syntax for type %s: \"%.*s\"", name,
                    len, value->raw.data);
}

/* Too short is another error than too long or malformed, as in PostgreSQL. */
static enum pgw_status bad_binary(const struct pgw_value *value, struct pgw_error *err)
{
    const struct named_type *type = find_type(value->oid);
    if (type && value->raw.len < type->width)
        return pgw_fail(err, "08P01", "insufficient data left in message");
    return pgw_fail(err, "22P03", "incorrect binary data format in bind parameter");
}

static enum pgw_status no_conversion(const struct pgw_value *value, const char *to,
                                     struct pgw_error *err)
{
    return pgw_fail(err, "42804", "a parameter of type %s cannot be read as %s",
                    type_name(value->oid), to);
}

static enum pgw_status no_memory(struct pgw_error *err)
{
    return pgw_fail(err, "53200", "out of memory");
}

/* A binary value of a type of fixed width, big endian; false: wrong length. */
static bool binary_number(const struct pgw_value *value, uint64_t *out)
{
    const struct named_type *type = find_type(value->oid);
    if (!type || !type->width || type->width > 8 || value->raw.len != type->width)
        return false;
    *out = 0;
    for (size_t i = 0; i < value->raw.len; i++)
        *out = *out << 8 | (uint8_t)value->raw.data[i];
    return true;
}

static int64_t sign_extend(uint64_t raw, uint32_t oid)
{
    switch (oid) {
    case PGW_INT2OID:
        return (int16_t)raw;
    case PGW_INT4OID:
    case PGW_DATEOID:
        return (int32_t)raw;
    default:
        return (int64_t)raw;
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
        return value >= INT32_MIN && value <= UINT32_MAX;
    default:
        return true;
    }
}

static bool is_integer(uint32_t oid)
{
    return oid == PGW_INT2OID || oid == PGW_INT4OID || oid == PGW_INT8OID ||
           oid == PGW_OIDOID;
}

enum pgw_status pgw_get_bool(const struct pgw_value *value, bool *out,
                             struct pgw_error *err)
{
    if (value->format == PGW_BINARY_FORMAT) {
        if (value->oid != PGW_BOOLOID)
            return no_conversion(value, "a boolean", err);
        if (value->raw.len != 1)
            return bad_binary(value, err);
        *out = value->raw.data[0] != 0;
        return PGW_OK;
    }
    const char *failure = value_bool_read(value->raw.data, value->raw.len, out);
    return failure ? bad_text(value, failure, err) : PGW_OK;
}

enum pgw_status pgw_get_int(const struct pgw_value *value, int64_t *out,
                            struct pgw_error *err)
{
    uint64_t raw;
    if (value->format == PGW_BINARY_FORMAT) {
        if (!is_integer(value->oid))
            return no_conversion(value, "an integer", err);
        if (!binary_number(value, &raw))
            return bad_binary(value, err);
        *out = sign_extend(raw, value->oid);
        return PGW_OK;
    }
    const char *failure = value_int_read(value->raw.data, value->raw.len, out);
    if (!failure && !in_range(*out, value->oid))
        failure = "22003";
    return failure ? bad_text(value, failure, err) : PGW_OK;
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

enum pgw_status pgw_get_double(const struct pgw_value *value, double *out,
                               struct pgw_error *err)
{
    uint64_t raw;
    if (value->format == PGW_BINARY_FORMAT) {
        bool integer = is_integer(value->oid);
        if (!integer && value->oid != PGW_FLOAT4OID && value->oid != PGW_FLOAT8OID)
            return no_conversion(value, "a floating-point number", err);
        if (!binary_number(value, &raw))
            return bad_binary(value, err);
        *out =
            integer ? (double)sign_extend(raw, value->oid) : double_of(raw, value->oid);
        return PGW_OK;
    }
    const char *failure = value_double_read(value->raw.data, value->raw.len, out);
    if (!failure && value->oid == PGW_FLOAT4OID && isinf((float)*out) && !isinf(*out))
        failure = "22003";
    return failure ? bad_text(value, failure, err) : PGW_OK;
}

enum pgw_status pgw_get_date(const struct pgw_value *value, int32_t *out,
                             struct pgw_error *err)
{
    uint64_t raw;
    int32_t days;
    if (value->format == PGW_BINARY_FORMAT) {
        if (value->oid != PGW_DATEOID)
            return no_conversion(value, "a date", err);
        if (!binary_number(value, &raw))
            return bad_binary(value, err);
        *out = (int32_t)sign_extend(raw, PGW_DATEOID);
        return PGW_OK;
    }
    const char *failure = value_date_read(value->raw.data, value->raw.len, &days);
    if (failure)
        return bad_text(value, failure, err);
    if (days == INT32_MAX || days == -INT32_MAX)
        *out = days < 0 ? INT32_MIN : INT32_MAX;
    else
        *out = days - VALUE_EPOCH_DAYS;
    return PGW_OK;
}

enum pgw_status pgw_get_timestamp(const struct pgw_value *value, int64_t *out,
                                  struct pgw_error *err)
{
    uint64_t raw;
    int64_t us;
    if (value->format == PGW_BINARY_FORMAT) {
        if (value->oid != PGW_TIMESTAMPOID && value->oid != PGW_TIMESTAMPTZOID)
            return no_conversion(value, "a timestamp", err);
        if (!binary_number(value, &raw))
            return bad_binary(value, err);
        *out = (int64_t)raw;
        return PGW_OK;
    }
    const char *failure = value_timestamp_read(value->raw.data, value->raw.len,
                                               value->oid == PGW_TIMESTAMPTZOID, &us);
    if (failure)
        return bad_text(value, failure, err);
    if (us == INT64_MAX || us == -INT64_MAX)
        *out = us < 0 ? INT64_MIN : INT64_MAX;
    else
        *out = us - VALUE_EPOCH_US;
    return PGW_OK;
}

enum pgw_status pgw_get_uuid(const struct pgw_value *value, uint8_t out[16],
                             struct pgw_error *err)
{
    if (value->format == PGW_BINARY_FORMAT) {
        if (value->oid != PGW_UUIDOID)
            return no_conversion(value, "a uuid", err);
        if (value->raw.len != 16)
            return bad_binary(value, err);
        memcpy(out, value->raw.data, 16);
        return PGW_OK;
    }
    const char *failure = value_uuid_read(value->raw.data, value->raw.len, out);
    return failure ? bad_text(value, failure, err) : PGW_OK;
}

enum pgw_status pgw_get_bytea(pgw_session *session, const struct pgw_value *value,
                              struct pgw_slice *out, struct pgw_error *err)
{
    *out = value->raw;
    if (value->format == PGW_BINARY_FORMAT)
        return value->oid == PGW_BYTEAOID ? PGW_OK : no_conversion(value, "bytea", err);
    uint8_t *room = pgw_session_alloc(session, value->raw.len + 1);
    if (!room)
        return no_memory(err);
    out->data = (const char *)room;
    const char *failure =
        value_bytea_read(value->raw.data, value->raw.len, room, &out->len);
    return failure ? bad_text(value, failure, err) : PGW_OK;
}

/* ---- any type as its text ---- */

/* Is it well-formed UTF-8 without NUL? */
static bool is_utf8(struct pgw_slice text)
{
    const uint8_t *at = (const uint8_t *)text.data, *end = at + text.len;
    while (at < end) {
        uint8_t first = *at++;
        if (first == 0 || (first >= 0x80 && first < 0xc2) || first > 0xf4)
            return false;
        unsigned more = first < 0x80 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
        if ((size_t)(end - at) < more)
            return false;
        if ((first == 0xe0 && at[0] < 0xa0) || (first == 0xed && at[0] > 0x9f) ||
            (first == 0xf0 && at[0] < 0x90) || (first == 0xf4 && at[0] > 0x8f))
            return false;
        for (; more > 0; more--) {
            if ((*at++ & 0xc0) != 0x80)
                return false;
        }
    }
    return true;
}

static enum pgw_status plain_text(const struct pgw_value *value, struct pgw_slice *out,
                                  struct pgw_error *err)
{
    *out = value->raw;
    if (is_utf8(value->raw))
        return PGW_OK;
    return pgw_fail(err, "22021", "invalid byte sequence for encoding \"UTF8\"");
}

static enum pgw_status numeric_as_text(pgw_session *session,
                                       const struct pgw_value *value,
                                       struct pgw_slice *out, struct pgw_error *err)
{
    const uint8_t *raw = (const uint8_t *)value->raw.data;
    uint8_t *room =
        pgw_session_alloc(session, value_numeric_text_max(raw, value->raw.len));
    uint8_t *end;
    if (!room)
        return no_memory(err);
    if (value_numeric_text(raw, value->raw.len, room, &end))
        return bad_binary(value, err);
    *out = (struct pgw_slice){(const char *)room, (size_t)(end - room)};
    return PGW_OK;
}

static uint8_t *time_as_text(const struct pgw_value *value, uint64_t raw, uint8_t *to)
{
    bool is_date = value->oid == PGW_DATEOID;
    int64_t number = sign_extend(raw, value->oid), since_1970;
    if (is_date && (number == INT32_MAX || number == INT32_MIN))
        return value_date_text(to, number < 0 ? -INT32_MAX : INT32_MAX);
    if (is_date)
        return number > INT32_MAX - VALUE_EPOCH_DAYS
                   ? NULL
                   : value_date_text(to, (int32_t)(number + VALUE_EPOCH_DAYS));
    if (number == INT64_MAX || number == INT64_MIN)
        since_1970 = number < 0 ? -INT64_MAX : INT64_MAX;
    else if (__builtin_add_overflow(number, VALUE_EPOCH_US, &since_1970))
        return NULL;
    return value_timestamp_text(to, since_1970, value->oid == PGW_TIMESTAMPTZOID);
}

/* The types of fixed width; NULL: not one of them, or malformed. */
static uint8_t *fixed_as_text(const struct pgw_value *value, uint8_t *to)
{
    uint64_t raw;
    if (value->oid == PGW_UUIDOID && value->raw.len == 16)
        return value_uuid_text(to, (const uint8_t *)value->raw.data);
    if (!binary_number(value, &raw))
        return NULL;
    switch (value->oid) {
    case PGW_BOOLOID:
        memcpy(to, raw ? "true" : "false", raw ? 4 : 5);
        return to + (raw ? 4 : 5);
    case PGW_FLOAT4OID:
        return value_float_text(to, (float)double_of(raw, value->oid));
    case PGW_FLOAT8OID:
        return value_double_text(to, double_of(raw, value->oid));
    case PGW_DATEOID:
    case PGW_TIMESTAMPOID:
    case PGW_TIMESTAMPTZOID:
        return time_as_text(value, raw, to);
    default:
        return value_int_text(to, sign_extend(raw, value->oid));
    }
}

static enum pgw_status bytea_as_text(pgw_session *session,
                                     const struct pgw_value *value,
                                     struct pgw_slice *out, struct pgw_error *err)
{
    uint8_t *room = pgw_session_alloc(session, 2 + 2 * value->raw.len);
    if (!room)
        return no_memory(err);
    uint8_t *end =
        value_bytea_text(room, (const uint8_t *)value->raw.data, value->raw.len);
    *out = (struct pgw_slice){(const char *)room, (size_t)(end - room)};
    return PGW_OK;
}

enum pgw_status pgw_get_text(pgw_session *session, const struct pgw_value *value,
                             struct pgw_slice *out, struct pgw_error *err)
{
    const struct named_type *type = find_type(value->oid);
    if (value->format == PGW_TEXT_FORMAT)
        return plain_text(value, out, err);
    if (!type)
        return pgw_fail(err, "0A000", "binary parameters of type %u are not supported",
                        (unsigned)value->oid);
    if (value->oid == PGW_NUMERICOID)
        return numeric_as_text(session, value, out, err);
    if (value->oid == PGW_BYTEAOID)
        return bytea_as_text(session, value, out, err);
    if (!type->width)
        return plain_text(value, out, err);
    uint8_t *room = pgw_session_alloc(session, VALUE_TIMESTAMP_MAX);
    if (!room)
        return no_memory(err);
    uint8_t *end = fixed_as_text(value, room);
    if (!end)
        return bad_binary(value, err);
    *out = (struct pgw_slice){(const char *)room, (size_t)(end - room)};
    return PGW_OK;
}
