/* copy_from.c - COPY … FROM STDIN from its beginning to its end.
 *
 *     execute ─> data ─┬─ the stage is full ─> INSERT ─> data …
 *                      └─ all of it is read
 *     done ─> the last row ─> INSERT ─> commit, if the transaction is its own
 *
 * Each arrow may have to wait for a slot, and is gone on with when it is called again.
 */
#include "server/copy_from_state.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "server/front_rows.h"

void copy_from_free(struct copy_from *copy)
{
    if (!copy)
        return;
    query_free(copy->insert);
    copy_stage_free(&copy->stage);
    copy_lines_free(&copy->lines);
    copy_binary_free(&copy->binary);
    copy_recode_free(&copy->recode);
    spool_blob_free(copy->file);
    arena_free(&copy->arena);
    free(copy);
}

size_t copy_from_columns(const struct copy_from *copy)
{
    return copy->column_count;
}

bool copy_from_is_binary(const struct copy_from *copy)
{
    return copy->options.format >= COPY_FORMAT_BINARY;
}

void copy_from_begin(struct copy_from *copy, pgw_session *session)
{
    copy->protocol = session;
    copy->stage.session = session;
}

/* ---- the beginning ---- */

/* A COPY that nothing is around is a transaction by itself, until it is done. */
static struct copy_from *begin(struct query_session *session, struct slice text,
                               struct error *err)
{
    struct copy_from *copy = calloc(1, sizeof *copy);
    if (!copy) {
        error_no_memory(err);
        return NULL;
    }
    copy->session = session;
    copy->owns = session->transaction == TRANSACTION_NONE;
    query_session_implicit(session);
    if (query_session_ready(session, err) && copy_from_prepare(copy, text, err))
        return copy;
    copy_from_free(copy);
    return NULL;
}

enum pgw_status copy_from_execute(struct query_session *session,
                                  const struct query *query, struct query_result *out,
                                  struct error *err)
{
    if (!session->ops->sends_copies) {
        error_set(err, "0A000", "COPY from the client needs PostgreSQL's protocol");
        return PGW_ERROR;
    }
    enum pgw_status status = query_session_enter(session, err);
    if (status != PGW_OK)
        return status;
    out->from = begin(session, query->text, err);
    out->tag = query->class.tag;
    query_session_leave(session);
    return out->from ? PGW_OK : PGW_ERROR;
}

/* ---- what is staged ---- */

enum pgw_status copy_from_fail(const struct copy_from *copy, const struct error *from,
                               struct pgw_error *to)
{
    const struct slice table = copy->statement.table;
    (void)front_error(PGW_ERROR, from, to);
    to->position = 0;
    (void)snprintf(to->context, sizeof to->context, "COPY %.*s", (int)table.len,
                   table.data);
    return PGW_ERROR;
}

static enum pgw_status insert_staged(struct copy_from *copy, struct pgw_error *err)
{
    struct query_result result;
    struct error error;
    if (copy_stage_is_empty(&copy->stage))
        return PGW_OK;
    if (!copy_stage_close(&copy->stage))
        return pgw_fail(err, "53200", "out of memory");
    copy->session->staged = &copy->stage.staged;
    enum pgw_status status =
        query_execute(copy->session, copy->insert, NULL, &result, &error);
    copy->session->staged = NULL;
    if (status == PGW_ERROR)
        return copy_from_fail(copy, &error, err);
    if (status == PGW_OK) {
        copy->rows += result.affected;
        copy_stage_clear(&copy->stage);
    }
    return status;
}

/* ---- data ---- */

/* The data as UTF-8: once, however often it is called with it. */
static bool recode(struct copy_from *copy, struct slice *data, struct pgw_error *err)
{
    if (!copy->recode.is_needed)
        return true;
    if (!copy->is_recoded && !copy_recode_data(&copy->recode, data, err))
        return false;
    if (!copy->is_recoded)
        copy->recoded = *data;
    copy->is_recoded = true;
    *data = copy->recoded;
    return true;
}

enum pgw_status copy_from_data(struct copy_from *copy, struct slice data,
                               struct pgw_error *err)
{
    if (copy->file)
        return copy_from_file_data(copy, data, err);
    if (!recode(copy, &data, err))
        return copy_from_in_line(copy, err);
    for (;;) {
        struct slice rest = {data.data + copy->consumed, data.len - copy->consumed};
        enum pgw_status status = copy_from_rows(copy, &rest, err);
        copy->consumed = data.len - rest.len;
        if (status == PGW_MORE)
            status = insert_staged(copy, err);
        else if (status == PGW_OK)
            break;
        if (status != PGW_OK)
            return status;
    }
    copy->consumed = 0;
    copy->is_recoded = false;
    return PGW_OK;
}

/* ---- the end ---- */

static void tell_skipped(const struct copy_from *copy)
{
    if (copy->skipped == 0 || copy->options.verbosity == COPY_SILENT)
        return;
    query_session_notice(copy->session, PGW_SEVERITY_NOTICE, "00000",
                         "%" PRId64 " row%s skipped due to data type incompatibility",
                         copy->skipped, copy->skipped == 1 ? " was" : "s were");
}

static enum pgw_status commit(struct copy_from *copy, struct pgw_error *err)
{
    struct error error;
    if (!copy->owns)
        return PGW_OK;
    return front_error(query_session_sync(copy->session, false, &error), &error, err);
}

enum pgw_status copy_from_done(struct copy_from *copy, int64_t *rows,
                               struct pgw_error *err)
{
    enum pgw_status status = PGW_OK;
    if (!copy->is_read)
        status = copy->file ? copy_from_file_insert(copy, err)
                            : copy_from_last_row(copy, err);
    if (status == PGW_WAIT)
        return status;
    copy->is_read = true;
    if (status == PGW_OK)
        status = insert_staged(copy, err);
    if (status == PGW_OK)
        status = commit(copy, err);
    if (status != PGW_OK)
        return status;
    tell_skipped(copy);
    *rows = copy->rows;
    return PGW_OK;
}
