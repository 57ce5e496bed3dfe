/* get_time.c - dates and times, in either format, to C. */
#include "pgwire/get.h"

static bool out_of_range(struct pgw_error *err, const char *sqlstate, const char *what)
{
    (void)pgw_fail(err, sqlstate, "%s out of range", what);
    return false;
}

enum pgw_status pgw_get_date(const struct pgw_value *value, int32_t *out,
                             struct pgw_error *err)
{
    struct reading reading;
    uint64_t raw = 0;
    bool done;
    if (value->format == PGW_TEXT_FORMAT) {
        done = get_reading(value, &reading, err) && read_date(&reading, out);
    } else if (value->oid != PGW_DATEOID) {
        done = get_no_conversion(value, "a date", err);
    } else {
        done = get_binary_number(value, &raw, err);
        *out = (int32_t)get_sign_extend(raw, PGW_DATEOID);
        if (done && *out != INT32_MAX && *out != INT32_MIN && !read_date_fits(*out))
            done = out_of_range(err, "22008", "date");
    }
    return get_done(value, done, err);
}

enum pgw_status pgw_get_timestamp(const struct pgw_value *value, int64_t *out,
                                  struct pgw_error *err)
{
    struct reading reading;
    uint64_t raw = 0;
    bool done;
    if (value->format == PGW_TEXT_FORMAT) {
        done = get_reading(value, &reading, err) &&
               read_timestamp(&reading, value->oid == PGW_TIMESTAMPTZOID, out);
    } else if (value->oid != PGW_TIMESTAMPOID && value->oid != PGW_TIMESTAMPTZOID) {
        done = get_no_conversion(value, "a timestamp", err);
    } else {
        done = get_binary_number(value, &raw, err);
        *out = (int64_t)raw;
        if (done && *out != INT64_MAX && *out != INT64_MIN &&
            !read_timestamp_fits(*out))
            done = out_of_range(err, "22008", "timestamp");
    }
    return get_done(value, done, err);
}

static bool clock_fits(int64_t us, struct pgw_error *err)
{
    return (us >= 0 && us <= INT64_C(86400000000)) ||
           out_of_range(err, "22008", "time");
}

enum pgw_status pgw_get_time(const struct pgw_value *value, int64_t *us,
                             struct pgw_error *err)
{
    struct reading reading;
    uint64_t raw = 0;
    bool done;
    if (value->format == PGW_TEXT_FORMAT) {
        done = get_reading(value, &reading, err) && read_time(&reading, us);
    } else if (value->oid != PGW_TIMEOID) {
        done = get_no_conversion(value, "a time", err);
    } else {
        done = get_binary_number(value, &raw, err);
        *us = (int64_t)raw;
        done = done && clock_fits(*us, err);
    }
    return get_done(value, done, err);
}

/* On the wire a zone is seconds west. */
enum pgw_status pgw_get_timetz(const struct pgw_value *value, int64_t *us,
                               int32_t *seconds_east, struct pgw_error *err)
{
    struct reading reading;
    bool done;
    if (value->format == PGW_TEXT_FORMAT) {
        done = get_reading(value, &reading, err) &&
               read_timetz(&reading, us, seconds_east);
    } else if (value->oid != PGW_TIMETZOID) {
        done = get_no_conversion(value, "a time with time zone", err);
    } else if (value->raw.len != 12) {
        done = get_bad_length(value, 12, err);
    } else {
        int32_t west = (int32_t)get_big_endian(value, 8, 4);
        *us = (int64_t)get_big_endian(value, 0, 8);
        done = clock_fits(*us, err);
        if (done && (west <= -16 * 3600 || west >= 16 * 3600))
            done = out_of_range(err, "22009", "time zone displacement");
        *seconds_east = done ? -west : 0;
    }
    return get_done(value, done, err);
}

enum pgw_status pgw_get_interval(const struct pgw_value *value,
                                 struct pgw_interval *out, struct pgw_error *err)
{
    struct reading reading;
    bool done;
    if (value->format == PGW_TEXT_FORMAT) {
        done = get_reading(value, &reading, err) && read_interval(&reading, out);
    } else if (value->oid != PGW_INTERVALOID) {
        done = get_no_conversion(value, "an interval", err);
    } else {
        done = value->raw.len == 16 || get_bad_length(value, 16, err);
        if (done)
            *out =
                (struct pgw_interval){.us = (int64_t)get_big_endian(value, 0, 8),
                                      .days = (int32_t)get_big_endian(value, 8, 4),
                                      .months = (int32_t)get_big_endian(value, 12, 4)};
    }
    return get_done(value, done, err);
}
