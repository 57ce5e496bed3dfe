/* type.c - copies and comparison of logical types.
 *
 * An engine's types live as long as its prepared plan; what a client was told of its
 * columns lives longer, hence copies. Both functions follow the nesting of a type,
 * whose depth the engine has bounded when it parsed it. */
#include "batch/type.h"

const struct type type_text = {.id = TYPE_TEXT, .name = "text"};

static bool copy_slices(struct arena *arena, const struct slice **slices, size_t count)
{
    if (!*slices)
        return true;
    struct slice *copies = arena_calloc(arena, count, sizeof *copies);
    if (!copies)
        return false;
    for (size_t i = 0; i < count; i++) {
        copies[i].len = (*slices)[i].len;
        copies[i].data = arena_string(arena, (*slices)[i]);
        if (!copies[i].data)
            return false;
    }
    *slices = copies;
    return true;
}

static bool copy_into(struct arena *arena, const struct type *type, struct type *copy)
{
    *copy = *type;
    if (type->name && !(copy->name = arena_string(arena, slice_of(type->name))))
        return false;
    if (!copy_slices(arena, &copy->child_names, type->child_count) ||
        !copy_slices(arena, &copy->labels, type->label_count))
        return false;
    if (type->child_count == 0)
        return true;
    struct type *children = arena_calloc(arena, type->child_count, sizeof *children);
    if (!children)
        return false;
    copy->children = children;
    for (size_t i = 0; i < type->child_count; i++) {
        if (!copy_into(arena, &type->children[i], &children[i]))
            return false;
    }
    return true;
}

struct type *type_copy(struct arena *arena, const struct type *type)
{
    struct type *copy = arena_calloc(arena, 1, sizeof *copy);
    return copy && copy_into(arena, type, copy) ? copy : NULL;
}

static bool slices_equal(const struct slice *a, const struct slice *b, size_t count)
{
    if (!a || !b)
        return a == b;
    for (size_t i = 0; i < count; i++) {
        if (!slice_equal(a[i], b[i]))
            return false;
    }
    return true;
}

bool type_equal(const struct type *a, const struct type *b)
{
    if (a->id != b->id || a->precision != b->precision || a->scale != b->scale ||
        a->unit != b->unit || a->child_count != b->child_count ||
        a->array_length != b->array_length || a->label_count != b->label_count)
        return false;
    if (!slices_equal(a->child_names, b->child_names, a->child_count) ||
        !slices_equal(a->labels, b->labels, a->label_count))
        return false;
    for (size_t i = 0; i < a->child_count; i++) {
        if (!type_equal(&a->children[i], &b->children[i]))
            return false;
    }
    return true;
}
