/* arrow_ipc.c - a stream of Arrow's IPC format: its messages.
 *
 *     FFFFFFFF, length ── Message (a FlatBuffer) ── body, in multiples of eight bytes
 */
#include "encode/arrow_ipc.h"

#include <stdlib.h>
#include <string.h>

#include "core/arena.h"
#include "encode/arrow_body.h"
#include "encode/arrow_form.h"

enum { HEADER_SCHEMA = 1, HEADER_RECORD_BATCH = 3, METADATA_V5 = 4 };

/* A message has about so many bytes, or one row. */
enum { MESSAGE_BYTES = 4 << 20 };

struct arrow_ipc {
    const char *const *names;
    const struct type *const *types;
    size_t count;
    struct flat flat;
    struct arrow_body body;
};

struct arrow_ipc *arrow_ipc_new(const char *const *names,
                                const struct type *const *types, size_t count)
{
    struct arrow_ipc *ipc = calloc(1, sizeof *ipc);
    if (ipc)
        *ipc = (struct arrow_ipc){.names = names, .types = types, .count = count};
    return ipc;
}

void arrow_ipc_free(struct arrow_ipc *ipc)
{
    if (!ipc)
        return;
    flat_free(&ipc->flat);
    arrow_body_free(&ipc->body);
    free(ipc);
}

/* ---- messages ---- */

static const char *put_message(struct arrow_ipc *ipc, int header_type,
                               flat_place header, struct buf *out)
{
    enum { VERSION, HEADER_TYPE, HEADER, BODY_LENGTH };
    struct flat *flat = &ipc->flat;
    const struct buf *body = &ipc->body.bytes;
    size_t body_bytes = header_type == HEADER_SCHEMA ? 0 : buf_len(body);
    struct slice message;
    flat_begin(flat);
    flat_number(flat, VERSION, METADATA_V5, 2);
    flat_number(flat, HEADER_TYPE, header_type, 1);
    flat_at(flat, HEADER, header);
    flat_number(flat, BODY_LENGTH, (int64_t)body_bytes, 8);
    flat_place root = flat_end(flat);
    if (!flat_finish(flat, root, &message))
        return "53200";
    const uint32_t front[] = {UINT32_MAX, (uint32_t)message.len};
    bool done = buf_append(out, front, sizeof front) &&
                buf_append(out, message.data, message.len) &&
                (body_bytes == 0 || buf_append(out, buf_data(body), body_bytes));
    return done ? NULL : "53200";
}

bool arrow_ipc_end(struct buf *out)
{
    static const uint32_t end[] = {UINT32_MAX, 0};
    return buf_append(out, end, sizeof end);
}

/* ---- the schema ---- */

struct field {
    struct slice name;
    const struct type *type;
    const struct type *entries; /* the struct within a map: the map; else NULL */
    bool is_nullable;
};

static flat_place put_field(struct arrow_ipc *ipc, const struct field *field,
                            unsigned depth, struct arena *arena);

static struct field child_of(const struct field *field, size_t i)
{
    static const char *const entry[] = {"key", "value"};
    const struct type *type = field->entries ? field->entries : field->type;
    struct field child = {SLICE("item"), &type->children[i], NULL, true};
    if (field->entries) {
        child.name = slice_of(entry[i]);
        child.is_nullable = i > 0;
    } else if (type->child_names) {
        child.name = type->child_names[i];
    }
    return child;
}

/* 0: there are none. */
static flat_place put_children(struct arrow_ipc *ipc, const struct field *field,
                               unsigned depth, struct arena *arena)
{
    bool is_map = !field->entries && field->type->id == TYPE_MAP;
    const struct type *type = field->entries ? field->entries : field->type;
    size_t count = is_map ? 1 : type->child_count;
    flat_place *places = arena_calloc(arena, count, sizeof *places);
    if (!places)
        ipc->flat.failed = true;
    if (!places || count == 0)
        return 0;
    for (size_t i = 0; i < count; i++) {
        const struct field entries = {SLICE("entries"), field->type, field->type,
                                      false};
        const struct field child = is_map ? entries : child_of(field, i);
        places[i] = put_field(ipc, &child, depth + 1, arena);
    }
    return flat_places(&ipc->flat, places, count);
}

static flat_place put_extension(struct flat *flat, const char *name)
{
    static const char *const keys[] = {"ARROW:extension:name",
                                       "ARROW:extension:metadata"};
    flat_place pairs[2];
    for (size_t i = 0; i < 2; i++) {
        flat_place key = flat_string(flat, slice_of(keys[i]));
        flat_place value = flat_string(flat, slice_of(i == 0 ? name : ""));
        flat_begin(flat);
        flat_at(flat, 0, key);
        flat_at(flat, 1, value);
        pairs[i] = flat_end(flat);
    }
    return flat_places(flat, pairs, 2);
}

static flat_place put_field(struct arrow_ipc *ipc, const struct field *field,
                            unsigned depth, struct arena *arena)
{
    enum { NAME, NULLABLE, TYPE_TYPE, TYPE, DICTIONARY, CHILDREN, METADATA };
    static const struct type structs = {.id = TYPE_STRUCT};
    const struct type *type = field->entries ? &structs : field->type;
    const struct arrow_form *form = arrow_form_of(type);
    struct flat *flat = &ipc->flat;
    if (depth == ARROW_DEPTH_MAX)
        return 0;
    flat_place children = put_children(ipc, field, depth, arena), extension = 0;
    if (form->extension)
        extension = put_extension(flat, form->extension);
    flat_place described = arrow_put_type(flat, form, type);
    flat_place name = flat_string(flat, field->name);
    if (!children) /* there is a list of them, also of none */
        children = flat_places(flat, NULL, 0);
    flat_begin(flat);
    flat_at(flat, NAME, name);
    flat_number(flat, NULLABLE, field->is_nullable, 1);
    flat_number(flat, TYPE_TYPE, form->type, 1);
    flat_at(flat, TYPE, described);
    flat_at(flat, CHILDREN, children);
    flat_at(flat, METADATA, extension);
    return flat_end(flat);
}

static unsigned depth_of(const struct type *type, unsigned depth)
{
    unsigned deepest = depth;
    for (size_t i = 0; i < type->child_count && depth < ARROW_DEPTH_MAX; i++) {
        unsigned child = depth_of(&type->children[i], depth + 2);
        deepest = child > deepest ? child : deepest;
    }
    return deepest;
}

const char *arrow_ipc_schema(struct arrow_ipc *ipc, struct buf *out)
{
    enum { ENDIANNESS, FIELDS };
    struct arena arena = {0};
    struct flat *flat = &ipc->flat;
    flat_place *fields = arena_calloc(&arena, ipc->count, sizeof *fields);
    const char *failure = fields ? NULL : "53200";
    flat_clear(flat);
    for (size_t i = 0; i < ipc->count && !failure; i++) {
        const struct field field = {slice_of(ipc->names[i]), ipc->types[i], NULL, true};
        if (depth_of(ipc->types[i], 0) >= ARROW_DEPTH_MAX)
            failure = "0A000";
        else
            fields[i] = put_field(ipc, &field, 0, &arena);
    }
    if (!failure) {
        flat_place list = flat_places(flat, fields, ipc->count);
        flat_begin(flat);
        flat_number(flat, ENDIANNESS, 0, 2);
        flat_at(flat, FIELDS, list);
        failure = put_message(ipc, HEADER_SCHEMA, flat_end(flat), out);
    }
    arena_free(&arena);
    return failure;
}

/* ---- rows ---- */

static const char *put_batch(struct arrow_ipc *ipc, size_t rows, struct buf *out)
{
    enum { LENGTH, NODES, BUFFERS };
    struct flat *flat = &ipc->flat;
    const struct buf *nodes = &ipc->body.nodes, *buffers = &ipc->body.buffers;
    flat_clear(flat);
    flat_place buffer_list = flat_vector(flat, buf_data(buffers),
                                         buf_len(buffers) / sizeof(struct arrow_buffer),
                                         sizeof(struct arrow_buffer), sizeof(int64_t));
    flat_place node_list =
        flat_vector(flat, buf_data(nodes), buf_len(nodes) / sizeof(struct arrow_node),
                    sizeof(struct arrow_node), sizeof(int64_t));
    flat_begin(flat);
    flat_number(flat, LENGTH, (int64_t)rows, 8);
    flat_at(flat, NODES, node_list);
    flat_at(flat, BUFFERS, buffer_list);
    return put_message(ipc, HEADER_RECORD_BATCH, flat_end(flat), out);
}

/* How many rows from `first` on keep their strings within a message. */
static size_t rows_within(const struct batch *batch, size_t first)
{
    size_t bytes = 0, row = first;
    for (; row < batch->rows && bytes < MESSAGE_BYTES; row++) {
        for (size_t i = 0; i < batch->column_count; i++) {
            const struct column *column = &batch->columns[i];
            if (column_is_valid(column, row))
                bytes += column_slice(column, row).len;
        }
    }
    return row - first;
}

const char *arrow_ipc_rows(struct arrow_ipc *ipc, const struct batch *batch,
                           size_t *next, struct buf *out)
{
    size_t rows = rows_within(batch, *next);
    const char *failure = arrow_body_write(&ipc->body, batch, *next, rows);
    while (failure && rows > 1 && strcmp(failure, "54000") == 0) {
        rows /= 2;
        failure = arrow_body_write(&ipc->body, batch, *next, rows);
    }
    if (!failure)
        failure = put_batch(ipc, rows, out);
    if (!failure)
        *next += rows;
    return failure;
}
