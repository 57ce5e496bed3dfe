/* fuzz_value_parse.c - any bytes as a value of any type: what is read can be written,
 * and what is written reads back as the same.
 *
 * Two bytes of OID, one of the format, then the value. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "../tests/unit/binary_form.h"
#include "pgwire/session_state.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static pgw_session *new_session(void)
{
    static const struct pgw_handlers none = {0};
    static const struct pgw_session_options options = {0};
    return pgw_session_new(&none, NULL, &options);
}

/* The type's own getter, and its binary form as text; the other types as they are. */
static enum pgw_status canonical(pgw_session *session, const struct pgw_value *value,
                                 struct pgw_slice *out)
{
    struct pgw_error err;
    for (size_t i = 0; i < ARRAY_LEN(binary_forms); i++) {
        if (binary_forms[i].oid != value->oid)
            continue;
        uint8_t *room = pgw_session_alloc(session, value->raw.len + 64);
        uint8_t *end = binary_forms[i].encode(session, value, room, &err);
        struct pgw_value binary = *value;
        binary.format = PGW_BINARY_FORMAT;
        binary.raw = (struct pgw_slice){(const char *)room, (size_t)(end - room)};
        return end ? pgw_get_text(session, &binary, out, &err) : PGW_ERROR;
    }
    if (value->oid == PGW_NUMERICOID)
        return pgw_get_numeric(session, value, out, &err);
    if (value->oid == PGW_JSONOID || value->oid == PGW_JSONBOID)
        return pgw_get_json(session, value, out, &err);
    return pgw_get_text(session, value, out, &err);
}

/* Every element, for one that is an array. */
static void elements(pgw_session *session, const struct pgw_value *value)
{
    struct pgw_array array;
    struct pgw_slice text;
    struct pgw_error err;
    if (pgw_get_array(session, value, 0, &array, &err) != PGW_OK)
        return;
    size_t product = array.dimensions > 0;
    for (unsigned i = 0; i < array.dimensions; i++)
        product *= (size_t)array.lengths[i];
    assert(product == array.count);
    for (size_t i = 0; i < array.count; i++) {
        if (!array.values[i].is_null)
            (void)canonical(session, &array.values[i], &text);
    }
}

/* As in PostgreSQL, the hours of the least interval are read without their sign and do
 * not fit. */
static bool is_one_way(const struct pgw_value *value)
{
    struct pgw_interval interval;
    struct pgw_error err;
    return value->oid == PGW_INTERVALOID && value->format == PGW_BINARY_FORMAT &&
           pgw_get_interval(value, &interval, &err) == PGW_OK &&
           interval.us == INT64_MIN;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 3)
        return 0;
    pgw_session *session = new_session();
    struct pgw_value value = {.raw = {(const char *)data + 3, size - 3},
                              .oid = (uint32_t)(data[0] | data[1] << 8),
                              .format =
                                  data[2] & 1 ? PGW_BINARY_FORMAT : PGW_TEXT_FORMAT,
                              .number = 1,
                              .session = session};
    struct pgw_slice once, twice;
    elements(session, &value);
    if (!is_one_way(&value) && canonical(session, &value, &once) == PGW_OK) {
        value.raw = once;
        value.format = PGW_TEXT_FORMAT;
        assert(canonical(session, &value, &twice) == PGW_OK);
        assert(once.len == twice.len &&
               (once.len == 0 || memcmp(once.data, twice.data, once.len) == 0));
    }
    pgw_session_free(session);
    return 0;
}
