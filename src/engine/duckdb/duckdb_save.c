/* duckdb_save.c - a cursor's rows in a file of the engine's formats.
 *
 *     cursor ── rows() ──> COPY (select … from rows()) TO path, in a database of its
 * own
 *
 * The database that is served can reach no files but those that are served, whoever
 * asks. So another one, in memory, with nothing in it and one thread, writes the file:
 * no client's statement ever gets there. Vectors go over without being copied. */
#include <stdio.h>
#include <string.h>

#include "core/buf.h"
#include "engine/duckdb/duckdb_internal.h"

/* How much the writer may keep: a row group or two. */
#define SAVE_MEMORY "1GB"

struct saving {
    struct engine_cursor *cursor;
    const struct engine_save *save;
    struct error err; /* when failed */
    bool failed;
};

/* ---- rows(): the cursor as a table ---- */

static void bind_rows(duckdb_bind_info info)
{
    const struct saving *saving = duckdb_bind_get_extra_info(info);
    duckdb_result *result = duckdb_cursor_result(saving->cursor);
    for (size_t i = 0; i < saving->cursor->column_count; i++) {
        duckdb_logical_type type = duckdb_column_logical_type(result, i);
        duckdb_bind_add_result_column(info, saving->save->names[i], type);
        duckdb_destroy_logical_type(&type);
    }
}

static void init_rows(duckdb_init_info info)
{
    duckdb_init_set_max_threads(info, 1);
}

static void pass_on(duckdb_data_chunk from, duckdb_data_chunk to, size_t columns)
{
    for (size_t i = 0; i < columns; i++)
        duckdb_vector_reference_vector(duckdb_data_chunk_get_vector(to, i),
                                       duckdb_data_chunk_get_vector(from, i));
    duckdb_data_chunk_set_size(to, duckdb_data_chunk_get_size(from));
}

static void give_rows(duckdb_function_info info, duckdb_data_chunk output)
{
    struct saving *saving = duckdb_function_get_extra_info(info);
    struct engine_cursor *cursor = saving->cursor;
    const struct engine_save *save = saving->save;
    struct batch batch;
    enum engine_next got = ENGINE_ERROR;
    if (save->goes_on(save->ctx, &saving->err))
        got = cursor->ops->next(cursor, &batch, &saving->err);
    if (got == ENGINE_BATCH) {
        pass_on(duckdb_cursor_chunk(cursor), output, cursor->column_count);
    } else if (got == ENGINE_END) {
        duckdb_data_chunk_set_size(output, 0);
    } else {
        saving->failed = true;
        duckdb_function_set_error(info, "the rows have failed");
    }
}

static bool add_rows(duckdb_connection connection, struct saving *saving,
                     struct error *err)
{
    duckdb_table_function function = duckdb_create_table_function();
    duckdb_table_function_set_name(function, "rows");
    duckdb_table_function_set_extra_info(function, saving, NULL);
    duckdb_table_function_set_bind(function, bind_rows);
    duckdb_table_function_set_init(function, init_rows);
    duckdb_table_function_set_function(function, give_rows);
    bool done = duckdb_register_table_function(connection, function) == DuckDBSuccess;
    duckdb_destroy_table_function(&function);
    return done || error_set(err, "XX000", "the engine refuses the rows of a COPY");
}

/* ---- the database ---- */

bool duckdb_private_open(duckdb_database *database, struct error *err)
{
    static const struct {
        const char *name, *value;
    } settings[] = {{"threads", "1"},
                    {"memory_limit", SAVE_MEMORY},
                    {"temp_directory", ""},
                    {"autoinstall_known_extensions", "false"},
                    {"autoload_known_extensions", "false"},
                    {"errors_as_json", "true"}};
    duckdb_config config;
    char *message = NULL;
    if (duckdb_create_config(&config) != DuckDBSuccess)
        return error_no_memory(err);
    bool done = true;
    for (size_t i = 0; done && i < ARRAY_LEN(settings); i++)
        done = duckdb_set_config(config, settings[i].name, settings[i].value) ==
                   DuckDBSuccess ||
               error_set(err, "XX000", "the engine refuses %s", settings[i].name);
    if (done && duckdb_open_ext(NULL, database, config, &message) != DuckDBSuccess)
        done = duckdb_error_set(err, message, SLICE(""));
    duckdb_free(message);
    duckdb_destroy_config(&config);
    return done;
}

static bool write_rows(duckdb_connection connection, const struct engine_save *save,
                       int64_t *rows, struct error *err)
{
    duckdb_result result = {0};
    struct buf sql = {0};
    const char *const parts[] = {"copy (select * from rows()) to '", save->path, "' (",
                                 save->options, ", use_tmp_file false)"};
    bool done = true;
    for (size_t i = 0; done && i < ARRAY_LEN(parts); i++)
        done = buf_append(&sql, parts[i], strlen(parts[i]));
    if (!done || !buf_append(&sql, "", 1)) {
        buf_free(&sql);
        return error_no_memory(err);
    }
    done = duckdb_query(connection, (const char *)buf_data(&sql), &result) ==
           DuckDBSuccess;
    if (!done)
        duckdb_error_set(err, duckdb_result_error(&result), SLICE(""));
    else
        *rows = (int64_t)duckdb_value_int64(&result, 0, 0);
    duckdb_destroy_result(&result);
    buf_free(&sql);
    return done;
}

bool duckdb_save(struct engine_cursor *cursor, const struct engine_save *save,
                 int64_t *rows, struct error *err)
{
    struct saving saving = {.cursor = cursor, .save = save};
    duckdb_database database = NULL;
    duckdb_connection connection = NULL;
    if (!duckdb_private_open(&database, err))
        return false;
    bool done = duckdb_connect(database, &connection) == DuckDBSuccess ||
                error_set(err, "53000", "the engine takes no more connections");
    done = done && add_rows(connection, &saving, err) &&
           write_rows(connection, save, rows, err);
    if (!done && saving.failed)
        *err = saving.err;
    duckdb_disconnect(&connection);
    duckdb_close(&database);
    return done;
}
