/* value_time.c - dates, times and intervals in ISO style.
 *
 * The calendar is the proleptic Gregorian one; a year 0 of arithmetic is 1 BC of
 * people. Days become a civil date by eras of 400 years counted from March (Howard
 * Hinnant, "chrono-compatible low-level date algorithms"). */
#include <limits.h>
#include <strings.h>

#include "pgwire/value.h"

static const int64_t us_per_day = INT64_C(86400000000);

struct civil {
    int64_t year; /* 0 = 1 BC */
    unsigned month, day;
};

static struct civil civil_of(int64_t days)
{
    days += 719468; /* from 0000-03-01 */
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    unsigned of_era = (unsigned)(days - era * 146097);
    unsigned year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    unsigned of_year = of_era - (365 * year + year / 4 - year / 100);
    unsigned march = (5 * of_year + 2) / 153;
    struct civil civil = {.month = march < 10 ? march + 3 : march - 9,
                          .day = of_year - (153 * march + 2) / 5 + 1};
    civil.year = (int64_t)year + era * 400 + (civil.month <= 2);
    return civil;
}

static int64_t days_of(struct civil civil)
{
    int64_t year = civil.year - (civil.month <= 2);
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year =
        (153 * (int64_t)(civil.month + (civil.month > 2 ? -3u : 9u)) + 2) / 5 +
        (int64_t)civil.day - 1;
    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468;
}

static uint8_t *put2(uint8_t *to, unsigned value)
{
    to[0] = (uint8_t)('0' + value / 10);
    to[1] = (uint8_t)('0' + value % 10);
    return to + 2;
}

/* At least four digits; years before 1 are counted backwards, their era is put later.
 */
static uint8_t *put_civil(uint8_t *to, struct civil civil)
{
    uint64_t year = (uint64_t)(civil.year > 0 ? civil.year : 1 - civil.year);
    if (year < 10000) {
        to = put2(to, (unsigned)(year / 100));
        to = put2(to, (unsigned)(year % 100));
    } else {
        to = value_uint_text(to, year);
    }
    *to++ = '-';
    to = put2(to, civil.month);
    *to++ = '-';
    return put2(to, civil.day);
}

static uint8_t *put_text(uint8_t *to, const char *text)
{
    memcpy(to, text, strlen(text));
    return to + strlen(text);
}

static uint8_t *put_era(uint8_t *to, struct civil civil)
{
    return civil.year > 0 ? to : put_text(to, " BC");
}

uint8_t *value_date_text(uint8_t *to, int32_t days)
{
    if (days == INT32_MAX)
        return put_text(to, "infinity");
    if (days == -INT32_MAX)
        return put_text(to, "-infinity");
    struct civil civil = civil_of(days);
    return put_era(put_civil(to, civil), civil);
}

/* .ffffff without the zeros at its end. */
static uint8_t *put_fraction(uint8_t *to, unsigned us)
{
    if (us == 0)
        return to;
    *to++ = '.';
    for (unsigned unit = 100000; us > 0; unit /= 10) {
        *to++ = (uint8_t)('0' + us / unit);
        us %= unit;
    }
    return to;
}

uint8_t *value_time_text(uint8_t *to, int64_t us)
{
    unsigned seconds = (unsigned)(us / 1000000);
    to = put2(to, seconds / 3600);
    *to++ = ':';
    to = put2(to, seconds / 60 % 60);
    *to++ = ':';
    to = put2(to, seconds % 60);
    return put_fraction(to, (unsigned)(us % 1000000));
}

uint8_t *value_timestamp_text(uint8_t *to, int64_t us, bool with_zone)
{
    if (us == INT64_MAX)
        return put_text(to, "infinity");
    if (us == -INT64_MAX)
        return put_text(to, "-infinity");
    int64_t days = us / us_per_day, rest = us % us_per_day;
    if (rest < 0) {
        rest += us_per_day;
        days--;
    }
    struct civil civil = civil_of(days);
    to = put_civil(to, civil);
    *to++ = ' ';
    to = value_time_text(to, rest);
    if (with_zone)
        to = put_text(to, "+00");
    return put_era(to, civil);
}

/* ---- intervals ---- */

static uint8_t *put_part(uint8_t *to, int64_t value, const char *unit, bool *any,
                         bool *negative)
{
    if (value == 0)
        return to;
    if (*any)
        *to++ = ' ';
    if (*negative && value > 0)
        *to++ = '+';
    *negative = value < 0;
    *any = true;
    to = value_int_text(to, value);
    to = put_text(to, unit);
    return value == 1 ? to : put_text(to, "s");
}

uint8_t *value_interval_text(uint8_t *to, int32_t months, int32_t days, int64_t us)
{
    bool any = false, negative = false;
    to = put_part(to, months / 12, " year", &any, &negative);
    to = put_part(to, months % 12, " mon", &any, &negative);
    to = put_part(to, days, " day", &any, &negative);
    if (us == 0 && any)
        return to;
    if (any)
        *to++ = ' ';
    if (us < 0)
        *to++ = '-';
    else if (negative)
        *to++ = '+';
    uint64_t magnitude = us < 0 ? -(uint64_t)us : (uint64_t)us;
    uint64_t hours = magnitude / 3600000000u;
    unsigned rest = (unsigned)(magnitude % 3600000000u / 1000000);
    to = hours < 100 ? put2(to, (unsigned)hours) : value_uint_text(to, hours);
    *to++ = ':';
    to = put2(to, rest / 60);
    *to++ = ':';
    to = put2(to, rest % 60);
    return put_fraction(to, (unsigned)(magnitude % 1000000));
}

/* ---- reading ---- */

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

static unsigned month_days(int64_t year, int64_t month)
{
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30,
                                         31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap ? 1u : 0u);
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
        (!before_christ && year < 1) || day > month_days(year, month))
        return "22008";
    *days = days_of((struct civil){year, (unsigned)month, (unsigned)day});
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
