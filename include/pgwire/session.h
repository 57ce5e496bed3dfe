/* session.h - drive a session from your own loop: no sockets, no threads, no clock.
 *
 * Ask what the session wants and do the first of these that it names, until it wants to
 * be closed:
 *
 *     CLOSE   close the connection, then pgw_session_free
 *     WORK    pgw_session_run: one bounded step
 *     SEND    pgw_session_send_iov → write → pgw_session_send_ack
 *     RECV    pgw_session_recv_buf → read → pgw_session_recv_ack, or _recv_eof
 *     WAIT    park it; when what it waits for is there, pgw_session_run
 *     TLS     the server's side of a TLS handshake, then pgw_session_tls_started: what
 *             is read and written from here on goes through it
 *
 * Where the socket would block, park it until it does not, or until what it waits for
 * is there, and ask again. SEND beside WORK: answers are ready, and may leave before
 * the work is done. examples/loop.c is such a loop, with poll(2). */
#ifndef PGWIRE_SESSION_H
#define PGWIRE_SESSION_H

#include <sys/uio.h>

#include <pgwire/pgwire.h>

PGW_BEGIN_DECLS

/* Bits of what a session wants. */
enum pgw_want {
    PGW_WANT_CLOSE = 1,
    PGW_WANT_WORK = 2,
    PGW_WANT_WAIT = 4, /* a handler has answered WAIT */
    PGW_WANT_SEND = 8,
    PGW_WANT_RECV = 16,
    PGW_WANT_TLS = 32, /* never unless the options say that there is TLS */
    PGW_WANT_LAST = 64 /* with SEND: where that would block, close */
};

/* Why a statement, or a session, is to end before it is done. */
enum pgw_interrupt {
    PGW_INTERRUPT_NONE,
    PGW_INTERRUPT_CANCEL,            /* CancelRequest, pg_cancel_backend: 57014 */
    PGW_INTERRUPT_STATEMENT_TIMEOUT, /* 57014 */
    PGW_INTERRUPT_IDLE_SESSION,      /* nothing was asked: 57P05, closed */
    PGW_INTERRUPT_IDLE_TRANSACTION,  /* … in a transaction block: 25P03, closed */
    PGW_INTERRUPT_LOGIN_TIMEOUT,     /* the connection is closed */
    PGW_INTERRUPT_HANG_UP,           /* the client has gone: nothing more is said */
    PGW_INTERRUPT_SHUTDOWN, /* of the server or, by pg_terminate_backend, of the
                             * session: 57P01, the connection is closed */
    PGW_INTERRUPT_TRANSACTION_TIMEOUT, /* 25P04, the connection is closed */
    PGW_INTERRUPT_QUEUE_TIMEOUT, /* it has waited too long to block a thread: 57014 */
    PGW_INTERRUPT_DRAIN /* the server ends: 57P01, but not before what is under way, a
                         * statement or a transaction block, is done */
};

/* What a session asks of who drives it; `host` is the options' host_self. Any member
 * may be NULL. Called on the thread that works on the session. */
struct pgw_host {
    /* May the calling thread block? False: not now; call pgw_session_run when it may.
     * Asking again while it is held is allowed and true. NULL: always. */
    bool (*block_begin)(void *host);
    /* The thread will not block any more; also called when it was never asked for. */
    void (*block_end)(void *host);
    /* Call pgw_session_interrupt with `reason` at `at_us` of now_us; it replaces what
     * was asked before, 0 = forget it. */
    void (*deadline)(void *host, uint64_t at_us, enum pgw_interrupt reason);
    /* A clock that never goes back, in microseconds; without it no time-outs. */
    uint64_t (*now_us)(void *host);
    /* A CancelRequest arrived for the session with this process id: if the key fits
     * (pgw_session_key_matches), interrupt it with PGW_INTERRUPT_CANCEL. */
    void (*cancel)(void *host, uint32_t pid, struct pgw_slice key);
    /* Interrupt the session with this process id, no key being asked for, as
     * pg_cancel_backend (CANCEL) and pg_terminate_backend (SHUTDOWN) do; NONE only
     * looks. False: there is no such session. Called on any thread. */
    bool (*signal)(void *host, uint32_t pid, enum pgw_interrupt reason);
    /* The session has something to do that no input says: ask it what it wants, and do
     * so again if it is being asked right now. Called on any thread, by
     * pgw_session_notify; without it, notifications wait for the client's next message.
     */
    void (*wake)(void *host);
    /* May the client log in? Asked when its start-up packet has come, and again, with
     * `keep`, when it is who it says: from then on it counts. NULL: yes; else what it
     * is told, static, FATAL 53300. */
    const char *(*admit)(void *host, bool keep);
    /* How to notice that the client's machine has gone (pgw_session_set_keepalive). */
    void (*keepalive)(void *host, const struct pgw_keepalive *keepalive);
    void *reserved[1]; /* zero */
};

/* Of pgw_session_options. */
enum { PGW_AUTH_NONCE_BYTES = 32 };

/* Can a client have TLS? */
enum pgw_tls_mode {
    PGW_TLS_NONE,    /* no: SSLRequest is answered N */
    PGW_TLS_OFFERED, /* if it asks; never through a unix socket */
    PGW_TLS_REQUIRED /* who does not ask is told 28000, but for unix sockets */
};

/* Who is at the other end of a connection, as far as it is known without asking. */
struct pgw_peer {
    const char *address; /* "192.0.2.1", "::1"; NULL or empty: not known, or none */
    uint16_t port;       /* 0 with a unix socket */
    bool is_unix;        /* a unix socket, of this machine therefore */
    bool has_uid;        /* the system tells whose process it is, in uid */
    uint32_t uid;
    bool is_tls;                     /* it is encrypted; the rest is about that */
    const char *tls_version;         /* "TLSv1.3" */
    const char *tls_cipher;          /* "TLS_AES_256_GCM_SHA384" */
    const char *certificate_name;    /* the common name of the client's certificate, */
    const char *certificate_subject; /* its distinguished name (RFC 2253); NULL unless
                                      * there was one and it was verified */
    void *reserved[4];               /* zero */
};

/* Zero everywhere is a sensible default. */
struct pgw_session_options {
    const struct pgw_host *host; /* copied; NULL: all its members are */
    void *host_self;             /* the first argument of its members */
    uint32_t pid;                /* of BackendKeyData; the key is the session's own */
    size_t max_message_bytes;    /* after authentication; 0 = 256 MiB */
    size_t high_water_bytes;     /* a step stops when so much is unsent; 0 = 128 KiB */
    uint32_t login_timeout_ms;   /* until authenticated; 0 = 60 s */
    uint32_t statement_timeout_ms; /* 0 = none */
    /* PGW_AUTH_NONCE_BYTES random bytes, borrowed, the same for all sessions of a
     * server and known to nobody: what users who do not exist are asked for depends on
     * it. NULL: they can be told from those who do, by logging in twice. */
    const uint8_t *auth_nonce;
    /* Copied; the strings are borrowed until the session is freed. NULL: not known. */
    const struct pgw_peer *peer;
    enum pgw_tls_mode tls; /* the driver can make TLS handshakes (PGW_WANT_TLS) */
    void *reserved[1];     /* zero */
};

/* What a TLS handshake has brought. Every text may be NULL. */
struct pgw_tls {
    const char *version; /* "TLSv1.3" */
    const char *cipher;  /* "TLS_AES_256_GCM_SHA384" */
    /* The hash of the server's certificate by which SCRAM-SHA-256-PLUS binds to the
     * channel (tls-server-end-point, RFC 5929), 64 bytes at most; empty: it is not
     * offered. */
    struct pgw_slice certificate_hash;
    const char *certificate_name;    /* CN of the client's certificate, NULL unless */
    const char *certificate_subject; /* it was verified; its DN (RFC 2253) */
    void *reserved[4];               /* zero */
};

/* Make the session of a connection that was just accepted. handlers and ctx are
 * borrowed until it is freed; options may be NULL. NULL when there is no memory, when
 * the system has no random bytes for its key, or when a reserved member is not zero. */
pgw_session *pgw_session_new(const struct pgw_handlers *handlers, void *ctx,
                             const struct pgw_session_options *options);

/* Release its rows, portals, statements and state, in this order, then the session.
 * NULL is allowed. */
void pgw_session_free(pgw_session *session);

/* What it wants now: bits of enum pgw_want, at least one. */
unsigned pgw_session_want(const pgw_session *session);

/* Take one bounded step; calls at most one handler that may answer WAIT. */
void pgw_session_run(pgw_session *session);

/* Where to read to, *len bytes, at least one; NULL: out of memory, and want says how
 * the session ends. */
uint8_t *pgw_session_recv_buf(pgw_session *session, size_t *len);

/* So many bytes were read to there. */
void pgw_session_recv_ack(pgw_session *session, size_t len);

/* The peer will send no more. */
void pgw_session_recv_eof(pgw_session *session);

/* The handshake that PGW_WANT_TLS asked for is done; so may be one with which the
 * connection began, before anything else (direct TLS). What *tls holds is copied. A
 * handshake that fails: close the connection and free the session. */
void pgw_session_tls_started(pgw_session *session, const struct pgw_tls *tls);

/* What to write: fills in at most max entries and returns how many. Good until the next
 * call for this session. */
size_t pgw_session_send_iov(pgw_session *session, struct iovec *iov, size_t max);

/* So many bytes of it went out. */
void pgw_session_send_ack(pgw_session *session, size_t bytes);

/* Give back the memory that an idle connection does not need. */
void pgw_session_idle(pgw_session *session);

/* Interrupt the statement that runs now or, for the reasons that close the connection,
 * the session. *statement is 0 at the first call, and then says which statement was
 * meant: a later one is left alone. True: something is still running; call
 * pgw_session_run soon, and this again every few milliseconds until it is false, since
 * an engine may forget an interrupt that comes too early. Thread-safe, but not against
 * pgw_session_free. */
bool pgw_session_interrupt(pgw_session *session, enum pgw_interrupt reason,
                           uint64_t *statement);

/* For handlers, on any thread of theirs: pgw_host.signal; false without one. */
bool pgw_session_signal(const pgw_session *session, uint32_t pid,
                        enum pgw_interrupt reason);

/* Does the key of a CancelRequest fit? Compared in constant time. Thread-safe, but not
 * against pgw_session_free. */
bool pgw_session_key_matches(const pgw_session *session, struct pgw_slice key);

PGW_END_DECLS

#endif
