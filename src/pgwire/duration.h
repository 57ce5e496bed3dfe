/* duration.h - the sum of an interval's parts, and its ISO 8601 notation. */
#ifndef PGWIRE_DURATION_H
#define PGWIRE_DURATION_H

#include "pgwire/moment.h"

struct duration {
    int32_t years, months, days;
    int64_t us;
};

/* Add whole.fraction * scale; what is beyond the whole goes to the next smaller part:
 * a month has 30 days there. False: it does not fit. */
bool duration_add_us(struct duration *sum, int64_t whole, double fraction,
                     int64_t scale);
bool duration_add_days(struct duration *sum, int64_t whole, double fraction,
                       int64_t scale);
bool duration_add_months(struct duration *sum, int64_t whole, double fraction,
                         int64_t scale);
bool duration_add_years(struct duration *sum, int64_t whole, double fraction,
                        int64_t scale);
bool duration_negate(struct duration *sum);

/* P1Y2M3DT4H5M6.7S, P0001-02-03T04:05:06, P00010203T040506 */
enum moment_fault duration_read_iso(struct slice text, struct duration *sum);

#endif
