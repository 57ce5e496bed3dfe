/* http_life.c - when a connection counts, how long it may take, and when it is to end.
 *
 * A connection takes a place with its first query; until then it is a stranger, which
 * is served what costs nothing. It has a time for its next request, a statement has one
 * to run and one to wait for a slot: the loop is asked for the earliest. */
#include "core/clock.h"
#include "http/http_state.h"
#include "server/database.h"
#include "server/session_defaults.h"

/* ---- times ---- */

static void ask(struct http_session *http, uint64_t at_us, enum pgw_interrupt reason)
{
    const struct session_peer *peer = &http->peer;
    if (!peer->host || !peer->host->deadline || (at_us == 0 && !http->has_deadline))
        return;
    http->has_deadline = at_us > 0;
    peer->host->deadline(peer->host_self, at_us, reason);
}

static uint64_t in_ms(uint32_t ms)
{
    return ms ? clock_now_us() + ms * UINT64_C(1000) : 0;
}

void http_await_request(struct http_session *http)
{
    const struct session_defaults *defaults = http->front->defaults;
    if (http->has_place)
        ask(http, in_ms(session_default(defaults, DEFAULT_IDLE_SESSION)),
            PGW_INTERRUPT_IDLE_SESSION);
    else
        ask(http, in_ms(session_login_timeout(defaults)), PGW_INTERRUPT_LOGIN_TIMEOUT);
}

void http_begin_connection(struct http_session *http)
{
    const struct session_defaults *defaults = http->front->defaults;
    const struct session_peer *peer = &http->peer;
    const struct pgw_keepalive keepalive = {
        .idle_s = session_default(defaults, DEFAULT_KEEPALIVES_IDLE),
        .interval_s = session_default(defaults, DEFAULT_KEEPALIVES_INTERVAL),
        .count = session_default(defaults, DEFAULT_KEEPALIVES_COUNT),
        .user_timeout_ms = session_default(defaults, DEFAULT_USER_TIMEOUT)};
    bool is_wanted = keepalive.idle_s || keepalive.interval_s || keepalive.count ||
                     keepalive.user_timeout_ms;
    if (is_wanted && peer->host && peer->host->keepalive)
        peer->host->keepalive(peer->host_self, &keepalive);
    http_await_request(http);
}

void http_begin_times(struct http_session *http)
{
    http->statement_due_us =
        in_ms(session_default(http->front->defaults, DEFAULT_STATEMENT_TIMEOUT));
    http->is_queued = false;
    ask(http, http->statement_due_us, PGW_INTERRUPT_STATEMENT_TIMEOUT);
}

void http_end_times(struct http_session *http)
{
    http->is_queued = false;
    ask(http, 0, PGW_INTERRUPT_NONE);
}

/* A slot was asked for: it has been had, or there was none yet. */
void http_queue_times(struct http_session *http, bool waits)
{
    uint64_t due_us =
        in_ms(session_default(http->front->defaults, DEFAULT_QUEUE_TIMEOUT));
    if (waits == http->is_queued)
        return;
    http->is_queued = waits;
    if (!waits)
        ask(http, http->statement_due_us, PGW_INTERRUPT_STATEMENT_TIMEOUT);
    else if (due_us && (!http->statement_due_us || due_us < http->statement_due_us))
        ask(http, due_us, PGW_INTERRUPT_QUEUE_TIMEOUT);
}

/* ---- places ---- */

static bool is_admitted(struct http_session *http, struct error *err)
{
    const struct pgw_host *host = http->peer.host;
    const char *refusal =
        host && host->admit ? host->admit(http->peer.host_self, true) : NULL;
    http->has_place = !refusal;
    return !refusal || error_set(err, "53300", "%s", refusal);
}

bool http_take_place(struct http_session *http, struct error *err)
{
    return is_admitted(http, err) &&
           limits_enter(http->front->limits, http->user, http->front->database->name,
                        http->role == ROLE_ADMIN, &http->ticket, err);
}

/* ---- the end ---- */

bool http_drain_is_due(const struct http_session *http)
{
    return atomic_load_explicit(&http->draining, memory_order_relaxed) &&
           http->state == HTTP_READING && !http->request_begun;
}

bool http_keeps_alive(const struct http_session *http)
{
    return http->keep_alive && !atomic_load(&http->draining);
}

/* What ends the session is noted first: either the query that begins sees it, or who
 * interrupts sees that a query runs. */
bool http_note_end(struct http_session *http, enum pgw_interrupt reason)
{
    switch (reason) {
    case PGW_INTERRUPT_DRAIN:
        atomic_store(&http->draining, true);
        return true;
    case PGW_INTERRUPT_IDLE_SESSION:
        if (!running_is_active(&http->running))
            atomic_store(&http->closing, (unsigned)reason);
        return true;
    case PGW_INTERRUPT_SHUTDOWN:
    case PGW_INTERRUPT_LOGIN_TIMEOUT:
        atomic_store(&http->closing, (unsigned)reason);
        break;
    case PGW_INTERRUPT_NONE:
    case PGW_INTERRUPT_CANCEL:
    case PGW_INTERRUPT_STATEMENT_TIMEOUT:
    case PGW_INTERRUPT_IDLE_TRANSACTION:
    case PGW_INTERRUPT_HANG_UP:
    case PGW_INTERRUPT_TRANSACTION_TIMEOUT:
    case PGW_INTERRUPT_QUEUE_TIMEOUT:
        break;
    }
    return false;
}
