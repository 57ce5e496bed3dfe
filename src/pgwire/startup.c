/* startup.c - from the first byte to the first ReadyForQuery.
 *
 * Source: PostgreSQL documentation 55.2.1 and 55.7. Who asks for encryption is served
 * by encryption.c; a CancelRequest is handed to the host and the connection closed in
 * silence. Versions 3.0 and 3.2 are spoken; a client that asks for
 * another minor version, or for options of the protocol, is told what there is. */
#include "pgwire/auth.h"
#include "pgwire/reader.h"
#include "pgwire/reply.h"

enum {
    CODE_CANCEL = 80877102,
    MAJOR = 3,
    MINOR_LATEST = 2,
    KEY_BYTES_30 = 4,
    KEY_BYTES_32 = 32
};

/* ---- parameters ---- */

const char *pgw_session_startup_parameter(const pgw_session *session, const char *name)
{
    for (size_t i = 0; i < session->pair_count; i++) {
        if (strcmp(session->pairs[i].name, name) == 0)
            return session->pairs[i].value;
    }
    return NULL;
}

bool pgw_session_startup_next(const pgw_session *session, size_t *cursor,
                              const char **name, const char **value)
{
    if (*cursor >= session->pair_count)
        return false;
    *name = session->pairs[*cursor].name;
    *value = session->pairs[*cursor].value;
    ++*cursor;
    return true;
}

static size_t count_strings(const struct reader *reader)
{
    size_t count = 0;
    for (const uint8_t *at = reader->at; at < reader->end; at++)
        count += *at == '\0';
    return count;
}

/* name NUL value NUL … NUL. False with the session closed. */
static bool read_pairs(pgw_session *session, struct reader *reader)
{
    size_t room = (size_t)(reader->end - reader->at);
    char *copy = arena_copy(&session->startup, reader->at, room);
    session->pairs = arena_calloc(&session->startup, count_strings(reader) / 2,
                                  sizeof *session->pairs);
    if (!copy || !session->pairs) {
        session_no_memory(session);
        return false;
    }
    struct reader copied = reader_of((const uint8_t *)copy, room);
    for (;;) {
        struct pgw_slice name = reader_string(&copied);
        if (copied.failed || name.len == 0)
            break;
        struct pgw_slice value = reader_string(&copied);
        if (!copied.failed)
            session->pairs[session->pair_count++] =
                (struct startup_pair){name.data, value.data};
    }
    if (reader_done(&copied))
        return true;
    session_fatal(session, "08P01",
                  "invalid startup packet layout: expected terminator as last byte");
    return false;
}

/* ---- versions ---- */

bool startup_is_option(const char *name)
{
    return strncmp(name, "_pq_.", 5) == 0;
}

/* Tell a client that wants more than there is what there is. */
static bool negotiate(pgw_session *session, uint32_t minor)
{
    bool has_options = false;
    for (size_t i = 0; i < session->pair_count; i++)
        has_options = has_options || startup_is_option(session->pairs[i].name);
    if (minor <= MINOR_LATEST && !has_options)
        return true;
    uint32_t best = minor < MINOR_LATEST ? minor : MINOR_LATEST;
    return reply_negotiate(&session->output, MAJOR << 16 | best, session->pairs,
                           session->pair_count);
}

/* ---- authentication ---- */

static void fail_with(pgw_session *session, struct pgw_error *err)
{
    err->severity = PGW_SEVERITY_FATAL;
    session_error(session, err);
}

/* False: the host has to be asked again once the session is woken, or it said no. */
static bool ask_host(pgw_session *session)
{
    const struct pgw_startup_ops *ops = session->handlers->startup;
    struct pgw_error err;
    session->auth = (struct pgw_auth){.mechanism = PGW_AUTH_TRUST};
    if (!ops || !ops->authenticate)
        return true;
    enum pgw_status status =
        ops->authenticate(session->ctx, session, &session->auth, &err);
    if (status == PGW_WAIT)
        session->waiting = true;
    else if (status == PGW_ERROR)
        fail_with(session, &err);
    return status == PGW_OK;
}

/* False: it is not let in, and the session is closed. */
static bool is_admitted(pgw_session *session, bool keep)
{
    const char *refusal =
        session->host.admit ? session->host.admit(session->host_self, keep) : NULL;
    if (atomic_load(&session->draining))
        session_fatal(session, "57P03", "the database system is shutting down");
    else if (refusal)
        session_fatal(session, "53300", refusal);
    return session->state != STATE_CLOSED;
}

static void begin_authentication(pgw_session *session, const struct frame *frame)
{
    if (!is_admitted(session, false) || !ask_host(session))
        return;
    session_consume(session, frame);
    auth_begin(session);
}

/* ---- packets ---- */

static bool is_false(const char *value)
{
    static const char *const words[] = {"", "0", "off", "false", "no", "f", "n"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (strcmp(value, words[i]) == 0)
            return true;
    }
    return false;
}

/* False: the session is closed. */
static bool check_parameters(pgw_session *session)
{
    const char *user = pgw_session_startup_parameter(session, "user");
    const char *replication = pgw_session_startup_parameter(session, "replication");
    if (!user || !*user)
        session_fatal(session, "28000",
                      "no PostgreSQL user name specified in startup packet");
    else if (replication && !is_false(replication))
        session_fatal(session, "0A000", "replication is not supported");
    return session->state == STATE_STARTUP;
}

/* The same packet comes again after a WAIT: what it left is thrown away. */
static void forget_packet(pgw_session *session)
{
    arena_reset(&session->startup);
    session->pairs = NULL;
    session->pair_count = 0;
}

static void startup_message(pgw_session *session, const struct frame *frame,
                            struct reader *reader, uint32_t version)
{
    struct pgw_error err;
    uint32_t minor = version & 0xffff;
    forget_packet(session);
    if (version >> 16 != MAJOR) {
        (void)pgw_fail(
            &err, "0A000",
            "unsupported frontend protocol %u.%u: server supports 3.0 to 3.%u",
            (unsigned)(version >> 16), (unsigned)minor, (unsigned)MINOR_LATEST);
        fail_with(session, &err);
        return;
    }
    if (!read_pairs(session, reader))
        return;
    session->key_len = minor >= MINOR_LATEST ? KEY_BYTES_32 : KEY_BYTES_30;
    struct chain_mark mark = chain_mark(&session->output);
    if (!negotiate(session, minor)) {
        session_no_memory(session);
        return;
    }
    if (!check_parameters(session) || !encryption_suffices(session))
        return;
    begin_authentication(session, frame);
    if (session->waiting)
        chain_rollback(&session->output, mark);
}

static void cancel_request(pgw_session *session, const struct frame *frame,
                           struct reader *reader)
{
    uint32_t pid = reader_u32(reader);
    struct pgw_slice key = reader_bytes(reader, (size_t)(reader->end - reader->at));
    if (!reader->failed && key.len >= 4 && session->host.cancel)
        session->host.cancel(session->host_self, pid, key);
    session_consume(session, frame);
    session_enter(session, STATE_CLOSED);
}

void startup_packet(pgw_session *session, const struct frame *frame)
{
    struct reader reader = reader_of(frame->body, frame->len);
    uint32_t code = reader_u32(&reader);
    if (code == CODE_CANCEL)
        cancel_request(session, frame, &reader);
    else if (!encryption_request(session, frame, code))
        startup_message(session, frame, &reader, code);
}

/* ---- the session opens ---- */

static bool greet(pgw_session *session, struct pgw_error *err)
{
    (void)pgw_fail(err, "53200", "out of memory");
    return parameters_defaults(session, err) && parameters_report(session, true) &&
           reply_key(&session->output, session->pid, session->key, session->key_len);
}

void startup_open(pgw_session *session)
{
    const struct pgw_startup_ops *ops = session->handlers->startup;
    struct pgw_error err;
    enum pgw_status status = PGW_OK;
    if (!is_admitted(session, true))
        return;
    if (ops && ops->open) {
        status = ops->open(session->ctx, session, &session->state_of_host, &err);
        if (status == PGW_WAIT) {
            session->waiting = true;
            return;
        }
        session->opened = true;
    }
    if (status == PGW_OK && !greet(session, &err))
        status = PGW_ERROR;
    if (status == PGW_ERROR) {
        fail_with(session, &err);
        return;
    }
    times_set(session, TIME_LOGIN, 0);
    session_enter(session, STATE_SYNC);
}
