/* calendar.c - days since 1970-01-01 and the proleptic Gregorian calendar.
 *
 * Years are counted from March, so that the leap day is the last. Common dates become
 * civil ones by multiplications alone (C. Neri, L. Schneider, "Euclidean affine
 * functions and their application to calendar algorithms", 2022), the others by eras of
 * 400 years (Howard Hinnant, "chrono-compatible low-level date algorithms"). */
#include "pgwire/calendar.h"

struct civil calendar_civil(int64_t days)
{
    if (days >= -CALENDAR_FROM_MARCH_0 && days < CALENDAR_COMMON)
        return calendar_common((uint32_t)(days + CALENDAR_FROM_MARCH_0));
    days += CALENDAR_FROM_MARCH_0;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    unsigned of_era = (unsigned)(days - era * 146097);
    unsigned year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    unsigned of_year = of_era - (365 * year + year / 4 - year / 100);
    unsigned march = (5 * of_year + 2) / 153;
    struct civil civil = {.month = march < 10 ? march + 3 : march - 9,
                          .day = of_year - (153 * march + 2) / 5 + 1};
    civil.year = (int64_t)year + era * 400 + (civil.month <= 2);
    return civil;
}

int64_t calendar_days(struct civil civil)
{
    int64_t year = civil.year - (civil.month <= 2);
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year =
        (153 * (int64_t)(civil.month + (civil.month > 2 ? -3u : 9u)) + 2) / 5 +
        (int64_t)civil.day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

unsigned calendar_month_days(int64_t year, int64_t month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30,
                                         31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap ? 1u : 0u);
}
