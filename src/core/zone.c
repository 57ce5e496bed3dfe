/* zone.c - time zones by name: the registry, and what is the offset when.
 *
 * The registry is the one thing of the process that sessions share: a list under a
 * mutex, touched when a session changes its zone. Reading a zone takes no lock. */
#include "core/zone.h"

#include <ctype.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/zone_file.h"

struct zone {
    struct arena arena; /* the name and the table */
    const char *name;
    const struct zone_table *table; /* NULL: the rule alone */
    struct zone_rule rule;
    size_t references; /* under the lock, as is `next` */
    struct zone *next;
};

static struct {
    pthread_mutex_t lock;
    struct zone *first;
} registry = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- offsets ---- */

/* How many changes have happened at `time`. */
static size_t changes_until(const struct zone_table *table, int64_t time)
{
    size_t low = 0, high = table->change_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (table->changes[middle] <= time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void zone_span_at(const struct zone *zone, int64_t time, struct zone_span *span)
{
    *span = (struct zone_span){INT64_MIN, INT64_MAX, 0, false, "UTC"};
    if (!zone)
        return;
    const struct zone_table *table = zone->table;
    if (!table) {
        zone_rule_span(&zone->rule, time, span);
        return;
    }
    size_t passed = changes_until(table, time);
    bool is_behind = passed == table->change_count;
    if (is_behind && table->has_rule) {
        zone_rule_span(&table->rule, time, span);
        if (passed > 0 && span->from < table->changes[passed - 1])
            span->from = table->changes[passed - 1];
        return;
    }
    const struct zone_type *type =
        &table->types[passed > 0 ? table->change_types[passed - 1] : 0];
    if (passed > 0)
        span->from = table->changes[passed - 1];
    if (!is_behind)
        span->to = table->changes[passed];
    span->offset = type->offset;
    span->is_dst = type->is_dst;
    span->abbreviation = type->abbreviation;
}

int32_t zone_local_offset(const struct zone *zone, int64_t local)
{
    enum { DAY = 86400 };
    struct zone_span before, after;
    if (local < INT64_MIN + DAY)
        local = INT64_MIN + DAY;
    zone_span_at(zone, local - DAY, &before);
    if (before.to == INT64_MAX)
        return before.offset;
    zone_span_at(zone, before.to, &after);
    /* The two answers, if the change were not, and if it had always been. */
    int64_t by_before = local - before.offset, by_after = local - after.offset;
    if (by_before < before.to && by_after < before.to)
        return before.offset;
    if (by_before > before.to && by_after >= before.to)
        return after.offset;
    return by_before > by_after ? before.offset : after.offset;
}

bool zone_is_utc(const struct zone *zone)
{
    return !zone || (!zone->table && !zone->rule.has_daylight &&
                     zone->rule.standard_offset == 0);
}

const char *zone_name(const struct zone *zone)
{
    return zone ? zone->name : "UTC";
}

/* ---- making ---- */

static void free_zone(struct zone *zone)
{
    struct arena arena = zone->arena;
    arena_free(&arena);
}

/* The zone lives in its own arena. */
static struct zone *new_zone(void)
{
    struct arena arena = {0};
    struct zone *zone = arena_calloc(&arena, 1, sizeof *zone);
    if (zone)
        zone->arena = arena;
    return zone;
}

/* How PostgreSQL names a fixed offset: "<+05>-05". */
static void name_offset(int32_t offset, char *out, size_t size)
{
    char clock[16];
    int seconds = abs(offset);
    int len = snprintf(clock, sizeof clock, "%02d", seconds / 3600);
    if (seconds % 3600)
        len += snprintf(clock + len, sizeof clock - (size_t)len, ":%02d",
                        seconds / 60 % 60);
    if (seconds % 60)
        (void)snprintf(clock + len, sizeof clock - (size_t)len, ":%02d", seconds % 60);
    (void)snprintf(out, size, offset < 0 ? "<-%s>+%s" : "<+%s>-%s", clock, clock);
}

/* No seconds at midnight of 2000: PostgreSQL's test for zones with leap seconds. An
 * offset that was given as a number may have some. */
static bool is_even(const struct zone *zone)
{
    struct zone_span span;
    char fixed[40];
    if (zone->table && zone->table->has_leap_seconds)
        return false;
    zone_span_at(zone, INT64_C(946684800), &span);
    name_offset(span.offset, fixed, sizeof fixed);
    return span.offset % 60 == 0 || strcmp(zone->name, fixed) == 0;
}

static bool keep_name(struct zone *zone, struct slice name, bool upper)
{
    char *copy = arena_string(&zone->arena, name);
    for (char *c = copy; upper && c && *c; c++)
        *c = (char)toupper((unsigned char)*c);
    zone->name = copy;
    return copy != NULL;
}

/* A file, or else a POSIX string, whose letters become capitals. */
static enum zone_found fill(struct zone *zone, struct slice name)
{
    struct slice file = name;
    if (file.len > 0 && file.data[0] == ':')
        file = (struct slice){file.data + 1, file.len - 1};
    if (slice_equal_nocase(file, SLICE("GMT"))) {
        (void)zone_rule_parse(SLICE("GMT0"), &zone->rule);
        return keep_name(zone, SLICE("GMT"), false) ? ZONE_FOUND : ZONE_NO_MEMORY;
    }
    zone->table = zone_file_load(&zone->arena, &file);
    if (zone->table)
        return keep_name(zone, file, false) ? ZONE_FOUND : ZONE_NO_MEMORY;
    if (!keep_name(zone, name, true))
        return ZONE_NO_MEMORY;
    return name.data[0] != ':' && zone_rule_parse(slice_of(zone->name), &zone->rule)
               ? ZONE_FOUND
               : ZONE_UNKNOWN;
}

/* ---- the registry; under the lock ---- */

static struct zone *known(struct slice name)
{
    for (struct zone *zone = registry.first; zone; zone = zone->next) {
        if (slice_equal_nocase(slice_of(zone->name), name))
            return zone;
    }
    return NULL;
}

static enum zone_found enter(struct slice name, const struct zone **out)
{
    struct zone *zone = known(name);
    if (zone) {
        zone->references++;
        *out = zone;
        return ZONE_FOUND;
    }
    zone = new_zone();
    if (!zone)
        return ZONE_NO_MEMORY;
    enum zone_found found = fill(zone, name);
    if (found == ZONE_FOUND && !is_even(zone))
        found = ZONE_LEAP;
    if (found != ZONE_FOUND) {
        free_zone(zone);
        return found;
    }
    zone->references = 1;
    zone->next = registry.first;
    registry.first = zone;
    *out = zone;
    return ZONE_FOUND;
}

static enum zone_found find(struct slice name, const struct zone **out)
{
    pthread_mutex_lock(&registry.lock);
    enum zone_found found = enter(name, out);
    pthread_mutex_unlock(&registry.lock);
    return found;
}

enum zone_found zone_fixed(int32_t offset, const struct zone **out)
{
    enum { WEEK = 7 * 86400 };
    char name[40];
    *out = NULL;
    if (offset <= -WEEK || offset >= WEEK)
        return ZONE_RANGE;
    name_offset(offset, name, sizeof name);
    return find(slice_of(name), out);
}

/* Hours, as a number and nothing else. */
static bool is_number(const char *text, double *hours)
{
    char *end;
    *hours = strtod(text, &end);
    return end != text && *end == '\0';
}

enum zone_found zone_find(struct slice name, const struct zone **out)
{
    char text[ZONE_NAME_MAX + 1];
    double hours;
    *out = NULL;
    if (name.len == 0 || name.len > ZONE_NAME_MAX || memchr(name.data, 0, name.len))
        return ZONE_UNKNOWN;
    if (slice_equal_nocase(name, SLICE("UTC")))
        return ZONE_FOUND;
    memcpy(text, name.data, name.len);
    text[name.len] = '\0';
    if (!is_number(text, &hours))
        return find(name, out);
    return fabs(hours) < 168 ? zone_fixed((int32_t)(hours * 3600), out) : ZONE_RANGE;
}

const struct zone *zone_ref(const struct zone *zone)
{
    pthread_mutex_lock(&registry.lock);
    for (struct zone *each = registry.first; zone && each; each = each->next) {
        if (each == zone)
            each->references++;
    }
    pthread_mutex_unlock(&registry.lock);
    return zone;
}

void zone_unref(const struct zone *zone)
{
    struct zone *dead = NULL;
    pthread_mutex_lock(&registry.lock);
    for (struct zone **link = &registry.first; zone && *link; link = &(*link)->next) {
        if (*link != zone)
            continue;
        if (--(*link)->references == 0) {
            dead = *link;
            *link = dead->next;
        }
        break;
    }
    pthread_mutex_unlock(&registry.lock);
    if (dead)
        free_zone(dead);
}
