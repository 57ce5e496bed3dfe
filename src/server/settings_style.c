/* settings_style.c - settings that decide how values look: the library knows which
 * values they take, and how it spells them (<pgwire/style.h>). */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <pgwire/style.h>

#include "server/settings_table.h"

enum { KEPT_BYTES = 512, CLOCK_BYTES = 32 };

bool check_style(const struct setting_spec *spec, const char *written, const char *now,
                 char **kept, struct error *err)
{
    char shown[KEPT_BYTES];
    struct pgw_error refused;
    if (pgw_style_check(spec->name, now, written, shown, sizeof shown, &refused) ==
        PGW_OK)
        return setting_keep(shown, kept, err);
    error_set(err, refused.sqlstate, "%s", refused.message);
    if (refused.detail[0])
        error_detail(err, "%s", refused.detail);
    if (refused.hint[0])
        error_hint(err, "%s", refused.hint);
    return false;
}

/* ---- TimeZone ---- */

/* [+-]hours[:minutes[:seconds]] as hours; false: something else. */
static bool read_clock(const char *text, double *hours)
{
    double parts[3] = {0};
    bool negative = *text == '-';
    text += *text == '-' || *text == '+';
    for (size_t i = 0; i < 3; i++) {
        char *end;
        if (!isdigit((unsigned char)*text))
            return false;
        parts[i] = (double)strtol(text, &end, 10);
        text = end;
        if (*text != ':' || i == 2)
            break;
        text++;
    }
    *hours = parts[0] + parts[1] / 60 + parts[2] / 3600;
    *hours = negative ? -*hours : *hours;
    return *text == '\0' && parts[1] < 60 && parts[2] < 60;
}

/* interval '…': what SET TIME ZONE INTERVAL becomes. False: not of this form. */
static bool read_interval(const char *written, char out[CLOCK_BYTES])
{
    if (strncasecmp(written, "interval", 8) != 0)
        return false;
    const char *quote = written + 8 + strspn(written + 8, " ");
    const char *end = *quote == '\'' ? strchr(quote + 1, '\'') : NULL;
    if (!end || end[1] || end - quote > CLOCK_BYTES)
        return false;
    memcpy(out, quote + 1, (size_t)(end - quote - 1));
    out[end - quote - 1] = '\0';
    return true;
}

bool check_timezone(const struct setting_spec *spec, const char *written,
                    const char *now, char **kept, struct error *err)
{
    char clock[CLOCK_BYTES], number[CLOCK_BYTES];
    double hours;
    if (!read_interval(written, clock))
        return check_style(spec, written, now, kept, err);
    if (!read_clock(clock, &hours))
        return setting_invalid(spec, written, err);
    (void)snprintf(number, sizeof number, "%.9g", hours);
    return check_style(spec, number, now, kept, err);
}
