/* params.c - PostgreSQL's parameters as a batch of one row for the engine.
 *
 * A row of param_types.c says what a type becomes. An array is a list of such cells,
 * and lists of lists for its further dimensions; the user's enums are their labels,
 * which the engine casts. */
#include "server/params.h"

#include <string.h>

#include "core/attr.h"
#include "server/param_types.h"

static enum pgw_status no_memory(struct pgw_error *err)
{
    return pgw_fail(err, "53200", "out of memory");
}

/* ---- from OID to type ---- */

/* What a parameter of some OID is. */
struct resolved {
    const struct param_type *row;    /* of it, or of the array's element */
    const struct type_entry *labels; /* of an enum, the row is text then; NULL: none */
    bool is_array;
};

static bool resolve_users(struct type_oids *oids, uint32_t oid, struct resolved *out)
{
    const struct type_entry *entry = oids ? type_oids_find(oids, oid) : NULL;
    out->is_array = entry && entry->element_oid != 0;
    if (out->is_array)
        entry = type_oids_find(oids, entry->element_oid);
    if (!entry || entry->type->id != TYPE_ENUM)
        return false;
    out->row = param_type_find(PGW_TEXTOID);
    out->labels = entry;
    return true;
}

static bool resolve(struct type_oids *oids, uint32_t oid, struct resolved *out)
{
    *out = (struct resolved){.row = param_type_find(oid)};
    if (oid == 0 || oid == PGW_UNKNOWNOID)
        out->row = param_type_find(PGW_TEXTOID);
    if (out->row)
        return true;
    out->row = param_type_element(oid);
    out->is_array = out->row != NULL;
    return out->is_array || resolve_users(oids, oid, out);
}

static enum pgw_status no_type(struct type_oids *oids, uint32_t oid,
                               struct pgw_error *err)
{
    const struct type_entry *entry = oids ? type_oids_find(oids, oid) : NULL;
    if (entry)
        return pgw_fail(err, "0A000", "parameters of type %s are not supported",
                        entry->name);
    return pgw_fail(err, "42704", "type with OID %u does not exist", (unsigned)oid);
}

/* "name" or "name"[] */
static const char *enum_cast(struct arena *arena, const struct resolved *resolved)
{
    const char *name = resolved->labels->name;
    char *cast = arena_alloc(arena, 2 * strlen(name) + sizeof "\"\"[]"), *to = cast;
    if (!cast)
        return NULL;
    *to++ = '"';
    for (; *name; name++) {
        if (*name == '"')
            *to++ = '"';
        *to++ = *name;
    }
    memcpy(to, resolved->is_array ? "\"[]" : "\"", resolved->is_array ? 4 : 2);
    return cast;
}

enum pgw_status params_cast(struct arena *arena, struct type_oids *oids, uint32_t oid,
                            const char **out, struct pgw_error *err)
{
    struct resolved resolved;
    *out = NULL;
    if (oid == 0 || oid == PGW_UNKNOWNOID)
        return PGW_OK;
    if (!resolve(oids, oid, &resolved))
        return no_type(oids, oid, err);
    if (!resolved.labels)
        *out = resolved.is_array ? resolved.row->array_cast : resolved.row->cast;
    else if (!(*out = enum_cast(arena, &resolved)))
        return no_memory(err);
    return PGW_OK;
}

/* ---- cells ---- */

const uint64_t *param_validity(struct arena *arena, const struct pgw_value *values,
                               size_t count)
{
    uint64_t *bits = arena_calloc(arena, count / 64 + 1, sizeof *bits);
    for (size_t i = 0; bits && i < count; i++)
        bits[i / 64] |= (uint64_t)!values[i].is_null << (i % 64);
    return bits;
}

static enum pgw_status check_label(const struct type_entry *labels, struct slice text,
                                   const struct pgw_value *value, struct pgw_error *err)
{
    for (size_t i = 0; i < labels->type->label_count; i++) {
        if (slice_equal(labels->type->labels[i], text))
            return PGW_OK;
    }
    return pgw_value_fail(value, err, "22P02",
                          "invalid input value for enum %s: \"%.*s\"", labels->name,
                          text.len > 200 ? 200 : (int)text.len, text.data);
}

/* A column of the row's layout, of values that all have the row's OID. */
static enum pgw_status read_cells(const struct param_source *source,
                                  const struct resolved *resolved,
                                  const struct pgw_value *values, size_t count,
                                  struct column *out, struct pgw_error *err)
{
    const struct param_type *row = resolved->row;
    if (!row->read)
        return param_numerics(source, values, count, out, err);
    char *cells = arena_calloc(source->arena, count, row->size);
    *out = (struct column){.type = row->type,
                           .layout = row->layout,
                           .data = cells,
                           .validity = param_validity(source->arena, values, count)};
    if (!cells || !out->validity)
        return no_memory(err);
    for (size_t i = 0; i < count; i++) {
        if (values[i].is_null)
            continue;
        struct pgw_value value = values[i];
        value.oid = row->oid;
        void *cell = cells + i * row->size;
        enum pgw_status status = row->read(source, &value, cell, err);
        if (status == PGW_OK && resolved->labels)
            status = check_label(resolved->labels, *(struct slice *)cell, &value, err);
        if (status != PGW_OK)
            return status;
    }
    return PGW_OK;
}

/* ---- arrays ---- */

/* Lists of `length` cells each, `count` of them, around a column. */
static bool wrap(struct arena *arena, struct column *column, size_t length,
                 size_t count)
{
    struct type *type = arena_calloc(arena, 1, sizeof *type);
    struct column *child = arena_calloc(arena, 1, sizeof *child);
    uint64_t(*entries)[2] = arena_calloc(arena, count, sizeof *entries);
    if (!type || !child || !entries)
        return false;
    for (size_t i = 0; i < count; i++) {
        entries[i][0] = i * length;
        entries[i][1] = length;
    }
    *type = (struct type){
        .id = TYPE_LIST, .child_count = 1, .children = column->type, .name = "LIST"};
    *child = *column;
    *column = (struct column){.type = type,
                              .layout = LAYOUT_LIST_ENTRIES,
                              .data = entries,
                              .children = child,
                              .child_count = 1};
    return true;
}

/* The innermost dimension becomes the innermost list. */
static enum pgw_status read_array(const struct param_source *source,
                                  const struct resolved *resolved,
                                  const struct pgw_value *value, struct column *out,
                                  struct pgw_error *err)
{
    uint32_t element_oid =
        resolved->labels ? resolved->labels->oid : resolved->row->oid;
    struct pgw_array array;
    enum pgw_status status =
        pgw_get_array(source->session, value, element_oid, &array, err);
    if (status == PGW_OK)
        status = read_cells(source, resolved, array.values, array.count, out, err);
    if (status != PGW_OK)
        return status;
    size_t count = array.count;
    for (unsigned i = array.dimensions; i > 0; i--) {
        size_t length = (size_t)array.lengths[i - 1];
        count /= length;
        if (!wrap(source->arena, out, length, count))
            return no_memory(err);
    }
    if (array.dimensions == 0 && !wrap(source->arena, out, 0, 1))
        return no_memory(err);
    return PGW_OK;
}

/* ---- the batch ---- */

/* A NULL has the type that a value would have. */
static enum pgw_status null_column(struct arena *arena, const struct resolved *resolved,
                                   struct column *out, struct pgw_error *err)
{
    *out = (struct column){.type = resolved->row->type, .layout = LAYOUT_NULL};
    if (resolved->is_array && !wrap(arena, out, 0, 0))
        return no_memory(err);
    out->layout = LAYOUT_NULL;
    return PGW_OK;
}

static enum pgw_status read_column(const struct param_source *source,
                                   struct type_oids *oids,
                                   const struct pgw_value *value, struct column *out,
                                   struct pgw_error *err)
{
    struct resolved resolved;
    if (!resolve(oids, value->oid, &resolved))
        return no_type(oids, value->oid, err);
    if (value->is_null)
        return null_column(source->arena, &resolved, out, err);
    if (resolved.is_array)
        return read_array(source, &resolved, value, out, err);
    enum pgw_status status = read_cells(source, &resolved, value, 1, out, err);
    out->validity = NULL;
    return status;
}

enum pgw_status params_batch(struct arena *arena, struct type_oids *oids,
                             pgw_session *session, const struct pgw_value *values,
                             size_t count, struct batch *out, struct pgw_error *err)
{
    const struct param_source source = {arena, session};
    struct column *columns = arena_calloc(arena, count, sizeof *columns);
    if (!columns)
        return no_memory(err);
    for (size_t i = 0; i < count; i++) {
        enum pgw_status status =
            read_column(&source, oids, &values[i], &columns[i], err);
        if (status != PGW_OK)
            return status;
    }
    *out = (struct batch){1, count, columns};
    return PGW_OK;
}
