/* arrow_schema.c - an ArrowSchema as a tree of fields.
 *
 * A field's type is that of its values: of a dictionary's, where it is encoded by one,
 * or of the runs'. The recursion is bounded by ARROW_DEPTH_MAX. */
#include "batch/arrow.h"
#include "batch/arrow_field.h"

struct reading {
    struct arena *arena;
    struct error *err;
    unsigned depth;
};

static bool read_field(struct reading *in, const struct ArrowSchema *schema,
                       struct arrow_field *out);

/* ---- errors ---- */

static bool unsupported(struct reading *in, const struct ArrowSchema *schema,
                        const char *why)
{
    return error_set(in->err, "0A000",
                     "column \"%s\" has the Arrow format \"%s\", which %s",
                     schema->name ? schema->name : "", schema->format, why);
}

static bool malformed(struct reading *in, const struct ArrowSchema *schema,
                      const char *what)
{
    return error_set(in->err, "XX001", "malformed Arrow schema: \"%s\" %s",
                     schema->name ? schema->name : "", what);
}

/* ---- metadata: pairs of texts with their lengths in front ---- */

static bool take_length(const char **at, int32_t *out)
{
    memcpy(out, *at, sizeof *out);
    *at += sizeof *out;
    return *out >= 0;
}

static bool take_text(const char **at, struct slice *out)
{
    int32_t len;
    if (!take_length(at, &len))
        return false;
    *out = (struct slice){*at, (size_t)len};
    *at += len;
    return true;
}

/* The value of a key; empty: there is none. False: this is no metadata. */
static bool find_metadata(const char *at, struct slice key, struct slice *out)
{
    int32_t count;
    struct slice name, value;
    *out = (struct slice){"", 0};
    if (!at)
        return true;
    if (!take_length(&at, &count))
        return false;
    for (int32_t i = 0; i < count; i++) {
        if (!take_text(&at, &name) || !take_text(&at, &value))
            return false;
        if (slice_equal(name, key))
            *out = value;
    }
    return true;
}

/* Extension types that PostgreSQL has a type for, and what they are kept in. Whatever
 * else has an extension's name is what it is kept in. */
static const struct extension {
    struct slice name;
    enum type_id storage;
    size_t width; /* 0: any */
    enum type_id id;
    enum layout layout; /* LAYOUT_NULL: the storage's, and its importer */
} extensions[] = {
    {{"arrow.uuid", 10}, TYPE_BYTES, 16, TYPE_UUID, LAYOUT_UUID_BYTES},
    {{"arrow.json", 10}, TYPE_TEXT, 0, TYPE_JSON, LAYOUT_NULL},
    {{"arrow.bool8", 11}, TYPE_INT8, 0, TYPE_BOOL, LAYOUT_BOOL8},
};

static bool read_extension(struct reading *in, const struct ArrowSchema *schema,
                           struct arrow_field *field)
{
    struct slice name;
    if (!find_metadata(schema->metadata, SLICE("ARROW:extension:name"), &name))
        return malformed(in, schema, "has metadata of a negative length");
    for (size_t i = 0; i < ARRAY_LEN(extensions); i++) {
        const struct extension *known = &extensions[i];
        bool is_fixed = field->layout == LAYOUT_SLICES;
        if (field->dictionary || !slice_equal(known->name, name) ||
            known->storage != field->type.id ||
            (known->width && (!is_fixed || known->width != field->width)))
            continue;
        field->type.id = known->id;
        if (known->layout == LAYOUT_NULL)
            continue;
        field->layout = known->layout;
        field->import = arrow_import_fixed;
    }
    return true;
}

/* ---- children ---- */

static bool read_children(struct reading *in, const struct ArrowSchema *schema,
                          struct arrow_field *field)
{
    int wanted = field->format->children;
    if (schema->n_children < 0 || schema->n_children > ARROW_COLUMNS_MAX)
        return malformed(in, schema, "has an impossible number of children");
    field->child_count = (size_t)schema->n_children;
    if (wanted != ARROW_ANY_CHILDREN && schema->n_children != wanted)
        return malformed(in, schema, "has too few or too many children");
    if (field->member_count > 0 && field->child_count != field->member_count)
        return malformed(in, schema, "has not as many members as type ids");
    field->children =
        arena_calloc(in->arena, field->child_count, sizeof *field->children);
    if (!field->children)
        return error_no_memory(in->err);
    for (size_t i = 0; i < field->child_count; i++) {
        if (!schema->children || !schema->children[i])
            return malformed(in, schema, "lacks a child");
        if (!read_field(in, schema->children[i], &field->children[i]))
            return false;
    }
    return true;
}

/* The types, and names, of so many fields as the children of a type. */
static bool describe_children(struct reading *in, const struct arrow_field *fields,
                              size_t count, struct type *type)
{
    struct type *types = arena_calloc(in->arena, count, sizeof *types);
    struct slice *names = arena_calloc(in->arena, count, sizeof *names);
    if (!types || !names)
        return error_no_memory(in->err);
    for (size_t i = 0; i < count; i++) {
        types[i] = fields[i].type;
        names[i] = slice_of(fields[i].name);
    }
    type->children = types;
    type->child_names = names;
    type->child_count = count;
    return true;
}

static bool is_index(const struct arrow_field *field)
{
    return field->type.id >= TYPE_INT8 && field->type.id <= TYPE_UINT64 &&
           field->layout != LAYOUT_BOOL8;
}

static bool finish_runs(struct reading *in, const struct ArrowSchema *schema,
                        struct arrow_field *field)
{
    const struct arrow_field *ends = &field->children[0];
    bool is_run_end = ends->type.id == TYPE_INT16 || ends->type.id == TYPE_INT32 ||
                      ends->type.id == TYPE_INT64;
    if (!is_run_end || ends->dictionary || ends->import != arrow_import_fixed)
        return malformed(in, schema, "has run ends that are no integers");
    field->type = field->children[1].type;
    return true;
}

static bool finish_type(struct reading *in, const struct ArrowSchema *schema,
                        struct arrow_field *field)
{
    const struct arrow_field *children = field->children;
    if (field->import == arrow_import_runs)
        return finish_runs(in, schema, field);
    if (field->type.id != TYPE_MAP)
        return field->child_count == 0 ||
               describe_children(in, children, field->child_count, &field->type);
    if (children->import != arrow_import_struct || children->child_count != 2 ||
        children->dictionary)
        return malformed(in, schema, "is a map whose entries are no pairs");
    return describe_children(in, children->children, 2, &field->type);
}

static bool read_dictionary(struct reading *in, const struct ArrowSchema *schema,
                            struct arrow_field *field)
{
    if (!schema->dictionary)
        return true;
    if (!is_index(field))
        return malformed(in, schema, "has a dictionary, and indexes of no such type");
    field->dictionary = arena_calloc(in->arena, 1, sizeof *field->dictionary);
    if (!field->dictionary)
        return error_no_memory(in->err);
    if (!read_field(in, schema->dictionary, field->dictionary))
        return false;
    field->type = field->dictionary->type;
    field->import = arrow_import_encoded;
    return true;
}

/* ---- a field ---- */

static bool read_parts(struct reading *in, const struct ArrowSchema *schema,
                       struct arrow_field *out)
{
    return read_children(in, schema, out) && finish_type(in, schema, out) &&
           read_dictionary(in, schema, out) && read_extension(in, schema, out);
}

static bool read_field(struct reading *in, const struct ArrowSchema *schema,
                       struct arrow_field *out)
{
    if (!schema->format)
        return malformed(in, schema, "has no format");
    out->name = arena_string(in->arena, slice_of(schema->name ? schema->name : ""));
    if (!out->name)
        return error_no_memory(in->err);
    if (!arrow_format_parse(schema->format, out))
        return unsupported(in, schema, "is not supported");
    if (++in->depth > ARROW_DEPTH_MAX)
        return unsupported(in, schema, "is nested too deep");
    bool done = read_parts(in, schema, out);
    in->depth--;
    return done;
}

bool arrow_field_read(struct arena *arena, const struct ArrowSchema *schema,
                      struct arrow_field *out, struct error *err)
{
    struct reading in = {.arena = arena, .err = err};
    *out = (struct arrow_field){0};
    return read_field(&in, schema, out);
}
