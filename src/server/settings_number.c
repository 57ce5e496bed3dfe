/* settings_number.c - numbers with units, as PostgreSQL reads and prints them.
 *
 * Source: PostgreSQL documentation 20.1.1. Amounts are counted in bytes or in
 * microseconds here, and in the row's own unit outside. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "server/settings_table.h"

struct unit {
    const char *name;
    double amount;
};

/* From large to small. */
static const struct unit memory_units[] = {{"TB", 1099511627776.0},
                                           {"GB", 1073741824.0},
                                           {"MB", 1048576.0},
                                           {"kB", 1024.0},
                                           {"B", 1.0}};
static const struct unit time_units[] = {{"d", 86400e6}, {"h", 3600e6},
                                         {"min", 60e6},  {"s", 1000000.0},
                                         {"ms", 1000.0}, {"us", 1.0}};

/* The units that a row's number may be written in, and what one of the row's is. */
struct scale {
    const struct unit *units;
    size_t count;
    double one;
    const char *hint;
};

static struct scale scale_of(enum setting_unit unit)
{
    static const double ones[] = {
        [UNIT_NONE] = 1,     [UNIT_B] = 1,     [UNIT_KB] = 1024, [UNIT_8KB] = 8192,
        [UNIT_MB] = 1048576, [UNIT_MS] = 1000, [UNIT_S] = 1e6};
    if (unit == UNIT_NONE)
        return (struct scale){NULL, 0, 1, NULL};
    if (unit == UNIT_MS || unit == UNIT_S)
        return (struct scale){time_units, ARRAY_LEN(time_units), ones[unit],
                              "\"us\", \"ms\", \"s\", \"min\", \"h\", and \"d\""};
    return (struct scale){memory_units, ARRAY_LEN(memory_units), ones[unit],
                          "\"B\", \"kB\", \"MB\", \"GB\", and \"TB\""};
}

/* A fraction is rounded to a whole number of the next smaller unit. */
static bool apply_unit(const struct scale *scale, struct slice unit, double *value)
{
    for (size_t i = 0; i < scale->count; i++) {
        if (!slice_equal(unit, slice_of(scale->units[i].name)))
            continue;
        double amount = *value * scale->units[i].amount;
        if (i + 1 < scale->count)
            amount =
                rint(amount / scale->units[i + 1].amount) * scale->units[i + 1].amount;
        *value = amount / scale->one;
        return true;
    }
    return false;
}

/* Whole numbers may be octal and hexadecimal; a fraction is rounded. */
static bool read_number(const struct setting_spec *spec, const char *written,
                        char **behind, double *out)
{
    errno = 0;
    if (spec->type == SETTING_INTEGER) {
        *out = (double)strtol(written, behind, 0);
        if (*behind != written && !errno && !strchr(".eE", **behind))
            return true;
        if (*behind != written && !errno && **behind == '\0')
            return true;
    }
    errno = 0;
    *out = strtod(written, behind);
    return *behind != written && !errno && !isnan(*out);
}

static size_t blanks(const char *text)
{
    return strspn(text, " \t\n\r\v\f");
}

bool setting_parse_number(const struct setting_spec *spec, const char *written,
                          double *out, struct error *err)
{
    struct scale scale = scale_of(spec->unit);
    char *behind;
    if (!read_number(spec, written, &behind, out))
        return setting_invalid(spec, written, err);
    behind += blanks(behind);
    struct slice unit = {behind, strcspn(behind, " \t\n\r\v\f")};
    if (unit.len > 0 && (behind[unit.len + blanks(behind + unit.len)] ||
                         !apply_unit(&scale, unit, out))) {
        setting_invalid(spec, written, err);
        if (scale.hint)
            error_hint(err, "Valid units for this parameter are %s.", scale.hint);
        return false;
    }
    if (spec->type != SETTING_INTEGER)
        return true;
    *out = rint(*out);
    if (*out >= INT32_MIN && *out <= INT32_MAX)
        return true;
    setting_invalid(spec, written, err);
    error_hint(err, "Value exceeds integer range.");
    return false;
}

void setting_print_plain(const struct setting_spec *spec, double value, char *out)
{
    (void)snprintf(out, SETTING_NUMBER_BYTES,
                   spec->type == SETTING_INTEGER ? "%.0f" : "%g", value);
}

/* In the largest unit that leaves no fraction. */
void setting_print_number(const struct setting_spec *spec, double value, char *out)
{
    struct scale scale = scale_of(spec->unit);
    double amount = rint(value * scale.one);
    if (scale.count == 0 || value <= 0 || amount > 9e15) {
        setting_print_plain(spec, value, out);
        return;
    }
    size_t i = 0;
    while (i + 1 < scale.count && fmod(amount, scale.units[i].amount) != 0)
        i++;
    (void)snprintf(out, SETTING_NUMBER_BYTES, "%.0f%s", amount / scale.units[i].amount,
                   scale.units[i].name);
}
