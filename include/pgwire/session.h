/* session.h - drive a session from your own loop: no sockets, no threads, no clock.
 *
 *     while (!((want = pgw_session_want(s)) & PGW_WANT_CLOSE))
 *         if      (want & PGW_WANT_WORK) pgw_session_run(s);
 *         else if (want & PGW_WANT_SEND) send_iov → write → send_ack; on would-block
 * wait else if (want & PGW_WANT_RECV) recv_buf → read → recv_ack; on would-block wait
 *         else    PGW_WANT_WAIT: park until pgw_host.wake
 *
 * The mask may carry SEND or RECV beside another; the order above is the order of
 * service. */
#ifndef PGWIRE_SESSION_H
#define PGWIRE_SESSION_H

#include <sys/uio.h>

#include <pgwire/pgwire.h>

enum pgw_want {
    PGW_WANT_CLOSE = 1, /* close the connection, then free the session */
    PGW_WANT_WORK = 2,  /* call run: one step */
    PGW_WANT_WAIT =
        4, /* the step needs what is not there: park until woken, then run */
    PGW_WANT_SEND = 8,
    PGW_WANT_RECV = 16
};

/* Why a statement, or a session, is to end before it is done. */
enum pgw_interrupt {
    PGW_INTERRUPT_NONE,
    PGW_INTERRUPT_CANCEL,            /* CancelRequest: 57014 */
    PGW_INTERRUPT_STATEMENT_TIMEOUT, /* 57014 */
    PGW_INTERRUPT_IDLE_SESSION,      /* nothing was asked: 57P05, closed */
    PGW_INTERRUPT_IDLE_TRANSACTION,  /* … in a transaction block: 25P03, closed */
    PGW_INTERRUPT_LOGIN_TIMEOUT,     /* the connection is closed */
    PGW_INTERRUPT_HANG_UP,           /* the client has gone: nothing more is said */
    PGW_INTERRUPT_SHUTDOWN           /* 57P01, the connection is closed */
};

/* What a session asks of who drives it. Any member may be NULL. */
struct pgw_host {
    /* Permission to block the calling thread; false: not now, wake will follow. Calling
     * again while it is held is allowed and true. */
    bool (*block_begin)(void *host);
    void (*block_end)(void *host);
    /* Interrupt me with `reason` at `at_us` (pgw_host.now_us), 0 = forget it. */
    void (*deadline)(void *host, uint64_t at_us, enum pgw_interrupt reason);
    uint64_t (*now_us)(void *host);
    /* A CancelRequest arrived for process `pid`. */
    void (*cancel)(void *host, uint32_t pid, struct pgw_slice key);
};

struct pgw_session_options {
    const struct pgw_host *host; /* borrowed; NULL: never waits, no time-outs */
    void *host_self;
    uint32_t pid; /* of BackendKeyData; the secret key is the session's own */
    size_t max_message_bytes;  /* after authentication; 0 = 256 MiB */
    size_t high_water_bytes;   /* a step stops when that much is unsent; 0 = 256 KiB */
    uint32_t login_timeout_ms; /* 0 = 60 s */
    uint32_t statement_timeout_ms; /* 0 = none */
};

/* NULL when out of memory. handlers, ctx and host are borrowed until free. */
pgw_session *pgw_session_new(const struct pgw_handlers *handlers, void *ctx,
                             const struct pgw_session_options *options);
void pgw_session_free(pgw_session *session); /* releases rows, statements, state */

unsigned pgw_session_want(const pgw_session *session); /* of enum pgw_want */
void pgw_session_run(pgw_session *session);

/* Where to read to, at least one byte; NULL: out of memory, and want says how the
 * session ends. ack says how many. */
uint8_t *pgw_session_recv_buf(pgw_session *session, size_t *len);
void pgw_session_recv_ack(pgw_session *session, size_t len);
void pgw_session_recv_eof(pgw_session *session); /* the peer will send no more */

/* What to write: entries filled, at most max. ack says how many bytes went out. */
size_t pgw_session_send_iov(pgw_session *session, struct iovec *iov, size_t max);
void pgw_session_send_ack(pgw_session *session, size_t bytes);

/* Give back what an idle connection does not need. */
void pgw_session_idle(pgw_session *session);

/* Thread-safe. Interrupt the statement that runs now or, for the reasons that close the
 * connection, the session. True: something is still running; wake the session, and call
 * again every few milliseconds until it is false, since an engine may forget an
 * interrupt that comes too early. *statement is 0 at the first call, and then says
 * which statement was meant: a later one is left alone. */
bool pgw_session_interrupt(pgw_session *session, enum pgw_interrupt reason,
                           uint64_t *statement);

/* Thread-safe: does the key of a CancelRequest fit? Compared in constant time. */
bool pgw_session_key_matches(const pgw_session *session, struct pgw_slice key);

#endif
