/* read_interval.c - interval, read from text.
 *
 * Fields are read from the end: a unit comes before the number that it belongs to.
 * What is not in PostgreSQL's words may be ISO 8601 (duration.c). */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "pgwire/date_fields.h"
#include "pgwire/date_words.h"
#include "pgwire/duration.h"
#include "pgwire/moment.h"
#include "pgwire/read.h"

struct words {
    const struct reading *reading;
    struct duration sum;
    enum unit_word unit; /* of the number at hand; UNIT_NONE: seconds */
    unsigned seen, added;
    bool all_negative; /* one sign in front counts for everything */
    bool ago;
};

/* h:mm[:ss[.fff]], mm:ss.fff; hours have 64 bits. */
static enum moment_fault clock_field(struct words *words, const char *text)
{
    struct moment rest = {.reading = words->reading};
    char *colon;
    int64_t us;
    errno = 0;
    int64_t hours = strtoll(text, &colon, 10);
    if (errno == ERANGE)
        return MOMENT_OUT_OF_RANGE;
    if (*colon != ':')
        return MOMENT_MALFORMED;
    char copy[sizeof((struct date_fields *)0)->buffer + 2] = "0";
    const char *behind = strchr(colon + 1, ':');
    const char *point = strchr(colon + 1, '.');
    bool minutes_first = point && (!behind || point < behind);
    if (minutes_first) {
        if (hours > INT32_MAX)
            return MOMENT_OUT_OF_RANGE;
        memcpy(copy, text, strlen(text) + 1);
        hours = 0;
    } else {
        memcpy(copy + 1, colon, strlen(colon) + 1);
    }
    enum moment_fault fault = moment_clock(&rest, copy);
    words->added = PART_TIME;
    if (fault)
        return fault;
    us = moment_of_day(&rest);
    if (hours < 0 || __builtin_mul_overflow(hours, INT64_C(3600000000), &hours) ||
        __builtin_add_overflow(us, hours, &us))
        return MOMENT_OUT_OF_RANGE;
    words->sum.us = us;
    return MOMENT_FINE;
}

static void force_sign(struct words *words)
{
    if (words->all_negative && words->sum.us > 0)
        words->sum.us = -words->sum.us;
}

/* What a unit is worth, and which part of an interval has been said with it. */
static const struct unit_rule {
    enum unit_word unit;
    unsigned part;
    bool (*add)(struct duration *, int64_t, double, int64_t);
    int64_t scale;
} unit_rules[] = {
    {UNIT_MICROSECOND, PART_MICRO, duration_add_us, 1},
    {UNIT_MILLISECOND, PART_MILLI, duration_add_us, 1000},
    {UNIT_SECONDS, PART_SECOND, duration_add_us, 1000000},
    {UNIT_MINUTE, PART_MINUTE, duration_add_us, 60000000},
    {UNIT_HOUR, PART_HOUR, duration_add_us, INT64_C(3600000000)},
    {UNIT_DAY, PART_DAY, duration_add_days, 1},
    {UNIT_WEEK, PART_WEEK, duration_add_days, 7},
    {UNIT_MONTH, PART_MONTH, duration_add_months, 1},
    {UNIT_YEAR, PART_YEAR, duration_add_years, 1},
    {UNIT_DECADE, PART_DECADE, duration_add_years, 10},
    {UNIT_CENTURY, PART_CENTURY, duration_add_years, 100},
    {UNIT_MILLENNIUM, PART_MILLENNIUM, duration_add_years, 1000},
};

static enum moment_fault add_unit(struct words *words, int64_t whole, double fraction)
{
    for (size_t i = 0; i < ARRAY_LEN(unit_rules); i++) {
        const struct unit_rule *rule = &unit_rules[i];
        if (rule->unit != words->unit)
            continue;
        words->added = rule->part;
        if (rule->unit == UNIT_SECONDS && fraction != 0)
            words->added = PART_SECONDS;
        if (rule->unit == UNIT_HOUR) /* '1 2 hours': what is before them is days */
            words->unit = UNIT_DAY;
        return rule->add(&words->sum, whole, fraction, rule->scale)
                   ? MOMENT_FINE
                   : MOMENT_OUT_OF_RANGE;
    }
    return MOMENT_MALFORMED;
}

/* years-months, as the SQL standard writes them. */
static enum moment_fault years_months(struct words *words, const char *field,
                                      const char *months_text, int64_t *whole)
{
    const char *end;
    int months;
    if (!moment_int(months_text, &end, &months) || months < 0 || months >= 12)
        return MOMENT_OUT_OF_RANGE;
    if (*end)
        return MOMENT_MALFORMED;
    words->unit = UNIT_MONTH;
    if (*field == '-')
        months = -months;
    return __builtin_mul_overflow(*whole, 12, whole) ||
                   __builtin_add_overflow(*whole, months, whole)
               ? MOMENT_OUT_OF_RANGE
               : MOMENT_FINE;
}

/* ".5", or a point alone. */
static bool read_fraction(const char *point, double *out)
{
    char *end;
    *out = 0;
    if (!point[1])
        return true;
    errno = 0;
    *out = strtod(point, &end);
    return *end == '\0' && errno == 0;
}

static enum moment_fault number_field(struct words *words, const char *field)
{
    char *end;
    double fraction = 0;
    if (words->unit == UNIT_NONE)
        words->unit = UNIT_SECONDS;
    errno = 0;
    int64_t whole = strtoll(field, &end, 10);
    if (errno == ERANGE)
        return MOMENT_OUT_OF_RANGE;
    if (*end == '-') {
        enum moment_fault fault = years_months(words, field, end + 1, &whole);
        if (fault)
            return fault;
    } else if (*end && (*end != '.' || !read_fraction(end, &fraction))) {
        return MOMENT_MALFORMED;
    }
    if (*field == '-')
        fraction = -fraction;
    if (words->all_negative) {
        whole = whole > 0 ? -whole : whole;
        fraction = -fabs(fraction);
    }
    return add_unit(words, whole, fraction);
}

/* A sign: hh:mm with it, or a number. */
static enum moment_fault signed_field(struct words *words, const char *field)
{
    if (!strchr(field, ':') || clock_field(words, field + 1) != MOMENT_FINE)
        return number_field(words, field);
    if (*field == '-')
        words->sum.us = -words->sum.us;
    force_sign(words);
    words->unit = UNIT_DAY;
    return MOMENT_FINE;
}

static enum moment_fault word_field(struct words *words, const char *text)
{
    const struct date_word *word = interval_word(text);
    if (word->kind == WORD_IGNORED)
        return MOMENT_FINE;
    if (word->kind == WORD_UNIT) {
        words->unit = (enum unit_word)word->value;
        return MOMENT_FINE;
    }
    if (word->kind != WORD_AGO)
        return MOMENT_MALFORMED;
    words->ago = true;
    words->unit = UNIT_OTHER;
    return MOMENT_FINE;
}

static enum moment_fault take_field(struct words *words, const struct date_field *field)
{
    enum moment_fault fault;
    words->added = 0;
    switch (field->kind) {
    case FIELD_TIME:
        fault = clock_field(words, field->text);
        force_sign(words);
        words->unit = UNIT_DAY;
        return fault;
    case FIELD_ZONE:
        return signed_field(words, field->text);
    case FIELD_DATE:
    case FIELD_NUMBER:
        return number_field(words, field->text);
    case FIELD_WORD:
    case FIELD_SIGNED:
        break;
    }
    return word_field(words, field->text);
}

/* In SQL's style a minus in front, and no other sign, is meant for everything. */
static bool is_all_negative(const struct reading *reading,
                            const struct date_fields *fields)
{
    if (reading->style->interval != INTERVAL_SQL || fields->count == 0 ||
        *fields->at[0].text != '-')
        return false;
    for (size_t i = 1; i < fields->count; i++) {
        if (*fields->at[i].text == '-' || *fields->at[i].text == '+')
            return false;
    }
    return true;
}

static enum moment_fault read_words(const struct reading *reading, struct duration *out)
{
    struct date_fields fields;
    struct words words = {.reading = reading};
    if (!date_fields_split(reading->text, &fields))
        return MOMENT_MALFORMED;
    words.all_negative = is_all_negative(reading, &fields);
    for (size_t i = fields.count; i > 0; i--) {
        enum moment_fault fault = take_field(&words, &fields.at[i - 1]);
        if (fault)
            return fault;
        if (words.seen & words.added)
            return MOMENT_MALFORMED;
        words.seen |= words.added;
    }
    if (words.seen == 0)
        return MOMENT_MALFORMED;
    if (words.ago && !duration_negate(&words.sum))
        return MOMENT_OUT_OF_RANGE;
    *out = words.sum;
    return MOMENT_FINE;
}

bool read_interval(const struct reading *reading, struct pgw_interval *out)
{
    struct duration sum = {0};
    int64_t months;
    enum moment_fault fault = read_words(reading, &sum);
    if (fault == MOMENT_MALFORMED)
        fault = duration_read_iso(reading->text, &sum);
    if (fault == MOMENT_OUT_OF_RANGE)
        return reading_fail(reading, "22015",
                            "interval field value out of range: \"%.*s\"",
                            reading_quoted(reading->text), reading->text.data);
    if (fault)
        return reading_syntax(reading, "22007");
    months = sum.years * INT64_C(12) + sum.months;
    if (months != (int32_t)months)
        return reading_fail(reading, "22008", "interval out of range");
    *out = (struct pgw_interval){(int32_t)months, sum.days, sum.us};
    return true;
}
