/* serve_limits.c - max-connections, reserved-connections, and the lists
 *
 *     user-connections = 20, etl=50      database-connections = main=100
 *     address-connections = 50, 192.0.2.0/24=500, 2001:db8::/32=0
 *
 * in which a number by itself is for whoever is not named, and 0 is no limit. */
#include "main/serve_limits.h"

#include <stdlib.h>
#include <string.h>

#include "main/serve_state.h"

struct limit_reading {
    struct arena *arena;
    const char *option;
    struct error *err;
};

static bool malformed(const struct limit_reading *reading, const char *text)
{
    return error_set(reading->err, "22023",
                     "--%s: \"%s\" is neither a number nor NAME=NUMBER",
                     reading->option, text);
}

/* "7" or "NAME=7"; *name NULL: for all. */
static bool read_item(const struct limit_reading *reading, const char *text,
                      const char **name, unsigned *most)
{
    char *end;
    const char *equals = strrchr(text, '=');
    const char *digits = equals ? equals + 1 : text;
    unsigned long value = strtoul(digits, &end, 10);
    if (*digits < '0' || *digits > '9' || *end || value > UINT32_MAX || equals == text)
        return malformed(reading, text);
    *most = (unsigned)value;
    *name = NULL;
    if (!equals)
        return true;
    *name = arena_string(reading->arena, (struct slice){text, (size_t)(equals - text)});
    return *name || error_no_memory(reading->err);
}

static size_t count_values(const struct option_value *value)
{
    size_t count = 0;
    for (; value; value = value->next)
        count++;
    return count;
}

static bool read_list(const struct limit_reading *reading,
                      const struct options *options, struct limit_list *out)
{
    const struct option_value *value = options_list(options, reading->option);
    size_t count = count_values(value);
    struct limit *items = arena_calloc(reading->arena, count, sizeof *items);
    if (!items)
        return error_no_memory(reading->err);
    for (size_t i = 0; i < count; i++, value = value->next) {
        if (!read_item(reading, value->text, &items[i].name, &items[i].most))
            return false;
    }
    *out = (struct limit_list){items, count};
    return true;
}

/* ---- addresses ---- */

static bool limit_addresses(struct net *net, const struct limit_reading *reading,
                            const struct limit_list *list)
{
    unsigned standard = 0;
    size_t count = 0;
    struct net_address_limit *ranges =
        arena_calloc(reading->arena, list->count, sizeof *ranges);
    if (!ranges)
        return error_no_memory(reading->err);
    for (size_t i = 0; i < list->count; i++) {
        const struct limit *item = &list->items[i];
        if (!item->name) {
            standard = item->most;
            continue;
        }
        if (!net_address_range(item->name, &ranges[count]))
            return error_set(reading->err, "22023",
                             "--%s: \"%s\" is no address, nor a range of them",
                             reading->option, item->name);
        ranges[count++].most = item->most;
    }
    return net_limit_addresses(net, standard, ranges, count, reading->err);
}

/* ---- all ---- */

static bool apply(struct server *server, const struct options *options,
                  struct arena *arena, struct error *err)
{
    struct limit_list users = {0}, databases = {0}, addresses = {0};
    const struct limit_reading of_users = {arena, "user-connections", err};
    const struct limit_reading of_databases = {arena, "database-connections", err};
    const struct limit_reading of_addresses = {arena, "address-connections", err};
    if (!read_list(&of_users, options, &users) ||
        !read_list(&of_databases, options, &databases) ||
        !read_list(&of_addresses, options, &addresses) ||
        !limit_addresses(server->net, &of_addresses, &addresses))
        return false;
    unsigned reserved = (unsigned)options_number(options, "reserved-connections");
    net_limit(server->net, (unsigned)options_number(options, "max-connections"));
    unsigned places = net_stats(server->net).places;
    if (reserved >= places)
        reserved = places - 1;
    return limits_set(&server->limits, &users, &databases, places, reserved) ||
           error_no_memory(err);
}

bool serve_limits_apply(struct server *server, const struct options *options,
                        struct error *err)
{
    struct arena arena = {0};
    bool done = apply(server, options, &arena, err);
    arena_free(&arena);
    return done;
}
