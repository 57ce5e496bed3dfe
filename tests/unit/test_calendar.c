/* The calendar's fast and general ways agree with each other, day after day. */
#include "unit.h"

#include "pgwire/calendar.h"

static void assert_day(int64_t days)
{
    struct civil civil = calendar_civil(days);
    if (calendar_days(civil) != days || civil.month < 1 || civil.month > 12 ||
        civil.day < 1 || civil.day > calendar_month_days(civil.year, civil.month))
        fail_msg("day %lld is %lld-%u-%u", (long long)days, (long long)civil.year,
                 civil.month, civil.day);
}

/* One day after the other is the next date: from 4713 BC to the year 5900. */
static void test_successors(void **state)
{
    struct civil before = calendar_civil(-2440589);
    (void)state;
    for (int64_t days = -2440588; days < 1435000; days++) {
        struct civil civil = calendar_civil(days);
        bool new_month = before.day == calendar_month_days(before.year, before.month);
        bool new_year = new_month && before.month == 12;
        if (civil.day != (new_month ? 1 : before.day + 1) ||
            civil.month != (new_year    ? 1
                            : new_month ? before.month + 1
                                        : before.month) ||
            civil.year != before.year + new_year)
            fail_msg("day %lld", (long long)days);
        before = civil;
    }
}

static void test_known_days(void **state)
{
    static const struct {
        int64_t days, year;
        unsigned month, day;
    } rows[] = {{0, 1970, 1, 1},          {-1, 1969, 12, 31},
                {10957, 2000, 1, 1},      {11016, 2000, 2, 29},
                {-719468, 0, 3, 1},       {-719469, 0, 2, 29},
                {-719162, 1, 1, 1},       {-719163, 0, 12, 31},
                {2932896, 9999, 12, 31},  {2145042905, 5874897, 12, 31},
                {-2440588, -4713, 11, 24}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct civil civil = calendar_civil(rows[i].days);
        assert_int_equal(civil.year, rows[i].year);
        assert_int_equal(civil.month, rows[i].month);
        assert_int_equal(civil.day, rows[i].day);
    }
}

/* Where the fast way ends, and far behind it. */
static void test_edges(void **state)
{
    static const int64_t edges[] = {
        -719468,   (int64_t)1 << 28, ((int64_t)1 << 28) - 719468, INT32_MAX, INT32_MIN,
        106751991, -106751991};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(edges); i++) {
        for (int64_t days = edges[i] - 1000; days < edges[i] + 1000; days++)
            assert_day(days);
    }
    for (int64_t days = -2000000000; days < 2100000000; days += 9973)
        assert_day(days);
}

UNIT_MAIN(cmocka_unit_test(test_successors), cmocka_unit_test(test_known_days),
          cmocka_unit_test(test_edges))
