/* moment.c - a date, a time or both, put together from the fields of a text. */
#include "pgwire/moment.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "pgwire/calendar.h"
#include "pgwire/value.h"

enum { OFFSET_HOURS_MAX = 15 };

bool moment_int(const char *text, const char **end, int *out)
{
    char *behind;
    errno = 0;
    long value = strtol(text, &behind, 10);
    *end = behind;
    *out = (int)value;
    return errno != ERANGE && value == (int)value;
}

bool moment_fraction(const char *text, int *us)
{
    char *end;
    errno = 0;
    double fraction = strtod(text, &end);
    if (text[1] == '\0')
        fraction = 0;
    else if (*end || errno)
        return false;
    *us = (int)rint(fraction * 1000000);
    return true;
}

/* ---- times ---- */

static bool clock_in_range(const struct moment *moment)
{
    return moment->hour >= 0 && moment->minute >= 0 && moment->minute <= 59 &&
           moment->second >= 0 && moment->second <= 60 && moment->us >= 0 &&
           moment->us <= 1000000;
}

enum moment_fault moment_clock(struct moment *moment, const char *text)
{
    const char *at;
    moment->added = PART_TIME;
    moment->second = moment->us = 0;
    if (!moment_int(text, &at, &moment->hour))
        return MOMENT_OUT_OF_RANGE;
    if (*at != ':')
        return MOMENT_MALFORMED;
    if (!moment_int(at + 1, &at, &moment->minute))
        return MOMENT_OUT_OF_RANGE;
    if (*at == '.') { /* minutes and seconds */
        moment->second = moment->minute;
        moment->minute = moment->hour;
        moment->hour = 0;
    } else if (*at == ':' && !moment_int(at + 1, &at, &moment->second)) {
        return MOMENT_OUT_OF_RANGE;
    }
    if (*at && (*at != '.' || !moment_fraction(at, &moment->us)))
        return MOMENT_MALFORMED;
    return clock_in_range(moment) ? MOMENT_FINE : MOMENT_OUT_OF_RANGE;
}

int64_t moment_of_day(const struct moment *moment)
{
    return ((moment->hour * 60 + moment->minute) * INT64_C(60) + moment->second) *
               1000000 +
           moment->us;
}

bool moment_clock_fits(const struct moment *moment)
{
    return moment->hour <= 24 && clock_in_range(moment) &&
           moment_of_day(moment) <= INT64_C(86400000000);
}

/* ---- zones ---- */

enum moment_fault moment_offset(struct moment *moment, const char *text)
{
    const char *at;
    int hours, minutes = 0, seconds = 0;
    if (*text != '+' && *text != '-')
        return MOMENT_MALFORMED;
    if (!moment_int(text + 1, &at, &hours))
        return MOMENT_BAD_OFFSET;
    if (*at == ':') {
        if (!moment_int(at + 1, &at, &minutes) ||
            (*at == ':' && !moment_int(at + 1, &at, &seconds)))
            return MOMENT_BAD_OFFSET;
    } else if (*at == '\0' && strlen(text) > 3) { /* run together */
        minutes = hours % 100;
        hours /= 100;
    }
    if (hours < 0 || hours > OFFSET_HOURS_MAX || minutes < 0 || minutes > 59 ||
        seconds < 0 || seconds > 59)
        return MOMENT_BAD_OFFSET;
    int offset = (hours * 60 + minutes) * 60 + seconds;
    moment->seconds_east = *text == '-' ? -offset : offset;
    moment->added = PART_ZONE;
    return *at ? MOMENT_MALFORMED : MOMENT_FINE;
}

enum moment_fault moment_run_with_offset(struct moment *moment, char *text)
{
    char *sign = strchr(text, '-');
    if (!sign)
        return MOMENT_MALFORMED;
    enum moment_fault fault = moment_offset(moment, sign);
    *sign = '\0';
    if (fault == MOMENT_FINE)
        fault = moment_run(moment, text);
    moment->added |= PART_ZONE;
    return fault;
}

static void set_zone(struct moment *moment, struct read_zone *zone, bool is_summer)
{
    moment->added = PART_ZONE | (is_summer ? PART_SUMMER : 0);
    moment->seconds_east = zone->seconds_east;
    moment->has_zone = zone->zone != NULL;
    read_zone_free(&moment->zone);
    moment->zone = *zone;
}

/* Without a reference if there is no such zone. UTC needs none. */
static bool find_zone(struct moment *moment, const char *name)
{
    struct read_zone zone;
    if (!read_zone_named(name, &zone))
        return false;
    set_zone(moment, &zone, false);
    return true;
}

enum moment_fault moment_zone_name(struct moment *moment, const char *name)
{
    if (find_zone(moment, name))
        return MOMENT_FINE;
    (void)reading_fail(moment->reading, "22023", "time zone \"%s\" not recognized",
                       name);
    return MOMENT_TOLD;
}

enum moment_fault moment_word(struct moment *moment, const char *text,
                              const struct date_word **word)
{
    static const struct date_word zone_word = {"", WORD_DST, 0};
    struct read_zone zone;
    bool is_summer;
    moment->added = 0;
    *word = &zone_word;
    if (read_zone_abbreviation(text, &zone, &is_summer)) {
        set_zone(moment, &zone, is_summer);
        return MOMENT_FINE;
    }
    *word = date_word(text);
    switch ((*word)->kind) {
    case WORD_MERIDIEM:
        moment->added = PART_MERIDIEM;
        moment->meridiem = (enum meridiem)(*word)->value;
        return MOMENT_FINE;
    case WORD_ERA:
        moment->added = PART_ERA;
        moment->before_christ = (*word)->value != 0;
        return MOMENT_FINE;
    case WORD_DST:
        moment->added = PART_DST | PART_SUMMER;
        moment->seconds_east += (*word)->value;
        return MOMENT_FINE;
    case WORD_UNIT:
        moment->next = (enum unit_word)(*word)->value;
        return MOMENT_FINE;
    case WORD_UNKNOWN: /* perhaps the name of a zone, all in letters */
        return find_zone(moment, text) ? MOMENT_FINE : MOMENT_MALFORMED;
    case WORD_IGNORED:
    case WORD_RESERVED:
    case WORD_MONTH:
    case WORD_WEEKDAY:
    case WORD_ISO_TIME:
    case WORD_AGO:
        break;
    }
    return MOMENT_MALFORMED;
}

/* ---- checks ---- */

enum moment_fault moment_add(struct moment *moment)
{
    if (moment->seen & moment->added)
        return MOMENT_MALFORMED;
    moment->seen |= moment->added;
    return MOMENT_FINE;
}

static enum moment_fault check_year(struct moment *moment)
{
    if (moment->is_julian)
        return MOMENT_FINE;
    if (moment->year < 0 ||
        (moment->year == 0 && (moment->before_christ || !moment->year_in_two_digits)))
        return MOMENT_OUT_OF_RANGE;
    if (moment->before_christ)
        moment->year = 1 - moment->year;
    else if (moment->year_in_two_digits && moment->year < 100)
        moment->year += moment->year < 70 ? 2000 : 1900;
    return MOMENT_FINE;
}

static enum moment_fault check_date(struct moment *moment)
{
    enum moment_fault fault =
        moment->seen & PART_YEAR ? check_year(moment) : MOMENT_FINE;
    if (fault)
        return fault;
    if (moment->seen & PART_DAY_OF_YEAR)
        moment_set_days(moment, calendar_days((struct civil){moment->year, 1, 1}) +
                                    moment->day_of_year - 1);
    if (moment->seen & PART_MONTH && (moment->month < 1 || moment->month > 12))
        return MOMENT_BAD_ORDER;
    if (moment->seen & PART_DAY && (moment->day < 1 || moment->day > 31))
        return MOMENT_BAD_ORDER;
    if ((moment->seen & PART_DATE) == PART_DATE &&
        moment->day > (int)calendar_month_days(moment->year, moment->month))
        return MOMENT_OUT_OF_RANGE;
    return MOMENT_FINE;
}

enum moment_fault moment_check(struct moment *moment)
{
    enum moment_fault fault = check_date(moment);
    if (fault)
        return fault;
    if (moment->meridiem != MERIDIEM_NONE && moment->hour > 12)
        return MOMENT_OUT_OF_RANGE;
    if (moment->meridiem == MERIDIEM_AM && moment->hour == 12)
        moment->hour = 0;
    if (moment->meridiem == MERIDIEM_PM && moment->hour != 12)
        moment->hour += 12;
    return MOMENT_FINE;
}

/* ---- conversion ---- */

void moment_set_days(struct moment *moment, int64_t days_since_1970)
{
    struct civil civil = calendar_civil(days_since_1970);
    moment->year = (int)civil.year;
    moment->month = (int)civil.month;
    moment->day = (int)civil.day;
}

int64_t moment_days(const struct moment *moment)
{
    return calendar_days((struct civil){moment->year, (unsigned)moment->month,
                                        (unsigned)moment->day}) -
           VALUE_EPOCH_DAYS;
}

int64_t moment_local(const struct moment *moment)
{
    return (moment_days(moment) + VALUE_EPOCH_DAYS) * INT64_C(86400) +
           moment_of_day(moment) / 1000000;
}

void moment_set_now(struct moment *moment, bool date, bool clock)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_REALTIME, &now);
    struct zone_span span;
    zone_span_at(moment->reading->style->zone, (int64_t)now.tv_sec, &span);
    moment->seconds_east = span.offset;
    int64_t seconds = (int64_t)now.tv_sec + span.offset;
    if (date)
        moment_set_days(moment, seconds / 86400);
    if (!clock)
        return;
    moment->hour = (int)(seconds % 86400 / 3600);
    moment->minute = (int)(seconds % 3600 / 60);
    moment->second = (int)(seconds % 60);
    moment->us = (int)(now.tv_nsec / 1000);
}

bool moment_fail(const struct moment *moment, enum moment_fault fault)
{
    const struct reading *reading = moment->reading;
    int len = reading_quoted(reading->text);
    const char *text = reading->text.data;
    switch (fault) {
    case MOMENT_OUT_OF_RANGE:
        return reading_fail(reading, "22008",
                            "date/time field value out of range: \"%.*s\"", len, text);
    case MOMENT_BAD_ORDER:
        (void)reading_fail(reading, "22008",
                           "date/time field value out of range: \"%.*s\"", len, text);
        (void)snprintf(reading->err->hint, sizeof reading->err->hint, "%s",
                       "Perhaps you need a different \"datestyle\" setting.");
        return false;
    case MOMENT_BAD_OFFSET:
        return reading_fail(reading, "22009",
                            "time zone displacement out of range: \"%.*s\"", len, text);
    case MOMENT_TOLD:
        return false;
    case MOMENT_FINE:
    case MOMENT_MALFORMED:
        break;
    }
    return reading_syntax(reading, "22007");
}
