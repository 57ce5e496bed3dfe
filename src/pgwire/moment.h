/* moment.h - a date, a time or both, put together from the fields of a text.
 *
 *     date_fields ──> moment_… for each field ──> moment_check ──> read_date,
 * read_clock
 *
 * Fields say what they are by their form, by the words beside them and by what has been
 * seen before; the order of a date in numbers is the session's. Nothing may be said
 * twice. Source: PostgreSQL 15 documentation, appendix B.1. */
#ifndef PGWIRE_MOMENT_H
#define PGWIRE_MOMENT_H

#include "pgwire/date_fields.h"
#include "pgwire/date_words.h"
#include "pgwire/read.h"
#include "pgwire/read_zone.h"

enum moment_fault {
    MOMENT_FINE,
    MOMENT_MALFORMED,
    MOMENT_OUT_OF_RANGE,
    MOMENT_BAD_ORDER,  /* a month or day too high: perhaps the order is another */
    MOMENT_BAD_OFFSET, /* of a zone */
    MOMENT_TOLD        /* the error is already set */
};

struct moment {
    const struct reading *reading;
    unsigned seen;  /* of enum date_part */
    unsigned added; /* by the field at hand */
    int year, month, day, day_of_year;
    int hour, minute, second, us;
    int seconds_east;      /* when PART_ZONE is seen and zone is not */
    struct read_zone zone; /* to be freed */
    bool has_zone;         /* a zone that needs the date to say its offset */
    bool month_in_letters, is_julian, year_in_two_digits, before_christ;
    enum meridiem meridiem;
    enum unit_word next;         /* what the next number is, by the word before it */
    enum reserved_word reserved; /* epoch, infinity or -infinity instead of a date */
    bool is_reserved;
};

/* The whole of "12:34:56.789", also mm:ss.fff. */
enum moment_fault moment_clock(struct moment *moment, const char *text);
/* 2024-02-29, 29-feb-2024, 2.29.2024 … The text is cut. */
enum moment_fault moment_date(struct moment *moment, char *text);
/* A number whose meaning is open. */
enum moment_fault moment_number(struct moment *moment, char *text);
/* yyyymmdd, hhmmss, hhmm: digits run together. The text is cut. */
enum moment_fault moment_run(struct moment *moment, char *text);
/* A number behind a word like "y" or "j". */
enum moment_fault moment_labelled(struct moment *moment, char *text);
/* +05:30, -8, +0530 */
enum moment_fault moment_offset(struct moment *moment, const char *text);
/* hhmmss-zz; the text is cut. */
enum moment_fault moment_run_with_offset(struct moment *moment, char *text);
enum moment_fault moment_zone_name(struct moment *moment, const char *name);
/* Abbreviations of zones, am and pm, ad and bc, DST; MALFORMED: none of these. */
enum moment_fault moment_word(struct moment *moment, const char *text,
                              const struct date_word **word);
/* What the field added is new. */
enum moment_fault moment_add(struct moment *moment);

/* When all fields are there: the year's century and era, days of months, pm. */
enum moment_fault moment_check(struct moment *moment);
/* The time is at most 24:00:00. */
bool moment_clock_fits(const struct moment *moment);

/* Now or so many days off, where the session is. */
void moment_set_now(struct moment *moment, bool date, bool clock);
void moment_set_days(struct moment *moment, int64_t days_since_1970);

int64_t moment_days(const struct moment *moment);   /* since 2000-01-01 */
int64_t moment_of_day(const struct moment *moment); /* microseconds */
/* What a clock shows, in seconds since 1970-01-01. */
int64_t moment_local(const struct moment *moment);

/* Say it with the type's name and the text; always false. */
bool moment_fail(const struct moment *moment, enum moment_fault fault);

/* A whole number off the front; false: beyond 32 bits. */
bool moment_int(const char *text, const char **end, int *out);
/* ".789" to microseconds; false: not just that. */
bool moment_fraction(const char *text, int *us);

#endif
