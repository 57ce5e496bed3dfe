/* http_query.c - POST /v1/query: {sql, params} in, columns, rows and statistics out.
 *
 * Rows are encoded a batch at a time and leave as chunks, so that memory is bounded
 * whatever the result. An error before the first row is a problem (RFC 9457); after it,
 * the connection is closed in the middle of the answer, which no client can miss. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/clock.h"
#include "encode/json.h"
#include "http/http_state.h"
#include "server/database.h"

/* ---- the query layer's client ---- */

bool http_block_begin(struct http_session *http)
{
    bool may = !http->peer.host || !http->peer.host->block_begin ||
               http->peer.host->block_begin(http->peer.host_self);
    http_queue_times(http, !may);
    return may;
}

void http_block_end(struct http_session *http)
{
    if (http->peer.host && http->peer.host->block_end)
        http->peer.host->block_end(http->peer.host_self);
}

static bool block_begin(void *client)
{
    return http_block_begin(client);
}

static void block_end(void *client)
{
    http_block_end(client);
}

bool http_signal(const struct http_session *http, uint32_t pid,
                 enum pgw_interrupt reason)
{
    return http->peer.host && http->peer.host->signal &&
           http->peer.host->signal(http->peer.host_self, pid, reason);
}

static bool signal_process(void *client, uint32_t pid, enum pgw_interrupt reason)
{
    return http_signal(client, pid, reason);
}

static uint32_t pid(void *client)
{
    const struct http_session *http = client;
    return http->peer.pid;
}

static const struct query_client_ops client_ops = {.pid = pid,
                                                   .signal = signal_process,
                                                   .block_begin = block_begin,
                                                   .block_end = block_end};

/* ---- interrupts ---- */

static void begin_statement(struct http_session *http)
{
    http->query.started_us = clock_now_us();
    running_begin(&http->running);
    http_begin_times(http);
}

static void end_statement(struct http_session *http)
{
    http_queries_remove(&http->front->queries, http);
    running_end(&http->running);
    http_end_times(http);
    block_end(http);
}

/* The session is to end, and with it the statement. */
static bool is_closing(const struct http_session *http, struct error *err)
{
    enum pgw_interrupt reason = (enum pgw_interrupt)atomic_load(&http->closing);
    if (reason == PGW_INTERRUPT_SHUTDOWN)
        error_set(err, "57P01", "terminating connection due to administrator command");
    else if (reason != PGW_INTERRUPT_NONE)
        error_set(err, "57014", "canceling statement since the client has gone");
    return reason != PGW_INTERRUPT_NONE;
}

/* Somebody wants this statement to end. */
static bool interrupted(struct http_session *http, struct error *err)
{
    if (is_closing(http, err))
        return true;
    switch ((enum pgw_interrupt)running_reason(&http->running)) {
    case PGW_INTERRUPT_STATEMENT_TIMEOUT:
        error_set(err, "57014", "canceling statement due to statement timeout");
        return true;
    case PGW_INTERRUPT_CANCEL:
        error_set(err, "57014", "canceling statement due to user request");
        return true;
    case PGW_INTERRUPT_QUEUE_TIMEOUT:
        error_set(err, "57014", "canceling statement due to queue timeout");
        return true;
    case PGW_INTERRUPT_NONE:
    case PGW_INTERRUPT_IDLE_SESSION:
    case PGW_INTERRUPT_IDLE_TRANSACTION:
    case PGW_INTERRUPT_LOGIN_TIMEOUT:
    case PGW_INTERRUPT_HANG_UP:
    case PGW_INTERRUPT_SHUTDOWN:
    case PGW_INTERRUPT_TRANSACTION_TIMEOUT:
    case PGW_INTERRUPT_DRAIN:
        break;
    }
    return false;
}

/* ---- the answer ---- */

/* By the class of the SQLSTATE; everything else is the statement's fault. */
static int status_of(const char *sqlstate)
{
    static const struct {
        const char *prefix;
        int status;
    } statuses[] = {{"57014", 408}, {"42501", 403}, {"40001", 409}, {"23", 409},
                    {"0A", 501},    {"53300", 503}, {"53", 507},    {"57P", 503},
                    {"58", 500},    {"XX", 500}};
    for (size_t i = 0; i < ARRAY_LEN(statuses); i++) {
        if (strncmp(sqlstate, statuses[i].prefix, strlen(statuses[i].prefix)) == 0)
            return statuses[i].status;
    }
    return 400;
}

static void fail(struct http_session *http, struct error *err)
{
    bool begun = http->query.begun;
    bool is_busy = running_reason(&http->running) == PGW_INTERRUPT_QUEUE_TIMEOUT;
    if (strcmp(err->sqlstate, "57014") == 0)
        (void)interrupted(http, err);
    end_statement(http);
    if (!begun) {
        http_query_drop(http);
        http_reply_problem(http, is_busy ? 503 : status_of(err->sqlstate), err);
        return;
    }
    http_query_drop(http);
    http->state = HTTP_CLOSED;
}

static void no_memory(struct http_session *http)
{
    struct error err;
    error_no_memory(&err);
    fail(http, &err);
}

/* What the scratch buffer holds leaves as one piece. */
static bool flush(struct http_session *http)
{
    struct buf *scratch = &http->scratch;
    bool done = http_reply_piece(http, buf_data(scratch), buf_len(scratch));
    buf_consume(scratch, buf_len(scratch));
    return done;
}

static bool write_columns(struct http_session *http)
{
    const struct query_result *result = &http->query.result;
    struct buf *out = &http->scratch;
    if (!http_reply_begin(http, 200, "application/json") ||
        !json_put_text(out, "{\"columns\":["))
        return false;
    for (size_t i = 0; i < result->column_count; i++) {
        const struct engine_column *column = &result->columns[i];
        if ((i > 0 && !json_put_text(out, ",")) ||
            !json_put_column(out, column->name, column->type))
            return false;
    }
    return json_put_text(out, "],\"rows\":[") && flush(http);
}

/* All of it, or nothing was said. */
static bool begin_answer(struct http_session *http)
{
    struct chain_mark mark = chain_mark(&http->output);
    http->query.begun = write_columns(http);
    if (!http->query.begun)
        chain_rollback(&http->output, mark);
    return http->query.begun;
}

static bool end_answer(struct http_session *http)
{
    const struct http_query *query = &http->query;
    char text[160], affected[48] = "";
    uint64_t elapsed = clock_now_us() - query->started_us;
    if (!query->result.rows && query->result.count == SQL_COUNT_AFFECTED)
        (void)snprintf(affected, sizeof affected, ",\"affected\":%" PRId64,
                       query->result.affected);
    (void)snprintf(text, sizeof text,
                   "],\"statistics\":{\"rows\":%" PRIu64 "%s,\"elapsed_ms\":%" PRIu64
                   ".%03" PRIu64 "}}\n",
                   query->rows, affected, elapsed / 1000, elapsed % 1000);
    return json_put_text(&http->scratch, text) && flush(http) && http_reply_end(http);
}

static void finish(struct http_session *http)
{
    if (!http->query.begun && !begin_answer(http)) {
        no_memory(http);
        return;
    }
    bool done = end_answer(http);
    end_statement(http);
    if (done)
        http_reply_done(http);
    else
        http->state = HTTP_CLOSED;
}

static bool encode_batch(struct http_session *http, const struct batch *batch,
                         struct error *err)
{
    for (size_t row = 0; row < batch->rows; row++) {
        if (http->query.rows++ > 0 && !json_put_text(&http->scratch, ","))
            return error_no_memory(err);
        const char *failure = json_put_row(&http->scratch, batch, row);
        if (failure)
            return error_set(err, failure,
                             "a value of row %" PRIu64 " cannot be written",
                             http->query.rows);
    }
    return flush(http) || error_no_memory(err);
}

/* ---- steps ---- */

static enum pgw_status execute(struct http_session *http, struct error *err)
{
    struct http_query *query = &http->query;
    const struct query_hints hints = {query->casts, query->params.column_count};
    enum pgw_status status = PGW_OK;
    if (!query->query)
        status = query_prepare(http->session, query->sql, &hints, &query->query, err);
    if (status == PGW_OK)
        status = query_execute(http->session, query->query,
                               query->params.column_count ? &query->params : NULL,
                               &query->result, err);
    query->executed = status == PGW_OK;
    return status;
}

void http_query_step(struct http_session *http)
{
    struct error err;
    const struct batch *batch = NULL;
    enum pgw_status status = interrupted(http, &err) ? PGW_ERROR : PGW_MORE;
    if (status == PGW_MORE && !http->query.executed)
        status = execute(http, &err);
    else if (status == PGW_MORE && http->query.result.rows)
        status = query_rows_next(http->query.result.rows, &batch, &err);
    else if (status == PGW_MORE)
        status = PGW_OK;
    if (status == PGW_WAIT)
        http->waiting = true;
    else if (status == PGW_ERROR)
        fail(http, &err);
    else if (status == PGW_OK && (!http->query.result.rows || http->query.begun))
        finish(http);
    else if (!http->query.begun && !begin_answer(http))
        no_memory(http);
    else if (batch && !encode_batch(http, batch, &err))
        fail(http, &err);
}

/* A transaction of one request cannot be gone on with in the next one. */
static bool check_kind(struct http_session *http, struct error *err)
{
    struct sql_class class = sql_classify(http->query.sql);
    if (class.kind == SQL_BEGIN)
        return error_set(err, "0A000", "a transaction cannot span requests");
    if (class.kind == SQL_COPY_CLIENT)
        return error_set(err, "0A000", "COPY from and to the client needs a session");
    if (class.kind == SQL_SET || class.pins)
        return error_set(err, "0A000",
                         "what a session keeps has no effect on requests");
    return true;
}

static void refuse(struct http_session *http, int status, const struct error *err)
{
    http_query_drop(http);
    http_reply_problem(http, status, err);
}

/* The client's own id, or a new one; who sends no good one is answered under a new. */
static bool take_id(struct http_session *http, struct error *err)
{
    const struct http_request *request = http_parse_request(http->parse);
    if (!http_id_make(http->query_id))
        return error_set(err, "58000", "the system has no random bytes");
    if (request->query_id_count == 0)
        return true;
    if (request->query_id_count > 1 || !http_id_is_well_formed(request->query_id))
        return error_set(err, "22023",
                         "X-Query-Id is not one of %d to %d letters, digits, dots, "
                         "underscores and hyphens",
                         HTTP_ID_LEAST, HTTP_ID_MOST);
    memcpy(http->query_id, request->query_id, strlen(request->query_id) + 1);
    return true;
}

/* A session is one user's: who comes next on the same connection has another. */
static bool need_session(struct http_session *http, struct error *err)
{
    if (http->session && query_session_is_for(http->session, http->user, http->role))
        return true;
    query_session_free(http->session);
    http->session = query_session_new(http->front->database, &client_ops, http);
    if (!http->session)
        return error_no_memory(err);
    if (query_session_identify(http->session, http->user, http->role, err))
        return true;
    query_session_free(http->session);
    http->session = NULL;
    return false;
}

void http_query_begin(struct http_session *http)
{
    struct error err;
    http->query = (struct http_query){0};
    if (!http_take_place(http, &err) || !need_session(http, &err) ||
        !take_id(http, &err) ||
        !http_body_read(&http->query, &http_parse_request(http->parse)->body, &err) ||
        !check_kind(http, &err)) {
        refuse(http, status_of(err.sqlstate), &err);
        return;
    }
    begin_statement(http);
    if (http_queries_add(&http->front->queries, http, &err)) {
        http->state = HTTP_RUNNING;
        return;
    }
    end_statement(http);
    refuse(http, strcmp(err.sqlstate, "42710") == 0 ? 409 : status_of(err.sqlstate),
           &err);
}

void http_query_cancel(struct http_session *http)
{
    struct error err;
    const char *id = strrchr(http_parse_request(http->parse)->path, '/') + 1;
    if (http_queries_cancel(&http->front->queries, id, http)) {
        http_reply_nothing(http);
        return;
    }
    error_set(&err, "42704", "no query of that id is running");
    http_reply_problem(http, 404, &err);
}

void http_query_drop(struct http_session *http)
{
    struct http_query *query = &http->query;
    query_rows_close(query->result.rows);
    query_free(query->query);
    arena_free(&query->arena);
    buf_consume(&http->scratch, buf_len(&http->scratch));
    *query = (struct http_query){0};
}
