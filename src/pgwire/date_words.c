/* date_words.c - the words of dates, times and intervals. */
#include "pgwire/date_words.h"

#include <string.h>

#include "core/attr.h"

enum { SIGNIFICANT = 10 };

static const struct date_word unknown = {"", WORD_UNKNOWN, 0};

static const struct date_word date_words[] = {
    {"-infinity", WORD_RESERVED, RESERVED_EARLY},
    {"ad", WORD_ERA, 0},
    {"allballs", WORD_RESERVED, RESERVED_MIDNIGHT},
    {"am", WORD_MERIDIEM, MERIDIEM_AM},
    {"apr", WORD_MONTH, 4},
    {"april", WORD_MONTH, 4},
    {"at", WORD_IGNORED, 0},
    {"aug", WORD_MONTH, 8},
    {"august", WORD_MONTH, 8},
    {"bc", WORD_ERA, 1},
    {"d", WORD_UNIT, UNIT_DAY},
    {"dec", WORD_MONTH, 12},
    {"december", WORD_MONTH, 12},
    {"dow", WORD_UNIT, UNIT_OTHER},
    {"doy", WORD_UNIT, UNIT_OTHER},
    {"dst", WORD_DST, 3600},
    {"epoch", WORD_RESERVED, RESERVED_EPOCH},
    {"feb", WORD_MONTH, 2},
    {"february", WORD_MONTH, 2},
    {"fri", WORD_WEEKDAY, 5},
    {"friday", WORD_WEEKDAY, 5},
    {"h", WORD_UNIT, UNIT_HOUR},
    {"infinity", WORD_RESERVED, RESERVED_LATE},
    {"isodow", WORD_UNIT, UNIT_OTHER},
    {"isoyear", WORD_UNIT, UNIT_OTHER},
    {"j", WORD_UNIT, UNIT_JULIAN},
    {"jan", WORD_MONTH, 1},
    {"january", WORD_MONTH, 1},
    {"jd", WORD_UNIT, UNIT_JULIAN},
    {"jul", WORD_MONTH, 7},
    {"julian", WORD_UNIT, UNIT_JULIAN},
    {"july", WORD_MONTH, 7},
    {"jun", WORD_MONTH, 6},
    {"june", WORD_MONTH, 6},
    {"m", WORD_UNIT, UNIT_MONTH},
    {"mar", WORD_MONTH, 3},
    {"march", WORD_MONTH, 3},
    {"may", WORD_MONTH, 5},
    {"mm", WORD_UNIT, UNIT_MINUTE},
    {"mon", WORD_WEEKDAY, 1},
    {"monday", WORD_WEEKDAY, 1},
    {"nov", WORD_MONTH, 11},
    {"november", WORD_MONTH, 11},
    {"now", WORD_RESERVED, RESERVED_NOW},
    {"oct", WORD_MONTH, 10},
    {"october", WORD_MONTH, 10},
    {"on", WORD_IGNORED, 0},
    {"pm", WORD_MERIDIEM, MERIDIEM_PM},
    {"s", WORD_UNIT, UNIT_SECONDS},
    {"sat", WORD_WEEKDAY, 6},
    {"saturday", WORD_WEEKDAY, 6},
    {"sep", WORD_MONTH, 9},
    {"sept", WORD_MONTH, 9},
    {"september", WORD_MONTH, 9},
    {"sun", WORD_WEEKDAY, 0},
    {"sunday", WORD_WEEKDAY, 0},
    {"t", WORD_ISO_TIME, UNIT_TIME},
    {"thu", WORD_WEEKDAY, 4},
    {"thur", WORD_WEEKDAY, 4},
    {"thurs", WORD_WEEKDAY, 4},
    {"thursday", WORD_WEEKDAY, 4},
    {"today", WORD_RESERVED, RESERVED_TODAY},
    {"tomorrow", WORD_RESERVED, RESERVED_TOMORROW},
    {"tue", WORD_WEEKDAY, 2},
    {"tues", WORD_WEEKDAY, 2},
    {"tuesday", WORD_WEEKDAY, 2},
    {"wed", WORD_WEEKDAY, 3},
    {"wednesday", WORD_WEEKDAY, 3},
    {"weds", WORD_WEEKDAY, 3},
    {"y", WORD_UNIT, UNIT_YEAR},
    {"yesterday", WORD_RESERVED, RESERVED_YESTERDAY},
};

static const struct date_word interval_words[] = {
    {"@", WORD_IGNORED, 0},
    {"ago", WORD_AGO, 0},
    {"c", WORD_UNIT, UNIT_CENTURY},
    {"cent", WORD_UNIT, UNIT_CENTURY},
    {"centuries", WORD_UNIT, UNIT_CENTURY},
    {"century", WORD_UNIT, UNIT_CENTURY},
    {"d", WORD_UNIT, UNIT_DAY},
    {"day", WORD_UNIT, UNIT_DAY},
    {"days", WORD_UNIT, UNIT_DAY},
    {"dec", WORD_UNIT, UNIT_DECADE},
    {"decade", WORD_UNIT, UNIT_DECADE},
    {"decades", WORD_UNIT, UNIT_DECADE},
    {"decs", WORD_UNIT, UNIT_DECADE},
    {"h", WORD_UNIT, UNIT_HOUR},
    {"hour", WORD_UNIT, UNIT_HOUR},
    {"hours", WORD_UNIT, UNIT_HOUR},
    {"hr", WORD_UNIT, UNIT_HOUR},
    {"hrs", WORD_UNIT, UNIT_HOUR},
    {"m", WORD_UNIT, UNIT_MINUTE},
    {"microsecon", WORD_UNIT, UNIT_MICROSECOND},
    {"mil", WORD_UNIT, UNIT_MILLENNIUM},
    {"mils", WORD_UNIT, UNIT_MILLENNIUM},
    {"millennia", WORD_UNIT, UNIT_MILLENNIUM},
    {"millennium", WORD_UNIT, UNIT_MILLENNIUM},
    {"millisecon", WORD_UNIT, UNIT_MILLISECOND},
    {"min", WORD_UNIT, UNIT_MINUTE},
    {"mins", WORD_UNIT, UNIT_MINUTE},
    {"minute", WORD_UNIT, UNIT_MINUTE},
    {"minutes", WORD_UNIT, UNIT_MINUTE},
    {"mon", WORD_UNIT, UNIT_MONTH},
    {"mons", WORD_UNIT, UNIT_MONTH},
    {"month", WORD_UNIT, UNIT_MONTH},
    {"months", WORD_UNIT, UNIT_MONTH},
    {"ms", WORD_UNIT, UNIT_MILLISECOND},
    {"msec", WORD_UNIT, UNIT_MILLISECOND},
    {"mseconds", WORD_UNIT, UNIT_MILLISECOND},
    {"msecs", WORD_UNIT, UNIT_MILLISECOND},
    {"qtr", WORD_UNIT, UNIT_QUARTER},
    {"quarter", WORD_UNIT, UNIT_QUARTER},
    {"s", WORD_UNIT, UNIT_SECONDS},
    {"sec", WORD_UNIT, UNIT_SECONDS},
    {"second", WORD_UNIT, UNIT_SECONDS},
    {"seconds", WORD_UNIT, UNIT_SECONDS},
    {"secs", WORD_UNIT, UNIT_SECONDS},
    {"timezone", WORD_UNIT, UNIT_OTHER},
    {"timezone_h", WORD_UNIT, UNIT_OTHER},
    {"timezone_m", WORD_UNIT, UNIT_OTHER},
    {"us", WORD_UNIT, UNIT_MICROSECOND},
    {"usec", WORD_UNIT, UNIT_MICROSECOND},
    {"usecond", WORD_UNIT, UNIT_MICROSECOND},
    {"useconds", WORD_UNIT, UNIT_MICROSECOND},
    {"usecs", WORD_UNIT, UNIT_MICROSECOND},
    {"w", WORD_UNIT, UNIT_WEEK},
    {"week", WORD_UNIT, UNIT_WEEK},
    {"weeks", WORD_UNIT, UNIT_WEEK},
    {"y", WORD_UNIT, UNIT_YEAR},
    {"year", WORD_UNIT, UNIT_YEAR},
    {"years", WORD_UNIT, UNIT_YEAR},
    {"yr", WORD_UNIT, UNIT_YEAR},
    {"yrs", WORD_UNIT, UNIT_YEAR},
};

static const struct date_word *find(const struct date_word *words, size_t count,
                                    const char *word)
{
    for (size_t i = 0; i < count; i++) {
        if (strncmp(words[i].word, word, SIGNIFICANT) == 0)
            return &words[i];
    }
    return &unknown;
}

const struct date_word *date_word(const char *word)
{
    return find(date_words, ARRAY_LEN(date_words), word);
}

const struct date_word *interval_word(const char *word)
{
    return find(interval_words, ARRAY_LEN(interval_words), word);
}
