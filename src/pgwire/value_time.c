/* value_time.c - dates and times, written in ISO style and UTC. */
#include "pgwire/value_time.h"
#include "core/attr.h"
#include "pgwire/calendar.h"
#include "pgwire/value.h"

static const int64_t us_per_day = INT64_C(86400000000);

/* The years that have four digits and no era: from 0001-01-01 to 9999-12-31. */
enum { FOUR_DIGITS_FROM = -719162, FOUR_DIGITS_TO = 2932896 };

static inline bool has_four_digits(int64_t days)
{
    return days >= FOUR_DIGITS_FROM && days <= FOUR_DIGITS_TO;
}

static inline uint8_t *put_four_digits(uint8_t *to, int32_t days)
{
    struct civil civil = calendar_common((uint32_t)(days + CALENDAR_FROM_MARCH_0));
    unsigned year = (unsigned)civil.year, century = year / 100;
    (void)time_put2(to, century);
    (void)time_put2(to + 2, year - century * 100);
    to[4] = '-';
    (void)time_put2(to + 5, civil.month);
    to[7] = '-';
    return time_put2(to + 8, civil.day);
}

/* At least four digits; years before 1 are counted backwards, their era is put later.
 */
uint8_t *time_put_civil(uint8_t *to, struct civil civil)
{
    uint64_t year = (uint64_t)(civil.year > 0 ? civil.year : 1 - civil.year);
    if (year < 10000) {
        to = time_put2(to, (unsigned)year / 100);
        to = time_put2(to, (unsigned)year % 100);
    } else {
        to = value_uint_text(to, year);
    }
    *to++ = '-';
    to = time_put2(to, civil.month);
    *to++ = '-';
    return time_put2(to, civil.day);
}

static uint8_t *put_era(uint8_t *to, struct civil civil)
{
    return civil.year > 0 ? to : time_put_text(to, " BC");
}

uint8_t *value_date_text(uint8_t *to, int32_t days)
{
    if (LIKELY(has_four_digits(days)))
        return put_four_digits(to, days);
    if (days == INT32_MAX)
        return time_put_text(to, "infinity");
    if (days == -INT32_MAX)
        return time_put_text(to, "-infinity");
    struct civil civil = calendar_civil(days);
    return put_era(time_put_civil(to, civil), civil);
}

/* .ffffff without the zeros at its end. */
uint8_t *time_put_fraction(uint8_t *to, unsigned us)
{
    if (us == 0)
        return to;
    *to++ = '.';
    to = time_put2(to, us / 10000);
    to = time_put2(to, us / 100 % 100);
    to = time_put2(to, us % 100);
    while (to[-1] == '0')
        to--;
    return to;
}

uint8_t *value_time_text(uint8_t *to, int64_t us)
{
    unsigned seconds = (unsigned)(us / 1000000), minutes = seconds / 60;
    unsigned hours = minutes / 60;
    (void)time_put2(to, hours);
    to[2] = ':';
    (void)time_put2(to + 3, minutes - hours * 60);
    to[5] = ':';
    (void)time_put2(to + 6, seconds - minutes * 60);
    return time_put_fraction(to + 8, (unsigned)(us - (int64_t)seconds * 1000000));
}

uint8_t *value_timestamp_text(uint8_t *to, int64_t us, bool with_zone)
{
    if (us == INT64_MAX)
        return time_put_text(to, "infinity");
    if (us == -INT64_MAX)
        return time_put_text(to, "-infinity");
    int64_t days = us / us_per_day, rest = us % us_per_day;
    if (rest < 0) {
        rest += us_per_day;
        days--;
    }
    struct civil civil = {.year = 1};
    if (LIKELY(has_four_digits(days)))
        to = put_four_digits(to, (int32_t)days);
    else
        to = time_put_civil(to, civil = calendar_civil(days));
    *to++ = ' ';
    to = value_time_text(to, rest);
    if (with_zone)
        to = time_put_text(to, "+00");
    return put_era(to, civil);
}

/* ±hh[:mm[:ss]] */
uint8_t *time_put_offset(uint8_t *to, int32_t offset)
{
    unsigned seconds = (unsigned)(offset < 0 ? -offset : offset);
    *to++ = offset < 0 ? '-' : '+';
    unsigned hours = seconds / 3600;
    to = hours < 100 ? time_put2(to, hours) : value_uint_text(to, hours);
    if (seconds % 3600 == 0)
        return to;
    *to++ = ':';
    to = time_put2(to, seconds / 60 % 60);
    if (seconds % 60 == 0)
        return to;
    *to++ = ':';
    return time_put2(to, seconds % 60);
}

uint8_t *value_timetz_text(uint8_t *to, int64_t us, int32_t offset)
{
    return time_put_offset(value_time_text(to, us), offset);
}

/* PostgreSQL counts seconds west. */
uint8_t *value_timetz_binary(uint8_t *to, int64_t us, int32_t offset)
{
    return value_put32(value_put64(to, (uint64_t)us), (uint32_t)-offset);
}
