/* read_time.c - dates and times, read from text. */
#include <strings.h>

#include "pgwire/calendar.h"
#include "pgwire/value.h"

static const int64_t us_per_day = INT64_C(86400000000);

struct cursor {
    const char *at, *end;
};

static bool take(struct cursor *cursor, char c)
{
    if (cursor->at == cursor->end || *cursor->at != c)
        return false;
    cursor->at++;
    return true;
}

/* From `least` to `most` digits. */
static bool take_number(struct cursor *cursor, unsigned least, unsigned most,
                        int64_t *out)
{
    unsigned count = 0;
    for (*out = 0; cursor->at < cursor->end && count < most; cursor->at++, count++) {
        if (*cursor->at < '0' || *cursor->at > '9')
            break;
        *out = *out * 10 + (*cursor->at - '0');
    }
    return count >= least;
}

static void skip_blanks(struct cursor *cursor)
{
    while (cursor->at < cursor->end && *cursor->at == ' ')
        cursor->at++;
}

static bool is_word(const struct cursor *cursor, const char *word)
{
    size_t len = (size_t)(cursor->end - cursor->at);
    return len == strlen(word) && strncasecmp(cursor->at, word, len) == 0;
}

/* Take " BC" off the end. */
static bool take_era(struct cursor *cursor)
{
    size_t len = (size_t)(cursor->end - cursor->at);
    if (len < 2 || strncasecmp(cursor->end - 2, "bc", 2) != 0)
        return false;
    cursor->end -= 2;
    while (cursor->end > cursor->at && cursor->end[-1] == ' ')
        cursor->end--;
    return true;
}

/* YYYY-MM-DD */
static const char *read_civil(struct cursor *cursor, bool before_christ, int64_t *days)
{
    int64_t year, month, day;
    if (!take_number(cursor, 1, 7, &year) || !take(cursor, '-') ||
        !take_number(cursor, 1, 2, &month) || !take(cursor, '-') ||
        !take_number(cursor, 1, 2, &day))
        return "22007";
    if (before_christ)
        year = 1 - year;
    if (month < 1 || month > 12 || day < 1 || (before_christ && year > 0) ||
        (!before_christ && year < 1) || day > calendar_month_days(year, month))
        return "22008";
    *days = calendar_days((struct civil){year, (unsigned)month, (unsigned)day});
    return NULL;
}

static bool fits_date(int64_t days)
{
    /* 4713-11-24 BC, PostgreSQL's Julian day 0, to 5874897-12-31 */
    return days >= -2451545 + VALUE_EPOCH_DAYS && days < 2147483494 - 2440588;
}

const char *value_date_read(const char *text, size_t len, int32_t *days)
{
    int64_t value;
    value_trim(&text, &len);
    struct cursor cursor = {text, text + len};
    if (is_word(&cursor, "infinity") || is_word(&cursor, "-infinity")) {
        *days = *text == '-' ? -INT32_MAX : INT32_MAX;
        return NULL;
    }
    bool before_christ = take_era(&cursor);
    const char *failure = read_civil(&cursor, before_christ, &value);
    if (failure)
        return failure;
    int64_t ignored;
    if (cursor.at < cursor.end && (*cursor.at == ' ' || *cursor.at == 'T')) {
        failure =
            value_timestamp_read(text, len, false, &ignored); /* the time is cut */
        if (failure)
            return failure;
    } else if (cursor.at != cursor.end) {
        return "22007";
    }
    if (!fits_date(value))
        return "22008";
    *days = (int32_t)value;
    return NULL;
}

/* HH:MM[:SS[.ffffff]] */
static const char *read_clock(struct cursor *cursor, int64_t *us)
{
    int64_t hour, minute, second = 0, fraction = 0;
    if (!take_number(cursor, 1, 2, &hour) || !take(cursor, ':') ||
        !take_number(cursor, 2, 2, &minute))
        return "22007";
    if (take(cursor, ':') && !take_number(cursor, 1, 2, &second))
        return "22007";
    if (take(cursor, '.')) {
        const char *start = cursor->at;
        (void)take_number(cursor, 0, 6, &fraction);
        for (long digits = cursor->at - start; digits < 6; digits++)
            fraction *= 10;
        if (cursor->at < cursor->end && *cursor->at >= '5' && *cursor->at <= '9')
            fraction++; /* the seventh digit rounds */
        while (cursor->at < cursor->end && *cursor->at >= '0' && *cursor->at <= '9')
            cursor->at++;
    }
    if (hour > 24 || minute > 59 || second > 60 ||
        (hour == 24 && (minute || second || fraction)))
        return "22008";
    *us = ((hour * 60 + minute) * 60 + second) * 1000000 + fraction;
    return NULL;
}

/* Z, UTC, ±HH[[:]MM[:SS]]: what is to be taken off to come to UTC. */
static const char *read_zone(struct cursor *cursor, int64_t *us)
{
    int64_t hours, minutes = 0, seconds = 0;
    *us = 0;
    skip_blanks(cursor);
    if (cursor->at == cursor->end)
        return NULL;
    if (is_word(cursor, "z") || is_word(cursor, "utc") || is_word(cursor, "gmt")) {
        cursor->at = cursor->end;
        return NULL;
    }
    bool negative = *cursor->at == '-';
    if (!take(cursor, '-') && !take(cursor, '+'))
        return "22007";
    if (!take_number(cursor, 1, 2, &hours))
        return "22007";
    if (take(cursor, ':') || cursor->at < cursor->end) {
        if (!take_number(cursor, 2, 2, &minutes))
            return "22007";
        if (take(cursor, ':') && !take_number(cursor, 2, 2, &seconds))
            return "22007";
    }
    if (hours > 15 || minutes > 59 || seconds > 59)
        return "22009";
    *us = ((hours * 60 + minutes) * 60 + seconds) * 1000000 * (negative ? -1 : 1);
    return cursor->at == cursor->end ? NULL : "22007";
}

const char *value_timestamp_read(const char *text, size_t len, bool with_zone,
                                 int64_t *us)
{
    int64_t days, clock = 0, zone = 0;
    value_trim(&text, &len);
    struct cursor cursor = {text, text + len};
    if (is_word(&cursor, "infinity") || is_word(&cursor, "-infinity")) {
        *us = *text == '-' ? -INT64_MAX : INT64_MAX;
        return NULL;
    }
    bool before_christ = take_era(&cursor);
    const char *failure = read_civil(&cursor, before_christ, &days);
    if (!failure && cursor.at < cursor.end) {
        if (!take(&cursor, 'T') && !take(&cursor, ' '))
            return "22007";
        skip_blanks(&cursor);
        failure = read_clock(&cursor, &clock);
        if (!failure)
            failure = read_zone(&cursor, &zone);
    }
    if (failure)
        return failure;
    if (__builtin_mul_overflow(days, us_per_day, us) ||
        __builtin_add_overflow(*us, clock - (with_zone ? zone : 0), us) ||
        days < -2451545 + VALUE_EPOCH_DAYS || days > 106751990)
        return "22008";
    return NULL;
}
