/* cell_time.c - cells of dates, times and intervals.
 *
 * ISO dates in UTC have writers of their own: they are what nearly everybody asks for.
 */
#include "pgwire/cell_write.h"

/* ---- dates ---- */

uint8_t *cell_text_date(const struct cell *cell, size_t row, uint8_t *to)
{
    return cell_length(to, value_date_text(to + 4, ((const int32_t *)cell->data)[row]));
}

uint8_t *cell_bare_date(const struct cell *cell, size_t row, uint8_t *to)
{
    return value_date_text(to, ((const int32_t *)cell->data)[row]);
}

uint8_t *cell_binary_date(const struct cell *cell, size_t row, uint8_t *to)
{
    int32_t days = ((const int32_t *)cell->data)[row], since_2000;
    if (days == INT32_MAX || days == -INT32_MAX)
        since_2000 = days < 0 ? INT32_MIN : INT32_MAX;
    else if (__builtin_sub_overflow(days, VALUE_EPOCH_DAYS, &since_2000))
        return cell_fail(cell, "22008");
    return value_put32(value_put32(to, 4), (uint32_t)since_2000);
}

uint8_t *cell_styled_date(const struct cell *cell, size_t row, uint8_t *to)
{
    int32_t days = ((const int32_t *)cell->data)[row];
    return cell_length(to, value_date_styled(to + 4, days, cell->style));
}

/* ---- timestamps ---- */

/* In microseconds; false: it does not fit. What is finer is cut towards the past. */
static bool microseconds(const struct cell *cell, size_t row, int64_t *us)
{
    int64_t value = ((const int64_t *)cell->data)[row];
    *us = value;
    if (value == INT64_MAX || value == -INT64_MAX)
        return true;
    if (cell->divisor > 1)
        *us = value / cell->divisor - (value % cell->divisor < 0);
    return cell->factor == 1 || !__builtin_mul_overflow(value, cell->factor, us);
}

static uint8_t *text_any_timestamp(const struct cell *cell, size_t row, uint8_t *to,
                                   bool with_zone)
{
    int64_t us;
    if (!microseconds(cell, row, &us))
        return cell_fail(cell, "22008");
    return cell_length(to, value_timestamp_text(to + 4, us, with_zone));
}

uint8_t *cell_text_timestamp(const struct cell *cell, size_t row, uint8_t *to)
{
    return text_any_timestamp(cell, row, to, false);
}

uint8_t *cell_bare_timestamp(const struct cell *cell, size_t row, uint8_t *to)
{
    int64_t us;
    if (!microseconds(cell, row, &us))
        return cell_fail(cell, "22008");
    return value_timestamp_text(to, us, false);
}

uint8_t *cell_text_timestamptz(const struct cell *cell, size_t row, uint8_t *to)
{
    return text_any_timestamp(cell, row, to, true);
}

uint8_t *cell_binary_timestamp(const struct cell *cell, size_t row, uint8_t *to)
{
    int64_t us;
    if (!microseconds(cell, row, &us))
        return cell_fail(cell, "22008");
    if (us == INT64_MAX || us == -INT64_MAX)
        us = us < 0 ? INT64_MIN : INT64_MAX;
    else if (__builtin_sub_overflow(us, VALUE_EPOCH_US, &us))
        return cell_fail(cell, "22008");
    return value_put64(value_put32(to, 8), (uint64_t)us);
}

uint8_t *cell_styled_timestamp(const struct cell *cell, size_t row, uint8_t *to)
{
    int64_t us;
    if (!microseconds(cell, row, &us))
        return cell_fail(cell, "22008");
    return cell_length(to, value_timestamp_styled(to + 4, us, cell->style));
}

uint8_t *cell_styled_timestamptz(const struct cell *cell, size_t row, uint8_t *to)
{
    int64_t us;
    if (!microseconds(cell, row, &us))
        return cell_fail(cell, "22008");
    return cell_length(to,
                       value_timestamptz_styled(to + 4, us, cell->style, cell->span));
}

/* ---- times of a day ---- */

static int64_t time_of_day(const struct cell *cell, size_t row)
{
    return ((const int64_t *)cell->data)[row] * cell->factor / cell->divisor;
}

uint8_t *cell_text_time(const struct cell *cell, size_t row, uint8_t *to)
{
    return cell_length(to, value_time_text(to + 4, time_of_day(cell, row)));
}

uint8_t *cell_binary_time(const struct cell *cell, size_t row, uint8_t *to)
{
    return value_put64(value_put32(to, 8), (uint64_t)time_of_day(cell, row));
}

/* 40 bits of microseconds, 24 bits of what the zone's offset lacks to its maximum. */
static int64_t load_timetz(const struct cell *cell, size_t row, int32_t *offset)
{
    enum { OFFSET_MAX = 16 * 3600 - 1 };
    uint64_t bits = ((const uint64_t *)cell->data)[row];
    *offset = OFFSET_MAX - (int32_t)(bits & 0xffffff);
    return (int64_t)(bits >> 24);
}

uint8_t *cell_text_timetz(const struct cell *cell, size_t row, uint8_t *to)
{
    int32_t offset;
    int64_t us = load_timetz(cell, row, &offset);
    return cell_length(to, value_timetz_text(to + 4, us, offset));
}

uint8_t *cell_binary_timetz(const struct cell *cell, size_t row, uint8_t *to)
{
    int32_t offset;
    int64_t us = load_timetz(cell, row, &offset);
    return value_timetz_binary(value_put32(to, 12), us, offset);
}

/* ---- intervals ---- */

struct interval {
    int32_t months, days;
    int64_t us;
};

static struct interval load_interval(const struct cell *cell, size_t row)
{
    struct interval value;
    memcpy(&value, (const char *)cell->data + row * sizeof value, sizeof value);
    return value;
}

uint8_t *cell_text_interval(const struct cell *cell, size_t row, uint8_t *to)
{
    struct interval value = load_interval(cell, row);
    return cell_length(to,
                       value_interval_text(to + 4, value.months, value.days, value.us));
}

uint8_t *cell_styled_interval(const struct cell *cell, size_t row, uint8_t *to)
{
    struct interval value = load_interval(cell, row);
    return cell_length(to, value_interval_styled(to + 4, value.months, value.days,
                                                 value.us, cell->style->interval));
}

uint8_t *cell_binary_interval(const struct cell *cell, size_t row, uint8_t *to)
{
    struct interval value = load_interval(cell, row);
    return value_interval_binary(value_put32(to, 16), value.months, value.days,
                                 value.us);
}
