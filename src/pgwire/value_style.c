/* value_style.c - dates and timestamps in the styles of DateStyle, in a session's zone.
 *
 *     ISO       1997-12-17 07:37:16.5-08            1997-12-17
 *     SQL       12/17/1997 07:37:16.5 PST           17/12/1997 with DMY
 *     Postgres  Wed Dec 17 07:37:16.5 1997 PST      12-17-1997
 *     German    17.12.1997 07:37:16.5 PST           17.12.1997
 *
 * Source: PostgreSQL documentation 8.5.2. */
#include "pgwire/value_time.h"

static const int64_t us_per_day = INT64_C(86400000000);

static bool put_infinity(uint8_t **to, int64_t value, int64_t infinity)
{
    if (value != infinity && value != -infinity)
        return false;
    *to = time_put_text(*to, value < 0 ? "-infinity" : "infinity");
    return true;
}

/* At least four digits; years before 1 are counted backwards. */
static uint8_t *put_year(uint8_t *to, struct civil civil)
{
    uint64_t year = (uint64_t)(civil.year > 0 ? civil.year : 1 - civil.year);
    if (year >= 10000)
        return value_uint_text(to, year);
    return time_put2(time_put2(to, (unsigned)year / 100), (unsigned)year % 100);
}

static uint8_t *put_era(uint8_t *to, struct civil civil)
{
    return civil.year > 0 ? to : time_put_text(to, " BC");
}

/* Two numbers and the year, with a separator. */
static uint8_t *put_parts(uint8_t *to, struct civil civil, bool day_first, char between)
{
    to = time_put2(to, day_first ? civil.day : civil.month);
    *to++ = (uint8_t)between;
    to = time_put2(to, day_first ? civil.month : civil.day);
    *to++ = (uint8_t)between;
    return put_year(to, civil);
}

static uint8_t *put_date(uint8_t *to, struct civil civil, const struct pgw_style *style)
{
    switch (style->date) {
    case DATE_SQL:
        return put_parts(to, civil, style->order == ORDER_DMY, '/');
    case DATE_POSTGRES:
        return put_parts(to, civil, style->order == ORDER_DMY, '-');
    case DATE_GERMAN:
        return put_parts(to, civil, true, '.');
    case DATE_ISO:
    default:
        return time_put_civil(to, civil);
    }
}

uint8_t *value_date_styled(uint8_t *to, int32_t days, const struct pgw_style *style)
{
    if (style->date == DATE_ISO)
        return value_date_text(to, days);
    if (put_infinity(&to, days, INT32_MAX))
        return to;
    struct civil civil = calendar_civil(days);
    return put_era(put_date(to, civil, style), civil);
}

/* Wed Dec 17 07:37:16.5 1997 */
static uint8_t *put_postgres(uint8_t *to, struct civil civil, int64_t days, int64_t us,
                             bool day_first)
{
    static const char weekdays[] = "ThuFriSatSunMonTueWed"; /* from 1970-01-01 on */
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    int64_t weekday = days % 7;
    memcpy(to, weekdays + 3 * (weekday < 0 ? weekday + 7 : weekday), 3);
    to[3] = ' ';
    to += 4;
    if (day_first) {
        to = time_put2(to, civil.day);
        *to++ = ' ';
    }
    memcpy(to, months + (size_t)3 * (civil.month - 1), 3);
    to[3] = ' ';
    to += 4;
    if (!day_first) {
        to = time_put2(to, civil.day);
        *to++ = ' ';
    }
    to = value_time_text(to, us);
    *to++ = ' ';
    return put_year(to, civil);
}

static uint8_t *put_moment(uint8_t *to, int64_t us, const struct pgw_style *style,
                           const struct zone_span *span)
{
    int64_t days = us / us_per_day, rest = us % us_per_day;
    if (rest < 0) {
        rest += us_per_day;
        days--;
    }
    struct civil civil = calendar_civil(days);
    if (style->date == DATE_POSTGRES) {
        to = put_postgres(to, civil, days, rest, style->order == ORDER_DMY);
    } else {
        to = put_date(to, civil, style);
        *to++ = ' ';
        to = value_time_text(to, rest);
    }
    if (span && style->date == DATE_ISO) {
        to = time_put_offset(to, span->offset);
    } else if (span) {
        size_t len = strlen(span->abbreviation);
        *to++ = ' ';
        len = len < ZONE_ABBREVIATION_MAX ? len : ZONE_ABBREVIATION_MAX;
        memcpy(to, span->abbreviation, len);
        to += len;
    }
    return put_era(to, civil);
}

uint8_t *value_timestamp_styled(uint8_t *to, int64_t us, const struct pgw_style *style)
{
    if (style->date == DATE_ISO)
        return value_timestamp_text(to, us, false);
    return put_infinity(&to, us, INT64_MAX) ? to : put_moment(to, us, style, NULL);
}

uint8_t *value_timestamptz_styled(uint8_t *to, int64_t us,
                                  const struct pgw_style *style, struct zone_span *span)
{
    int64_t local;
    if (put_infinity(&to, us, INT64_MAX))
        return to;
    zone_seek(style->zone, us / 1000000 - (us % 1000000 < 0), span);
    if (__builtin_add_overflow(us, (int64_t)span->offset * 1000000, &local))
        local = us;
    return put_moment(to, local, style, span);
}
