/* pgwire.h - serve the PostgreSQL protocol from C: replies, handlers, the session.
 *
 * A session is one client's connection, a state machine without I/O of its own. It is
 * driven by the host in <pgwire/server.h>, or by the embedder's own loop
 * (<pgwire/session.h>). What the client asks comes to tables of handlers; what they
 * reply goes to the client. A whole server is examples/server.c.
 *
 *     connection   authenticate → open → … sync … → close
 *     a query      parse → describe → bind → execute → rows.next … → rows.release
 *                  → close_portal → close_statement
 *     or           query → rows.next … → rows.release
 *
 * `simple` is optional: `extended` alone serves simple queries too.
 *
 * Threads: a session and everything reached through it is used by one thread at a time,
 * not always the same; only what is marked thread-safe may be called from elsewhere.
 *
 * Errors: a handler that answers PGW_ERROR has set *err, by pgw_fail or otherwise. One
 * that answers PGW_WAIT has changed nothing, and is called again with the same
 * arguments. Memory that is not to be had is an error like others, 53200. */
#ifndef PGWIRE_PGWIRE_H
#define PGWIRE_PGWIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pgwire/error.h>
#include <pgwire/rows.h>
#include <pgwire/style.h>
#include <pgwire/types.h>
#include <pgwire/values.h>
#include <pgwire/version.h>

PGW_BEGIN_DECLS

/* ---- replies ---- */

/* What a statement replies with. */
enum pgw_reply_kind {
    PGW_REPLY_COMMAND,  /* CommandComplete alone */
    PGW_REPLY_ROWS,     /* columns and rows */
    PGW_REPLY_EMPTY,    /* EmptyQueryResponse */
    PGW_REPLY_COPY_IN,  /* data goes to the copy handlers, `copy` is theirs */
    PGW_REPLY_COPY_OUT, /* columns and rows, as CopyData in copy_style */
    PGW_REPLY_COPY_BOTH /* both (replication): refused with 0A000 */
};

/* In pgw_reply.affected: the tag has no number. */
enum { PGW_NOT_COUNTED = -1 };

/* What the data of a COPY … TO STDOUT is made of. */
enum pgw_copy_format {
    PGW_COPY_TEXT,   /* a line a row, what is special behind backslashes */
    PGW_COPY_CSV,    /* a line a row, what is special within quotes */
    PGW_COPY_BINARY, /* PostgreSQL's, with its header and its trailer */
    PGW_COPY_RAW     /* a row's values one behind the other, nothing added: for formats
                        of your own, whose bytes are put by pgw_put_raw */
};

/* How the rows of a PGW_REPLY_COPY_OUT become CopyData, a message a row, byte by byte
 * as PostgreSQL's COPY does it. Zero is text with its defaults. What is pointed to is
 * borrowed until the rows are released. 22023 for what no reader could make sense of,
 * 0A000 for an encoding that iconv does not know. */
struct pgw_copy_style {
    enum pgw_copy_format format;
    bool header;             /* text, csv: the columns' names come first */
    char delimiter;          /* text, csv; 0: a tab, or in csv a comma */
    char quote;              /* csv; 0: '"' */
    char escape;             /* csv, before a quote within quotes; 0: the quote */
    struct pgw_slice null;   /* text, csv; data NULL: "\\N", or in csv nothing */
    const bool *force_quote; /* csv, by column: quote all but NULL; NULL: no column */
    const char *encoding;    /* text, csv: its name for iconv; NULL: UTF-8 */
    void *reserved[4];       /* zero */
};

/* What a handler replies: the library fills in `{.affected = PGW_NOT_COUNTED}` and
 * zeroes before each call, the handler what it means. */
struct pgw_reply {
    enum pgw_reply_kind kind;
    const char *tag;  /* "SELECT", "INSERT 0", "BEGIN"; lives as long as the portal */
    int64_t affected; /* COMMAND: appended to the tag unless PGW_NOT_COUNTED */
    bool tag_only;    /* ROWS: do not append the number of rows ("SHOW") */
    const struct pgw_column *columns; /* borrowed until the rows are released */
    size_t column_count;
    struct pgw_rows rows;                    /* moved to the session */
    void *copy;                              /* COPY_IN: handed to pgw_copy_ops */
    enum pgw_format copy_format;             /* COPY_IN, PGW_COPY_RAW: of all columns */
    const struct pgw_copy_style *copy_style; /* COPY_OUT: borrowed until the rows are
                                                released; NULL: text */
    enum pgw_format simple_format; /* ROWS of a simple query: of all columns, as FETCH
                                      from a BINARY cursor has it */
};

/* ---- handlers ---- */

/* How a user can be asked for proof. */
enum pgw_auth_mechanism {
    PGW_AUTH_TRUST,     /* not at all */
    PGW_AUTH_CLEARTEXT, /* the password as it is */
    PGW_AUTH_MD5,       /* its MD5 sum with a salt: broken, for old clients only */
    PGW_AUTH_SCRAM_SHA_256,
    PGW_AUTH_OAUTHBEARER, /* a bearer token, which validate_token judges (RFC 7628) */
    PGW_AUTH_CERTIFICATE  /* by a certificate that the TLS handshake has verified */
};

/* How this user proves who they are. An unknown user: leave the secret empty, the
 * exchange is the same and fails at its end.
 *
 * With PGW_AUTH_CERTIFICATE the common name of the client's certificate must be the
 * secret or, if that is empty, the user; 28000 without one, or with another's.
 *
 * The secret is the password, or what PostgreSQL keeps of it (documentation 53.8):
 * "md5…", or "SCRAM-SHA-256$…" as pgw_scram_secret makes it, which is to be preferred:
 * from a password it is made anew at each login, in some milliseconds, which also tell
 * that there is such a user. */
struct pgw_auth {
    enum pgw_auth_mechanism mechanism;
    struct pgw_slice secret; /* copied, and wiped after use */
    /* OAUTHBEARER: where a client without a good token is to get one, an issuer, or the
     * address of its document below /.well-known/; and for what scopes. Copied. */
    struct pgw_slice issuer;
    struct pgw_slice scope;
    bool allow_clear; /* OAUTHBEARER: without TLS too, over TCP; for tests */
};

/* Room for the name of whom a token was given to, and for what is wrong with it, their
 * NUL included. */
enum { PGW_IDENTITY_BYTES = 256, PGW_REASON_BYTES = 256 };

/* What a bearer token is worth. All is zero before. */
struct pgw_token_result {
    bool is_authorized; /* it is good here */
    /* Whoever judges it has seen to it that its bearer may be the user of the session.
     * If not, the identity has to be the user's name. */
    bool is_mapped;
    char identity[PGW_IDENTITY_BYTES]; /* whom it was given to; NUL-terminated */
    char reason[PGW_REASON_BYTES]; /* why it is not good: for a log, never a client */
    int64_t expires_at;            /* seconds since 1970; 0 = not known */
};

/* Room for any such secret of SCRAM, its NUL included. */
enum { PGW_SCRAM_SECRET_BYTES = 256 };

/* What a server needs to keep of a password for SCRAM-SHA-256: NUL-terminated text.
 * iterations: 0 = 4096, as RFC 7677 and PostgreSQL have it. 22023 for an empty password
 * or too many iterations; 53200. */
enum pgw_status pgw_scram_secret(struct pgw_slice password, uint32_t iterations,
                                 char out[PGW_SCRAM_SECRET_BYTES],
                                 struct pgw_error *err);

/* The life of a session. Every member is optional. */
struct pgw_startup_ops {
    /* The start-up parameters are known (pgw_session_startup_parameter): say in *auth
     * how the user is asked. ctx is the one of pgw_server_new or pgw_session_new.
     * Default: trust. May answer WAIT. */
    enum pgw_status (*authenticate)(void *ctx, pgw_session *session,
                                    struct pgw_auth *auth, struct pgw_error *err);
    /* The client is who it says. *state (moved out) becomes the first argument of the
     * other handlers. May answer WAIT. */
    enum pgw_status (*open)(void *ctx, pgw_session *session, void **state,
                            struct pgw_error *err);
    /* Before every ReadyForQuery: the implicit transaction ends here. `failed`: a
     * message since the last one was answered with an error. May answer WAIT. */
    enum pgw_status (*sync)(void *state, pgw_session *session, bool failed,
                            struct pgw_error *err);
    /* Called once for every session whose open was called, also after a failed one. */
    void (*close)(void *state);
    /* OAUTHBEARER: judge a token, borrowed, without keeping any of it. An error ends
     * the login with its own words; a token that is not good is none. May answer WAIT.
     * pgw_jwt_validate does it for JWTs (<pgwire/oauth.h>). */
    enum pgw_status (*validate_token)(void *ctx, pgw_session *session,
                                      struct pgw_slice token,
                                      struct pgw_token_result *result,
                                      struct pgw_error *err);
    void *reserved[3]; /* zero */
};

/* Simple queries (PostgreSQL documentation 55.2.2), one statement after the other. */
struct pgw_simple_ops {
    /* Take ONE statement off the front of *sql, execute it and reply; called again
     * until nothing but blanks and semicolons is left. May answer WAIT. */
    enum pgw_status (*query)(void *state, pgw_session *session, struct pgw_slice *sql,
                             struct pgw_reply *reply, struct pgw_error *err);
    void *reserved[4]; /* zero */
};

/* What Parse asks for. */
struct pgw_parse {
    struct pgw_slice *sql;      /* take ONE statement off its front */
    const uint32_t *param_oids; /* what the client said; 0 = the server shall infer */
    size_t param_count;         /* may be less than the statement has */
};

/* What a statement takes and gives, borrowed until it is closed. */
struct pgw_description {
    const uint32_t *param_oids; /* by parameter */
    size_t param_count;
    const struct pgw_column *columns; /* NULL: the statement returns no rows */
    size_t column_count;
};

/* What Bind asks for; borrowed for the length of the call. */
struct pgw_bind {
    const struct pgw_value *values; /* as many as the description has parameters */
    size_t value_count;
};

/* Extended queries (PostgreSQL documentation 55.2.3). A statement outlives all portals
 * bound from it. parse, bind and execute must be there, and may answer WAIT. */
struct pgw_extended_ops {
    /* Take one statement off the front of *parse->sql and prepare it; *statement is
     * moved out. Nothing left but blanks before the first: an empty statement. */
    enum pgw_status (*parse)(void *state, pgw_session *session,
                             const struct pgw_parse *parse, void **statement,
                             struct pgw_error *err);
    /* Called once, after parse; never executes anything. *out is zeroed before. */
    void (*describe)(void *statement, struct pgw_description *out);
    /* Take the values: they are gone when bind returns. *portal is moved out. */
    enum pgw_status (*bind)(void *statement, pgw_session *session,
                            const struct pgw_bind *bind, void **portal,
                            struct pgw_error *err);
    /* Called once for a portal; the rows that it replies with are pulled afterwards. */
    enum pgw_status (*execute)(void *portal, pgw_session *session,
                               struct pgw_reply *reply, struct pgw_error *err);
    void (*close_portal)(void *portal);       /* after its rows were released */
    void (*close_statement)(void *statement); /* after its portals were closed */
    /* The transaction has ended: does the portal stay, as a cursor WITH HOLD does?
     * NULL: none does. */
    bool (*outlives)(void *portal);
    void *reserved[3]; /* zero */
};

/* COPY … FROM STDIN (PostgreSQL documentation 55.2.7): what follows PGW_REPLY_COPY_IN.
 * data and done must be there, and may answer WAIT. */
struct pgw_copy_ops {
    /* The body of a CopyData message, which need not end where a row does; borrowed.
     * What pgw_session_alloc gives lives until it returns. */
    enum pgw_status (*data)(void *copy, struct pgw_slice data, struct pgw_error *err);
    /* CopyDone: reply with the tag and the number of rows. */
    enum pgw_status (*done)(void *copy, struct pgw_reply *reply, struct pgw_error *err);
    /* No more will come: CopyFail with the client's reason, a fault in the protocol, or
     * the end of the connection. Not called after an error of data or done. */
    void (*fail)(void *copy, struct pgw_slice reason);
    void *reserved[4]; /* zero */
};

/* Ending what runs: a CancelRequest, a time-out, a client that is gone. */
struct pgw_cancel_ops {
    /* Called from another thread while a handler runs, again and again until it
     * returns; must not block. The handler then fails, best with 57014, for which the
     * library says why it was interrupted. Meanwhile the session is not closed, and
     * does not come to its next statement. */
    void (*interrupt)(void *state);
    void *reserved[4]; /* zero */
};

/* The handlers of a server: usually static const, borrowed for the life of the
 * sessions. NULL = not supported, and refused with 0A000 where a client asks for it. */
struct pgw_handlers {
    const struct pgw_startup_ops *startup;
    const struct pgw_simple_ops *simple;
    const struct pgw_extended_ops *extended;
    const struct pgw_copy_ops *copy;
    const struct pgw_cancel_ops *cancel;
    void *reserved[4]; /* zero */
};

/* ---- the session, from within a handler ---- */

/* Say where the session stands after this statement: 'I' idle, 'T' in a transaction
 * block, 'E' in a failed one. It is ReadyForQuery's byte; outside of a block portals
 * end with it. */
void pgw_session_set_transaction(pgw_session *session, char status);

/* What was said last; 'I' at first. */
char pgw_session_transaction(const pgw_session *session);

/* From within execute: is this the last statement before a Sync that has already come?
 * If not, more may follow in the same implicit transaction (PostgreSQL documentation
 * 55.2.3, pipelining), which `sync` ends. Looks at what is there, so a client that
 * sends its messages one by one is answered false. */
bool pgw_session_sync_follows(const pgw_session *session);

/* Set what the client is told in a ParameterStatus: at start-up, and before
 * ReadyForQuery if it has changed. Both strings are copied. What `open` has not set has
 * a default: server_version, server_encoding, client_encoding, DateStyle … 53200. */
enum pgw_status pgw_session_set_parameter(pgw_session *session, const char *name,
                                          const char *value, struct pgw_error *err);

/* Set how values look from now on (<pgwire/style.h>). The client is not told:
 * DateStyle, IntervalStyle and TimeZone are parameters too, see
 * pgw_session_set_parameter. 22023 for a bad value, 42704 for a name that is no setting
 * of style. */
enum pgw_status pgw_session_set_style(pgw_session *session, const char *name,
                                      const char *value, struct pgw_error *err);

/* The session's style; borrowed, changes with pgw_session_set_style. */
const struct pgw_style *pgw_session_style(const pgw_session *session);

/* What the client sent at start-up under this name ("user", "database",
 * "application_name"), or NULL; borrowed for the life of the session. */
const char *pgw_session_startup_parameter(const pgw_session *session, const char *name);

/* Whom the token of OAUTHBEARER was given to; NULL: there was none. Borrowed for the
 * life of the session. */
const char *pgw_session_identity(const pgw_session *session);

/* Walk all of them: from *cursor 0 until it returns false. */
bool pgw_session_startup_next(const pgw_session *session, size_t *cursor,
                              const char **name, const char **value);

/* Send a NoticeResponse, in order with the rest; a severity of ERROR or FATAL becomes
 * WARNING. Lost if there is no memory. */
void pgw_notice(pgw_session *session, enum pgw_severity severity, const char *sqlstate,
                const char *format, ...) PGW_PRINTF(4, 5);

/* How many bytes of notifications may wait for one client. */
enum { PGW_NOTIFY_BYTES = 8 << 20 };

/* Tell the client of a notification (NotificationResponse): at once if it waits outside
 * of a transaction, otherwise before the next ReadyForQuery that is outside of one. The
 * texts are copied. Thread-safe from `open` until `close` returns: an embedder's lock
 * keeps it from coming later. Notifications of one thread keep their order. 54000 when
 * PGW_NOTIFY_BYTES of them wait, since the client does not read or stays in its
 * transaction; 22023 for a text with a NUL; 53200, with which the session ends too,
 * since its client would miss one. */
enum pgw_status pgw_session_notify(pgw_session *session, uint32_t pid,
                                   struct pgw_slice channel, struct pgw_slice payload,
                                   struct pgw_error *err);

/* So many bytes of notifications wait; each takes its texts and 11 bytes more. Like
 * pgw_session_notify. */
size_t pgw_session_notify_bytes(const pgw_session *session);

/* Memory for any type until the current statement's reply is sent; NULL when there is
 * none. */
void *pgw_session_alloc(pgw_session *session, size_t bytes);

/* How long a statement may run, from the next one on; 0 = no limit. Then it is
 * interrupted and fails with 57014. */
void pgw_session_set_statement_timeout(pgw_session *session, uint32_t milliseconds);

/* How long the client may ask nothing after ReadyForQuery, outside of a transaction
 * block and within one, from the next ReadyForQuery on; 0 = no limit. Then it is told
 * 57P05 or 25P03, and the connection closes. */
void pgw_session_set_idle_timeouts(pgw_session *session, uint32_t session_ms,
                                   uint32_t transaction_ms);

/* How long a transaction may take, from its first statement to its end, be it a block
 * or a statement by itself; 0 = no limit. Then the client is told 25P04, and the
 * connection closes. From the next statement on. */
void pgw_session_set_transaction_timeout(pgw_session *session, uint32_t milliseconds);

/* How long a statement may wait for pgw_block_begin, from the next one on; 0 = no
 * limit. Then it fails with 57014. */
void pgw_session_set_queue_timeout(pgw_session *session, uint32_t milliseconds);

/* When a silent connection is looked after, and given up: TCP's numbers, each 0 for
 * what the system has. */
struct pgw_keepalive {
    uint32_t idle_s;          /* until the first keepalive */
    uint32_t interval_s;      /* between two */
    uint32_t count;           /* that may be lost */
    uint32_t user_timeout_ms; /* until data must be acknowledged */
};

/* Have the driver set them for the connection, if it is one of TCP. */
void pgw_session_set_keepalive(pgw_session *session,
                               const struct pgw_keepalive *keepalive);

/* Ask before blocking the thread, in a handler that may answer WAIT. OK: go on, until
 * pgw_block_end or the end of the statement; asking again meanwhile is allowed. WAIT:
 * return it; the handler is called again when it may block. */
enum pgw_status pgw_block_begin(pgw_session *session);

/* The thread is not going to block any more. */
void pgw_block_end(pgw_session *session);

/* Drop a prepared statement as DEALLOCATE does, or all of them if the name is empty.
 * False: there is none of that name. */
bool pgw_session_drop_statement(pgw_session *session, struct pgw_slice name);

/* Of <pgwire/session.h>. */
struct pgw_peer;

/* Who is at the other end; borrowed for the life of the session. */
const struct pgw_peer *pgw_session_peer(const pgw_session *session);

/* ---- statements and portals by name, for what SQL says of them ---- */

/* What `parse`, or pgw_session_add_statement, has given for a prepared statement;
 * borrowed until it is dropped. NULL: there is none of that name. */
void *pgw_session_statement(const pgw_session *session, struct pgw_slice name);

/* Walk all of them, in no order: from *cursor 0 until NULL. Nothing may be added or
 * dropped meanwhile. */
void *pgw_session_statement_next(const pgw_session *session, size_t *cursor,
                                 struct pgw_slice *name);

/* Give a statement of the extended handlers a name, as Parse does and PREPARE asks for;
 * moved in, also on failure. 42P05 there is one of that name, 54000, 53200. */
enum pgw_status pgw_session_add_statement(pgw_session *session, struct pgw_slice name,
                                          void *statement, struct pgw_error *err);

/* What `bind`, or pgw_session_add_portal, has given for a portal; borrowed until it is
 * closed. NULL: there is none of that name. */
void *pgw_session_portal(const pgw_session *session, struct pgw_slice name);

/* Walk all of them, as pgw_session_statement_next does. */
void *pgw_session_portal_next(const pgw_session *session, size_t *cursor,
                              struct pgw_slice *name);

/* Give a portal of the extended handlers a name, as Bind does and DECLARE asks for; it
 * and its statement are moved in, also on failure. Its rows may be moved by others too,
 * so that `execute` is called again once they have ended. 42P03 there is one of that
 * name, 54000, 53200. */
enum pgw_status pgw_session_add_portal(pgw_session *session, struct pgw_slice name,
                                       void *statement, void *portal,
                                       struct pgw_error *err);

/* Close a portal as CLOSE does. 34000 there is none of that name, 24000 it is the one
 * that is being executed. */
enum pgw_status pgw_session_close_portal(pgw_session *session, struct pgw_slice name,
                                         struct pgw_error *err);

/* Close all of them but the one that is being executed. */
void pgw_session_close_portals(pgw_session *session);

/* The transaction has ended within a query string or a pipeline: close all portals but
 * those that outlive it and the one that is being executed. Outside of a transaction
 * block ReadyForQuery does the same. */
void pgw_session_end_portals(pgw_session *session);

/* The process id that the client was told in BackendKeyData. */
uint32_t pgw_session_pid(const pgw_session *session);

PGW_END_DECLS

#endif
