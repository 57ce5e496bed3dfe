/* copy_from_file.c - COPY … FROM STDIN (FORMAT parquet): a file that has to be whole.
 *
 *     data ─> a file without a name ─> done ─> the engine's reader ─> batches ─> INSERT
 *
 * The end of a Parquet file tells where all of it is. The file counts as spooled rows
 * do, and is gone when it has been read. Its columns are found by their names. */
#include "server/copy_from_state.h"

#include "server/database.h"
#include "server/front_rows.h"

bool copy_from_file_open(struct copy_from *copy, struct error *err)
{
    copy->file = spool_blob_new(&copy->session->database->spool, err);
    return copy->file != NULL;
}

enum pgw_status copy_from_file_data(struct copy_from *copy, struct slice data,
                                    struct pgw_error *err)
{
    struct error error;
    enum pgw_status status = query_session_enter(copy->session, &error);
    if (status == PGW_OK) {
        if (!spool_blob_write(copy->file, data.data, data.len, &error) ||
            !spool_blob_account(copy->file, &error))
            status = PGW_ERROR;
        query_session_leave(copy->session);
    }
    return front_error(status, &error, err);
}

/* Can its cells be staged? Its depth is the engine's. */
static bool is_plain(const struct type *type)
{
    static const enum type_id others[] = {TYPE_STRUCT, TYPE_MAP,   TYPE_UNION,
                                          TYPE_ENUM,   TYPE_ARRAY, TYPE_OTHER};
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        if (type->id == others[i])
            return false;
    }
    for (size_t i = 0; i < type->child_count; i++) {
        if (!is_plain(&type->children[i]))
            return false;
    }
    return true;
}

static bool check_types(const struct engine_cursor *cursor, struct error *err)
{
    for (size_t i = 0; i < cursor->column_count; i++) {
        const struct engine_column *column = &cursor->columns[i];
        if (!is_plain(column->type))
            return error_set(err, "0A000",
                             "column \"%s\" of the data has a type that cannot be "
                             "copied: %s",
                             column->name, column->type->name);
    }
    return true;
}

static bool insert_batch(struct copy_from *copy, struct error *err)
{
    struct query_result result;
    if (query_execute(copy->session, copy->insert, NULL, &result, err) != PGW_OK)
        return false;
    copy->rows += result.affected;
    return true;
}

static unsigned count_interrupts(struct query_session *session)
{
    pthread_mutex_lock(&session->lock);
    unsigned count = session->interrupts;
    pthread_mutex_unlock(&session->lock);
    return count;
}

/* In a slot; the statement reads one batch of the cursor at a time. */
static bool insert_rows(struct copy_from *copy, struct engine_cursor *cursor,
                        struct error *err)
{
    struct batch batch;
    const unsigned interrupts = count_interrupts(copy->session);
    struct engine_staged staged = {.columns = cursor->columns,
                                   .column_count = cursor->column_count,
                                   .batches = &batch,
                                   .batch_count = 1};
    bool done = copy_from_prepare_insert(copy, &staged, err);
    copy->session->staged = &staged;
    while (done) {
        enum engine_next got = cursor->ops->next(cursor, &batch, err);
        if (got == ENGINE_END)
            break;
        done = got == ENGINE_BATCH && insert_batch(copy, err);
        if (done && count_interrupts(copy->session) != interrupts)
            done = error_set(err, "57014", "canceling statement due to user request");
    }
    copy->session->staged = NULL;
    if (copy->insert && copy->session->conn)
        pool_forget(copy->session->conn, copy->insert->engine_text);
    return done;
}

static bool load(struct copy_from *copy, struct error *err)
{
    struct engine *engine = copy->session->database->engine;
    struct engine_cursor *cursor;
    struct engine_column *columns =
        arena_calloc(&copy->arena, copy->column_count, sizeof *columns);
    if (!columns)
        return error_no_memory(err);
    for (size_t i = 0; i < copy->column_count; i++)
        columns[i] =
            (struct engine_column){copy->columns[i].name, copy->columns[i].type};
    const struct engine_load request = {.path = spool_blob_path(copy->file),
                                        .columns = columns,
                                        .column_count = copy->column_count};
    if (!engine->ops->load)
        return error_set(err, "0A000", "the engine reads no such files");
    if (!engine->ops->load(engine, &request, &cursor, err))
        return false;
    bool done = check_types(cursor, err) && insert_rows(copy, cursor, err);
    cursor->ops->close(cursor);
    return done;
}

enum pgw_status copy_from_file_insert(struct copy_from *copy, struct pgw_error *err)
{
    struct error error;
    enum pgw_status status = query_session_enter(copy->session, &error);
    if (status != PGW_OK)
        return front_error(status, &error, err);
    bool done = load(copy, &error);
    query_session_leave(copy->session);
    if (done)
        return PGW_OK;
    return copy_from_fail(copy, &error, err);
}
