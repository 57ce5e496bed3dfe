/* read_date.c - date, timestamp and timestamptz, read from text. */
#include <ctype.h>

#include "pgwire/moment.h"
#include "pgwire/value.h"

static const int64_t us_per_day = INT64_C(86400000000);

/* ---- ranges ---- */

bool read_date_fits(int64_t days)
{
    return days >= -2451545 && days < INT64_C(2147483494) - 2451545;
}

bool read_timestamp_fits(int64_t us)
{
    return us >= INT64_C(-211813488000000000) && us < INT64_C(9223371331200000000);
}

/* ---- fields ---- */

static enum moment_fault reserved_word(struct moment *moment, enum reserved_word word)
{
    moment->is_reserved = false; /* the last one counts */
    switch (word) {
    case RESERVED_NOW:
        moment->added = PART_DATE | PART_TIME | PART_ZONE;
        moment_set_now(moment, true, true);
        return MOMENT_FINE;
    case RESERVED_YESTERDAY:
    case RESERVED_TODAY:
    case RESERVED_TOMORROW:
        moment->added = PART_DATE;
        moment_set_now(moment, true, false);
        moment_set_days(moment, moment_days(moment) + VALUE_EPOCH_DAYS + (int)word -
                                    RESERVED_TODAY);
        return MOMENT_FINE;
    case RESERVED_MIDNIGHT:
        moment->added = PART_TIME | PART_ZONE;
        moment->hour = moment->minute = moment->second = moment->seconds_east = 0;
        return MOMENT_FINE;
    case RESERVED_EPOCH:
    case RESERVED_LATE:
    case RESERVED_EARLY:
        moment->added = PART_RESERVED;
        moment->is_reserved = true;
        moment->reserved = word;
        return MOMENT_FINE;
    }
    return MOMENT_MALFORMED;
}

/* The number in front of a month in letters was the day. */
static void month_word(struct moment *moment, int month)
{
    bool was_day = (moment->seen & PART_MONTH) && !moment->month_in_letters &&
                   !(moment->seen & PART_DAY) && moment->month >= 1 &&
                   moment->month <= 31;
    moment->added = was_day ? PART_DAY : PART_MONTH;
    if (was_day)
        moment->day = moment->month;
    moment->month_in_letters = true;
    moment->month = month;
}

/* "t": a time has to follow, a date must be there. */
static enum moment_fault iso_time(struct moment *moment, const struct date_fields *all,
                                  size_t i)
{
    bool follows = i + 1 < all->count && (all->at[i + 1].kind == FIELD_NUMBER ||
                                          all->at[i + 1].kind == FIELD_TIME ||
                                          all->at[i + 1].kind == FIELD_DATE);
    if ((moment->seen & PART_DATE) != PART_DATE || !follows)
        return MOMENT_MALFORMED;
    moment->next = UNIT_TIME;
    return MOMENT_FINE;
}

static enum moment_fault word_field(struct moment *moment,
                                    const struct date_fields *all, size_t i)
{
    const struct date_word *word;
    enum moment_fault fault = moment_word(moment, all->at[i].text, &word);
    switch (word->kind) {
    case WORD_RESERVED:
        return reserved_word(moment, (enum reserved_word)word->value);
    case WORD_MONTH:
        month_word(moment, word->value);
        return MOMENT_FINE;
    case WORD_WEEKDAY:
        moment->added = PART_WEEKDAY;
        return MOMENT_FINE;
    case WORD_ISO_TIME:
        return iso_time(moment, all, i);
    case WORD_IGNORED:
        return MOMENT_FINE;
    case WORD_UNKNOWN:
    case WORD_MERIDIEM:
    case WORD_ERA:
    case WORD_DST:
    case WORD_UNIT:
    case WORD_AGO:
        break;
    }
    return fault;
}

/* A field with -, / or . inside: a date, and once that is there a time with its offset
 * or the name of a zone. */
static enum moment_fault date_field(struct moment *moment, char *text)
{
    if (moment->next == UNIT_JULIAN) { /* a day's number and an offset */
        const char *rest;
        int value;
        moment->next = UNIT_NONE;
        if (!moment_int(text, &rest, &value) || value < 0)
            return MOMENT_OUT_OF_RANGE;
        moment_set_days(moment, (int64_t)value - 2440588);
        moment->is_julian = true;
        enum moment_fault fault = moment_offset(moment, rest);
        moment->added = PART_DATE | PART_TIME | PART_ZONE;
        return fault;
    }
    bool has_date = (moment->seen & (PART_MONTH | PART_DAY)) == (PART_MONTH | PART_DAY);
    if (moment->next == UNIT_NONE && !has_date)
        return moment_date(moment, text);
    if (!isdigit((unsigned char)*text) && moment->next == UNIT_NONE)
        return moment_zone_name(moment, text);
    if ((moment->next != UNIT_NONE && moment->next != UNIT_TIME) ||
        (moment->seen & PART_TIME) == PART_TIME)
        return MOMENT_MALFORMED;
    moment->next = UNIT_NONE;
    return moment_run_with_offset(moment, text);
}

static enum moment_fault time_field(struct moment *moment, const char *text)
{
    if (moment->next != UNIT_NONE && moment->next != UNIT_TIME)
        return MOMENT_MALFORMED;
    moment->next = UNIT_NONE;
    enum moment_fault fault = moment_clock(moment, text);
    if (!fault && !moment_clock_fits(moment))
        fault = MOMENT_OUT_OF_RANGE;
    return fault;
}

/* Six digits and more are a date or a time run together, unless parts of both
 * are there. */
static enum moment_fault number_field(struct moment *moment, char *text)
{
    if (moment->next != UNIT_NONE)
        return moment_labelled(moment, text);
    const char *point = strchr(text, '.');
    if (point && !(moment->seen & PART_DATE))
        return moment_date(moment, text);
    bool run = strlen(text) >= 6 &&
               (!(moment->seen & PART_DATE) || !(moment->seen & PART_TIME));
    if ((point && point - text > 2) || (!point && run))
        return moment_run(moment, text);
    return moment_number(moment, text);
}

static enum moment_fault take_field(struct moment *moment,
                                    const struct date_fields *all, size_t i)
{
    char *text = all->at[i].text;
    moment->added = 0;
    switch (all->at[i].kind) {
    case FIELD_DATE:
        return date_field(moment, text);
    case FIELD_TIME:
        return time_field(moment, text);
    case FIELD_ZONE:
        return moment_offset(moment, text);
    case FIELD_NUMBER:
        return number_field(moment, text);
    case FIELD_WORD:
    case FIELD_SIGNED:
        break;
    }
    return word_field(moment, all, i);
}

/* ---- the whole ---- */

/* The offset of a zone by name, or of the session's, which depends on the date. */
static enum moment_fault find_offset(struct moment *moment)
{
    if ((moment->seen & PART_DATE) != PART_DATE)
        return MOMENT_MALFORMED;
    if (moment->has_zone && (moment->seen & PART_DST))
        return MOMENT_MALFORMED;
    if (!(moment->seen & PART_ZONE) && (moment->seen & PART_DST))
        return MOMENT_MALFORMED;
    if (moment->has_zone)
        moment->seconds_east = read_zone_offset(&moment->zone, moment_local(moment));
    else if (!(moment->seen & PART_ZONE))
        moment->seconds_east =
            zone_local_offset(moment->reading->style->zone, moment_local(moment));
    return MOMENT_FINE;
}

static bool read_moment(struct moment *moment)
{
    struct date_fields fields;
    enum moment_fault fault = MOMENT_MALFORMED;
    if (!date_fields_split(moment->reading->text, &fields))
        return moment_fail(moment, fault);
    fault = MOMENT_FINE;
    for (size_t i = 0; !fault && i < fields.count; i++) {
        fault = take_field(moment, &fields, i);
        if (!fault)
            fault = moment_add(moment);
    }
    if (!fault)
        fault = moment_check(moment);
    if (!fault && !moment->is_reserved)
        fault = find_offset(moment);
    read_zone_free(&moment->zone);
    return !fault || moment_fail(moment, fault);
}

static bool out_of_range(const struct reading *reading, const char *what)
{
    return reading_fail(reading, "22008", "%s out of range: \"%.*s\"", what,
                        reading_quoted(reading->text), reading->text.data);
}

/* PostgreSQL's Julian day 0, and years that its arithmetic can hold. */
static bool is_in_calendar(const struct moment *moment)
{
    return (moment->year > -4713 || (moment->year == -4713 && moment->month >= 11)) &&
           (moment->year < 5874898 || (moment->year == 5874898 && moment->month < 6));
}

bool read_date(const struct reading *reading, int32_t *days)
{
    struct moment moment = {.reading = reading};
    if (!read_moment(&moment))
        return false;
    if (moment.is_reserved) {
        *days = moment.reserved == RESERVED_EPOCH  ? -VALUE_EPOCH_DAYS
                : moment.reserved == RESERVED_LATE ? INT32_MAX
                                                   : INT32_MIN;
        return true;
    }
    int64_t value = moment_days(&moment);
    if (!is_in_calendar(&moment) || !read_date_fits(value))
        return out_of_range(reading, "date");
    *days = (int32_t)value;
    return true;
}

bool read_timestamp(const struct reading *reading, bool with_zone, int64_t *us)
{
    struct moment moment = {.reading = reading};
    if (!read_moment(&moment))
        return false;
    if (moment.is_reserved) {
        *us = moment.reserved == RESERVED_EPOCH  ? -VALUE_EPOCH_US
              : moment.reserved == RESERVED_LATE ? INT64_MAX
                                                 : INT64_MIN;
        return true;
    }
    int64_t shift = with_zone ? moment.seconds_east * INT64_C(1000000) : 0;
    if (!is_in_calendar(&moment) ||
        __builtin_mul_overflow(moment_days(&moment), us_per_day, us) ||
        __builtin_add_overflow(*us, moment_of_day(&moment) - shift, us) ||
        !read_timestamp_fits(*us))
        return out_of_range(reading, "timestamp");
    return true;
}
