/* zone_file.h - the system's time zone files: TZif, RFC 8536. */
#ifndef CORE_ZONE_FILE_H
#define CORE_ZONE_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "core/arena.h"
#include "core/zone_rule.h"

struct zone_type {
    int32_t offset;
    bool is_dst;
    const char *abbreviation;
};

/* What a file says: changes in ascending order, then a rule for all time behind. */
struct zone_table {
    size_t change_count, type_count;
    const int64_t *changes;
    const uint8_t *change_types;   /* the type that begins at each change */
    const struct zone_type *types; /* the first is that of all time before */
    bool has_rule, has_leap_seconds;
    struct zone_rule rule;
};

/* The contents of a file; NULL when it is none, or out of memory. In the arena. */
const struct zone_table *zone_file_parse(struct arena *arena, const uint8_t *data,
                                         size_t len) MUST_CHECK;

/* Find the file of a name, whatever the case of its letters, and read it. *name becomes
 * the name as the directories spell it. NULL: no such file, or out of memory. */
const struct zone_table *zone_file_load(struct arena *arena,
                                        struct slice *name) MUST_CHECK;

#endif
