/* plans.c - the prepared plans of one engine connection: a map by text, and a list by
 * age. */
#include "engine/plans.h"

#include <stdlib.h>

struct plan_entry {
    char *text;
    size_t len;
    struct plan_basis basis;
    struct engine_stmt *stmt;
    struct plan_entry *newer, *older;
};

static void unlink_entry(struct plans *plans, struct plan_entry *entry)
{
    if (entry->newer)
        entry->newer->older = entry->older;
    else
        plans->newest = entry->older;
    if (entry->older)
        entry->older->newer = entry->newer;
    else
        plans->oldest = entry->newer;
}

static void link_newest(struct plans *plans, struct plan_entry *entry)
{
    entry->newer = NULL;
    entry->older = plans->newest;
    if (plans->newest)
        plans->newest->newer = entry;
    else
        plans->oldest = entry;
    plans->newest = entry;
}

static void drop(struct plans *plans, struct plan_entry *entry)
{
    if (!entry)
        return;
    (void)strmap_take(&plans->by_text, (struct slice){entry->text, entry->len});
    unlink_entry(plans, entry);
    plans->bytes -= entry->len;
    entry->stmt->ops->close(entry->stmt);
    free(entry->text);
    free(entry);
}

void plans_clear(struct plans *plans)
{
    while (plans->oldest)
        drop(plans, plans->oldest);
    strmap_free(&plans->by_text);
}

static bool is_good(const struct plan_entry *entry, struct plan_basis basis)
{
    return entry->basis.catalogue == basis.catalogue &&
           (entry->stmt->ignores_rows || entry->basis.rows == basis.rows);
}

struct engine_stmt *plans_find(struct plans *plans, struct slice text,
                               struct plan_basis basis)
{
    struct plan_entry *entry = strmap_get(&plans->by_text, text);
    if (entry && !is_good(entry, basis)) {
        drop(plans, entry);
        entry = NULL;
    }
    if (!entry)
        return NULL;
    if (entry != plans->newest) {
        unlink_entry(plans, entry);
        link_newest(plans, entry);
    }
    return entry->stmt;
}

bool plans_keep(struct plans *plans, struct slice text, struct plan_basis basis,
                struct engine_stmt *stmt)
{
    struct plan_entry *entry = calloc(1, sizeof *entry);
    char *copy = malloc(text.len + 1);
    plans_forget(plans, text);
    if (!entry || !copy || !strmap_put(&plans->by_text, text, entry)) {
        free(entry);
        free(copy);
        stmt->ops->close(stmt);
        return false;
    }
    if (text.len)
        memcpy(copy, text.data, text.len);
    *entry = (struct plan_entry){
        .text = copy, .len = text.len, .basis = basis, .stmt = stmt};
    link_newest(plans, entry);
    plans->bytes += text.len;
    while (plans->oldest != entry &&
           (plans->by_text.count > plans->capacity || plans->bytes > PLANS_TEXT_MAX))
        drop(plans, plans->oldest);
    return true;
}

void plans_trim(struct plans *plans)
{
    while (plans->bytes > PLANS_TEXT_MAX)
        drop(plans, plans->oldest);
}

void plans_drop_heavy(struct plans *plans)
{
    struct plan_entry *entry = plans->newest;
    while (entry) {
        struct plan_entry *older = entry->older;
        if (entry->stmt->is_heavy)
            drop(plans, entry);
        entry = older;
    }
}

void plans_forget(struct plans *plans, struct slice text)
{
    drop(plans, strmap_get(&plans->by_text, text));
}
