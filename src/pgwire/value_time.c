/* value_time.c - dates, times and intervals, written in ISO style. */
#include "pgwire/calendar.h"
#include "pgwire/value.h"

static const int64_t us_per_day = INT64_C(86400000000);

static uint8_t *put2(uint8_t *to, unsigned value)
{
    to[0] = (uint8_t)('0' + value / 10);
    to[1] = (uint8_t)('0' + value % 10);
    return to + 2;
}

/* At least four digits; years before 1 are counted backwards, their era is put later.
 */
static uint8_t *put_civil(uint8_t *to, struct civil civil)
{
    uint64_t year = (uint64_t)(civil.year > 0 ? civil.year : 1 - civil.year);
    if (year < 10000) {
        to = put2(to, (unsigned)(year / 100));
        to = put2(to, (unsigned)(year % 100));
    } else {
        to = value_uint_text(to, year);
    }
    *to++ = '-';
    to = put2(to, civil.month);
    *to++ = '-';
    return put2(to, civil.day);
}

static uint8_t *put_text(uint8_t *to, const char *text)
{
    memcpy(to, text, strlen(text));
    return to + strlen(text);
}

static uint8_t *put_era(uint8_t *to, struct civil civil)
{
    return civil.year > 0 ? to : put_text(to, " BC");
}

uint8_t *value_date_text(uint8_t *to, int32_t days)
{
    if (days == INT32_MAX)
        return put_text(to, "infinity");
    if (days == -INT32_MAX)
        return put_text(to, "-infinity");
    struct civil civil = calendar_civil(days);
    return put_era(put_civil(to, civil), civil);
}

/* .ffffff without the zeros at its end. */
static uint8_t *put_fraction(uint8_t *to, unsigned us)
{
    if (us == 0)
        return to;
    *to++ = '.';
    for (unsigned unit = 100000; us > 0; unit /= 10) {
        *to++ = (uint8_t)('0' + us / unit);
        us %= unit;
    }
    return to;
}

uint8_t *value_time_text(uint8_t *to, int64_t us)
{
    unsigned seconds = (unsigned)(us / 1000000);
    to = put2(to, seconds / 3600);
    *to++ = ':';
    to = put2(to, seconds / 60 % 60);
    *to++ = ':';
    to = put2(to, seconds % 60);
    return put_fraction(to, (unsigned)(us % 1000000));
}

uint8_t *value_timestamp_text(uint8_t *to, int64_t us, bool with_zone)
{
    if (us == INT64_MAX)
        return put_text(to, "infinity");
    if (us == -INT64_MAX)
        return put_text(to, "-infinity");
    int64_t days = us / us_per_day, rest = us % us_per_day;
    if (rest < 0) {
        rest += us_per_day;
        days--;
    }
    struct civil civil = calendar_civil(days);
    to = put_civil(to, civil);
    *to++ = ' ';
    to = value_time_text(to, rest);
    if (with_zone)
        to = put_text(to, "+00");
    return put_era(to, civil);
}

/* ---- intervals ---- */

static uint8_t *put_part(uint8_t *to, int64_t value, const char *unit, bool *any,
                         bool *negative)
{
    if (value == 0)
        return to;
    if (*any)
        *to++ = ' ';
    if (*negative && value > 0)
        *to++ = '+';
    *negative = value < 0;
    *any = true;
    to = value_int_text(to, value);
    to = put_text(to, unit);
    return value == 1 ? to : put_text(to, "s");
}

uint8_t *value_interval_text(uint8_t *to, int32_t months, int32_t days, int64_t us)
{
    bool any = false, negative = false;
    to = put_part(to, months / 12, " year", &any, &negative);
    to = put_part(to, months % 12, " mon", &any, &negative);
    to = put_part(to, days, " day", &any, &negative);
    if (us == 0 && any)
        return to;
    if (any)
        *to++ = ' ';
    if (us < 0)
        *to++ = '-';
    else if (negative)
        *to++ = '+';
    uint64_t magnitude = us < 0 ? -(uint64_t)us : (uint64_t)us;
    uint64_t hours = magnitude / 3600000000u;
    unsigned rest = (unsigned)(magnitude % 3600000000u / 1000000);
    to = hours < 100 ? put2(to, (unsigned)hours) : value_uint_text(to, hours);
    *to++ = ':';
    to = put2(to, rest / 60);
    *to++ = ':';
    to = put2(to, rest % 60);
    return put_fraction(to, (unsigned)(magnitude % 1000000));
}
