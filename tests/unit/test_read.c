#include "unit.h"

#include "binary_form.h"
#include "pgwire/session_state.h"
#include "read_rows.h"

/* ---- a session that is nothing but memory and style ---- */

static pgw_session *session_begin(void)
{
    static const struct pgw_handlers none = {0};
    static const struct pgw_session_options options = {0};
    pgw_session *session = pgw_session_new(&none, NULL, &options);
    assert_non_null(session);
    return session;
}

static struct pgw_value value_of(const pgw_session *session, uint32_t oid,
                                 enum pgw_format format, const void *data, size_t len)
{
    return (struct pgw_value){.raw = {data, len},
                              .oid = oid,
                              .format = format,
                              .number = 1,
                              .session = session};
}

/* ---- text, as PostgreSQL reads it ---- */

/* Through the type's getter and its binary form to text again. */
static enum pgw_status round_trip(pgw_session *session, const struct pgw_value *value,
                                  struct pgw_slice *out, struct pgw_error *err)
{
    static uint8_t room[4096];
    for (size_t i = 0; i < ARRAY_LEN(binary_forms); i++) {
        if (binary_forms[i].oid != value->oid)
            continue;
        uint8_t *end = binary_forms[i].encode(session, value, room, err);
        struct pgw_value binary = value_of(session, value->oid, PGW_BINARY_FORMAT, room,
                                           (size_t)(end - room));
        return end ? pgw_get_text(session, &binary, out, err) : PGW_ERROR;
    }
    if (value->oid == PGW_NUMERICOID)
        return pgw_get_numeric(session, value, out, err);
    enum pgw_status status = pgw_get_json(session, value, out, err);
    *out = (struct pgw_slice){"ok", 2};
    return status;
}

static void test_text(void **state)
{
    pgw_session *session = session_begin();
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(read_rows); i++) {
        const struct read_row *row = &read_rows[i];
        const char *expected = row->expected;
        struct pgw_value value =
            value_of(session, row->oid, PGW_TEXT_FORMAT, row->text, strlen(row->text));
        struct pgw_slice text = {"", 0};
        struct pgw_error err = {0};
        enum pgw_status status = round_trip(session, &value, &text, &err);
        if (row->oid == PGW_BOOLOID && !row->sqlstate)
            expected = *expected == 't' ? "t" : "f";
        if (status == PGW_OK && row->sqlstate)
            fail_msg("%s was read as %.*s", row->text, (int)text.len, text.data);
        if (status != PGW_OK && !row->sqlstate)
            fail_msg("%s: %s", row->text, err.message);
        if (status == PGW_OK) {
            assert_slice((struct slice){text.data, text.len}, expected);
            continue;
        }
        assert_string_equal(err.message, expected);
        assert_string_equal(err.sqlstate, row->sqlstate);
        assert_non_null(strstr(err.context, "unnamed portal parameter $1 = '"));
    }
    pgw_session_free(session);
}

/* ---- binary: the exact length, and what is out of range ---- */

static void test_binary_errors(void **state)
{
    static const struct {
        uint32_t oid;
        const char *data;
        size_t len;
        const char *sqlstate, *message;
    } rows[] = {
        {PGW_BOOLOID, "", 0, "08P01", "no data left in message"},
        {PGW_BOOLOID, "\1\1", 2, "22P03",
         "incorrect binary data format in bind parameter 1"},
        {PGW_INT4OID, "\0\0\0", 3, "08P01", "insufficient data left in message"},
        {PGW_INT4OID, "\0\0\0\0\0", 5, "22P03",
         "incorrect binary data format in bind parameter 1"},
        {PGW_DATEOID, "\x7f\xff\xff\xfe", 4, "22008", "date out of range"},
        {PGW_TIMEOID, "\xff\0\0\0\0\0\0\0", 8, "22008", "time out of range"},
        {PGW_TIMETZOID, "\0\0\0\0\0\0\0\0\0\x1\0\0", 12, "22009",
         "time zone displacement out of range"},
        {PGW_TIMESTAMPOID, "\x7f\xff\xff\xff\xff\xff\xff\xfe", 8, "22008",
         "timestamp out of range"},
        {PGW_INTERVALOID, "\0\0\0\0", 4, "08P01", "insufficient data left in message"},
        {PGW_UUIDOID, "\0", 1, "08P01", "insufficient data left in message"},
        {PGW_NUMERICOID, "\0\0\0\0\x12\x34\0\0", 8, "22P03",
         "invalid sign in external \"numeric\" value"},
        {PGW_NUMERICOID, "\0\1\0\0\0\0\0\0\x27\x10", 10, "22P03",
         "invalid digit in external \"numeric\" value"},
        {PGW_NUMERICOID, "\0\0\0\0\0\0\x7f\xff", 8, "22P03",
         "invalid scale in external \"numeric\" value"},
        {PGW_NUMERICOID, "\0\1\0\0\0\0\0\0", 8, "08P01",
         "insufficient data left in message"},
        {PGW_VARBITOID, "\xff\xff\xff\xff", 4, "22P03",
         "invalid length in external bit string"},
        {PGW_VARBITOID, "\0\0\0\x9\x1", 5, "08P01",
         "insufficient data left in message"},
        {PGW_JSONBOID, "\2{}", 3, "XX000", "unsupported jsonb version number 2"},
        {PGW_JSONOID, "{", 1, "22P02", "invalid input syntax for type json"},
        {PGW_TEXTOID, "\xc3(", 2, "22021",
         "invalid byte sequence for encoding \"UTF8\": 0xc3 0x28"},
        {PGW_CHAROID, "", 0, "08P01", "no data left in message"},
        {999, "", 0, "0A000", "binary parameters of type 999 are not supported"},
    };
    pgw_session *session = session_begin();
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct pgw_value value = value_of(session, rows[i].oid, PGW_BINARY_FORMAT,
                                          rows[i].data, rows[i].len);
        struct pgw_slice text;
        struct pgw_error err = {0};
        assert_int_equal(pgw_get_text(session, &value, &text, &err), PGW_ERROR);
        assert_string_equal(err.message, rows[i].message);
        assert_string_equal(err.sqlstate, rows[i].sqlstate);
    }
    pgw_session_free(session);
}

/* ---- arrays ---- */

/* In binary and back, as PostgreSQL writes it. */
static const struct {
    const char *text, *expected, *sqlstate;
} arrays[] = {
    {"{}", "{}", NULL},
    {" { } ", "{}", NULL},
    {"{1,2,NULL}", "{1,2,NULL}", NULL},
    {"{ a , \"b c\" ,null, \"NULL\"}", "{a,\"b c\",NULL,\"NULL\"}", NULL},
    {"{\"a\\\"b\",\"c\\\\d\",e\\,f}", "{\"a\\\"b\",\"c\\\\d\",\"e,f\"}", NULL},
    {"{{1,2},{3,4}}", "{{1,2},{3,4}}", NULL},
    {"{{{1},{2}},{{3},{4}}}", "{{{1},{2}},{{3},{4}}}", NULL},
    {"[0:1]={1,2}", "[0:1]={1,2}", NULL},
    {"[2][-1:0]={{1,2},{3,4}}", "[1:2][-1:0]={{1,2},{3,4}}", NULL},
    {"[1:2]={1,2}", "{1,2}", NULL},
    {"{\"\"}", "{\"\"}", NULL},
    {"{a b}", "{\"a b\"}", NULL},
    {"", "malformed array literal: \"\"", "22P02"},
    {"1", "malformed array literal: \"1\"", "22P02"},
    {"{1", "malformed array literal: \"{1\"", "22P02"},
    {"{1}}", "malformed array literal: \"{1}}\"", "22P02"},
    {"{1} x", "malformed array literal: \"{1} x\"", "22P02"},
    {"{1,}", "malformed array literal: \"{1,}\"", "22P02"},
    {"{,1}", "malformed array literal: \"{,1}\"", "22P02"},
    {"{{}}", "malformed array literal: \"{{}}\"", "22P02"},
    {"{{1},{2,3}}", "malformed array literal: \"{{1},{2,3}}\"", "22P02"},
    {"{1,{2}}", "malformed array literal: \"{1,{2}}\"", "22P02"},
    {"{{1},2}", "malformed array literal: \"{{1},2}\"", "22P02"},
    {"{\"a\"b}", "malformed array literal: \"{\"a\"b}\"", "22P02"},
    {"{a\"b\"}", "malformed array literal: \"{a\"b\"}\"", "22P02"},
    {"{\"a}", "malformed array literal: \"{\"a}\"", "22P02"},
    {"{a\\", "malformed array literal: \"{a\\\"", "22P02"},
    {"[1:3]={1,2}", "malformed array literal: \"[1:3]={1,2}\"", "22P02"},
    {"[2:1]={}", "upper bound cannot be less than lower bound", "2202E"},
    {"[1:2]{1,2}", "malformed array literal: \"[1:2]{1,2}\"", "22P02"},
    {"[1:2", "malformed array literal: \"[1:2\"", "22P02"},
    {"[]={1}", "malformed array literal: \"[]={1}\"", "22P02"},
    {"{{{{{{{1}}}}}}}",
     "number of array dimensions (7) exceeds the maximum allowed (6)", "54000"},
};

static size_t array_binary(pgw_session *session, const struct pgw_array *array,
                           uint8_t *to)
{
    uint8_t *start = to;
    (void)session;
    to = value_put32(value_put32(value_put32(to, array->dimensions), 0), PGW_TEXTOID);
    for (unsigned i = 0; i < array->dimensions; i++)
        to = value_put32(value_put32(to, (uint32_t)array->lengths[i]),
                         (uint32_t)array->lower[i]);
    for (size_t i = 0; i < array->count; i++) {
        struct pgw_slice raw = array->values[i].raw;
        to = value_put32(to, array->values[i].is_null ? UINT32_MAX : (uint32_t)raw.len);
        if (!array->values[i].is_null && raw.len)
            memcpy(to, raw.data, raw.len);
        to += array->values[i].is_null ? 0 : raw.len;
    }
    return (size_t)(to - start);
}

static void test_arrays(void **state)
{
    enum { TEXT_ARRAY = 1009 };
    pgw_session *session = session_begin();
    uint8_t room[1024];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(arrays); i++) {
        struct pgw_value value = value_of(session, TEXT_ARRAY, PGW_TEXT_FORMAT,
                                          arrays[i].text, strlen(arrays[i].text));
        struct pgw_array array;
        struct pgw_slice text;
        struct pgw_error err = {0};
        enum pgw_status status = pgw_get_array(session, &value, 0, &array, &err);
        if (arrays[i].sqlstate) {
            if (status != PGW_ERROR)
                fail_msg("%s was read", arrays[i].text);
            assert_string_equal(err.message, arrays[i].expected);
            assert_string_equal(err.sqlstate, arrays[i].sqlstate);
            continue;
        }
        if (status != PGW_OK)
            fail_msg("%s: %s (%s)", arrays[i].text, err.message, err.detail);
        struct pgw_value binary = value_of(session, TEXT_ARRAY, PGW_BINARY_FORMAT, room,
                                           array_binary(session, &array, room));
        assert_int_equal(pgw_get_text(session, &binary, &text, &err), PGW_OK);
        assert_slice((struct slice){text.data, text.len}, arrays[i].expected);
    }
    pgw_session_free(session);
}

static void test_array_binary_errors(void **state)
{
#define WORD(n) "\0\0\0" n
    static const struct {
        const char *data;
        size_t len;
        const char *sqlstate, *message;
    } rows[] = {
#define ROW(text, sqlstate, message) {text, sizeof(text) - 1, sqlstate, message}
        ROW("\0", "08P01", "insufficient data left in message"),
        ROW("\xff\xff\xff\xff" WORD("\0") WORD("\x17"), "22P03",
            "invalid number of dimensions: -1"),
        ROW(WORD("\7") WORD("\0") WORD("\x17"), "54000",
            "number of array dimensions (7) exceeds the maximum allowed (6)"),
        ROW(WORD("\0") WORD("\2") WORD("\x17"), "22P03", "invalid array flags"),
        ROW(WORD("\0") WORD("\0") WORD("\x19"), "42804",
            "binary data has array element type 25 (text) instead of expected 23 "
            "(integer)"),
        ROW(WORD("\1") WORD("\0") WORD("\x17") WORD("\1") WORD("\1"), "08P01",
            "insufficient data left in message"),
        ROW(WORD("\1") WORD("\0") WORD("\x17") WORD("\1") WORD("\1") WORD("\4") "\0",
            "22P03", "insufficient data left in message"),
        ROW(WORD("\1") WORD("\0") WORD("\x17") "\x7f\xff\xff\xff" WORD("\1"), "54000",
            "array size exceeds the maximum allowed (134217727)"),
        ROW(WORD("\1") WORD("\0") WORD("\x17") WORD("\1") "\x7f\xff\xff\xff", "54000",
            "array lower bound is too large: 2147483647"),
        ROW(WORD("\0") WORD("\0") WORD("\x17") "x", "22P03",
            "incorrect binary data format in bind parameter 1"),
#undef ROW
#undef WORD
    };
    enum { INT4_ARRAY = 1007 };
    pgw_session *session = session_begin();
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct pgw_value value =
            value_of(session, INT4_ARRAY, PGW_BINARY_FORMAT, rows[i].data, rows[i].len);
        struct pgw_array array;
        struct pgw_error err = {0};
        assert_int_equal(pgw_get_array(session, &value, 0, &array, &err), PGW_ERROR);
        assert_string_equal(err.message, rows[i].message);
        assert_string_equal(err.sqlstate, rows[i].sqlstate);
    }
    pgw_session_free(session);
}

/* ---- the session's settings ---- */

static void test_style(void **state)
{
    static const struct {
        const char *name, *value;
        uint32_t oid;
        const char *text, *expected;
    } rows[] = {
        {"DateStyle", "DMY", PGW_DATEOID, "1/2/2003", "2003-02-01"},
        {"DateStyle", "MDY", PGW_DATEOID, "1/2/2003", "2003-01-02"},
        {"DateStyle", "YMD", PGW_DATEOID, "99-Jan-08", "1999-01-08"},
        {"IntervalStyle", "sql_standard", PGW_INTERVALOID, "-1 2:03",
         "-1 days -02:03:00"},
        {"IntervalStyle", "postgres", PGW_INTERVALOID, "-1 2:03", "-1 days +02:03:00"},
        {"TimeZone", "America/New_York", PGW_TIMESTAMPTZOID, "2024-07-01 12:00",
         "2024-07-01 16:00:00+00"},
        {"TimeZone", "America/New_York", PGW_TIMESTAMPTZOID, "2024-01-01 12:00",
         "2024-01-01 17:00:00+00"},
    };
    pgw_session *session = session_begin(), *plain = session_begin();
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct pgw_value value = value_of(session, rows[i].oid, PGW_TEXT_FORMAT,
                                          rows[i].text, strlen(rows[i].text));
        struct pgw_slice text;
        struct pgw_error err = {0};
        if (style_set(&session->style, rows[i].name, rows[i].value, &err) != PGW_OK)
            continue; /* a machine without tzdata */
        assert_int_equal(round_trip(plain, &value, &text, &err), PGW_OK);
        assert_slice((struct slice){text.data, text.len}, rows[i].expected);
    }
    pgw_session_free(session);
    pgw_session_free(plain);
}

UNIT_MAIN(cmocka_unit_test(test_text), cmocka_unit_test(test_binary_errors),
          cmocka_unit_test(test_arrays), cmocka_unit_test(test_array_binary_errors),
          cmocka_unit_test(test_style))
