/* read_zone.h - time zones that stand in values: names, abbreviations. */
#ifndef PGWIRE_READ_ZONE_H
#define PGWIRE_READ_ZONE_H

#include "core/zone.h"

struct read_zone {
    const struct zone *zone; /* a reference; NULL: the offset alone */
    int32_t seconds_east;
    const char *abbreviation; /* of that zone, whose offset is meant; NULL: any */
};

/* "est", "msk"; lower case. *is_summer: it names summer time. Both are released by
 * read_zone_free, also when they were not found. */
bool read_zone_abbreviation(const char *word, struct read_zone *out, bool *is_summer);
/* "europe/berlin", "utc", "abc-8" */
bool read_zone_named(const char *name, struct read_zone *out);
void read_zone_free(struct read_zone *zone);

/* What a clock in that zone is ahead of UTC when it shows `local`, in seconds since
 * 1970. */
int32_t read_zone_offset(const struct read_zone *zone, int64_t local);
bool read_zone_is_fixed(const struct read_zone *zone);

#endif
