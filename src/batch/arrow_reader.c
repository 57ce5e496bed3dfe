/* arrow_reader.c - arrays of a table, a window of rows after the other. */
#include <stdlib.h>

#include "batch/arrow.h"
#include "batch/arrow_field.h"

struct arrow_reader {
    struct arrow_field root;
    struct arrow_columns columns;
    const struct ArrowArray *array; /* being read; NULL: none */
    uint64_t next;                  /* row of it */
    struct arena schema;            /* the fields */
    struct arena dictionaries;      /* of the array */
    struct arena window;            /* the columns handed out last */
};

/* ---- the schema ---- */

static bool list_columns(struct arrow_reader *reader, struct error *err)
{
    const struct arrow_field *root = &reader->root;
    const char **names =
        arena_calloc(&reader->schema, root->child_count, sizeof *names);
    const struct type **types =
        arena_calloc(&reader->schema, root->child_count, sizeof(struct type *));
    if (!names || !types)
        return error_no_memory(err);
    for (size_t i = 0; i < root->child_count; i++) {
        names[i] = root->children[i].name;
        types[i] = &root->children[i].type;
    }
    reader->columns = (struct arrow_columns){root->child_count, names, types};
    return true;
}

static bool read_schema(struct arrow_reader *reader, const struct ArrowSchema *schema,
                        struct error *err)
{
    if (!schema->release || !schema->format)
        return error_set(err, "XX001", "malformed Arrow schema: it has been released");
    if (strcmp(schema->format, "+s") != 0 || schema->dictionary)
        return error_set(err, "0A000",
                         "arrays of the Arrow format \"%s\" are no table: only structs "
                         "are",
                         schema->format);
    if (schema->n_children > ARROW_COLUMNS_MAX)
        return error_set(err, "54011", "a table can have at most %d columns",
                         ARROW_COLUMNS_MAX);
    return arrow_field_read(&reader->schema, schema, &reader->root, err) &&
           list_columns(reader, err);
}

struct arrow_reader *arrow_reader_new(const struct ArrowSchema *schema,
                                      struct error *err)
{
    struct arrow_reader *reader = calloc(1, sizeof *reader);
    if (!reader) {
        (void)error_no_memory(err);
        return NULL;
    }
    if (read_schema(reader, schema, err))
        return reader;
    arrow_reader_free(reader);
    return NULL;
}

void arrow_reader_free(struct arrow_reader *reader)
{
    if (!reader)
        return;
    arena_free(&reader->window);
    arena_free(&reader->dictionaries);
    arena_free(&reader->schema);
    free(reader);
}

const struct arrow_columns *arrow_reader_columns(const struct arrow_reader *reader)
{
    return &reader->columns;
}

/* ---- the arrays ---- */

bool arrow_reader_begin(struct arrow_reader *reader, const struct ArrowArray *array,
                        struct error *err)
{
    struct arrow_import in = {.memory = &reader->dictionaries, .err = err};
    reader->array = NULL;
    reader->next = 0;
    arena_reset(&reader->dictionaries);
    if (!arrow_check(&reader->root, array, err))
        return false;
    for (size_t i = 0; i < reader->root.child_count; i++) {
        in.column = i + 1;
        if (!arrow_import_dictionaries(&in, &reader->root.children[i],
                                       array->children[i]))
            return false;
    }
    reader->array = array;
    return true;
}

/* The struct that a table is has a row for each of its own. */
static bool has_null_rows(const struct ArrowArray *array, uint64_t from, uint64_t rows)
{
    for (uint64_t row = from; row < from + rows; row++) {
        if (!arrow_is_valid(array, (size_t)((uint64_t)array->offset + row)))
            return true;
    }
    return false;
}

static bool import_window(struct arrow_reader *reader, uint64_t rows,
                          struct column *columns, struct error *err)
{
    struct arrow_import in = {.memory = &reader->window, .err = err};
    const struct ArrowArray *array = reader->array;
    uint64_t start = (uint64_t)array->offset + reader->next;
    if (array->null_count != 0 && array->buffers[0] &&
        has_null_rows(array, reader->next, rows))
        return error_set(err, "0A000", "a table's row cannot be NULL as a whole");
    for (size_t i = 0; i < reader->root.child_count; i++) {
        in.column = i + 1;
        if (!arrow_import_rows(&in, &reader->root.children[i], array->children[i],
                               start, rows, &columns[i]))
            return false;
    }
    return true;
}

bool arrow_reader_next(struct arrow_reader *reader, struct batch *out,
                       struct error *err)
{
    uint64_t left = reader->array ? (uint64_t)reader->array->length - reader->next : 0;
    uint64_t rows = left < ARROW_WINDOW_ROWS ? left : ARROW_WINDOW_ROWS;
    *out = (struct batch){.column_count = reader->root.child_count};
    arena_reset(&reader->window);
    if (rows == 0)
        return true;
    struct column *columns =
        arena_calloc(&reader->window, reader->root.child_count, sizeof *columns);
    if (!columns)
        return error_no_memory(err);
    if (!import_window(reader, rows, columns, err))
        return false;
    reader->next += rows;
    out->rows = (size_t)rows;
    out->columns = columns;
    return true;
}
