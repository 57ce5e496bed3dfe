/* get_bytes.c - uuid, bytea, bit strings and JSON, in either format, to C. */
#include "pgwire/get.h"

enum pgw_status pgw_get_uuid(const struct pgw_value *value, uint8_t out[16],
                             struct pgw_error *err)
{
    struct reading reading;
    bool done;
    if (value->format == PGW_TEXT_FORMAT) {
        done = get_reading(value, &reading, err) && read_uuid(&reading, out);
    } else if (value->oid != PGW_UUIDOID) {
        done = get_no_conversion(value, "a uuid", err);
    } else {
        done = value->raw.len == 16 || get_bad_length(value, 16, err);
        if (done)
            memcpy(out, value->raw.data, 16);
    }
    return get_done(value, done, err);
}

static bool text_bytea(pgw_session *session, const struct pgw_value *value,
                       struct pgw_slice *out, struct pgw_error *err)
{
    struct reading reading;
    if (!get_reading(value, &reading, err))
        return false;
    uint8_t *room = pgw_session_alloc(session, value->raw.len + 1);
    out->data = (const char *)room;
    return room ? read_bytea(&reading, room, &out->len) : get_no_memory(err);
}

enum pgw_status pgw_get_bytea(pgw_session *session, const struct pgw_value *value,
                              struct pgw_slice *out, struct pgw_error *err)
{
    bool done = true;
    *out = value->raw;
    if (value->format == PGW_TEXT_FORMAT)
        done = text_bytea(session, value, out, err);
    else if (value->oid != PGW_BYTEAOID)
        done = get_no_conversion(value, "bytea", err);
    return get_done(value, done, err);
}

static bool text_bits(pgw_session *session, const struct pgw_value *value,
                      struct pgw_slice *out, size_t *bits, struct pgw_error *err)
{
    struct reading reading;
    if (!get_reading(value, &reading, err))
        return false;
    uint8_t *room = pgw_session_alloc(session, value->raw.len / 2 + 2);
    if (!room)
        return get_no_memory(err);
    bool done = read_bit(&reading, room, bits);
    *out = (struct pgw_slice){(const char *)room, (*bits + 7) / 8};
    return done;
}

/* The number of bits, then the bytes; what is behind the last bit does not count. */
static bool binary_bits(pgw_session *session, const struct pgw_value *value,
                        struct pgw_slice *out, size_t *bits, struct pgw_error *err)
{
    if (value->raw.len < 4)
        return get_bad_length(value, 4, err);
    int32_t count = (int32_t)get_big_endian(value, 0, 4);
    if (count < 0 || count > INT32_MAX - 8) {
        (void)pgw_fail(err, "22P03", "invalid length in external bit string");
        return false;
    }
    size_t bytes = ((size_t)count + 7) / 8;
    if (value->raw.len != 4 + bytes)
        return get_bad_length(value, 4 + bytes, err);
    uint8_t *room = pgw_session_alloc(session, bytes + 1);
    if (!room)
        return get_no_memory(err);
    memcpy(room, value->raw.data + 4, bytes);
    if (count % 8)
        room[bytes - 1] &= (uint8_t)(0xff00 >> count % 8);
    *out = (struct pgw_slice){(const char *)room, bytes};
    *bits = (size_t)count;
    return true;
}

enum pgw_status pgw_get_bits(pgw_session *session, const struct pgw_value *value,
                             struct pgw_slice *bytes, size_t *bits,
                             struct pgw_error *err)
{
    bool done;
    if (value->format == PGW_TEXT_FORMAT)
        done = text_bits(session, value, bytes, bits, err);
    else if (value->oid == PGW_BITOID || value->oid == PGW_VARBITOID)
        done = binary_bits(session, value, bytes, bits, err);
    else
        done = get_no_conversion(value, "a bit string", err);
    return get_done(value, done, err);
}

/* A binary jsonb is its version and its text. */
static bool jsonb_text(const struct pgw_value *value, struct pgw_value *out,
                       struct pgw_error *err)
{
    *out = *value;
    if (value->format == PGW_TEXT_FORMAT || value->oid != PGW_JSONBOID)
        return true;
    if (value->raw.len == 0)
        return get_bad_length(value, 1, err);
    if (value->raw.data[0] != 1) {
        (void)pgw_fail(err, "XX000", "unsupported jsonb version number %d",
                       (uint8_t)value->raw.data[0]);
        return false;
    }
    out->raw = (struct pgw_slice){value->raw.data + 1, value->raw.len - 1};
    return true;
}

enum pgw_status pgw_get_json(pgw_session *session, const struct pgw_value *value,
                             struct pgw_slice *out, struct pgw_error *err)
{
    struct pgw_value text;
    struct reading reading;
    (void)session;
    bool done = jsonb_text(value, &text, err) && get_reading(&text, &reading, err) &&
                read_json(&reading, value->oid == PGW_JSONBOID);
    *out = text.raw;
    return get_done(value, done, err);
}
