/* moment_date.c - numbers and dates of a moment: which part each number is. */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "pgwire/calendar.h"
#include "pgwire/moment.h"
#include "pgwire/value.h"

/* The two digits in front of `end`, which is moved before them; what is left of a
 * shorter text. */
static int two_digits(const char *text, size_t *end)
{
    size_t start = *end >= 2 ? *end - 2 : 0;
    int value = 0;
    for (size_t i = start; i < *end; i++)
        value = value * 10 + (text[i] - '0');
    *end = start;
    return value;
}

/* yyyymmdd or yymmdd, read from its end. */
static enum moment_fault run_date(struct moment *moment, char *text, size_t len)
{
    const char *end;
    moment->added = PART_DATE;
    moment->year_in_two_digits = moment->year_in_two_digits || len == 6;
    moment->day = two_digits(text, &len);
    moment->month = two_digits(text, &len);
    text[len] = '\0';
    return moment_int(text, &end, &moment->year) ? MOMENT_FINE : MOMENT_OUT_OF_RANGE;
}

enum moment_fault moment_run(struct moment *moment, char *text)
{
    char *point = strchr(text, '.'), *end;
    size_t len = strlen(text);
    if (point) {
        errno = 0;
        double fraction = point[1] ? strtod(point, &end) : 0;
        if (errno)
            return MOMENT_MALFORMED;
        moment->us = (int)rint(fraction * 1000000);
        *point = '\0';
        len = (size_t)(point - text);
    } else if ((moment->seen & PART_DATE) != PART_DATE && len >= 6) {
        return run_date(moment, text, len);
    }
    if ((moment->seen & PART_TIME) == PART_TIME || (len != 6 && len != 4))
        return MOMENT_MALFORMED;
    moment->added = PART_TIME;
    moment->second = len == 6 ? two_digits(text, &len) : 0;
    moment->minute = two_digits(text, &len);
    moment->hour = two_digits(text, &len);
    return MOMENT_FINE;
}

/* ---- one number of a date ---- */

/* The parts of a date that are known, and which the next number is. */
static enum date_part next_part(const struct moment *moment, size_t digits)
{
    enum date_order order = moment->reading->style->order;
    bool year = digits >= 3 || order == ORDER_YMD;
    switch (moment->seen & PART_DATE) {
    case 0:
        return year ? PART_YEAR : order == ORDER_DMY ? PART_DAY : PART_MONTH;
    case PART_YEAR:
    case PART_DAY:
        return PART_MONTH;
    case PART_MONTH:
        return moment->month_in_letters && year ? PART_YEAR : PART_DAY;
    case PART_YEAR | PART_MONTH:
        return PART_DAY;
    case PART_MONTH | PART_DAY:
        return PART_YEAR;
    default:
        return 0;
    }
}

static void set_part(struct moment *moment, enum date_part part, int value,
                     size_t digits)
{
    /* What was taken for the year was the day, then: 12 feb 2024 in order YMD. */
    bool was_day = part == PART_DAY && (moment->seen & PART_YEAR) &&
                   moment->month_in_letters && digits >= 3 &&
                   moment->year_in_two_digits;
    moment->added = part;
    if (was_day) {
        moment->day = moment->year;
        moment->year = value;
        moment->year_in_two_digits = false;
    } else if (part == PART_YEAR) {
        moment->year = value;
        moment->year_in_two_digits = digits <= 2;
    } else if (part == PART_MONTH) {
        moment->month = value;
    } else {
        moment->day = value;
    }
}

enum moment_fault moment_number(struct moment *moment, char *text)
{
    const char *end;
    size_t digits = strlen(text);
    int value;
    moment->added = 0;
    if (!moment_int(text, &end, &value))
        return MOMENT_OUT_OF_RANGE;
    if (end == text)
        return MOMENT_MALFORMED;
    if (*end == '.' && end - text > 2) { /* a date or a time run together */
        unsigned seen = moment->seen;
        moment->seen |= PART_DATE;
        enum moment_fault fault = moment_run(moment, text);
        moment->seen = seen;
        return fault;
    }
    if (*end && (*end != '.' || !moment_fraction(end, &moment->us)))
        return MOMENT_MALFORMED;
    if (digits == 3 && (moment->seen & PART_DATE) == PART_YEAR && value >= 1 &&
        value <= 366) {
        moment->added = PART_DAY_OF_YEAR | PART_MONTH | PART_DAY;
        moment->day_of_year = value;
        return MOMENT_FINE;
    }
    if ((moment->seen & PART_DATE) == PART_DATE) /* then it is the time */
        return moment_run(moment, text);
    enum date_part part = next_part(moment, digits);
    if (!part)
        return MOMENT_MALFORMED;
    set_part(moment, part, value, digits);
    return MOMENT_FINE;
}

/* ---- a date in one field ---- */

/* The next run of digits or letters, cut off; NULL: a separator was the last. */
static char *next_piece(char **rest)
{
    char *start = *rest, *end;
    while (*start && !isalnum((unsigned char)*start))
        start++;
    if (!*start)
        return NULL;
    end = start;
    if (isdigit((unsigned char)*start)) {
        while (isdigit((unsigned char)*end))
            end++;
    } else {
        while (isalpha((unsigned char)*end))
            end++;
    }
    if (*end)
        *end++ = '\0';
    *rest = end;
    return start;
}

static enum moment_fault month_piece(struct moment *moment, const char *text)
{
    const struct date_word *word = date_word(text);
    moment->added = 0;
    if (word->kind == WORD_IGNORED)
        return MOMENT_FINE;
    if (word->kind != WORD_MONTH)
        return MOMENT_MALFORMED;
    moment->added = PART_MONTH;
    moment->month = word->value;
    moment->month_in_letters = true;
    return MOMENT_FINE;
}

/* Letters first: they are the month, whatever stands in front of them. */
static enum moment_fault take_pieces(struct moment *moment, char *const *pieces,
                                     size_t count)
{
    for (int letters = 1; letters >= 0; letters--) {
        for (size_t i = 0; i < count; i++) {
            if ((isalpha((unsigned char)*pieces[i]) != 0) != letters)
                continue;
            enum moment_fault fault = letters ? month_piece(moment, pieces[i])
                                              : moment_number(moment, pieces[i]);
            if (!fault)
                fault = moment_add(moment);
            if (fault)
                return fault;
        }
    }
    return MOMENT_FINE;
}

enum moment_fault moment_date(struct moment *moment, char *text)
{
    char *pieces[DATE_FIELDS_MAX];
    size_t count = 0;
    unsigned seen = moment->seen;
    bool month_in_letters = moment->month_in_letters;
    moment->month_in_letters = false;
    while (*text && count < DATE_FIELDS_MAX) {
        pieces[count] = next_piece(&text);
        if (!pieces[count++])
            return MOMENT_MALFORMED;
    }
    enum moment_fault fault = take_pieces(moment, pieces, count);
    moment->month_in_letters = month_in_letters;
    unsigned all = moment->seen;
    moment->added = all & ~seen;
    moment->seen = seen;
    if (!fault && (all & ~(unsigned)(PART_DAY_OF_YEAR | PART_ZONE)) != PART_DATE)
        fault = MOMENT_MALFORMED;
    return fault;
}

/* ---- a number that a word has labelled ---- */

static enum moment_fault set_julian(struct moment *moment, int value, const char *rest)
{
    if (value < 0)
        return MOMENT_OUT_OF_RANGE;
    moment->added = PART_DATE;
    moment_set_days(moment, (int64_t)value - 2440588);
    moment->is_julian = true;
    if (*rest != '.')
        return MOMENT_FINE;
    char *end;
    errno = 0;
    double fraction = strtod(rest, &end);
    if (*end || errno)
        return MOMENT_MALFORMED;
    int64_t us = (int64_t)rint(fraction * 86400000000.0);
    moment->added |= PART_TIME;
    moment->hour = (int)(us / 3600000000);
    moment->minute = (int)(us / 60000000 % 60);
    moment->second = (int)(us / 1000000 % 60);
    moment->us = (int)(us % 1000000);
    return MOMENT_FINE;
}

static enum moment_fault set_seconds(struct moment *moment, int value, const char *rest)
{
    moment->second = value;
    moment->added = *rest ? PART_SECONDS : PART_SECOND;
    if (*rest && !moment_fraction(rest, &moment->us))
        return MOMENT_MALFORMED;
    return MOMENT_FINE;
}

static enum moment_fault set_time(struct moment *moment, char *text)
{
    unsigned seen = moment->seen;
    moment->added = 0;
    moment->seen |= PART_DATE;
    enum moment_fault fault = moment_run(moment, text);
    moment->seen = seen;
    if (!fault && moment->added != PART_TIME)
        fault = MOMENT_MALFORMED;
    return fault;
}

static enum moment_fault set_plain(struct moment *moment, enum unit_word unit,
                                   int value)
{
    /* A month behind an hour is minutes. */
    bool is_minute =
        unit == UNIT_MINUTE || (unit == UNIT_MONTH && (moment->seen & PART_MONTH) &&
                                (moment->seen & PART_HOUR));
    const struct {
        bool is_it;
        unsigned part;
        int *to;
    } rows[] = {{is_minute, PART_MINUTE, &moment->minute},
                {unit == UNIT_YEAR, PART_YEAR, &moment->year},
                {unit == UNIT_MONTH, PART_MONTH, &moment->month},
                {unit == UNIT_DAY, PART_DAY, &moment->day},
                {unit == UNIT_HOUR, PART_HOUR, &moment->hour}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (!rows[i].is_it)
            continue;
        moment->added = rows[i].part;
        *rows[i].to = value;
        return MOMENT_FINE;
    }
    return MOMENT_MALFORMED;
}

enum moment_fault moment_labelled(struct moment *moment, char *text)
{
    enum unit_word unit = moment->next;
    const char *rest;
    int value;
    moment->added = 0;
    moment->next = UNIT_NONE;
    moment->is_reserved = false;
    if (!moment_int(text, &rest, &value))
        return MOMENT_OUT_OF_RANGE;
    bool may_have_point =
        unit == UNIT_JULIAN || unit == UNIT_TIME || unit == UNIT_SECONDS;
    if (*rest && (*rest != '.' || !may_have_point))
        return MOMENT_MALFORMED;
    if (unit == UNIT_JULIAN)
        return set_julian(moment, value, rest);
    if (unit == UNIT_TIME)
        return set_time(moment, text);
    if (unit == UNIT_SECONDS)
        return set_seconds(moment, value, rest);
    return set_plain(moment, unit, value);
}
