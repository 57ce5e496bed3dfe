/* type_oids.c - OIDs for the types that PostgreSQL does not know: enums and composites.
 *
 *     name, labels or fields ── content ──> key ── FNV-1a ──> OID ── taken? next ──> …
 *
 * Two tables under one lock: entries by OID, and the last name given to a content. The
 * second is a list: an engine has few types of its own. */
#include "batch/type_oids.h"

#include <pthread.h>
#include <stdlib.h>

#include "batch/type.h"
#include "core/arena.h"
#include "core/buf.h"

struct known {
    struct type_entry entry; /* first: what callers see */
    struct slice key;
    struct known *next;         /* the one made after it */
    const struct known *latest; /* of the entries with this content, in the first */
};

struct type_oids {
    pthread_mutex_t lock;
    struct arena arena; /* all entries */
    struct known **by_oid;
    size_t capacity, count; /* of by_oid, a power of two */
    struct known *oldest, *newest;
    uint64_t additions;
};

struct type_oids *type_oids_new(void)
{
    struct type_oids *oids = calloc(1, sizeof *oids);
    if (oids && pthread_mutex_init(&oids->lock, NULL) != 0) {
        free(oids);
        return NULL;
    }
    return oids;
}

void type_oids_free(struct type_oids *oids)
{
    if (!oids)
        return;
    pthread_mutex_destroy(&oids->lock);
    arena_free(&oids->arena);
    free(oids->by_oid);
    free(oids);
}

/* ---- keys ---- */

static bool key_number(struct buf *key, uint64_t number)
{
    return buf_append(key, &number, sizeof number);
}

static bool key_slice(struct buf *key, struct slice text)
{
    return key_number(key, text.len) && buf_append(key, text.data, text.len);
}

/* What makes two types one: everything but their names. The depth is the engine's. */
static bool key_type(struct buf *key, const struct type *type)
{
    bool done = key_number(key, type->id) && key_number(key, type->precision) &&
                key_number(key, type->scale) && key_number(key, type->unit) &&
                key_number(key, type->array_length) &&
                key_number(key, type->label_count) &&
                key_number(key, type->child_count);
    for (size_t i = 0; done && i < type->label_count; i++)
        done = key_slice(key, type->labels[i]);
    for (size_t i = 0; done && i < type->child_count; i++) {
        if (type->child_names)
            done = key_slice(key, type->child_names[i]);
        done = done && key_type(key, &type->children[i]);
    }
    return done;
}

static struct slice key_of(const struct buf *key)
{
    const char *data = (const char *)buf_data(key);
    return data ? (struct slice){data, buf_len(key)} : SLICE("");
}

/* From TYPE_OID_FIRST to 2^31 - 1: some drivers keep OIDs in a signed integer. */
static uint32_t hash_oid(struct slice key)
{
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < key.len; i++)
        hash = (hash ^ (unsigned char)key.data[i]) * 1099511628211u;
    return TYPE_OID_FIRST +
           (uint32_t)((hash ^ hash >> 32) % (UINT32_C(0x80000000) - TYPE_OID_FIRST));
}

/* ---- the table by OID: open addressing ---- */

static struct known **place(struct known **table, size_t capacity, uint32_t oid)
{
    size_t at = (size_t)(oid * UINT64_C(0x9e3779b97f4a7c15) >> 32) & (capacity - 1);
    while (table[at] && table[at]->entry.oid != oid)
        at = (at + 1) & (capacity - 1);
    return &table[at];
}

static struct known *known_at(const struct type_oids *oids, uint32_t oid)
{
    return oids->capacity ? *place(oids->by_oid, oids->capacity, oid) : NULL;
}

static bool make_room(struct type_oids *oids)
{
    enum { START = 64 };
    if (oids->count * 2 < oids->capacity)
        return true;
    size_t capacity = oids->capacity ? oids->capacity * 2 : START;
    struct known **table = calloc(capacity, sizeof *table);
    if (!table)
        return false;
    for (struct known *known = oids->oldest; known; known = known->next)
        *place(table, capacity, known->entry.oid) = known;
    free(oids->by_oid);
    oids->by_oid = table;
    oids->capacity = capacity;
    return true;
}

/* The entry with this key, or a new one, not yet filled in but for OID and key. */
static struct known *enter(struct type_oids *oids, struct slice key, bool *is_new)
{
    uint32_t oid = hash_oid(key);
    struct known *known = known_at(oids, oid);
    while (known && !slice_equal(known->key, key)) {
        oid = oid < INT32_MAX ? oid + 1 : TYPE_OID_FIRST;
        known = known_at(oids, oid);
    }
    *is_new = !known;
    if (known)
        return known;
    known = make_room(oids) ? arena_calloc(&oids->arena, 1, sizeof *known) : NULL;
    const char *copy = arena_string(&oids->arena, key);
    if (!known || !copy)
        return NULL;
    known->key = (struct slice){copy, key.len};
    known->entry.oid = oid;
    if (oids->newest)
        oids->newest->next = known;
    else
        oids->oldest = known;
    oids->newest = known;
    oids->count++;
    *place(oids->by_oid, oids->capacity, oid) = known;
    return known;
}

/* ---- adding ---- */

/* The content of a key is what comes behind its name. */
static struct slice content_of(struct slice key)
{
    uint64_t name_length;
    memcpy(&name_length, key.data, sizeof name_length);
    size_t skip = sizeof name_length + (size_t)name_length;
    return (struct slice){key.data + skip, key.len - skip};
}

static bool fill(struct type_oids *oids, struct known *known, struct slice name,
                 const struct type *type)
{
    struct arena *arena = &oids->arena;
    struct type *copy = NULL;
    const struct type *copied = type_copy(arena, type);
    bool is_new;
    known->entry.name = arena_string(arena, name);
    char *array_name = arena_printf(arena, "_%.*s", (int)name.len, name.data);
    struct slice array_key = {array_name, array_name ? strlen(array_name) : 0};
    struct buf key = {0};
    struct known *array = NULL;
    if (copied && known->entry.name && array_name && key_slice(&key, array_key) &&
        key_number(&key, known->entry.oid))
        array = enter(oids, key_of(&key), &is_new);
    buf_free(&key);
    copy = array ? arena_copy(arena, copied, sizeof *copied) : NULL;
    if (!copy)
        return false;
    copy->oid = known->entry.oid;
    copy->array_oid = array->entry.oid;
    known->entry.type = copy;
    known->entry.array_oid = array->entry.oid;
    array->entry = (struct type_entry){.oid = array->entry.oid,
                                       .element_oid = known->entry.oid,
                                       .name = array_name,
                                       .type = copy};
    return true;
}

/* Among those of the same content this one counts from now on. */
static void make_latest(struct type_oids *oids, const struct known *known)
{
    struct slice content = content_of(known->key);
    for (struct known *other = oids->oldest; other; other = other->next) {
        if (!other->entry.element_oid && slice_equal(content_of(other->key), content))
            other->latest = known;
    }
}

const struct type_entry *type_oids_add(struct type_oids *oids, struct slice name,
                                       const struct type *type)
{
    struct buf key = {0};
    struct known *known = NULL;
    bool is_new = false;
    pthread_mutex_lock(&oids->lock);
    if (key_slice(&key, name) && key_type(&key, type))
        known = enter(oids, key_of(&key), &is_new);
    /* One whose filling failed earlier has no type yet: it is tried again. */
    if (known && !known->entry.type && !fill(oids, known, name, type))
        known = NULL;
    if (known) {
        known->entry.added = ++oids->additions;
        make_latest(oids, known);
    }
    pthread_mutex_unlock(&oids->lock);
    buf_free(&key);
    return known ? &known->entry : NULL;
}

/* ---- finding ---- */

const struct type_entry *type_oids_like(struct type_oids *oids, const struct type *type)
{
    struct buf key = {0};
    const struct type_entry *found = NULL;
    if (key_type(&key, type)) {
        pthread_mutex_lock(&oids->lock);
        for (struct known *known = oids->oldest; known && !found; known = known->next) {
            if (known->latest && slice_equal(content_of(known->key), key_of(&key)))
                found = &known->latest->entry;
        }
        pthread_mutex_unlock(&oids->lock);
    }
    buf_free(&key);
    return found;
}

static const struct type_entry *complete(const struct known *known)
{
    return known && known->entry.type ? &known->entry : NULL;
}

const struct type_entry *type_oids_find(struct type_oids *oids, uint32_t oid)
{
    pthread_mutex_lock(&oids->lock);
    const struct type_entry *entry = complete(known_at(oids, oid));
    pthread_mutex_unlock(&oids->lock);
    return entry;
}

const struct type_entry *type_oids_next(struct type_oids *oids, size_t *cursor)
{
    pthread_mutex_lock(&oids->lock);
    const struct known *known = oids->oldest;
    for (size_t skip = *cursor; known && skip > 0; skip--)
        known = known->next;
    for (++*cursor; known && !complete(known); ++*cursor)
        known = known->next;
    const struct type_entry *entry = known ? &known->entry : NULL;
    pthread_mutex_unlock(&oids->lock);
    return entry;
}
