#include "unit.h"

#include <pthread.h>

#include <pgwire/style.h>

#include "core/zone.h"

/* What PostgreSQL 15 says of names: how SHOW spells them, or why not. */
static void test_names(void **state)
{
    static const struct {
        const char *name, *shown;
        enum zone_found found;
    } rows[] = {{"utc", "UTC", ZONE_FOUND},
                {"europe/berlin", "Europe/Berlin", ZONE_FOUND},
                {"gmt", "GMT", ZONE_FOUND},
                {"-5", "<-05>+05", ZONE_FOUND},
                {"5.5", "<+05:30>-05:30", ZONE_FOUND},
                {"-0", "<+00>-00", ZONE_FOUND},
                {"+05:30", "+05:30", ZONE_FOUND},
                {"<+03>-03", "<+03>-03", ZONE_FOUND},
                {"foo5bar", "FOO5BAR", ZONE_FOUND},
                {"abc", "", ZONE_UNKNOWN},
                {"", "", ZONE_UNKNOWN},
                {"../UTC", "", ZONE_UNKNOWN},
                {"Europe/../UTC", "", ZONE_UNKNOWN},
                {"/etc/localtime", "", ZONE_UNKNOWN},
                {"Europe", "", ZONE_UNKNOWN},
                {"Europe/Berlin/", "", ZONE_UNKNOWN},
                {"tzdata.zi", "", ZONE_UNKNOWN},
                {"abc5,M3.2.0,M11.1.0", "", ZONE_UNKNOWN},
                {"abc168", "", ZONE_UNKNOWN},
                {"168", "", ZONE_RANGE},
                {"nan", "", ZONE_RANGE},
                {"ABC-5:30:15", "", ZONE_LEAP},
                {"right/UTC", "", ZONE_LEAP}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct zone *zone;
        assert_int_equal(zone_find(slice_of(rows[i].name), &zone), rows[i].found);
        if (rows[i].found == ZONE_FOUND)
            assert_string_equal(zone_name(zone), rows[i].shown);
        zone_unref(zone);
    }
}

/* From PostgreSQL 15: before the first change, around changes, by rule. */
static void test_offsets(void **state)
{
    static const struct {
        const char *name;
        int64_t time;
        int32_t offset;
        const char *abbreviation;
    } rows[] = {{"Europe/Berlin", -3000000000, 3208, "LMT"},
                {"Europe/Berlin", 1711846799, 3600, "CET"},
                {"Europe/Berlin", 1711846800, 7200, "CEST"},
                {"Europe/Berlin", 1729990800, 3600, "CET"},
                {"Europe/Berlin", 7010000000, 3600, "CET"},
                {"Europe/Dublin", 1720000000, 3600, "IST"},
                {"Australia/Lord_Howe", 1704067200, 39600, "+11"},
                {"EST5EDT4,M3.2.0,M11.1.0", 1720000000, -14400, "EDT"},
                {"IST-1GMT0,M10.5.0,M3.5.0/1", 1705000000, 0, "GMT"},
                {"ABC5DEF,J60,J300", 1709276400, -14400, "DEF"},
                {"-5", 0, -18000, "-05"},
                {"UTC", 0, 0, "UTC"}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const struct zone *zone;
        struct zone_span span = {0};
        assert_int_equal(zone_find(slice_of(rows[i].name), &zone), ZONE_FOUND);
        zone_seek(zone, rows[i].time, &span);
        assert_int_equal(span.offset, rows[i].offset);
        assert_string_equal(span.abbreviation, rows[i].abbreviation);
        assert_true(span.from <= rows[i].time && rows[i].time < span.to);
        zone_unref(zone);
    }
}

/* 02:30 on the day the clock jumps over it, and on the day it comes twice. */
static void test_local_times(void **state)
{
    static const struct {
        int64_t local;
        int32_t offset;
    } rows[] = {{1711852200, 3600}, /* 2024-03-31 02:30 */
                {1711846800, 3600}, /* 01:00 */
                {1711854000, 7200}, /* 03:00 */
                {1729996200, 3600}, /* 2024-10-27 02:30 */
                {1729990799, 7200}, /* 00:59:59 */
                {1730001600, 3600}};
    const struct zone *zone;
    (void)state;
    assert_int_equal(zone_find(SLICE("Europe/Berlin"), &zone), ZONE_FOUND);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++)
        assert_int_equal(zone_local_offset(zone, rows[i].local), rows[i].offset);
    zone_unref(zone);
}

/* Every span ends where the next one starts, and the next is another. */
static void test_spans_meet(void **state)
{
    static const char *const names[] = {"Europe/Berlin", "Africa/Casablanca",
                                        "America/New_York", "Asia/Kathmandu",
                                        "FOO5BAR"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        const struct zone *zone;
        struct zone_span span = {0}, next;
        assert_int_equal(zone_find(slice_of(names[i]), &zone), ZONE_FOUND);
        for (int64_t at = -4000000000; at < 8000000000; at = span.to) {
            zone_seek(zone, at, &span);
            if (span.to == INT64_MAX)
                break;
            zone_span_at(zone, span.to, &next);
            assert_int_equal(next.from, span.to);
        }
        zone_unref(zone);
    }
}

/* Zones come and go under many threads; each sees whole ones. */
static void *use_zones(void *self)
{
    static const char *const names[] = {"Europe/Berlin", "-5", "FOO5BAR",
                                        "Asia/Kolkata"};
    const size_t *number = self;
    for (size_t i = 0; i < 400; i++) {
        const struct zone *zone, *again;
        struct zone_span span = {0};
        if (zone_find(slice_of(names[(i + *number) % ARRAY_LEN(names)]), &zone) !=
            ZONE_FOUND)
            return self;
        again = zone_ref(zone);
        zone_unref(zone);
        zone_seek(again, 1720000000, &span);
        if (span.offset == 0 || !zone_name(again)[0])
            return self;
        zone_unref(again);
    }
    return NULL;
}

static void test_threads(void **state)
{
    pthread_t threads[4];
    size_t numbers[4];
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
        numbers[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, use_zones, &numbers[i]), 0);
    }
    for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
        void *failed;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
}

static void test_style_values(void **state)
{
    static const struct {
        const char *name, *current, *value, *shown; /* NULL: refused */
    } rows[] = {
        {"DateStyle", NULL, "sql", "SQL, MDY"},
        {"datestyle", "SQL, DMY", "iso", "ISO, DMY"},
        {"DateStyle", NULL, "German", "German, DMY"},
        {"DateStyle", NULL, "ymd, german", "German, YMD"},
        {"DateStyle", NULL, "postgresql , European", "Postgres, DMY"},
        {"DateStyle", "SQL, DMY", "", "SQL, DMY"},
        {"DateStyle", NULL, "ISO, SQL", NULL},
        {"DateStyle", NULL, "ISO DMY", NULL},
        {"DateStyle", NULL, "dmy, mdy", NULL},
        {"DateStyle", NULL, "nonsense", NULL},
        {"DateStyle", NULL, "iso,", NULL},
        {"IntervalStyle", NULL, "SQL_Standard", "sql_standard"},
        {"IntervalStyle", NULL, "x", NULL},
        {"bytea_output", "escape", "HEX", "hex"},
        {"extra_float_digits", NULL, "-15", "-15"},
        {"extra_float_digits", NULL, "1.7", "2"},
        {"extra_float_digits", NULL, "4", NULL},
        {"extra_float_digits", NULL, "x", NULL},
        {"TIMEZONE", NULL, "europe/PARIS", "Europe/Paris"},
        {"TimeZone", NULL, "INTERVAL '-08:30'", "<-08:30>+08:30"},
        {"TimeZone", "<+03:08:29>-03:08:29", "3.14159", "<+03:08:29>-03:08:29"},
        {"TimeZone", NULL, "nowhere", NULL},
        {"wirehouse.struct_format", NULL, "Composite", "composite"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char kept[64];
        struct pgw_error err;
        enum pgw_status status = pgw_style_check(
            rows[i].name, rows[i].current, rows[i].value, kept, sizeof kept, &err);
        assert_int_equal(status, rows[i].shown ? PGW_OK : PGW_ERROR);
        if (rows[i].shown)
            assert_string_equal(kept, rows[i].shown);
        else
            assert_string_equal(err.sqlstate, "22023");
    }
    assert_false(pgw_style_has("work_mem"));
}

UNIT_MAIN(cmocka_unit_test(test_names), cmocka_unit_test(test_offsets),
          cmocka_unit_test(test_local_times), cmocka_unit_test(test_spans_meet),
          cmocka_unit_test(test_threads), cmocka_unit_test(test_style_values))
