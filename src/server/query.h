/* query.h - a statement on its way from a front to the engine and back: the page to
 * read first.
 *
 *     front ── query_prepare ──> query ── query_execute ──> query_result
 *                                                             │ rows
 *                                     front <── batches ── query_rows_next
 *
 * Both protocols come through here. A query_session is what a client has: settings, the
 * state of its transaction, and, only while a transaction or a cursor needs it, an
 * engine connection. A query is one statement: its text, class, parameter and column
 * types. What the server answers itself (SET, SHOW, BEGIN …) never reaches the engine
 * and needs no slot; everything else takes a slot first, and PGW_WAIT means that there
 * is none yet: nothing was done, call again with the same arguments. */
#ifndef SERVER_QUERY_H
#define SERVER_QUERY_H

#include <pgwire/session.h>

#include "access/role.h"
#include "batch/batch.h"
#include "core/arena.h"
#include "core/error.h"
#include "engine/engine.h"
#include "server/settings.h"
#include "sql/classify.h"
#include "sql/copy_statement.h"
#include "sql/rewrite.h"

struct copy_from;
struct copy_to;
struct database;
struct query;
struct query_portal_ops;
struct query_rows;
struct query_session;

/* What the query layer tells and asks of the client's protocol. */
struct query_client_ops {
    void (*notice)(void *client, enum pgw_severity severity, const char *sqlstate,
                   const char *message);
    void (*parameter)(void *client, const char *name, const char *value);
    /* How values are to look from now on: DateStyle, bytea_output and their like. */
    void (*style)(void *client, const char *name, const char *value);
    /* DEALLOCATE: an empty name drops all. False: there is none. */
    bool (*drop_statement)(void *client, struct slice name);
    /* PREPARE: a statement under a name, with the types of its parameters, a list as
     * the client wrote it. `shown` is the whole command. 42P05, 42704, 54000, 53200 and
     * those of query_prepare; WAIT */
    enum pgw_status (*add_statement)(void *client, struct slice name,
                                     struct slice types, struct slice text,
                                     struct slice shown, struct error *err);
    /* Borrowed until it is dropped; NULL: there is none. */
    struct query *(*find_statement)(void *client, struct slice name);
    const struct query_portal_ops *portals; /* NULL: the protocol has no names */
    /* Its cursors or prepared statements as engine_callers.list has them. NULL: none.
     * False: out of memory. */
    bool (*list)(void *client, enum engine_list which, struct arena *arena,
                 const char *const **cells, size_t *rows);
    /* The process id that the client was told. NULL: none. */
    uint32_t (*pid)(void *client);
    /* Thread-safe: pgw_host.signal. NULL: there are no other sessions. */
    bool (*signal)(void *client, uint32_t pid, enum pgw_interrupt reason);
    /* Thread-safe: NotificationResponse, copied (pgw_session_notify). NULL: there is no
     * such thing. */
    bool (*notify)(void *client, uint32_t pid, const char *channel,
                   struct slice payload, struct error *err);
    size_t (*notify_bytes)(void *client); /* what waits there; with notify */
    bool sends_copies; /* it can send the data of COPY … FROM STDIN */
    /* The permission to block this thread (struct pgw_host). */
    bool (*block_begin)(void *client);
    void (*block_end)(void *client);
};

/* ---- the session ---- */

struct query_session *query_session_new(struct database *database,
                                        const struct query_client_ops *ops,
                                        void *client) MUST_CHECK;
/* Rolls back what is open. The caller has closed its rows and queries. NULL is allowed.
 */
void query_session_free(struct query_session *session);

/* Whose session it is, and what they may do: before the first statement, or between
 * statements. Until then it is that of an admin without a name. The name is copied. */
bool query_session_identify(struct query_session *session, const char *user,
                            enum user_role role, struct error *err) MUST_CHECK;

bool query_session_is_for(const struct query_session *session, const char *user,
                          enum user_role role);

struct settings *query_session_settings(struct query_session *session);
/* The user's types of the database; NULL: its engine has none. */
struct type_oids *query_session_types(const struct query_session *session);

/* 'I', 'T' or 'E', as ReadyForQuery says it. */
char query_session_status(const struct query_session *session);

/* Several statements are on their way: what follows is one implicit transaction until
 * query_session_sync, which commits it or, after a failure, rolls it back. */
void query_session_implicit(struct query_session *session);
enum pgw_status query_session_sync(struct query_session *session, bool failed,
                                   struct error *err);

/* Thread-safe: interrupt the engine if it works for this session right now. */
void query_session_interrupt(struct query_session *session);

/* ---- one statement ---- */

/* A parameter's type as the client gave it: the engine's name for it, NULL = infer. */
struct query_hints {
    const char *const *casts;
    size_t count;
};

struct query {
    struct arena arena;          /* everything below lives in it */
    struct slice text;           /* as the client wrote it */
    struct sql_rewritten source; /* as the engine reads it */
    struct slice engine_text;    /* with the casts that make its types known */
    struct sql_class class;
    union {                                /* by kind, or NULL */
        const struct copy_statement *copy; /* SQL_COPY_CLIENT */
        struct query *inner;               /* SQL_DECLARE: what the cursor reads */
    };
    enum engine_effect effect; /* with SQL_ENGINE */
    unsigned references;       /* beyond the first: query_ref */
    bool returns_rows;
    bool is_judged;    /* query_rights.c: `needed` says who may execute it */
    uint8_t needed;    /* enum user_role */
    bool has_decimals; /* numeric parameters, whose scale is that of each value */
    bool has_arrays;   /* array parameters, whose depth is that of each value */
    bool is_lazy; /* its rows are not asked for before they are wanted: a cursor's, or
                     those that go to a file */
    uint64_t catalogue; /* its version when the columns were last seen to be right */
    size_t param_count;
    const struct type *const *param_types;
    const uint32_t *param_oids; /* PostgreSQL's types of them; 0 = by param_types */
    const char **casts;         /* one a parameter, NULL = none was needed */
    size_t column_count;
    const struct engine_column *columns;
    const struct type *const *column_types; /* those of columns, by themselves */
};

/* Prepare one statement; nothing is executed. Moved out; query_free takes NULL. */
enum pgw_status query_prepare(struct query_session *session, struct slice sql,
                              const struct query_hints *hints, struct query **out,
                              struct error *err);
void query_free(struct query *query);
/* One query_free more is needed. */
struct query *query_ref(struct query *query);

/* Has the catalogue changed since the query was prepared? Then see whether it still
 * answers the same columns: 0A000 if not (PostgreSQL: "cached plan must not change
 * result type"), or what is wrong with it now. Nothing is executed. */
enum pgw_status query_revalidate(struct query_session *session, struct query *query,
                                 struct error *err);

struct query_result {
    bool is_empty;   /* nothing but blanks and comments */
    const char *tag; /* static */
    enum sql_count count;
    int64_t affected;          /* with SQL_COUNT_AFFECTED */
    const struct batch *bound; /* told to a command of ours: its parameters */
    bool is_binary; /* rows of a BINARY cursor: in a simple query all are binary */
    size_t column_count;
    const struct engine_column *columns; /* borrowed until the rows are closed */
    struct query_rows *rows;             /* moved out; NULL: no rows */
    struct copy_to *copy; /* moved out: the rows are the data of COPY … TO STDOUT, or
                             `affected` of them are in its file; NULL: no such data */
    struct copy_from *from; /* moved out: data comes from the client; or NULL */
};

/* params: one row, a column per parameter, NULL = none; copied by the engine. The query
 * must outlive the rows. */
enum pgw_status query_execute(struct query_session *session, struct query *query,
                              const struct batch *params, struct query_result *out,
                              struct error *err);

/* Is every statement of a query string well formed? PostgreSQL parses all of it before
 * anything is executed. 42601, its position counted from the start of the string. */
enum pgw_status query_check_string(struct query_session *session, struct slice sql,
                                   struct error *err);

/* Prepare without hints and execute at once, in one slot: a statement of a simple
 * query. *query is moved out when PGW_OK. */
enum pgw_status query_run(struct query_session *session, struct slice sql,
                          struct query **query, struct query_result *out,
                          struct error *err);

/* MORE: *out holds rows, valid until the next call; if something else is executed in
 * between, its columns move. OK: there are no more. WAIT, ERROR.
 */
enum pgw_status query_rows_next(struct query_rows *rows, const struct batch **out,
                                struct error *err);
void query_rows_close(struct query_rows *rows);
/* Their transaction has ended: the batch that was handed out last is gone, and the next
 * one is an error. */
bool query_rows_are_lost(const struct query_rows *rows);

#endif
