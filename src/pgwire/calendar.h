/* calendar.h - days since 1970-01-01 and the proleptic Gregorian calendar. */
#ifndef PGWIRE_CALENDAR_H
#define PGWIRE_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

struct civil {
    int64_t year; /* 0 = 1 BC */
    unsigned month, day;
};

struct civil calendar_civil(int64_t days);
int64_t calendar_days(struct civil civil);
unsigned calendar_month_days(int64_t year, int64_t month); /* month 1 to 12 */

#endif
