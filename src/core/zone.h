/* zone.h - time zones: offsets from UTC by name, from the system's tzdata.
 *
 * Zones are immutable and shared by all threads: the first use of a name reads its TZif
 * file (RFC 8536) under TZDIR or /usr/share/zoneinfo, the last reference drops it.
 * Names are what PostgreSQL's TimeZone takes: a file's name in any case, a POSIX string
 * ("<+03>-03", "EST5EDT,M3.2.0,M11.1.0"), or a number of hours east of Greenwich. UTC
 * and GMT need no files. Times are seconds since 1970-01-01 00:00 UTC. */
#ifndef CORE_ZONE_H
#define CORE_ZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/slice.h"

struct zone;

enum { ZONE_NAME_MAX = 255, ZONE_ABBREVIATION_MAX = 10 };

/* A stretch of time, from included, with one offset. */
struct zone_span {
    int64_t from, to;
    int32_t offset; /* seconds east of Greenwich */
    bool is_dst;
    const char *abbreviation; /* the zone's: "CET", "LMT", "-03" */
};

enum zone_found {
    ZONE_FOUND,
    ZONE_UNKNOWN, /* no such name */
    ZONE_RANGE,   /* an offset of a week or more */
    ZONE_LEAP,    /* counts leap seconds, or is off by parts of a minute */
    ZONE_NO_MEMORY
};

/* A reference to the zone, released by zone_unref. */
enum zone_found zone_find(struct slice name, const struct zone **out) MUST_CHECK;
/* A fixed offset, named as PostgreSQL does: 18000 is "<+05>-05". */
enum zone_found zone_fixed(int32_t offset, const struct zone **out) MUST_CHECK;
const struct zone *zone_ref(const struct zone *zone); /* NULL is UTC, here and below */
void zone_unref(const struct zone *zone);

const char *zone_name(const struct zone *zone); /* canonical: "Europe/Berlin" */
bool zone_is_utc(const struct zone *zone);      /* UTC and GMT, whatever the time */

/* The span that `time` is in. */
void zone_span_at(const struct zone *zone, int64_t time, struct zone_span *span);

/* The same, when the last answer, or {0} at first, is likely to be right again. */
static inline void zone_seek(const struct zone *zone, int64_t time,
                             struct zone_span *span)
{
    if (UNLIKELY(time < span->from || time >= span->to))
        zone_span_at(zone, time, span);
}

/* The offset for a time on the clock: seconds since 1970-01-01 00:00 of that clock. A
 * time that is skipped counts in the offset before the change, one that comes twice in
 * the offset after it. */
int32_t zone_local_offset(const struct zone *zone, int64_t local);

#endif
