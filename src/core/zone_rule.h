/* zone_rule.h - POSIX TZ strings: standard time, and when daylight saving time is.
 *
 * Source: POSIX.1-2017 chapter 8.3, with RFC 8536's extensions (section 3.3.1: quoted
 * names, hours from -167 to 167). */
#ifndef CORE_ZONE_RULE_H
#define CORE_ZONE_RULE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/slice.h"
#include "core/zone.h"

enum rule_kind { RULE_JULIAN, RULE_DAY, RULE_MONTH };

/* The day of a year and the time of it at which something begins. */
struct rule_date {
    enum rule_kind kind;
    int day;  /* Jn 1..365, never February 29; n 0..365; Mm.w.d: d, 0 = Sunday */
    int week; /* 1..5, 5 = the last */
    int month;
    int32_t seconds;
};

struct zone_rule {
    char standard[ZONE_NAME_MAX + 1], daylight[ZONE_NAME_MAX + 1];
    int32_t standard_offset, daylight_offset; /* seconds east of Greenwich */
    bool has_daylight;
    struct rule_date start, end; /* of daylight saving time, in the time before each */
};

/* False: not a TZ string. Without dates, daylight saving time is that of the USA, as
 * PostgreSQL has it. */
bool zone_rule_parse(struct slice text, struct zone_rule *out);

/* The span around `time`; abbreviations point into the rule. */
void zone_rule_span(const struct zone_rule *rule, int64_t time, struct zone_span *span);

#endif
