/* duckdb_oids.c - OIDs for schemas, relations and what else has no number of its own.
 *
 *     kind, schema, name ── FNV-1a ──> OID ── taken? next ──> …
 *
 * The engine's own numbers change with every start and every ALTER; names do not. */
#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "core/strmap.h"
#include "engine/duckdb/duckdb_catalog.h"

struct duckdb_oids {
    pthread_mutex_t lock;
    struct arena arena;
    struct strmap by_key, by_oid; /* to struct duckdb_object */
};

struct duckdb_oids *duckdb_oids_new(void)
{
    struct duckdb_oids *oids = calloc(1, sizeof *oids);
    if (oids && pthread_mutex_init(&oids->lock, NULL) != 0) {
        free(oids);
        return NULL;
    }
    return oids;
}

void duckdb_oids_free(struct duckdb_oids *oids)
{
    if (!oids)
        return;
    pthread_mutex_destroy(&oids->lock);
    strmap_free(&oids->by_key);
    strmap_free(&oids->by_oid);
    arena_free(&oids->arena);
    free(oids);
}

static struct slice oid_key(const uint32_t *oid)
{
    return (struct slice){(const char *)oid, sizeof *oid};
}

/* Some clients keep OIDs in a signed integer. */
static uint32_t hash_oid(struct slice key)
{
    uint64_t hash = 14695981039346656037u;
    for (size_t i = 0; i < key.len; i++)
        hash = (hash ^ (unsigned char)key.data[i]) * 1099511628211u;
    return TYPE_OID_FIRST +
           (uint32_t)((hash ^ hash >> 32) % (UINT32_C(0x80000000) - TYPE_OID_FIRST));
}

static uint32_t free_oid(const struct duckdb_oids *oids, struct slice key)
{
    uint32_t oid = hash_oid(key);
    while (strmap_get(&oids->by_oid, oid_key(&oid)))
        oid = oid < INT32_MAX ? oid + 1 : TYPE_OID_FIRST;
    return oid;
}

static bool append_part(struct buf *key, struct slice part)
{
    uint32_t len = (uint32_t)part.len;
    return buf_append(key, &len, sizeof len) && buf_append(key, part.data, part.len);
}

static struct slice keep(struct arena *arena, struct slice text)
{
    return (struct slice){arena_string(arena, text), text.len};
}

/* The parts of the key are those of the object, each behind its length. */
static struct duckdb_object *enter(struct duckdb_oids *oids, struct slice key,
                                   const struct duckdb_object *parts)
{
    struct duckdb_object *object = arena_calloc(&oids->arena, 1, sizeof *object);
    if (!object)
        return NULL;
    *object = (struct duckdb_object){.oid = free_oid(oids, key),
                                     .kind = keep(&oids->arena, parts->kind),
                                     .schema = keep(&oids->arena, parts->schema),
                                     .name = keep(&oids->arena, parts->name)};
    if (!object->kind.data || !object->schema.data || !object->name.data ||
        !strmap_put(&oids->by_oid, oid_key(&object->oid), object))
        return NULL;
    if (strmap_put(&oids->by_key, key, object))
        return object;
    (void)strmap_take(&oids->by_oid, oid_key(&object->oid));
    return NULL;
}

const struct duckdb_object *duckdb_oids_add(struct duckdb_oids *oids, struct slice kind,
                                            struct slice schema, struct slice name)
{
    struct buf buf = {0};
    struct duckdb_object *object = NULL;
    const struct duckdb_object parts = {.kind = kind, .schema = schema, .name = name};
    pthread_mutex_lock(&oids->lock);
    if (append_part(&buf, kind) && append_part(&buf, schema) &&
        append_part(&buf, name)) {
        struct slice key = {(const char *)buf_data(&buf), buf_len(&buf)};
        assert(key.data);
        object = strmap_get(&oids->by_key, key);
        if (!object)
            object = enter(oids, key, &parts);
    }
    pthread_mutex_unlock(&oids->lock);
    buf_free(&buf);
    return object;
}

const struct duckdb_object *duckdb_oids_find(struct duckdb_oids *oids, uint32_t oid)
{
    pthread_mutex_lock(&oids->lock);
    const struct duckdb_object *object = strmap_get(&oids->by_oid, oid_key(&oid));
    pthread_mutex_unlock(&oids->lock);
    return object;
}
