/* zone_rule.c - POSIX TZ strings.
 *
 * A span is found by writing down the changes of the year before, this year and the
 * next, and looking for the two that enclose the time. */
#include "core/zone_rule.h"

#include <ctype.h>

enum { DAY = 86400, HOURS_MAX = 167 };

/* ---- parsing: a cursor that moves on ---- */

static bool take_char(struct slice *at, char c)
{
    if (at->len == 0 || at->data[0] != c)
        return false;
    at->data++;
    at->len--;
    return true;
}

static bool take_number(struct slice *at, int least, int most, int *out)
{
    int value = 0;
    if (at->len == 0 || !isdigit((unsigned char)at->data[0]))
        return false;
    while (at->len > 0 && isdigit((unsigned char)at->data[0])) {
        value = value * 10 + (at->data[0] - '0');
        if (value > most)
            return false;
        at->data++;
        at->len--;
    }
    *out = value;
    return value >= least;
}

/* [+-]hh[:mm[:ss]] */
static bool take_time(struct slice *at, int32_t *out)
{
    int hours, minutes = 0, seconds = 0;
    bool negative = take_char(at, '-');
    if (!negative)
        (void)take_char(at, '+');
    if (!take_number(at, 0, HOURS_MAX, &hours))
        return false;
    if (take_char(at, ':')) {
        if (!take_number(at, 0, 59, &minutes))
            return false;
        if (take_char(at, ':') && !take_number(at, 0, 60, &seconds))
            return false;
    }
    *out = hours * 3600 + minutes * 60 + seconds;
    if (negative)
        *out = -*out;
    return true;
}

/* Letters, or anything between < and >. PostgreSQL takes an empty name too. */
static bool take_name(struct slice *at, char out[ZONE_NAME_MAX + 1])
{
    size_t len = 0;
    if (take_char(at, '<')) {
        while (len < at->len && at->data[len] != '>')
            len++;
        if (len == at->len || len > ZONE_NAME_MAX)
            return false;
    } else {
        while (len < at->len && !isdigit((unsigned char)at->data[len]) &&
               !strchr(",-+", at->data[len]))
            len++;
        if (len > ZONE_NAME_MAX)
            return false;
    }
    memcpy(out, at->data, len);
    out[len] = '\0';
    at->data += len;
    at->len -= len;
    (void)take_char(at, '>');
    return true;
}

/* Mm.w.d, Jn or n, then /time. */
static bool take_date(struct slice *at, struct rule_date *out)
{
    enum { TWO_O_CLOCK = 7200 };
    bool done;
    *out = (struct rule_date){.seconds = TWO_O_CLOCK};
    if (take_char(at, 'M')) {
        out->kind = RULE_MONTH;
        done = take_number(at, 1, 12, &out->month) && take_char(at, '.') &&
               take_number(at, 1, 5, &out->week) && take_char(at, '.') &&
               take_number(at, 0, 6, &out->day);
    } else if (take_char(at, 'J')) {
        out->kind = RULE_JULIAN;
        done = take_number(at, 1, 365, &out->day);
    } else {
        out->kind = RULE_DAY;
        done = take_number(at, 0, 365, &out->day);
    }
    return done && (!take_char(at, '/') || take_time(at, &out->seconds));
}

static bool take_dates(struct slice *at, struct zone_rule *out)
{
    return take_char(at, ',') && take_date(at, &out->start) && take_char(at, ',') &&
           take_date(at, &out->end);
}

bool zone_rule_parse(struct slice text, struct zone_rule *out)
{
    struct slice usa = SLICE(",M3.2.0,M11.1.0");
    int32_t west;
    *out = (struct zone_rule){.has_daylight = false};
    if (!take_name(&text, out->standard) || !take_time(&text, &west))
        return false;
    out->standard_offset = -west;
    if (text.len == 0)
        return true;
    if (!take_name(&text, out->daylight) || !out->daylight[0])
        return false;
    out->has_daylight = true;
    out->daylight_offset = out->standard_offset + 3600;
    if (text.len > 0 && text.data[0] != ',') {
        if (!take_time(&text, &west))
            return false;
        out->daylight_offset = -west;
    }
    return take_dates(text.len > 0 ? &text : &usa, out) && text.len == 0;
}

/* ---- evaluation ---- */

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Days from 1970-01-01 to January 1st of a year. */
static int64_t year_start(int64_t year)
{
    int64_t before = year - 1;
    return before * 365 + floor_div(before, 4) - floor_div(before, 100) +
           floor_div(before, 400) - 719162;
}

/* Days from 1970-01-01 to the d-th weekday's w-th occurrence in month m. */
static int64_t month_rule_day(const struct rule_date *date, int64_t year)
{
    static const int starts[2][13] = {
        {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, 365},
        {0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366}};
    const int *start = &starts[is_leap(year)][date->month - 1];
    int64_t first = year_start(year) + start[0];
    int64_t weekday = ((first + 4) % 7 + 7) % 7; /* 1970-01-01 was a Thursday */
    int64_t day = (date->day - weekday + 7) % 7 + 7 * (int64_t)(date->week - 1);
    while (day >= start[1] - start[0])
        day -= 7;
    return first + day;
}

/* When it happens in a year, on a clock with this offset. */
static int64_t moment(const struct rule_date *date, int64_t year, int32_t offset)
{
    int64_t day;
    if (date->kind == RULE_MONTH)
        day = month_rule_day(date, year);
    else if (date->kind == RULE_DAY)
        day = year_start(year) + date->day;
    else
        day = year_start(year) + date->day - 1 + (is_leap(year) && date->day >= 60);
    return day * DAY + date->seconds - offset;
}

void zone_rule_span(const struct zone_rule *rule, int64_t time, struct zone_span *span)
{
    *span = (struct zone_span){.from = INT64_MIN,
                               .to = INT64_MAX,
                               .offset = rule->standard_offset,
                               .abbreviation = rule->standard};
    if (!rule->has_daylight)
        return;
    /* The mean year has 31556952 seconds; one more or less does not matter. */
    int64_t this_year = 1970 + floor_div(time, 31556952);
    bool is_dst = false;
    for (int64_t year = this_year - 2; year <= this_year + 2; year++) {
        int64_t start = moment(&rule->start, year, rule->standard_offset);
        int64_t end = moment(&rule->end, year, rule->daylight_offset);
        if (start <= time && start > span->from) {
            span->from = start;
            is_dst = true;
        }
        if (end <= time && end > span->from) {
            span->from = end;
            is_dst = false;
        }
        if (start > time && start < span->to)
            span->to = start;
        if (end > time && end < span->to)
            span->to = end;
    }
    if (is_dst) {
        span->is_dst = true;
        span->offset = rule->daylight_offset;
        span->abbreviation = rule->daylight;
    }
}
