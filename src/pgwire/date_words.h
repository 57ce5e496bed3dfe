/* date_words.h - the words of dates, times and intervals.
 *
 * Source: PostgreSQL 15 documentation, appendix B.2, B.4 and 8.5.4. Like there, only
 * the first ten characters of a word count. */
#ifndef PGWIRE_DATE_WORDS_H
#define PGWIRE_DATE_WORDS_H

#include <stdbool.h>

/* What has been said in a date or a time, as bits. */
enum date_part {
    PART_YEAR = 1 << 0,
    PART_MONTH = 1 << 1,
    PART_DAY = 1 << 2,
    PART_DAY_OF_YEAR = 1 << 3,
    PART_HOUR = 1 << 4,
    PART_MINUTE = 1 << 5,
    PART_SECOND = 1 << 6,
    PART_MILLI = 1 << 7,
    PART_MICRO = 1 << 8,
    PART_ZONE = 1 << 9,
    PART_SUMMER = 1 << 10, /* a zone's summer time */
    PART_DST = 1 << 11,    /* the word DST behind a zone */
    PART_MERIDIEM = 1 << 12,
    PART_ERA = 1 << 13,
    PART_WEEKDAY = 1 << 14,
    PART_WEEK = 1 << 15,
    PART_DECADE = 1 << 16,
    PART_CENTURY = 1 << 17,
    PART_MILLENNIUM = 1 << 18,
    PART_RESERVED = 1 << 19, /* epoch, infinity */
    PART_DATE = PART_YEAR | PART_MONTH | PART_DAY,
    PART_SECONDS = PART_SECOND | PART_MILLI | PART_MICRO,
    PART_TIME = PART_HOUR | PART_MINUTE | PART_SECONDS
};

enum word_kind {
    WORD_UNKNOWN,
    WORD_IGNORED,  /* at, on */
    WORD_RESERVED, /* value: enum reserved_word */
    WORD_MONTH,    /* value: from 1 */
    WORD_WEEKDAY,
    WORD_MERIDIEM, /* value: enum meridiem */
    WORD_ERA,      /* value: 1 = BC */
    WORD_DST,
    WORD_ISO_TIME, /* t: a time follows */
    WORD_UNIT,     /* value: enum unit_word; says what the number behind it is */
    WORD_AGO
};

enum meridiem { MERIDIEM_NONE, MERIDIEM_AM, MERIDIEM_PM };

enum reserved_word {
    RESERVED_NOW,
    RESERVED_YESTERDAY,
    RESERVED_TODAY,
    RESERVED_TOMORROW,
    RESERVED_MIDNIGHT, /* allballs: 00:00:00 UTC */
    RESERVED_EPOCH,
    RESERVED_LATE,
    RESERVED_EARLY
};

enum unit_word {
    UNIT_NONE,
    UNIT_MICROSECOND,
    UNIT_MILLISECOND,
    UNIT_SECONDS,
    UNIT_MINUTE,
    UNIT_HOUR,
    UNIT_DAY,
    UNIT_WEEK,
    UNIT_MONTH,
    UNIT_QUARTER,
    UNIT_YEAR,
    UNIT_DECADE,
    UNIT_CENTURY,
    UNIT_MILLENNIUM,
    UNIT_JULIAN,
    UNIT_TIME,
    UNIT_OTHER /* of no meaning in a value: dow, isoyear, timezone … */
};

struct date_word {
    const char *word;
    enum word_kind kind;
    int value;
};

/* Never NULL: what is not found has WORD_UNKNOWN. `word` is lower case. */
const struct date_word *date_word(const char *word);
const struct date_word *interval_word(const char *word);

#endif
