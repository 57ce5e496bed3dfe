/* command_table.c - results that the server makes itself, all of text, and those that
 * are another query's. */
#include "batch/type.h"
#include "server/command.h"

bool command_columns_are(struct query *query, const char *const *names, size_t count,
                         struct error *err)
{
    struct engine_column *columns = arena_calloc(&query->arena, count, sizeof *columns);
    if (!columns)
        return error_no_memory(err);
    for (size_t i = 0; i < count; i++)
        columns[i] = (struct engine_column){names[i], &type_text};
    query->columns = columns;
    query->column_count = count;
    query->returns_rows = true;
    return true;
}

bool command_rows(struct query_session *session, struct query *query,
                  const struct slice *cells, size_t rows, struct query_result *out)
{
    size_t width = query->column_count;
    struct batch *batch = arena_calloc(&query->arena, 1, sizeof *batch);
    struct column *columns = arena_calloc(&query->arena, width, sizeof *columns);
    struct slice *values = arena_calloc(&query->arena, width * rows, sizeof *values);
    if (!batch || !columns || !values)
        return false;
    for (size_t i = 0; i < width; i++) {
        for (size_t row = 0; row < rows; row++)
            values[i * rows + row] = cells[row * width + i];
        columns[i] = (struct column){
            .type = &type_text, .layout = LAYOUT_SLICES, .data = values + i * rows};
    }
    *batch = (struct batch){rows, width, columns};
    out->columns = query->columns;
    out->column_count = width;
    out->rows = rows_from_table(session, batch);
    return out->rows != NULL;
}

bool command_columns_of(struct query *query, const struct query *other,
                        struct error *err)
{
    struct arena *arena = &query->arena;
    size_t count = other->column_count;
    struct engine_column *columns = arena_calloc(arena, count, sizeof *columns);
    const struct type **types = arena_calloc(arena, count, sizeof *types);
    if (!columns || !types)
        return error_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        types[i] = columns[i].type = type_copy(arena, other->columns[i].type);
        columns[i].name = arena_string(arena, slice_of(other->columns[i].name));
        if (!types[i] || !columns[i].name)
            return error_no_memory(err);
    }
    query->columns = columns;
    query->column_types = types;
    query->column_count = count;
    query->returns_rows = other->returns_rows;
    return true;
}

bool command_columns_agree(const struct query *query, const struct query *other,
                           struct error *err)
{
    return (query->returns_rows == other->returns_rows &&
            query_columns_agree(query, other->column_count, other->columns)) ||
           query_is_stale(err);
}
