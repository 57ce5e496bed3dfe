/* calendar.h - days since 1970-01-01 and the proleptic Gregorian calendar. */
#ifndef PGWIRE_CALENDAR_H
#define PGWIRE_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

struct civil {
    int64_t year; /* 0 = 1 BC */
    unsigned month, day;
};

/* Days from 0000-03-01 to 1970, and up to where dates are common. */
enum { CALENDAR_FROM_MARCH_0 = 719468, CALENDAR_COMMON = 1 << 28 };

/* From 0000-03-01 on, as many days as stay within 32 bits. */
static inline struct civil calendar_common(uint32_t days)
{
    enum { DAYS_OF_ERA = 146097 };
    uint32_t quarters = 4 * days + 3;
    uint32_t century = quarters / DAYS_OF_ERA;
    uint64_t scaled = UINT64_C(2939745) * (quarters % DAYS_OF_ERA / 4 * 4 + 3);
    uint32_t of_year = (uint32_t)scaled / 2939745 / 4;
    uint32_t month = 2141 * of_year + 197913;
    bool is_next = of_year >= 306; /* January and February */
    return (struct civil){
        .year = (int64_t)(100 * century + (uint32_t)(scaled >> 32) + is_next),
        .month = (month >> 16) - (is_next ? 12 : 0),
        .day = (month & 0xffff) / 2141 + 1};
}

struct civil calendar_civil(int64_t days);
int64_t calendar_days(struct civil civil);
unsigned calendar_month_days(int64_t year, int64_t month); /* month 1 to 12 */

#endif
