#include "unit.h"

#include <math.h>
#include <stdlib.h>

#include "pgwire/value.h"

/* Expected texts are what PostgreSQL 15 answers. */

static void set(struct pgw_style *style, const char *name, const char *value)
{
    struct pgw_error err;
    assert_int_equal(style_set(style, name, value, &err), PGW_OK);
}

static void assert_text(const uint8_t *start, const uint8_t *end, const char *expected)
{
    assert_slice((struct slice){(const char *)start, (size_t)(end - start)}, expected);
}

static void test_dates(void **state)
{
    static const struct {
        const char *style;
        int32_t days;
        const char *text;
    } rows[] = {
        {"ISO, DMY", 10212, "1997-12-17"},      {"SQL, MDY", 10212, "12/17/1997"},
        {"SQL, DMY", 10212, "17/12/1997"},      {"SQL, YMD", 10212, "12/17/1997"},
        {"Postgres, MDY", 10212, "12-17-1997"}, {"Postgres, DMY", 10212, "17-12-1997"},
        {"German, YMD", 10212, "17.12.1997"},   {"SQL, MDY", -734837, "02/01/0043 BC"},
        {"German", 20000000, "22.02.56728"},    {"SQL", INT32_MAX, "infinity"},
        {"Postgres", -INT32_MAX, "-infinity"}};
    struct pgw_style style = style_standard;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint8_t out[VALUE_DATE_MAX];
        set(&style, "DateStyle", rows[i].style);
        assert_text(out, value_date_styled(out, rows[i].days, &style), rows[i].text);
    }
}

static void test_timestamps(void **state)
{
    static const struct {
        const char *style, *zone;
        int64_t us;
        const char *text, *zoned;
    } rows[] = {
        {"ISO, MDY", "UTC", 882344236500000, "1997-12-17 07:37:16.5",
         "1997-12-17 07:37:16.5+00"},
        {"SQL, DMY", "America/Los_Angeles", 882344236500000, "17/12/1997 07:37:16.5",
         "16/12/1997 23:37:16.5 PST"},
        {"Postgres, MDY", "America/Los_Angeles", 882344236500000,
         "Wed Dec 17 07:37:16.5 1997", "Tue Dec 16 23:37:16.5 1997 PST"},
        {"Postgres, DMY", "Asia/Kathmandu", 882344236000001,
         "Wed 17 Dec 07:37:16.000001 1997", "Wed 17 Dec 13:22:16.000001 1997 +0545"},
        {"German, DMY", "UTC", 882344236000000, "17.12.1997 07:37:16",
         "17.12.1997 07:37:16 UTC"},
        {"ISO, MDY", "Europe/Berlin", -3000000000000000, "1874-12-07 18:40:00",
         "1874-12-07 19:33:28+00:53:28"},
        {"Postgres, MDY", "Europe/Berlin", -63000000000000000,
         "Sat Aug 11 08:00:00 0028 BC", "Sat Aug 11 08:53:28 0028 LMT BC"},
        {"ISO, MDY", "Asia/Kolkata", 0, "1970-01-01 00:00:00",
         "1970-01-01 05:30:00+05:30"},
        {"SQL, MDY", "Europe/Berlin", 1729990800000000, "10/27/2024 01:00:00",
         "10/27/2024 02:00:00 CET"},
        {"SQL, MDY", "-5.5", 0, "01/01/1970 00:00:00", "12/31/1969 18:30:00 -05:30"},
        {"Postgres, MDY", "EST5EDT4,M3.2.0/25,M11.1.0", 1720000000000000,
         "Wed Jul 03 09:46:40 2024", "Wed Jul 03 05:46:40 2024 EDT"},
        {"SQL, MDY", "Europe/Berlin", INT64_MAX, "infinity", "infinity"},
    };
    struct pgw_style style = style_standard;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint8_t out[VALUE_TIMESTAMP_MAX];
        struct zone_span span = {0};
        set(&style, "DateStyle", rows[i].style);
        set(&style, "TimeZone", rows[i].zone);
        assert_text(out, value_timestamp_styled(out, rows[i].us, &style), rows[i].text);
        assert_text(out, value_timestamptz_styled(out, rows[i].us, &style, &span),
                    rows[i].zoned);
    }
    style_free(&style);
}

static void test_intervals(void **state)
{
    static const struct {
        int32_t months, days;
        int64_t us;
        const char *texts[4]; /* postgres, verbose, sql_standard, iso_8601 */
    } rows[] = {
        {0, 0, 0, {"00:00:00", "@ 0", "0", "PT0S"}},
        {14,
         3,
         14706000000,
         {"1 year 2 mons 3 days 04:05:06",
          "@ 1 year 2 mons 3 days 4 hours 5 mins 6 secs", "+1-2 +3 +4:05:06",
          "P1Y2M3DT4H5M6S"}},
        {12,
         -1,
         3600000000,
         {"1 year -1 days +01:00:00", "@ 1 year -1 days 1 hour", "+1-0 -1 +1:00:00",
          "P1Y-1DT1H"}},
        {-12,
         1,
         -3540000000,
         {"-1 years +1 day -00:59:00", "@ 1 year -1 days 59 mins ago",
          "-1-0 +1 -0:59:00", "P-1Y1DT-59M"}},
        {0, 0, -1500000, {"-00:00:01.5", "@ 1.5 secs ago", "-0:00:01.5", "PT-1.5S"}},
        {0,
         1,
         -1000000,
         {"1 day -00:00:01", "@ 1 day -1 sec", "+0-0 +1 -0:00:01", "P1DT-1S"}},
        {-14, 0, 0, {"-1 years -2 mons", "@ 1 year 2 mons ago", "-1-2", "P-1Y-2M"}},
        {0,
         5,
         1,
         {"5 days 00:00:00.000001", "@ 5 days 0.000001 secs", "5 0:00:00.000001",
          "P5DT0.000001S"}},
        {INT32_MIN,
         INT32_MIN,
         INT64_MIN,
         {"-178956970 years -8 mons -2147483648 days -2562047788:00:54.775808",
          "@ 178956970 years 8 mons 2147483648 days 2562047788 hours 54.775808 secs "
          "ago",
          "-178956970-8 -2147483648 -2562047788:00:54.775808",
          "P-178956970Y-8M-2147483648DT-2562047788H-54.775808S"}},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        for (unsigned style = 0; style < 4; style++) {
            uint8_t out[VALUE_INTERVAL_MAX];
            uint8_t *end =
                value_interval_styled(out, rows[i].months, rows[i].days, rows[i].us,
                                      (enum interval_style)style);
            assert_text(out, end, rows[i].texts[style]);
            assert_true(end - out <= VALUE_INTERVAL_MAX);
        }
    }
}

static void test_floats(void **state)
{
    static const struct {
        double value;
        int digits;
        const char *text, *single;
    } rows[] = {{0.1, 0, "0.1", "0.1"},
                {1.0 / 3, 0, "0.333333333333333", "0.333333"},
                {1.0 / 3, -5, "0.3333333333", "0.3"},
                {1.0 / 3, -15, "0.3", "0.3"},
                {999999.5, 0, "999999.5", "1e+06"},
                {123456789, -3, "123456789", "1.23e+08"},
                {-1e-7, 0, "-1e-07", "-1e-07"},
                {-0.0, 0, "-0", "-0"},
                {NAN, 0, "NaN", "NaN"},
                {-INFINITY, -3, "-Infinity", "-Infinity"}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint8_t out[VALUE_FLOAT_MAX];
        assert_text(out, value_double_rounded(out, rows[i].value, rows[i].digits),
                    rows[i].text);
        assert_text(out, value_float_rounded(out, (float)rows[i].value, rows[i].digits),
                    rows[i].single);
    }
}

static void test_bytes_and_bits(void **state)
{
    static const uint8_t bytes[] = {'a', '\\', 0, 0x7f, 0xff}, bits[] = {0xea, 0xaa};
    uint8_t out[64];
    (void)state;
    assert_text(out, value_bytea_escape(out, bytes, sizeof bytes),
                "a\\\\\\000\\177\\377");
    assert_text(out, value_bit_text(out, bits, 3, 13), "0101010101010");
    assert_int_equal(value_bit_binary(out, bits, 3, 13) - out, 6);
    assert_memory_equal(out, "\0\0\0\x0d\x55\x50", 6);
    assert_int_equal(value_bit_binary(out, bits, 0, 0) - out, 4);
}

/* DuckDB's bytes: three of header, the magnitude; inverted when negative. */
static void test_bignums(void **state)
{
    static const struct {
        const char *bytes;
        size_t len;
        const char *text, *binary;
        size_t binary_len;
    } rows[] = {{"\x80\0\1\0", 4, "0", "\0\0\0\0\0\0\0\0", 8},
                {"\x80\0\1\5", 4, "5", "\0\1\0\0\0\0\0\0\0\5", 10},
                {"\x7f\xff\xfd\xfe\xff", 5, "-256", "\0\1\0\0\x40\0\0\0\1\0", 10},
                {"\x80\0\3\x98\x96\x80", 6, "10000000", "\0\1\0\1\0\0\0\0\3\xe8", 10},
                {"\x80\0\x09\1\0\0\0\0\0\0\0\0", 12, "18446744073709551616",
                 "\0\5\0\4\0\0\0\0\x07\x34\x1a\x58\x02\xe1\x03\xbb\x06\x50", 18}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint8_t out[VALUE_BIGNUM_MAX + 16 * VALUE_BIGNUM_PER_BYTE];
        const uint8_t *bytes = (const uint8_t *)rows[i].bytes;
        assert_text(out, value_bignum_text(out, bytes, rows[i].len), rows[i].text);
        uint8_t *end = value_bignum_binary(out, bytes, rows[i].len);
        assert_int_equal(end - out, rows[i].binary_len);
        assert_memory_equal(out, rows[i].binary, rows[i].binary_len);
    }
}

/* The largest numeric: 131072 nines are fine, one digit more is not. */
static void test_huge_bignums(void **state)
{
    enum { BYTES = 54427 };
    size_t len = 3 + BYTES + 2, room = VALUE_BIGNUM_MAX + len * VALUE_BIGNUM_PER_BYTE;
    uint8_t *bytes = calloc(1, len), *out = malloc(room);
    (void)state;
    assert_non_null(bytes);
    assert_non_null(out);
    memcpy(bytes, "\x80\0\0\x01", 4);
    uint8_t *end = value_bignum_text(out, bytes, 3 + BYTES); /* 256^54426 */
    assert_non_null(end);
    assert_int_equal(end - out, 131071);
    assert_non_null(value_bignum_binary(out, bytes, 3 + BYTES));
    assert_null(value_bignum_text(out, bytes, len));
    assert_null(value_bignum_binary(out, bytes, len));
    free(bytes);
    free(out);
}

UNIT_MAIN(cmocka_unit_test(test_dates), cmocka_unit_test(test_timestamps),
          cmocka_unit_test(test_intervals), cmocka_unit_test(test_floats),
          cmocka_unit_test(test_bytes_and_bits), cmocka_unit_test(test_bignums),
          cmocka_unit_test(test_huge_bignums))
