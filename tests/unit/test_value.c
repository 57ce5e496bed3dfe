#include "reading.h"
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "pgwire/value.h"

static void assert_text(const uint8_t *start, const uint8_t *end, const char *expected)
{
    assert_slice((struct slice){(const char *)start, (size_t)(end - start)}, expected);
}

static void test_integers(void **state)
{
    static const int64_t edges[] = {0,   1,     -1,        9,         10,       99,
                                    100, 12345, INT32_MIN, INT64_MAX, INT64_MIN};
    uint8_t out[VALUE_INT_MAX];
    char expected[32];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(edges); i++) {
        int64_t back;
        (void)snprintf(expected, sizeof expected, "%lld", (long long)edges[i]);
        assert_text(out, value_int_text(out, edges[i]), expected);
        struct reading reading = reading_of(expected, strlen(expected), "bigint", NULL);
        assert_true(read_int(&reading, INT64_MIN, INT64_MAX, &back));
        assert_int_equal(back, edges[i]);
    }
    for (uint64_t power = 1; power < UINT64_MAX / 10; power *= 10) {
        (void)snprintf(expected, sizeof expected, "%llu",
                       (unsigned long long)power - 1);
        assert_text(out, value_uint_text(out, power - 1), expected);
        (void)snprintf(expected, sizeof expected, "%llu", (unsigned long long)power);
        assert_text(out, value_uint_text(out, power), expected);
    }
}

static void test_decimals(void **state)
{
    static const struct {
        int64_t value;
        unsigned scale;
        const char *text;
    } rows[] = {
        {0, 2, "0.00"},          {5, 2, "0.05"},      {-5, 2, "-0.05"},
        {12345, 2, "123.45"},    {12345, 0, "12345"}, {12345, 5, "0.12345"},
        {12345, 7, "0.0012345"}, {-100, 1, "-10.0"},  {1, 18, "0.000000000000000001"}};
    uint8_t out[VALUE_DECIMAL_MAX];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_text(out, value_decimal64_text(out, rows[i].value, rows[i].scale),
                    rows[i].text);
        assert_text(out, value_decimal_text(out, rows[i].value, rows[i].scale),
                    rows[i].text);
    }
}

/* What is written as binary numeric reads back as the text of the same number. */
static void test_numeric_binary(void **state)
{
    static const struct {
        const char *digits;
        unsigned scale;
    } rows[] = {{"0", 0},
                {"0", 5},
                {"1", 0},
                {"10000", 0},
                {"99999999", 3},
                {"123456789", 4},
                {"5", 12},
                {"100000000000", 8},
                {"99999999999999999999999999999999999999", 0},
                {"99999999999999999999999999999999999999", 38},
                {"12345678901234567890123456789012345678", 17}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint8_t raw[VALUE_NUMERIC_BINARY_MAX], text[VALUE_DECIMAL_MAX], back[128], *end;
        struct read_fault fault;
        uint128 value = 0;
        for (const char *c = rows[i].digits; *c; c++)
            value = value * 10 + (unsigned)(*c - '0');
        uint8_t *text_end = value_decimal_text(text, (int128)value, rows[i].scale);
        uint8_t *raw_end = value_decimal_binary(raw, (int128)value, rows[i].scale);
        assert_true(raw_end - raw <= VALUE_NUMERIC_BINARY_MAX);
        assert_true(
            read_numeric_binary(raw, (size_t)(raw_end - raw), back, &end, &fault));
        *text_end = '\0';
        assert_text(back, end, (const char *)text);
    }
}

/* The short way and the general one write the same, for any scale. */
static void test_numeric_binary_short(void **state)
{
    uint64_t random = 88172645463325252u;
    (void)state;
    for (int i = 0; i < 100000; i++) {
        uint8_t quick[VALUE_NUMERIC_BINARY_MAX], general[VALUE_NUMERIC_BINARY_MAX];
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        unsigned scale = (unsigned)(random % 19);
        int64_t value = (int64_t)random >> (random >> 8) % 64;
        value = i % 3 == 0 ? value / 10000 * 10000 : value;
        uint8_t *quick_end = value_decimal64_binary(quick, value, scale);
        uint64_t magnitude = value < 0 ? -(uint64_t)value : (uint64_t)value;
        uint8_t *end = value_udecimal_binary(general, magnitude, value < 0, scale);
        assert_int_equal(quick_end - quick, end - general);
        assert_memory_equal(quick, general, (size_t)(end - general));
    }
}

/* Of what fits into 128 bits both widths write the same. */
static void test_wide_decimals(void **state)
{
    uint64_t random = 88172645463325252u;
    (void)state;
    for (unsigned i = 0; i < 20000; i++) {
        uint8_t narrow[64], wide[VALUE_DECIMAL256_MAX], bytes[32];
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        int128 value = (int128)((uint128)random * random * random) >> random % 127;
        unsigned scale = i % 39;
        memset(bytes, value < 0 ? 0xff : 0, sizeof bytes);
        memcpy(bytes, &value, sizeof value);
        uint8_t *end = value_decimal_text(narrow, value, scale);
        *end = '\0';
        assert_text(wide, value_decimal256_text(wide, bytes, scale), (char *)narrow);
        end = value_decimal_binary(narrow, value, scale);
        assert_int_equal(value_decimal256_binary(wide, bytes, scale) - wide,
                         end - narrow);
        assert_memory_equal(wide, narrow, (size_t)(end - narrow));
    }
}

/* Beyond: what PostgreSQL says of -(2^255), and of 2^255 - 1. */
static void test_widest_decimals(void **state)
{
    static const struct {
        uint8_t low, high;
        unsigned scale;
        const char *text;
    } rows[] = {
        {0x00, 0x80, 0,
         "-5789604461865809771178549250434395392663499233282028201972879200395656481996"
         "8"},
        {0xff, 0x7f, 76,
         "5."
         "789604461865809771178549250434395392663499233282028201972879200395656481996"
         "7"},
        {0xff, 0x7f, 1,
         "5789604461865809771178549250434395392663499233282028201972879200395656481996."
         "7"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        uint8_t text[VALUE_DECIMAL256_MAX], raw[VALUE_DECIMAL256_MAX], back[256], *end;
        uint8_t bytes[32];
        struct read_fault fault;
        memset(bytes, rows[i].low, sizeof bytes);
        bytes[31] = rows[i].high;
        assert_text(text, value_decimal256_text(text, bytes, rows[i].scale),
                    rows[i].text);
        size_t len = (size_t)(value_decimal256_binary(raw, bytes, rows[i].scale) - raw);
        assert_true(len <= sizeof raw);
        assert_true(read_numeric_binary(raw, len, back, &end, &fault));
        assert_text(back, end, rows[i].text);
    }
}

static void test_floats(void **state)
{
    static const struct {
        double value;
        const char *text;
    } rows[] = {{0, "0"},
                {-0.0, "-0"},
                {1, "1"},
                {0.1, "0.1"},
                {1e15, "1e+15"},
                {1e14, "100000000000000"},
                {123.456, "123.456"},
                {1e-4, "0.0001"},
                {1e-5, "1e-05"},
                {5e-324, "5e-324"},
                {1.7976931348623157e308, "1.7976931348623157e+308"},
                {1e23, "9.999999999999999e+22"},
                {INFINITY, "Infinity"},
                {-INFINITY, "-Infinity"}};
    uint8_t out[VALUE_FLOAT_MAX];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_text(out, value_double_text(out, rows[i].value), rows[i].text);
    assert_text(out, value_float_text(out, 1e6F), "1e+06");
    assert_text(out, value_float_text(out, 0.1F), "0.1");
    /* Halfway to its neighbour is not near enough. */
    assert_text(out, value_float_text(out, -50758608.0F), "-5.0758608e+07");
}

/* Random bits: what is written reads back, and no shorter text would. */
static void test_floats_round_trip(void **state)
{
    uint64_t bits = 88172645463325252u;
    (void)state;
    for (int i = 0; i < 200000; i++) {
        uint8_t out[VALUE_FLOAT_MAX + 1];
        double value, back;
        bits ^= bits << 13;
        bits ^= bits >> 7;
        bits ^= bits << 17;
        memcpy(&value, &bits, sizeof value);
        if (isnan(value))
            continue;
        uint8_t *end = value_double_text(out, value);
        struct reading reading = reading_of((char *)out, (size_t)(end - out), "", NULL);
        assert_true(read_double(&reading, &back));
        assert_memory_equal(&back, &value, sizeof value);
    }
}

static void test_dates(void **state)
{
    static const struct {
        int32_t days;
        const char *text;
    } rows[] = {
        {0, "1970-01-01"},         {-1, "1969-12-31"},         {19782, "2024-02-29"},
        {-719162, "0001-01-01"},   {-719163, "0001-12-31 BC"}, {INT32_MAX, "infinity"},
        {-INT32_MAX, "-infinity"}, {2932897, "10000-01-01"},   {2932896, "9999-12-31"}};
    uint8_t out[VALUE_DATE_MAX];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_text(out, value_date_text(out, rows[i].days), rows[i].text);
    }
    for (int32_t days = -2400000; days < 2400000; days += 37) {
        int32_t back;
        uint8_t *end = value_date_text(out, days);
        struct reading reading = reading_of((char *)out, (size_t)(end - out), "", NULL);
        assert_true(read_date(&reading, &back));
        assert_int_equal(back, days - VALUE_EPOCH_DAYS);
    }
}

static void test_timestamps(void **state)
{
    static const struct {
        const char *text, *written;
        bool zone;
    } rows[] = {{"2024-02-29 12:34:56.789", "2024-02-29 12:34:56.789", false},
                {"2024-02-29T12:34", "2024-02-29 12:34:00", false},
                {"2024-02-29 12:00:00+02", "2024-02-29 10:00:00+00", true},
                {"2024-02-29 12:00:00-03:30", "2024-02-29 15:30:00+00", true},
                {"1969-12-31 23:59:59.999999", "1969-12-31 23:59:59.999999", false},
                {"2024-02-29 12:34:56.000001", "2024-02-29 12:34:56.000001", false},
                {"2024-02-29 12:34:56.100000", "2024-02-29 12:34:56.1", false},
                {"9999-12-31 23:59:59.01", "9999-12-31 23:59:59.01", false},
                {"10000-01-01 00:00:00", "10000-01-01 00:00:00", false},
                {"0001-01-01 00:00:00", "0001-01-01 00:00:00", false},
                {"0044-03-15 12:00:00 BC", "0044-03-15 12:00:00 BC", false},
                {"infinity", "infinity", false}};
    uint8_t out[VALUE_TIMESTAMP_MAX];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        int64_t us;
        struct reading reading =
            reading_of(rows[i].text, strlen(rows[i].text), "", NULL);
        assert_true(read_timestamp(&reading, rows[i].zone, &us));
        us += us == INT64_MAX ? 0 : VALUE_EPOCH_US;
        assert_text(out, value_timestamp_text(out, us, rows[i].zone), rows[i].written);
    }
}

static void test_intervals(void **state)
{
    uint8_t out[VALUE_INTERVAL_MAX];
    (void)state;
    assert_text(out, value_interval_text(out, 14, 3, 14706000000),
                "1 year 2 mons 3 days 04:05:06");
    assert_text(out, value_interval_text(out, 0, 0, 0), "00:00:00");
    assert_text(out, value_interval_text(out, 1, 0, 0), "1 mon");
    assert_text(out, value_interval_text(out, 0, -1, 3600000000), "-1 days +01:00:00");
    assert_text(out, value_interval_text(out, 0, 0, -1500000), "-00:00:01.5");
}

static void test_bytes(void **state)
{
    static const uint8_t uuid[16] = {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77,
                                     0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff};
    uint8_t out[64];
    (void)state;
    assert_text(out, value_bytea_text(out, (const uint8_t *)"\0\xff", 2), "\\x00ff");
    assert_text(out, value_uuid_text(out, uuid),
                "00112233-4455-6677-8899-aabbccddeeff");
    assert_text(out, value_bytea_text(out, uuid, sizeof uuid),
                "\\x00112233445566778899aabbccddeeff");
}

/* Bits from any place on, as many as there are: as one by one. */
static void test_bits(void **state)
{
    static const uint8_t bytes[] = {0x9c, 0x00, 0xff, 0x35, 0xa1};
    (void)state;
    for (unsigned skip = 0; skip < 8; skip++) {
        for (size_t count = 0; skip + count <= 8 * sizeof bytes; count++) {
            uint8_t out[8 * sizeof bytes];
            assert_int_equal(value_bit_text(out, bytes, skip, count) - out, count);
            for (size_t i = 0; i < count; i++) {
                unsigned bit = bytes[(skip + i) / 8] >> (7 - (skip + i) % 8) & 1;
                assert_int_equal(out[i], '0' + bit);
            }
        }
    }
}

UNIT_MAIN(cmocka_unit_test(test_integers), cmocka_unit_test(test_decimals),
          cmocka_unit_test(test_wide_decimals), cmocka_unit_test(test_widest_decimals),
          cmocka_unit_test(test_numeric_binary),
          cmocka_unit_test(test_numeric_binary_short), cmocka_unit_test(test_floats),
          cmocka_unit_test(test_floats_round_trip), cmocka_unit_test(test_dates),
          cmocka_unit_test(test_timestamps), cmocka_unit_test(test_intervals),
          cmocka_unit_test(test_bytes), cmocka_unit_test(test_bits))
