/* get.c - what the getters of parameters have in common.
 *
 *     pgw_get_… ─┬─ text ──> get_reading ──> read_…
 *                └─ binary ─> the exact length, then the range
 *
 * Messages and SQLSTATEs are PostgreSQL's. */
#include "pgwire/get.h"

#include <stdio.h>

#include "core/text.h"
#include "pgwire/session_state.h"

static const struct get_type types[] = {
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
    {PGW_TIMEOID, "time", 8},
    {PGW_TIMETZOID, "time with time zone", 12},
    {PGW_TIMESTAMPOID, "timestamp", 8},
    {PGW_TIMESTAMPTZOID, "timestamp with time zone", 8},
    {PGW_INTERVALOID, "interval", 16},
    {PGW_UUIDOID, "uuid", 16},
    {PGW_BITOID, "bit", 0},
    {PGW_VARBITOID, "bit varying", 0},
    {PGW_TEXTOID, "text", 0},
    {PGW_VARCHAROID, "character varying", 0},
    {PGW_BPCHAROID, "character", 0},
    {PGW_CHAROID, "\"char\"", 1},
    {PGW_NAMEOID, "name", 0},
    {PGW_JSONOID, "json", 0},
    {PGW_JSONBOID, "json", 0},
    {PGW_UNKNOWNOID, "unknown", 0},
};

const struct get_type *get_type(uint32_t oid)
{
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (types[i].oid == oid)
            return &types[i];
    }
    return NULL;
}

static const char *type_name(uint32_t oid)
{
    const struct get_type *type = get_type(oid);
    return type ? type->name : "unknown";
}

/* ---- text ---- */

bool get_plain_text(const struct pgw_value *value, struct pgw_slice *out,
                    struct pgw_error *err)
{
    char bytes[TEXT_BYTES_SHOWN];
    size_t good = text_good_utf8(value->raw.data, value->raw.len);
    *out = value->raw;
    if (good == out->len)
        return true;
    text_show_bytes(out->data + good, out->len - good, bytes);
    (void)pgw_fail(err, "22021", "invalid byte sequence for encoding \"UTF8\": %s",
                   bytes);
    return false;
}

bool get_reading(const struct pgw_value *value, struct reading *out,
                 struct pgw_error *err)
{
    struct pgw_slice text;
    if (!get_plain_text(value, &text, err))
        return false;
    *out = (struct reading){.text = {text.data, text.len},
                            .type = type_name(value->oid),
                            .style = value->session ? &value->session->style
                                                    : &style_standard,
                            .err = err};
    return true;
}

/* ---- errors ---- */

/* "unnamed portal parameter $1 = '...'", behind what the context says already. */
static void add_context(const struct pgw_value *value, struct pgw_error *err)
{
    size_t used = strlen(err->context);
    const char *portal =
        value->session && value->session->binding ? value->session->binding : "";
    bool shows =
        value->format == PGW_TEXT_FORMAT && strcmp(err->sqlstate, "22021") != 0;
    bool named = portal[0] != '\0';
    (void)snprintf(err->context + used, sizeof err->context - used,
                   "%s%s%s%s parameter $%u%s", used ? "\n" : "",
                   named ? "portal \"" : "unnamed portal", portal, named ? "\"" : "",
                   value->number,
                   !shows               ? ""
                   : value->raw.len > 0 ? " = '...'"
                                        : " = ''");
}

enum pgw_status get_done(const struct pgw_value *value, bool done,
                         struct pgw_error *err)
{
    if (!done && value->number)
        add_context(value, err);
    return done ? PGW_OK : PGW_ERROR;
}

enum pgw_status pgw_value_fail(const struct pgw_value *value, struct pgw_error *err,
                               const char *sqlstate, const char *format, ...)
{
    va_list args;
    (void)pgw_fail(err, sqlstate, "%s", "");
    va_start(args, format);
    text_format(err->message, sizeof err->message, format, args);
    va_end(args);
    return get_done(value, false, err);
}

bool get_bad_binary(const struct pgw_value *value, struct pgw_error *err)
{
    if (value->element)
        (void)pgw_fail(err, "22P03", "improper binary format in array element %u",
                       (unsigned)value->element);
    else if (value->number)
        (void)pgw_fail(err, "22P03",
                       "incorrect binary data format in bind parameter %u",
                       value->number);
    else /* of COPY */
        (void)pgw_fail(err, "22P03", "incorrect binary data format");
    return false;
}

bool get_bad_length(const struct pgw_value *value, size_t expected,
                    struct pgw_error *err)
{
    if (value->raw.len > expected)
        return get_bad_binary(value, err);
    (void)pgw_fail(err, "08P01", "%s left in message",
                   expected == 1 ? "no data" : "insufficient data");
    return false;
}

bool get_no_conversion(const struct pgw_value *value, const char *to,
                       struct pgw_error *err)
{
    (void)pgw_fail(err, "42804", "a parameter of type %s cannot be read as %s",
                   type_name(value->oid), to);
    return false;
}

bool get_no_memory(struct pgw_error *err)
{
    (void)pgw_fail(err, "53200", "out of memory");
    return false;
}

/* ---- binary ---- */

/* A binary value of a type of up to eight bytes, big endian, from `at`. */
uint64_t get_big_endian(const struct pgw_value *value, size_t at, size_t width)
{
    uint64_t out = 0;
    for (size_t i = 0; i < width; i++)
        out = out << 8 | (uint8_t)value->raw.data[at + i];
    return out;
}

bool get_binary_number(const struct pgw_value *value, uint64_t *out,
                       struct pgw_error *err)
{
    size_t width = get_type(value->oid)->width;
    if (value->raw.len != width)
        return get_bad_length(value, width, err);
    *out = get_big_endian(value, 0, width);
    return true;
}

int64_t get_sign_extend(uint64_t raw, uint32_t oid)
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
