/* copy_to_file.c - COPY … TO STDOUT (FORMAT parquet): the rows as a file.
 *
 * The engine writes it, since the end of a Parquet file tells where all of it is, and
 * it is sent when it is whole: an error comes before the first byte. The file has no
 * name, counts as spooled rows do, and is gone when it has been sent. */
#include "core/buf.h"
#include "server/copy_to.h"
#include "server/database.h"
#include "server/query_session.h"

/* ---- options ---- */

/* Those of the engine that say how a file is written, not where, nor how many. */
static const char *const engine_options[] = {"compression",
                                             "compression_level",
                                             "row_group_size",
                                             "row_group_size_bytes",
                                             "parquet_version",
                                             "dictionary_size_limit",
                                             "string_dictionary_page_size_limit",
                                             "write_bloom_filter",
                                             "bloom_filter_false_positive_ratio"};

static bool check_option(const struct copy_option *option, struct error *err)
{
    bool known = false;
    for (size_t i = 0; i < ARRAY_LEN(engine_options); i++)
        known = known || slice_equal(option->name, slice_of(engine_options[i]));
    if (!known)
        error_set(err, "42601", "option \"%.*s\" not recognized", (int)option->name.len,
                  option->name.data);
    else if (option->argument != COPY_ARG_TEXT)
        error_set(err, "42601", "%.*s requires a parameter", (int)option->name.len,
                  option->name.data);
    else
        return true;
    err->position = option->position;
    return false;
}

static bool append_option(struct buf *out, const struct copy_option *option)
{
    bool done = buf_append(out, ", ", 2) &&
                buf_append(out, option->name.data, option->name.len) &&
                buf_append(out, " '", 2);
    for (size_t i = 0; done && i < option->text.len; i++)
        done = buf_append(out, option->text.data + i, 1) &&
               (option->text.data[i] != '\'' || buf_append(out, "'", 1));
    return done && buf_append(out, "'", 1);
}

/* As the engine's COPY takes them, NUL-terminated. */
static bool write_options(const struct copy_statement *statement, struct buf *out,
                          struct error *err)
{
    bool done = buf_append(out, "format parquet", 14);
    for (const struct copy_option *option = statement->options; done && option;
         option = option->next) {
        if (!copy_option_is_engines(option))
            continue;
        if (!check_option(option, err))
            return false;
        done = append_option(out, option);
    }
    return (done && buf_append(out, "", 1)) || error_no_memory(err);
}

/* ---- the file ---- */

struct saving {
    struct query_session *session;
    struct spool_blob *file;
    unsigned interrupts; /* that there had been when it began */
    unsigned batches;
};

static unsigned count_interrupts(struct query_session *session)
{
    pthread_mutex_lock(&session->lock);
    unsigned count = session->interrupts;
    pthread_mutex_unlock(&session->lock);
    return count;
}

static bool goes_on(void *self, struct error *err)
{
    enum { STEP = 16 }; /* batches, from one look at the file to the next */
    struct saving *saving = self;
    if (count_interrupts(saving->session) != saving->interrupts)
        return error_set(err, "57014", "canceling statement due to user request");
    return saving->batches++ % STEP != 0 || spool_blob_account(saving->file, err);
}

static const char **names_of(struct copy_to *copy)
{
    const struct query *source = copy->source;
    const char **names =
        arena_calloc(&copy->arena, source->column_count, sizeof *names);
    for (size_t i = 0; names && i < source->column_count; i++)
        names[i] = source->columns[i].name;
    return names;
}

static bool save(struct query_session *session, struct copy_to *copy,
                 const char *options, struct query_result *out, struct error *err)
{
    const char **names = names_of(copy);
    struct saving saving = {.session = session,
                            .file = spool_blob_new(&session->database->spool, err),
                            .interrupts = count_interrupts(session)};
    copy->file = saving.file;
    if (!names || !saving.file)
        return names ? false : error_no_memory(err);
    const struct engine_save request = {.path = spool_blob_path(saving.file),
                                        .options = options,
                                        .names = names,
                                        .goes_on = goes_on,
                                        .ctx = &saving};
    return rows_save(out->rows, &request, &out->affected, err) &&
           spool_blob_account(saving.file, err);
}

bool copy_to_save(struct query_session *session, struct copy_to *copy,
                  const struct copy_statement *statement, struct query_result *out,
                  struct error *err)
{
    struct buf options = {0};
    bool done = write_options(statement, &options, err) &&
                save(session, copy, (const char *)buf_data(&options), out, err);
    query_rows_close(out->rows);
    out->rows = NULL;
    buf_free(&options);
    return done;
}
