/* duration.c - the sum of an interval's parts, and its ISO 8601 notation. */
#include "pgwire/duration.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

static const int64_t us_per_day = INT64_C(86400000000);

/* ---- sums ---- */

static bool add_fraction_us(struct duration *sum, double fraction, int64_t scale)
{
    if (fraction == 0)
        return true;
    fraction *= (double)scale;
    int64_t us = (int64_t)fraction;
    fraction -= (double)us;
    us += (fraction > 0.5) - (fraction < -0.5);
    return !__builtin_add_overflow(sum->us, us, &sum->us);
}

static bool add_fraction_days(struct duration *sum, double fraction, int scale)
{
    if (fraction == 0)
        return true;
    fraction *= scale;
    int32_t days = (int32_t)fraction;
    return !__builtin_add_overflow(sum->days, days, &sum->days) &&
           add_fraction_us(sum, fraction - days, us_per_day);
}

/* A part of 32 bits. */
static bool add_whole(int32_t *part, int64_t whole, int64_t scale)
{
    int32_t scaled;
    return whole == (int32_t)whole &&
           !__builtin_mul_overflow((int32_t)whole, (int32_t)scale, &scaled) &&
           !__builtin_add_overflow(*part, scaled, part);
}

bool duration_add_us(struct duration *sum, int64_t whole, double fraction,
                     int64_t scale)
{
    int64_t us;
    return !__builtin_mul_overflow(whole, scale, &us) &&
           !__builtin_add_overflow(sum->us, us, &sum->us) &&
           add_fraction_us(sum, fraction, scale);
}

bool duration_add_days(struct duration *sum, int64_t whole, double fraction,
                       int64_t scale)
{
    if (!add_whole(&sum->days, whole, scale))
        return false;
    return scale == 1 ? add_fraction_us(sum, fraction, us_per_day)
                      : add_fraction_days(sum, fraction, (int)scale);
}

bool duration_add_months(struct duration *sum, int64_t whole, double fraction,
                         int64_t scale)
{
    return add_whole(&sum->months, whole, scale) &&
           add_fraction_days(sum, fraction, 30);
}

bool duration_add_years(struct duration *sum, int64_t whole, double fraction,
                        int64_t scale)
{
    int32_t months = (int32_t)rint(fraction * (double)scale * 12);
    return add_whole(&sum->years, whole, scale) &&
           !__builtin_add_overflow(sum->months, months, &sum->months);
}

bool duration_negate(struct duration *sum)
{
    if (sum->years == INT32_MIN || sum->months == INT32_MIN || sum->days == INT32_MIN ||
        sum->us == INT64_MIN)
        return false;
    *sum = (struct duration){-sum->years, -sum->months, -sum->days, -sum->us};
    return true;
}

/* ---- ISO 8601 ---- */

struct iso {
    const char *at; /* NUL-terminated */
    struct duration *sum;
    int64_t whole;
    double fraction;
    size_t width; /* digits of the whole number */
    bool clock;   /* behind T */
    bool any;     /* a field stood here, since the start or T */
};

static enum moment_fault take_number(struct iso *iso)
{
    char *end;
    const char *digit = iso->at + (*iso->at == '-');
    if (!isdigit((unsigned char)*iso->at) && *iso->at != '-' && *iso->at != '.')
        return MOMENT_MALFORMED;
    for (iso->width = 0; isdigit((unsigned char)digit[iso->width]);)
        iso->width++;
    errno = 0;
    double value = strtod(iso->at, &end);
    if (end == iso->at || errno)
        return MOMENT_MALFORMED;
    iso->at = end;
    if (isnan(value) || value < -1.0e15 || value > 1.0e15)
        return MOMENT_OUT_OF_RANGE;
    iso->whole = (int64_t)value;
    iso->fraction = value - (double)iso->whole;
    return MOMENT_FINE;
}

typedef bool adder(struct duration *, int64_t, double, int64_t);

static enum moment_fault add(struct iso *iso, adder *add_to, int64_t scale)
{
    return add_to(iso->sum, iso->whole, iso->fraction, scale) ? MOMENT_FINE
                                                              : MOMENT_OUT_OF_RANGE;
}

/* yyyymmdd */
static enum moment_fault basic_date(struct iso *iso)
{
    bool fits = duration_add_years(iso->sum, iso->whole / 10000, 0, 1) &&
                duration_add_months(iso->sum, iso->whole / 100 % 100, 0, 1) &&
                duration_add_days(iso->sum, iso->whole % 100, 0, 1) &&
                add_fraction_us(iso->sum, iso->fraction, us_per_day);
    return fits ? MOMENT_FINE : MOMENT_OUT_OF_RANGE;
}

/* hhmmss */
static enum moment_fault basic_clock(struct iso *iso)
{
    bool fits = duration_add_us(iso->sum, iso->whole / 10000, 0, 3600000000) &&
                duration_add_us(iso->sum, iso->whole / 100 % 100, 0, 60000000) &&
                duration_add_us(iso->sum, iso->whole % 100, 0, 1000000) &&
                add_fraction_us(iso->sum, iso->fraction, 1);
    return fits ? MOMENT_FINE : MOMENT_OUT_OF_RANGE;
}

/* a-b-c or a:b:c; the first number has been taken. Behind a date a T may stop it. */
static enum moment_fault extended(struct iso *iso, char separator)
{
    static adder *const date[] = {duration_add_years, duration_add_months,
                                  duration_add_days};
    static const int64_t clock[] = {3600000000, 60000000, 1000000};
    for (unsigned i = 0;; i++) {
        enum moment_fault fault =
            iso->clock ? add(iso, duration_add_us, clock[i]) : add(iso, date[i], 1);
        if (fault || *iso->at == '\0' || (!iso->clock && *iso->at == 'T'))
            return fault;
        if (*iso->at != separator || i == 2)
            return MOMENT_MALFORMED;
        iso->at++;
        fault = take_number(iso);
        if (fault)
            return fault;
    }
}

static const struct {
    char unit;
    bool clock;
    adder *add;
    int64_t scale;
} iso_units[] = {
    {'Y', false, duration_add_years, 1},      {'M', false, duration_add_months, 1},
    {'W', false, duration_add_days, 7},       {'D', false, duration_add_days, 1},
    {'H', true, duration_add_us, 3600000000}, {'M', true, duration_add_us, 60000000},
    {'S', true, duration_add_us, 1000000}};

static enum moment_fault take_field(struct iso *iso)
{
    enum moment_fault fault = take_number(iso);
    char unit = *iso->at;
    if (fault)
        return fault;
    for (size_t i = 0; i < ARRAY_LEN(iso_units); i++) {
        if (iso_units[i].unit != unit || iso_units[i].clock != iso->clock)
            continue;
        iso->at++;
        iso->any = true;
        return add(iso, iso_units[i].add, iso_units[i].scale);
    }
    char separator = iso->clock ? ':' : '-';
    bool ends = unit == '\0' || (unit == 'T' && !iso->clock);
    if (iso->any || (!ends && unit != separator))
        return MOMENT_MALFORMED;
    if (ends && iso->width == (iso->clock ? 6 : 8))
        return iso->clock ? basic_clock(iso) : basic_date(iso);
    return extended(iso, separator);
}

enum moment_fault duration_read_iso(struct slice text, struct duration *sum)
{
    char copy[256]; /* longer ones are no durations for PostgreSQL's words either */
    if (text.len < 2 || text.data[0] != 'P' || text.len >= sizeof copy)
        return MOMENT_MALFORMED;
    memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    *sum = (struct duration){0};
    struct iso iso = {.at = copy + 1, .sum = sum};
    while (*iso.at) {
        if (*iso.at == 'T') {
            iso.clock = true;
            iso.any = false;
            iso.at++;
            continue;
        }
        enum moment_fault fault = take_field(&iso);
        if (fault)
            return fault;
    }
    return MOMENT_FINE;
}
