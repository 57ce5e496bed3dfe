/* session.c - the state machine of one connection: see the drawing in session_state.h.
 *
 * A frame stays in the input until it has been served, so that a handler that answers
 * WAIT is simply called again with the same arguments. What survives between steps is
 * the place in a query string and the portal whose rows flow, nothing else. */
#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/entropy.h"
#include "pgwire/auth.h"
#include "pgwire/crypto.h"
#include "pgwire/reply.h"
#include "pgwire/reserved.h"

enum {
    DEFAULT_MESSAGE_MAX = 256 << 20,
    DEFAULT_HIGH_WATER = 128 << 10,
    DEFAULT_LOGIN_TIMEOUT_MS = 60000
};

/* ---- life ---- */

pgw_session *pgw_session_new(const struct pgw_handlers *handlers, void *ctx,
                             const struct pgw_session_options *options)
{
    static const struct pgw_session_options standard = {0};
    if (!options)
        options = &standard;
    if (!reserved_unused(handlers) || !reserved_unused_host(options))
        return NULL;
    pgw_session *session = calloc(1, sizeof *session);
    if (!session)
        return NULL;
    if (!running_init(&session->running)) {
        free(session);
        return NULL;
    }
    session->handlers = handlers;
    session->ctx = ctx;
    if (options->host)
        session->host = *options->host;
    session->host_self = options->host_self;
    session->pid = options->pid;
    if (options->peer)
        session->peer = *options->peer;
    session->tls_mode = options->tls;
    session->message_max =
        options->max_message_bytes ? options->max_message_bytes : DEFAULT_MESSAGE_MAX;
    session->high_water =
        options->high_water_bytes ? options->high_water_bytes : DEFAULT_HIGH_WATER;
    session->login_timeout_ms = options->login_timeout_ms ? options->login_timeout_ms
                                                          : DEFAULT_LOGIN_TIMEOUT_MS;
    session->statement_timeout_ms = options->statement_timeout_ms;
    session->auth_nonce = options->auth_nonce ? options->auth_nonce : session->key;
    session->transaction = 'I';
    session->style = style_standard;
    session->key_len = 4;
    session->last_words = reply_last_words();
    if (!session->last_words || !entropy_read(session->key, sizeof session->key)) {
        free(session->last_words);
        running_free(&session->running);
        free(session);
        return NULL;
    }
    times_set(session, TIME_LOGIN, session->login_timeout_ms);
    return session;
}

/* Everything of the host's goes before the host's state itself. */
static void release_host(pgw_session *session)
{
    if (session->copy && session->handlers->copy && session->handlers->copy->fail)
        session->handlers->copy->fail(session->copy, (struct pgw_slice){"", 0});
    session->copy = NULL;
    portal_clear(&session->simple);
    portals_drop_all(session);
    statements_drop_all(session);
    const struct pgw_startup_ops *ops = session->handlers->startup;
    if (session->opened && ops && ops->close)
        ops->close(session->state_of_host);
    session->opened = false;
}

void pgw_session_free(pgw_session *session)
{
    if (!session)
        return;
    release_host(session);
    strmap_free(&session->statements);
    strmap_free(&session->portals);
    parameters_free(session);
    style_free(&session->style);
    buf_free(&session->scratch);
    buf_free(&session->input);
    chain_free(&session->output);
    inbox_free(&session->inbox);
    free(session->last_words);
    arena_free(&session->memory);
    auth_forget(session);
    arena_free(&session->startup);
    arena_free(&session->tls);
    crypto_wipe(session->key, sizeof session->key);
    running_free(&session->running);
    free(session);
}

/* ---- states ---- */

static const struct state_rule {
    unsigned from; /* bits of the states that lead here */
} rules[] = {
#define FROM(state) (1u << (state))
    [STATE_STARTUP] = {FROM(STATE_STARTUP)},
    [STATE_PASSWORD] = {FROM(STATE_STARTUP)},
    [STATE_OPEN] = {FROM(STATE_STARTUP) | FROM(STATE_PASSWORD)},
    [STATE_READY] = {FROM(STATE_SYNC) | FROM(STATE_ROWS) | FROM(STATE_COPY_IN)},
    [STATE_SIMPLE] = {FROM(STATE_READY) | FROM(STATE_ROWS) | FROM(STATE_COPY_IN)},
    [STATE_ROWS] = {FROM(STATE_SIMPLE) | FROM(STATE_READY)},
    [STATE_COPY_IN] = {FROM(STATE_SIMPLE) | FROM(STATE_READY)},
    [STATE_SYNC] = {FROM(STATE_OPEN) | FROM(STATE_READY) | FROM(STATE_SIMPLE) |
                    FROM(STATE_ROWS) | FROM(STATE_COPY_IN) | FROM(STATE_SKIP)},
    [STATE_SKIP] = {FROM(STATE_READY) | FROM(STATE_ROWS) | FROM(STATE_COPY_IN)},
    [STATE_CLOSED] = {~0u},
#undef FROM
};

void session_enter(pgw_session *session, enum session_state state)
{
    assert(rules[state].from >> session->state & 1);
    session->state = state;
}

void session_consume(pgw_session *session, const struct frame *frame)
{
    if (session->kept > 0) {
        uint8_t *front = session->input.memory + session->input.start;
        memmove(front + frame->size, front, session->kept);
    }
    buf_consume(&session->input, frame->size);
}

/* ---- errors ---- */

static void close_session(pgw_session *session)
{
    interrupt_end(session);
    session->flush = true;
    session_enter(session, STATE_CLOSED);
}

void session_no_memory(pgw_session *session)
{
    if (session->last_words)
        chain_link(&session->output, session->last_words);
    session->last_words = NULL;
    close_session(session);
}

void session_error(pgw_session *session, struct pgw_error *err)
{
    session->failed = true;
    session->flush = true; /* bad news do not wait for Sync */
    if (!reply_error(&session->output, err))
        session_no_memory(session);
    else if (err->severity == PGW_SEVERITY_FATAL)
        close_session(session);
}

void session_fatal(pgw_session *session, const char *sqlstate, const char *text)
{
    struct pgw_error err;
    (void)pgw_fail(&err, sqlstate, "%s", text);
    err.severity = PGW_SEVERITY_FATAL;
    session_error(session, &err);
}

void pgw_notice(pgw_session *session, enum pgw_severity severity, const char *sqlstate,
                const char *format, ...)
{
    char text[1024];
    struct pgw_error notice;
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    (void)pgw_fail(&notice, sqlstate, "%s", text);
    notice.severity = severity < PGW_SEVERITY_WARNING ? PGW_SEVERITY_WARNING : severity;
    bool told = reply_error(&session->output, &notice);
    (void)told; /* a notice may be lost */
}

/* ---- messages ---- */

/* Serve one message of an extended query; an error skips what follows up to Sync. */
static void serve_extended(pgw_session *session, const struct frame *frame,
                           enum pgw_status (*serve)(pgw_session *, const struct frame *,
                                                    struct pgw_error *))
{
    struct pgw_error err;
    interrupt_begin(session);
    session->in_batch |= frame->type != 'C'; /* PostgreSQL's Close begins nothing */
    enum pgw_status status =
        interrupt_pending(session, &err) ? PGW_ERROR : serve(session, frame, &err);
    if (status == PGW_WAIT) {
        session->waiting = true;
        return;
    }
    session_consume(session, frame);
    if (status == PGW_ERROR) {
        interrupt_translate(session, &err);
        session_error(session, &err);
        if (session->state == STATE_READY)
            session_enter(session, STATE_SKIP);
    }
    if (session->state != STATE_ROWS && session->state != STATE_COPY_IN) {
        interrupt_end(session);
        arena_reset(&session->memory);
    }
}

static void on_parse(pgw_session *session, const struct frame *frame)
{
    serve_extended(session, frame, extended_parse);
}

static void on_bind(pgw_session *session, const struct frame *frame)
{
    serve_extended(session, frame, extended_bind);
}

static void on_describe(pgw_session *session, const struct frame *frame)
{
    serve_extended(session, frame, extended_describe);
}

static void on_execute(pgw_session *session, const struct frame *frame)
{
    serve_extended(session, frame, extended_execute);
}

static void on_close(pgw_session *session, const struct frame *frame)
{
    serve_extended(session, frame, extended_close);
}

static void on_query(pgw_session *session, const struct frame *frame)
{
    (void)frame;
    simple_begin(session);
}

static void on_sync(pgw_session *session, const struct frame *frame)
{
    session_consume(session, frame);
    session_enter(session, STATE_SYNC);
}

static void on_flush(pgw_session *session, const struct frame *frame)
{
    session_consume(session, frame);
    session->flush = true;
}

static void on_terminate(pgw_session *session, const struct frame *frame)
{
    session_consume(session, frame);
    close_session(session);
}

static void on_ignored(pgw_session *session, const struct frame *frame)
{
    session_consume(session, frame);
}

static void on_function_call(pgw_session *session, const struct frame *frame)
{
    struct pgw_error err;
    session_consume(session, frame);
    (void)pgw_fail(&err, "0A000", "the function call protocol is not supported");
    session_error(session, &err);
    if (session->state == STATE_READY)
        session_enter(session, STATE_SYNC);
}

/* READY: what each message does. CopyData and its like outside of a COPY are leftovers
 * of one that failed, and are ignored as PostgreSQL does. */
static const struct dispatch {
    char type;
    void (*ready)(pgw_session *, const struct frame *);
} messages[] = {
    {'B', on_bind},          {'C', on_close},     {'D', on_describe}, {'E', on_execute},
    {'F', on_function_call}, {'H', on_flush},     {'P', on_parse},    {'Q', on_query},
    {'S', on_sync},          {'X', on_terminate}, {'c', on_ignored},  {'d', on_ignored},
    {'f', on_ignored},
};

static void serve_ready(pgw_session *session, const struct frame *frame)
{
    for (size_t i = 0; i < ARRAY_LEN(messages); i++) {
        if (messages[i].type == frame->type) {
            messages[i].ready(session, frame);
            return;
        }
    }
    session_fatal(session, "08P01", "invalid frontend message type");
}

static void serve_skip(pgw_session *session, const struct frame *frame)
{
    if (frame->type == 'S')
        on_sync(session, frame);
    else if (frame->type == 'X')
        on_terminate(session, frame);
    else
        session_consume(session, frame);
}

/* ---- steps ---- */

enum frame_status session_peek(const pgw_session *session, struct frame *frame)
{
    const uint8_t *data = buf_data(&session->input);
    size_t len = buf_len(&session->input) - session->kept;
    if (session->kept > 0)
        data += session->kept;
    return session->state == STATE_STARTUP
               ? frame_peek_startup(data, len, frame)
               : frame_peek(data, len, session->message_max, frame);
}

/* PostgreSQL says nothing when a length cannot be: where messages begin is lost. */
static void bad_frame(pgw_session *session, enum frame_status status,
                      const struct frame *frame)
{
    char text[64];
    (void)snprintf(text, sizeof text, "invalid frontend message type %d",
                   (unsigned char)frame->type);
    if (status == FRAME_BAD_TYPE)
        session_fatal(session, "08P01", text);
    else
        close_session(session);
}

static void serve_frame(pgw_session *session)
{
    struct frame frame;
    if (session->state == STATE_PASSWORD && buf_len(&session->input) > 0 &&
        !auth_expects(session, *buf_data(&session->input)))
        return;
    enum frame_status status = session_peek(session, &frame);
    if (status == FRAME_BAD_LENGTH || status == FRAME_BAD_TYPE)
        bad_frame(session, status, &frame);
    if (status != FRAME_COMPLETE)
        return;
    switch (session->state) {
    case STATE_STARTUP:
        startup_packet(session, &frame);
        break;
    case STATE_PASSWORD:
        auth_message(session, &frame);
        break;
    case STATE_READY:
        serve_ready(session, &frame);
        break;
    case STATE_COPY_IN:
        copy_message(session, &frame);
        break;
    case STATE_SKIP:
        serve_skip(session, &frame);
        break;
    case STATE_OPEN:
    case STATE_SIMPLE:
    case STATE_ROWS:
    case STATE_SYNC:
    case STATE_CLOSED:
        break;
    }
}

/* A reason to close has come from another thread. True: the session is closed. */
static bool check_closing(pgw_session *session)
{
    struct pgw_error err;
    enum pgw_interrupt reason = (enum pgw_interrupt)atomic_load(&session->closing);
    if (reason == PGW_INTERRUPT_NONE && interrupt_drain_is_due(session))
        reason = PGW_INTERRUPT_SHUTDOWN;
    if (reason == PGW_INTERRUPT_NONE || session->state == STATE_CLOSED)
        return false;
    if (session->state != STATE_STARTUP && interrupt_last_words(reason, &err))
        session_error(session, &err);
    if (session->state != STATE_CLOSED)
        close_session(session);
    return true;
}

void pgw_session_run(pgw_session *session)
{
    session->waiting = false;
    if (check_closing(session))
        return;
    switch (session->state) {
    case STATE_OPEN:
        startup_open(session);
        break;
    case STATE_SIMPLE:
        simple_step(session);
        break;
    case STATE_ROWS:
        flow_step(session);
        break;
    case STATE_SYNC:
        sync_step(session);
        break;
    case STATE_READY:
        if (notify_is_due(session)) {
            if (!notify_tell(session))
                session_no_memory(session);
            break;
        }
        serve_frame(session);
        break;
    case STATE_STARTUP:
    case STATE_PASSWORD:
    case STATE_COPY_IN:
    case STATE_SKIP:
        serve_frame(session);
        break;
    case STATE_CLOSED:
        break;
    }
}
