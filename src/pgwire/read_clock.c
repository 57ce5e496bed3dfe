/* read_clock.c - time and timetz, read from text.
 *
 * A time without zone may say one, which is dropped; a date is allowed where a zone
 * by name needs it. */
#include <ctype.h>

#include "pgwire/moment.h"
#include "pgwire/value.h"

static enum moment_fault date_field(struct moment *moment,
                                    const struct date_fields *all, size_t i)
{
    char *text = all->at[i].text;
    if (i == 0 && all->count >= 2 &&
        (all->at[all->count - 1].kind == FIELD_DATE || all->at[1].kind == FIELD_TIME))
        return moment_date(moment, text);
    if (!isdigit((unsigned char)*text))
        return moment_zone_name(moment, text);
    if ((moment->seen & PART_TIME) == PART_TIME)
        return MOMENT_MALFORMED;
    unsigned seen = moment->seen;
    moment->seen |= PART_DATE;
    enum moment_fault fault = moment_run_with_offset(moment, text);
    moment->seen = seen;
    return fault;
}

/* A run of digits is a time here, never a date. */
static enum moment_fault time_run(struct moment *moment, char *text,
                                  enum moment_fault read(struct moment *, char *))
{
    unsigned seen = moment->seen;
    moment->seen |= PART_DATE;
    enum moment_fault fault = read(moment, text);
    moment->seen = seen;
    return fault;
}

static enum moment_fault number_field(struct moment *moment,
                                      const struct date_fields *all, size_t i)
{
    char *text = all->at[i].text;
    const char *point = strchr(text, '.');
    if (moment->next != UNIT_NONE)
        return moment_labelled(moment, text);
    if (point && i == 0 && all->count >= 2 &&
        all->at[all->count - 1].kind == FIELD_DATE)
        return moment_date(moment, text);
    if (point && point - text <= 2)
        return MOMENT_MALFORMED;
    if (point || strlen(text) > 4)
        return time_run(moment, text, moment_run);
    return time_run(moment, text, moment_number);
}

static enum moment_fault reserved_word(struct moment *moment, int word)
{
    if (word == RESERVED_NOW) {
        moment->added = PART_TIME;
        moment_set_now(moment, false, true);
        return MOMENT_FINE;
    }
    if (word != RESERVED_MIDNIGHT)
        return MOMENT_MALFORMED;
    moment->added = PART_TIME | PART_ZONE;
    moment->hour = moment->minute = moment->second = moment->seconds_east = 0;
    return MOMENT_FINE;
}

static enum moment_fault word_field(struct moment *moment,
                                    const struct date_fields *all, size_t i)
{
    const struct date_word *word;
    enum moment_fault fault = moment_word(moment, all->at[i].text, &word);
    if (word->kind == WORD_IGNORED)
        return MOMENT_FINE;
    if (word->kind == WORD_RESERVED)
        return reserved_word(moment, word->value);
    if (word->kind != WORD_ISO_TIME)
        return fault;
    if (i + 1 >= all->count ||
        (all->at[i + 1].kind != FIELD_NUMBER && all->at[i + 1].kind != FIELD_TIME &&
         all->at[i + 1].kind != FIELD_DATE))
        return MOMENT_MALFORMED;
    moment->next = UNIT_TIME;
    return MOMENT_FINE;
}

static enum moment_fault take_field(struct moment *moment,
                                    const struct date_fields *all, size_t i)
{
    char *text = all->at[i].text;
    moment->added = 0;
    switch (all->at[i].kind) {
    case FIELD_DATE:
        return date_field(moment, all, i);
    case FIELD_TIME:
        return moment_clock(moment, text);
    case FIELD_ZONE:
        return moment_offset(moment, text);
    case FIELD_NUMBER:
        return number_field(moment, all, i);
    case FIELD_WORD:
    case FIELD_SIGNED:
        break;
    }
    return word_field(moment, all, i);
}

/* A zone whose offset changes needs a date; the session's takes today. */
static enum moment_fault find_offset(struct moment *moment)
{
    bool has_date = (moment->seen & PART_DATE) == PART_DATE;
    bool session = !(moment->seen & PART_ZONE);
    struct read_zone zone = moment->zone;
    if ((moment->has_zone || session) && (moment->seen & PART_DST))
        return MOMENT_MALFORMED;
    if (!moment->has_zone && !session)
        return MOMENT_FINE;
    if (session)
        zone = (struct read_zone){.zone = moment->reading->style->zone};
    bool needs_date = !session && !zone.abbreviation && !read_zone_is_fixed(&zone);
    if (!has_date && (moment->seen & PART_DATE || needs_date))
        return MOMENT_MALFORMED;
    if (!has_date)
        moment_set_now(moment, true, false);
    moment->seconds_east = read_zone_offset(&zone, moment_local(moment));
    return MOMENT_FINE;
}

static bool read_clock(struct moment *moment)
{
    struct date_fields fields;
    enum moment_fault fault = MOMENT_MALFORMED;
    if (!date_fields_split(moment->reading->text, &fields) || fields.count == 0)
        return moment_fail(moment, fault);
    fault = MOMENT_FINE;
    for (size_t i = 0; !fault && i < fields.count; i++) {
        fault = take_field(moment, &fields, i);
        if (!fault)
            fault = moment_add(moment);
    }
    if (!fault)
        fault = moment_check(moment);
    if (!fault && !moment_clock_fits(moment))
        fault = MOMENT_OUT_OF_RANGE;
    if (!fault && (moment->seen & PART_TIME) != PART_TIME)
        fault = MOMENT_MALFORMED;
    if (!fault)
        fault = find_offset(moment);
    read_zone_free(&moment->zone);
    return !fault || moment_fail(moment, fault);
}

bool read_time(const struct reading *reading, int64_t *us)
{
    struct moment moment = {.reading = reading};
    if (!read_clock(&moment))
        return false;
    *us = moment_of_day(&moment);
    return true;
}

bool read_timetz(const struct reading *reading, int64_t *us, int32_t *seconds_east)
{
    struct moment moment = {.reading = reading};
    if (!read_clock(&moment))
        return false;
    *us = moment_of_day(&moment);
    *seconds_east = moment.seconds_east;
    return true;
}
