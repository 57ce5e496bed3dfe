/* session_state.h - the inside of a session, shared by the files of the state machine.
 *
 *     STARTUP ──────> PASSWORD ──────> OPEN ──────> SYNC ──> READY <────────────┐
 *       startup.c        auth.c         startup.c    sync.c    │ session.c       │
 *        (trust: straight to OPEN)                             │                 │
 *          Query ┌───────────────────────────────────────────┤ Sync ──> SYNC ──┤
 *                v                                             │                 │
 *             SIMPLE <──> ROWS <────────────────── Execute ───┤                 │
 *            simple.c     flow.c                               │ error           │
 *                │ end, error                                  └──> SKIP ─ Sync ─┘
 *                └──> SYNC                    COPY IN: SIMPLE or READY <──> COPY_IN
 * copy.c Any state ── Terminate, end of input, FATAL ──> CLOSED
 *
 * session_enter is the only place where the state changes. */
#ifndef PGWIRE_SESSION_STATE_H
#define PGWIRE_SESSION_STATE_H

#include <stdatomic.h>

#include <pgwire/session.h>

#include "core/arena.h"
#include "core/attr.h"
#include "core/buf.h"
#include "core/chain.h"
#include "core/running.h"
#include "core/strmap.h"
#include "pgwire/frame.h"
#include "pgwire/inbox.h"
#include "pgwire/output_style.h"

enum session_state {
    STATE_STARTUP,  /* a start-up packet is awaited */
    STATE_PASSWORD, /* an authentication message is awaited */
    STATE_OPEN,     /* the client is who it says: the host's open is due */
    STATE_READY,    /* a message is awaited */
    STATE_SIMPLE,   /* the Query in front of the input is being served */
    STATE_ROWS,     /* rows of `flow` are being sent */
    STATE_COPY_IN,  /* CopyData is awaited */
    STATE_SYNC,     /* the host's sync, then ReadyForQuery are due */
    STATE_SKIP,     /* an error: everything up to Sync is ignored */
    STATE_CLOSED    /* what is in the output is still sent */
};

/* A prepared statement: outlives its name, as long as a portal needs it. */
struct statement {
    const struct pgw_extended_ops *ops;
    void *host; /* moved in */
    struct pgw_description description;
    unsigned references;
};

/* A portal, or the one statement of a simple query that is on its way. */
struct portal {
    struct statement
        *statement; /* a reference; NULL: simple query by the host's handler */
    void *host;     /* moved in; NULL likewise */
    int16_t *formats;
    size_t format_count;
    struct pgw_reply reply;
    struct copy_out *copy; /* COPY … TO STDOUT, until its rows are released */
    bool is_cursor;        /* SQL's: others may move it, so that its end is not kept */
    bool executed;         /* reply is valid */
    bool finished;         /* the rows have ended and are released */
    uint64_t sent;         /* rows, in this Execute */
};

/* What there is a time for. */
enum session_time {
    TIME_LOGIN,
    TIME_STATEMENT,
    TIME_QUEUE, /* waiting for the permission to block */
    TIME_TRANSACTION,
    TIME_IDLE_SESSION,
    TIME_IDLE_TRANSACTION,
    TIME_COUNT
};

struct times {
    uint64_t due_us[TIME_COUNT]; /* 0 = none */
    enum session_time asked;     /* of the host, */
    uint64_t asked_us;           /* if this is not 0 */
};

struct parameter {
    char *value;
    char *told; /* what the client knows, if it is set; NULL: nothing */
    struct parameter *next;
    bool is_set; /* since the client was told */
    char name[];
};

struct startup_pair {
    const char *name, *value;
};

struct pgw_session {
    const struct pgw_handlers *handlers;
    void *ctx;
    struct pgw_host host;
    void *host_self;
    size_t message_max, high_water;
    uint32_t pid;
    enum pgw_tls_mode tls_mode;
    struct pgw_peer peer;
    struct arena tls; /* what is known of the handshake */
    uint32_t login_timeout_ms, statement_timeout_ms;
    uint32_t idle_session_timeout_ms, idle_transaction_timeout_ms;
    uint32_t transaction_timeout_ms, queue_timeout_ms;

    enum session_state state;
    /* Beside each other, for an idle session is to be small. */
    bool asked_tls, asked_gss;
    bool tls_due;        /* S was answered: the handshake is to come */
    bool parameters_set; /* since the client was told */
    bool waiting;        /* the last step was answered with WAIT */
    bool flush;          /* what is in the output may leave */
    bool eof;
    bool sends_much; /* the client, at a time: what was received last */
    bool in_batch;   /* an extended query since then: its transaction is open */
    bool failed; /* a message since the last ReadyForQuery was answered with an error */
    char transaction;
    struct buf input;
    struct chain output;
    struct chain_block *last_words; /* that memory is out; until they are said */
    struct arena memory;            /* of the current statement: pgw_session_alloc */

    struct arena startup; /* start-up parameters, until the session ends */
    struct startup_pair *pairs;
    size_t pair_count;
    struct pgw_auth auth;
    struct auth_exchange *exchange; /* while the client proves who it is */
    struct slice certificate_hash;  /* tls-server-end-point; empty: no TLS */
    const char *identity;           /* of a token: pgw_session_identity */
    const uint8_t *auth_nonce;      /* the host's, or the session's key */
    struct parameter *parameters;
    struct pgw_style style;
    struct buf scratch; /* of rows that are put: arrays and records */
    void *state_of_host;
    bool opened;
    uint8_t key[PGW_AUTH_NONCE_BYTES];
    _Atomic uint32_t key_len; /* 4 before protocol 3.2 */

    struct strmap statements, portals; /* by name; "" is the unnamed one */
    const char *binding;      /* the portal that Bind is about, for messages; or NULL */
    struct portal *executing; /* whose `execute` is being called; or NULL */
    size_t query_offset;      /* in the Query being served */
    struct portal simple;
    struct portal *flow; /* whose rows flow */
    size_t flow_limit;   /* rows this Execute may still send; 0 = all */
    bool flow_is_simple;
    void *copy;  /* COPY_IN: the host's */
    size_t kept; /* COPY_IN: bytes of the Query that stays in front of the input */

    struct inbox inbox;       /* notifications that the client is still to be told */
    struct running running;   /* the statement */
    struct times times;       /* by which what it does is to be over */
    atomic_bool draining;     /* it is to end when what is under way has */
    _Atomic unsigned closing; /* a reason that closes the connection */
};

/* ---- session.c ---- */
void session_enter(pgw_session *session, enum session_state state);
void session_consume(pgw_session *session, const struct frame *frame);
/* Answer with an ErrorResponse; a FATAL one closes. Between messages of an extended
 * query the rest up to Sync is skipped: session_fail decides by the state. */
void session_error(pgw_session *session, struct pgw_error *err);
void session_fatal(pgw_session *session, const char *sqlstate, const char *text);
void session_no_memory(pgw_session *session);

/* The message in front of the input. */
enum frame_status session_peek(const pgw_session *session, struct frame *frame);

/* ---- encryption.c ---- */
/* Is it SSLRequest or GSSENCRequest, and of a client that may ask so? Then it has been
 * answered. */
bool encryption_request(pgw_session *session, const struct frame *frame, uint32_t code);
/* False, and the session is closed: TLS is required, and this client has none. */
bool encryption_suffices(pgw_session *session) MUST_CHECK;

/* ---- notify.c ---- */
/* May the client, which waits for nothing, be told of something now? */
bool notify_is_due(const pgw_session *session);
/* Tell it all that there is, if it is outside of a transaction. False: out of memory.
 */
bool notify_tell(pgw_session *session) MUST_CHECK;

/* ---- startup.c ---- */
void startup_packet(pgw_session *session, const struct frame *frame);
void startup_open(pgw_session *session);
/* Is it an option of the protocol? There are none that are known. */
bool startup_is_option(const char *name);

/* ---- simple.c ---- */
void simple_begin(pgw_session *session);
void simple_step(pgw_session *session);

/* ---- extended.c: one function a message; PGW_WAIT: serve the frame again ---- */
enum pgw_status extended_parse(pgw_session *, const struct frame *, struct pgw_error *);
enum pgw_status extended_bind(pgw_session *, const struct frame *, struct pgw_error *);
enum pgw_status extended_describe(pgw_session *, const struct frame *,
                                  struct pgw_error *);
enum pgw_status extended_execute(pgw_session *, const struct frame *,
                                 struct pgw_error *);
enum pgw_status extended_close(pgw_session *, const struct frame *, struct pgw_error *);

/* ---- flow.c ---- */
/* Send what a reply starts with; rows make the state ROWS, data from the client
 * COPY_IN. */
enum pgw_status flow_begin(pgw_session *session, struct portal *portal, bool describe,
                           struct pgw_error *err);
void flow_step(pgw_session *session);

/* ---- copy.c ---- */
void copy_begin(pgw_session *session);
void copy_message(pgw_session *session, const struct frame *frame);

/* ---- sync.c ---- */
void sync_step(pgw_session *session);

/* ---- statements.c: the stores ---- */
struct statement *statement_new(const struct pgw_extended_ops *ops, void *host);
void statement_unref(struct statement *statement); /* NULL is allowed */
struct portal *portal_new(struct statement *statement);
void portal_release_rows(struct portal *portal);
void portal_clear(struct portal *portal); /* what it holds */
void portal_free(struct portal *portal);
void statements_drop(pgw_session *session, struct slice name);
void statements_drop_all(pgw_session *session);
void portals_drop(pgw_session *session, struct slice name);
void portals_drop_all(pgw_session *session);
/* May another one have this name? 42P05 or 42P03, 54000. */
enum pgw_status statements_check_name(const pgw_session *session, struct pgw_slice name,
                                      struct pgw_error *err);
enum pgw_status portals_check_name(const pgw_session *session, struct pgw_slice name,
                                   struct pgw_error *err);
/* A statement of the host's under its name, in place of another; moved in, also on
 * failure: 53200. */
enum pgw_status statements_put(pgw_session *session, struct pgw_slice name, void *host,
                               struct pgw_error *err);

/* ---- interrupt.c ---- */
void interrupt_begin(pgw_session *session); /* a statement runs; again: nothing */
/* The next statement of a query string has the whole time, as it is set by now. */
void interrupt_next(pgw_session *session);
void interrupt_end(pgw_session *session);
/* Its transaction has ended, and with it the time for it. */
void interrupt_end_transaction(pgw_session *session);
/* The client has been told that it may ask: it must not take for ever. */
void interrupt_idle(pgw_session *session);
/* Has somebody interrupted the running statement? Then *err says so. */
bool interrupt_pending(pgw_session *session, struct pgw_error *err);
/* What the client is told of a reason to close, FATAL; false: nothing. */
bool interrupt_last_words(enum pgw_interrupt reason, struct pgw_error *err);
/* An interrupted handler's own words give way to PostgreSQL's. */
void interrupt_translate(pgw_session *session, struct pgw_error *err);

/* Is the session to end since the server does, and nothing is under way? */
bool interrupt_drain_is_due(const pgw_session *session);

/* ---- times.c ---- */
/* Ask the host to interrupt the session in `ms`; 0 takes it back. */
void times_set(pgw_session *session, enum session_time time, uint32_t ms);
bool times_is_set(const pgw_session *session, enum session_time time);

/* ---- parameters.c ---- */
bool parameters_report(pgw_session *session, bool all) MUST_CHECK;
bool parameters_defaults(pgw_session *session, struct pgw_error *err) MUST_CHECK;
void parameters_free(pgw_session *session);

#endif
