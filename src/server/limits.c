/* limits.c - sessions are counted by name, whoever has any. */
#include "server/limits.h"

#include <stdlib.h>
#include <string.h>

struct limit_count {
    unsigned sessions;
    char name[];
};

/* ---- life ---- */

bool limits_init(struct limits *limits)
{
    *limits = (struct limits){0};
    return pthread_mutex_init(&limits->lock, NULL) == 0;
}

static void free_counts(struct strmap *counts)
{
    struct slice name;
    struct limit_count *count;
    while ((count = strmap_any(counts, &name))) {
        (void)strmap_take(counts, name);
        free(count);
    }
    strmap_free(counts);
}

void limits_free(struct limits *limits)
{
    free_counts(&limits->user_counts);
    free_counts(&limits->database_counts);
    arena_free(&limits->arena);
    (void)pthread_mutex_destroy(&limits->lock);
}

/* ---- what they are ---- */

static bool copy_list(struct arena *arena, const struct limit_list *from,
                      struct limit_list *to)
{
    struct limit *items = arena_calloc(arena, from->count, sizeof *items);
    for (size_t i = 0; items && i < from->count; i++) {
        const char *name = from->items[i].name;
        items[i].most = from->items[i].most;
        items[i].name = name ? arena_string(arena, slice_of(name)) : NULL;
        if (name && !items[i].name)
            return false;
    }
    *to = (struct limit_list){items, from->count};
    return items != NULL;
}

bool limits_set(struct limits *limits, const struct limit_list *users,
                const struct limit_list *databases, unsigned places, unsigned reserved)
{
    struct arena arena = {0};
    struct limit_list user_list, database_list;
    if (!copy_list(&arena, users, &user_list) ||
        !copy_list(&arena, databases, &database_list)) {
        arena_free(&arena);
        return false;
    }
    (void)pthread_mutex_lock(&limits->lock);
    struct arena before = limits->arena;
    limits->arena = arena;
    limits->users = user_list;
    limits->databases = database_list;
    limits->places = places;
    limits->reserved = reserved;
    (void)pthread_mutex_unlock(&limits->lock);
    arena_free(&before);
    return true;
}

static unsigned most_of(const struct limit_list *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        const char *named = list->items[i].name;
        if (named && strcmp(named, name) == 0)
            return list->items[i].most;
    }
    for (size_t i = 0; i < list->count; i++) {
        if (!list->items[i].name)
            return list->items[i].most;
    }
    return 0;
}

/* ---- coming and going, under the lock ---- */

/* One more of this name; NULL: out of memory. */
static struct limit_count *count_in(struct strmap *counts, const char *name)
{
    size_t len = strlen(name);
    struct limit_count *count = strmap_get(counts, slice_of(name));
    if (!count) {
        count = calloc(1, sizeof *count + len + 1);
        if (!count)
            return NULL;
        memcpy(count->name, name, len);
        if (!strmap_put(counts, slice_of(name), count)) {
            free(count);
            return NULL;
        }
    }
    count->sessions++;
    return count;
}

static void count_out(struct strmap *counts, struct limit_count *count)
{
    if (!count || --count->sessions > 0)
        return;
    (void)strmap_take(counts, slice_of(count->name));
    free(count);
}

static bool is_over(const struct limit_list *list, const struct limit_count *count)
{
    unsigned most = most_of(list, count->name);
    return most > 0 && count->sessions > most;
}

static bool needs_reserved(const struct limits *limits)
{
    return limits->places > 0 && limits->reserved > 0 &&
           limits->sessions + limits->reserved > limits->places;
}

/* Who has been counted in. */
static bool check(const struct limits *limits, const struct limit_ticket *ticket,
                  struct error *err)
{
    if (needs_reserved(limits))
        return error_set(err, "53300",
                         "remaining connection slots are reserved for "
                         "non-replication superuser connections");
    if (is_over(&limits->users, ticket->user))
        return error_set(err, "53300", "too many connections for role \"%s\"",
                         ticket->user->name);
    if (is_over(&limits->databases, ticket->database))
        return error_set(err, "53300", "too many connections for database \"%s\"",
                         ticket->database->name);
    return true;
}

static void leave(struct limit_ticket *ticket)
{
    struct limits *limits = ticket->limits;
    count_out(&limits->user_counts, ticket->user);
    count_out(&limits->database_counts, ticket->database);
    limits->sessions--;
    *ticket = (struct limit_ticket){0};
}

bool limits_enter(struct limits *limits, const char *user, const char *database,
                  bool is_admin, struct limit_ticket *out, struct error *err)
{
    *out = (struct limit_ticket){.limits = limits};
    if (!limits)
        return true;
    (void)pthread_mutex_lock(&limits->lock);
    out->user = count_in(&limits->user_counts, user);
    out->database = count_in(&limits->database_counts, database);
    limits->sessions++;
    bool done = (out->user && out->database) ? is_admin || check(limits, out, err)
                                             : error_no_memory(err);
    if (!done)
        leave(out);
    (void)pthread_mutex_unlock(&limits->lock);
    return done;
}

void limits_leave(struct limit_ticket *ticket)
{
    struct limits *limits = ticket->limits;
    if (!limits)
        return;
    (void)pthread_mutex_lock(&limits->lock);
    leave(ticket);
    (void)pthread_mutex_unlock(&limits->lock);
}
