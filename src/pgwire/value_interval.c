/* value_interval.c - intervals in the styles of IntervalStyle.
 *
 *     postgres          1 year 2 mons 3 days 04:05:06
 *     postgres_verbose  @ 1 year 2 mons 3 days 4 hours 5 mins 6 secs
 *     sql_standard      +1-2 +3 +4:05:06
 *     iso_8601          P1Y2M3DT4H5M6S
 *
 * Source: PostgreSQL documentation 8.5.5. */
#include "pgwire/value_time.h"

struct parts {
    int64_t years, months, days, hours, minutes, seconds, us; /* one sign each group */
};

static struct parts split(int32_t months, int32_t days, int64_t us)
{
    return (struct parts){.years = months / 12,
                          .months = months % 12,
                          .days = days,
                          .hours = us / INT64_C(3600000000),
                          .minutes = us / 60000000 % 60,
                          .seconds = us / 1000000 % 60,
                          .us = us % 1000000};
}

static uint64_t magnitude(int64_t value)
{
    return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

static uint8_t *put_magnitude(uint8_t *to, int64_t value)
{
    return value_uint_text(to, magnitude(value));
}

/* Seconds and their fraction, without a sign. */
static uint8_t *put_seconds(uint8_t *to, const struct parts *parts, bool two_digits)
{
    to = two_digits ? time_put2(to, (unsigned)magnitude(parts->seconds))
                    : put_magnitude(to, parts->seconds);
    return time_put_fraction(to, (unsigned)magnitude(parts->us));
}

/* h:mm:ss[.f] */
static uint8_t *put_clock(uint8_t *to, const struct parts *parts, bool two_digits)
{
    to = two_digits && magnitude(parts->hours) < 100
             ? time_put2(to, (unsigned)magnitude(parts->hours))
             : put_magnitude(to, parts->hours);
    *to++ = ':';
    to = time_put2(to, (unsigned)magnitude(parts->minutes));
    *to++ = ':';
    return put_seconds(to, parts, true);
}

/* ---- postgres ---- */

/* A part that follows a negative one says when it is positive. */
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
    to = time_put_text(to, unit);
    return value == 1 ? to : time_put_text(to, "s");
}

uint8_t *value_interval_text(uint8_t *to, int32_t months, int32_t days, int64_t us)
{
    bool any = false, negative = false;
    struct parts parts = split(months, days, us);
    to = put_part(to, parts.years, " year", &any, &negative);
    to = put_part(to, parts.months, " mon", &any, &negative);
    to = put_part(to, parts.days, " day", &any, &negative);
    if (us == 0 && any)
        return to;
    if (any)
        *to++ = ' ';
    if (us < 0)
        *to++ = '-';
    else if (negative)
        *to++ = '+';
    return put_clock(to, &parts, true);
}

/* ---- postgres_verbose ---- */

struct verbose {
    uint8_t *to;
    bool any, ago; /* the first part decides, all are turned by it */
};

static void put_verbose(struct verbose *verbose, int64_t value, const char *unit)
{
    if (value == 0)
        return;
    if (!verbose->any)
        verbose->ago = value < 0;
    verbose->any = true;
    value = verbose->ago ? -value : value;
    *verbose->to++ = ' ';
    verbose->to = value_int_text(verbose->to, value);
    verbose->to = time_put_text(verbose->to, unit);
    if (value != 1)
        *verbose->to++ = 's';
}

/* Here one is one whatever its sign. */
static void put_verbose_seconds(struct verbose *verbose, const struct parts *parts)
{
    bool negative = parts->seconds < 0 || parts->us < 0;
    if (parts->seconds == 0 && parts->us == 0)
        return;
    if (!verbose->any)
        verbose->ago = negative;
    verbose->any = true;
    *verbose->to++ = ' ';
    if (negative != verbose->ago)
        *verbose->to++ = '-';
    verbose->to = put_seconds(verbose->to, parts, false);
    verbose->to = time_put_text(verbose->to, " sec");
    if (magnitude(parts->seconds) != 1 || parts->us != 0)
        *verbose->to++ = 's';
}

static uint8_t *verbose_text(uint8_t *to, const struct parts *parts)
{
    struct verbose verbose = {.to = time_put_text(to, "@")};
    put_verbose(&verbose, parts->years, " year");
    put_verbose(&verbose, parts->months, " mon");
    put_verbose(&verbose, parts->days, " day");
    put_verbose(&verbose, parts->hours, " hour");
    put_verbose(&verbose, parts->minutes, " min");
    put_verbose_seconds(&verbose, parts);
    if (!verbose.any)
        return time_put_text(verbose.to, " 0");
    return verbose.ago ? time_put_text(verbose.to, " ago") : verbose.to;
}

/* ---- sql_standard ---- */

/* One of years-months, days and time, or days with time, all of one sign: the standard
 * has a form for it. Anything else is written in full, with all signs. */
static bool is_standard(int32_t months, int32_t days, int64_t us)
{
    bool negative = months < 0 || days < 0 || us < 0;
    bool positive = months > 0 || days > 0 || us > 0;
    return !(negative && positive) && !(months != 0 && (days != 0 || us != 0));
}

static uint8_t *put_years_months(uint8_t *to, const struct parts *parts)
{
    to = put_magnitude(to, parts->years);
    *to++ = '-';
    return put_magnitude(to, parts->months);
}

static uint8_t *sql_text(uint8_t *to, int32_t months, int32_t days, int64_t us)
{
    struct parts parts = split(months, days, us);
    if (months == 0 && days == 0 && us == 0)
        return time_put_text(to, "0");
    if (!is_standard(months, days, us)) {
        *to++ = months < 0 ? '-' : '+';
        to = put_years_months(to, &parts);
        *to++ = ' ';
        *to++ = days < 0 ? '-' : '+';
        to = put_magnitude(to, days);
        *to++ = ' ';
        *to++ = us < 0 ? '-' : '+';
        return put_clock(to, &parts, false);
    }
    if (months < 0 || days < 0 || us < 0)
        *to++ = '-';
    if (months != 0)
        return put_years_months(to, &parts);
    if (days != 0) {
        to = put_magnitude(to, days);
        *to++ = ' ';
    }
    return put_clock(to, &parts, false);
}

/* ---- iso_8601 ---- */

static uint8_t *put_iso(uint8_t *to, int64_t value, char unit)
{
    if (value == 0)
        return to;
    to = value_int_text(to, value);
    *to++ = (uint8_t)unit;
    return to;
}

static uint8_t *iso_text(uint8_t *to, const struct parts *parts)
{
    uint8_t *start = to;
    *to++ = 'P';
    to = put_iso(to, parts->years, 'Y');
    to = put_iso(to, parts->months, 'M');
    to = put_iso(to, parts->days, 'D');
    if (parts->hours || parts->minutes || parts->seconds || parts->us)
        *to++ = 'T';
    to = put_iso(to, parts->hours, 'H');
    to = put_iso(to, parts->minutes, 'M');
    if (parts->seconds || parts->us) {
        if (parts->seconds < 0 || parts->us < 0)
            *to++ = '-';
        to = put_seconds(to, parts, false);
        *to++ = 'S';
    }
    return to == start + 1 ? time_put_text(to, "T0S") : to;
}

uint8_t *value_interval_styled(uint8_t *to, int32_t months, int32_t days, int64_t us,
                               enum interval_style style)
{
    struct parts parts = split(months, days, us);
    switch (style) {
    case INTERVAL_VERBOSE:
        return verbose_text(to, &parts);
    case INTERVAL_SQL:
        return sql_text(to, months, days, us);
    case INTERVAL_ISO:
        return iso_text(to, &parts);
    case INTERVAL_POSTGRES:
    default:
        return value_interval_text(to, months, days, us);
    }
}

uint8_t *value_interval_binary(uint8_t *to, int32_t months, int32_t days, int64_t us)
{
    to = value_put64(to, (uint64_t)us);
    to = value_put32(to, (uint32_t)days);
    return value_put32(to, (uint32_t)months);
}
