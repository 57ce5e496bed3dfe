/* pgwire.h - serve the PostgreSQL protocol from C: handlers, replies, rows, values.
 *
 * A session is one client connection, a state machine without I/O of its own. It is
 * driven by the host in <pgwire/server.h>, or by the embedder's own loop
 * (<pgwire/session.h>). A session and everything reached through it is used by one
 * thread at a time; only the functions marked thread-safe may be called from elsewhere.
 *
 * The life of a query: parse → describe → bind → execute → rows.next … → rows.release.
 * `simple` is optional: `extended` alone serves simple queries too. */
#ifndef PGWIRE_PGWIRE_H
#define PGWIRE_PGWIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <pgwire/error.h>
#include <pgwire/style.h>
#include <pgwire/types.h>

typedef struct pgw_session pgw_session;
typedef struct pgw_row pgw_row; /* sink for the DataRow messages of one portal */

/* Borrowed bytes, not NUL-terminated. */
struct pgw_slice {
    const char *data;
    size_t len;
};

enum pgw_format { PGW_TEXT_FORMAT = 0, PGW_BINARY_FORMAT = 1 };

/* A result column. Zero means unknown for all but the name and the type. */
struct pgw_column {
    const char *name; /* UTF-8 */
    uint32_t type_oid;
    uint32_t table_oid;
    int32_t typmod; /* PostgreSQL's plus one, so that zero means none */
    int16_t attnum;
    int16_t typlen; /* 0: what the OID implies, variable if it is not PostgreSQL's */
};

/* A row source, pulled. next writes rows until pgw_row_end says false or the rows end:
 * MORE = there are more, OK = that was the last. release is called exactly once: after
 * the last row, an error, Close, the end of the transaction, or the connection's. */
struct pgw_rows_ops {
    enum pgw_status (*next)(void *self, pgw_row *row, struct pgw_error *err);
    void (*release)(void *self); /* NULL = nothing to release */
};

struct pgw_rows {
    const struct pgw_rows_ops *ops; /* NULL = moved or none */
    void *self;
};

enum pgw_reply_kind {
    PGW_REPLY_COMMAND,  /* CommandComplete alone */
    PGW_REPLY_ROWS,     /* columns and rows */
    PGW_REPLY_EMPTY,    /* EmptyQueryResponse */
    PGW_REPLY_COPY_IN,  /* data goes to the copy handlers, `copy` is theirs */
    PGW_REPLY_COPY_OUT, /* rows is the source of CopyData */
    PGW_REPLY_COPY_BOTH /* both (replication) */
};

enum { PGW_NOT_COUNTED = -1 };

/* The library fills in {.affected = PGW_NOT_COUNTED} and zeroes before each call. */
struct pgw_reply {
    enum pgw_reply_kind kind;
    const char *tag;  /* "SELECT", "INSERT 0", "BEGIN"; lives as long as the portal */
    int64_t affected; /* COMMAND: appended to the tag unless PGW_NOT_COUNTED */
    bool tag_only;    /* ROWS: do not append the number of rows ("SHOW") */
    const struct pgw_column *columns; /* borrowed until release */
    size_t column_count;
    struct pgw_rows rows; /* moved to the session */
    void *copy;           /* COPY_IN, COPY_BOTH: handed to pgw_copy_ops */
    enum pgw_format copy_format;
};

enum pgw_auth_mechanism {
    PGW_AUTH_TRUST,
    PGW_AUTH_CLEARTEXT,
    PGW_AUTH_MD5,
    PGW_AUTH_SCRAM_SHA_256,
    PGW_AUTH_OAUTHBEARER
};

/* How this user proves who they are. An unknown user: leave the secret empty, the
 * exchange is the same and fails at its end. */
struct pgw_auth {
    enum pgw_auth_mechanism mechanism;
    struct pgw_slice secret; /* plain, "md5…" or "SCRAM-SHA-256$…"; copied and wiped */
};

/* The life of a session. Every member is optional. */
struct pgw_startup_ops {
    /* Called with the start-up parameters known. Default: trust. */
    enum pgw_status (*authenticate)(void *ctx, pgw_session *session,
                                    struct pgw_auth *auth, struct pgw_error *err);
    /* The client is who it says. *state becomes the first argument of the others; close
     * is called once for every session whose open was called, also after a failed one.
     */
    enum pgw_status (*open)(void *ctx, pgw_session *session, void **state,
                            struct pgw_error *err);
    /* Before every ReadyForQuery: the implicit transaction ends here. `failed`: a
     * message since the last one was answered with an error. */
    enum pgw_status (*sync)(void *state, pgw_session *session, bool failed,
                            struct pgw_error *err);
    void (*close)(void *state);
};

struct pgw_simple_ops {
    /* Take ONE statement off the front of *sql; called until nothing is left. */
    enum pgw_status (*query)(void *state, pgw_session *session, struct pgw_slice *sql,
                             struct pgw_reply *reply, struct pgw_error *err);
};

/* A parameter as the client sent it; borrowed for the length of the call. */
struct pgw_value {
    struct pgw_slice raw;
    uint32_t oid;
    enum pgw_format format;
    bool is_null;
    uint16_t number;  /* of the parameter, from 1, for messages; 0 = none */
    uint32_t element; /* of an array, from 1; 0 = it is none */
    const pgw_session
        *session; /* whose settings say how it reads; NULL: the defaults */
};

struct pgw_interval {
    int32_t months, days;
    int64_t us;
};

enum { PGW_ARRAY_DIMENSIONS_MAX = 6 };

/* An array taken apart: the values in row-major order, each for one of the getters. */
struct pgw_array {
    unsigned dimensions; /* 0: it is empty */
    int32_t lengths[PGW_ARRAY_DIMENSIONS_MAX], lower[PGW_ARRAY_DIMENSIONS_MAX];
    size_t count;
    const struct pgw_value *values;
};

struct pgw_parse {
    struct pgw_slice *sql;      /* take ONE statement off its front */
    const uint32_t *param_oids; /* what the client said; 0 = the server shall infer */
    size_t param_count;
};

/* Borrowed until the statement is closed. */
struct pgw_description {
    const uint32_t *param_oids;
    size_t param_count;
    const struct pgw_column *columns; /* none: the statement returns no rows */
    size_t column_count;
};

struct pgw_bind {
    const struct pgw_value *values; /* as many as the description has parameters */
    size_t value_count;
};

/* A statement (moved out by parse) outlives all portals bound from it. */
struct pgw_extended_ops {
    enum pgw_status (*parse)(void *state, pgw_session *session,
                             const struct pgw_parse *parse, void **statement,
                             struct pgw_error *err);
    void (*describe)(void *statement, struct pgw_description *out); /* never executes */
    enum pgw_status (*bind)(void *statement, pgw_session *session,
                            const struct pgw_bind *bind, void **portal,
                            struct pgw_error *err);
    /* Called once for a portal; what it returns in reply->rows is pulled afterwards. */
    enum pgw_status (*execute)(void *portal, pgw_session *session,
                               struct pgw_reply *reply, struct pgw_error *err);
    void (*close_portal)(void *portal); /* after its rows were released */
    void (*close_statement)(void *statement);
};

struct pgw_copy_ops {
    enum pgw_status (*data)(void *copy, struct pgw_slice data, struct pgw_error *err);
    enum pgw_status (*done)(void *copy, struct pgw_reply *reply, struct pgw_error *err);
    void (*fail)(void *copy, struct pgw_slice reason);
};

struct pgw_cancel_ops {
    /* Called from another thread, again and again until the running handler returns;
     * must not block. The session is not closed meanwhile. */
    void (*interrupt)(void *state);
};

/* Usually static const; borrowed for the life of the sessions. NULL = not supported. */
struct pgw_handlers {
    const struct pgw_startup_ops *startup;
    const struct pgw_simple_ops *simple;
    const struct pgw_extended_ops *extended;
    const struct pgw_copy_ops *copy;
    const struct pgw_cancel_ops *cancel;
};

/* ---- rows: typed puts convert to the column's declared type and the format the client
 * asked for. An impossible conversion is 42804, a value out of the type's range 22003,
 * reported once, when the row source returns. ---- */

void pgw_row_begin(pgw_row *row);
bool pgw_row_end(pgw_row *row); /* false: enough for now, return PGW_MORE */

void pgw_put_null(pgw_row *row);
void pgw_put_bool(pgw_row *row, bool value);
void pgw_put_int(pgw_row *row,
                 int64_t value); /* int2, int4, int8, oid, numeric, floats */
void pgw_put_double(pgw_row *row, double value);
void pgw_put_text(pgw_row *row, const char *text, size_t len); /* any textual type */
void pgw_put_bytea(pgw_row *row, const void *data, size_t len);
void pgw_put_date(pgw_row *row, int32_t days_since_2000);
void pgw_put_timestamp(pgw_row *row,
                       int64_t us_since_2000); /* timestamp, timestamptz */
void pgw_put_time(pgw_row *row, int64_t us);   /* of a day */
void pgw_put_timetz(pgw_row *row, int64_t us, int32_t seconds_east);
void pgw_put_interval(pgw_row *row, struct pgw_interval value);
void pgw_put_uuid(pgw_row *row, const uint8_t bytes[16]);
/* bit, varbit: most significant bit first */
void pgw_put_bits(pgw_row *row, const void *data, size_t bits);
/* The bytes of any type, in the format that pgw_row_format tells. */
void pgw_put_raw(pgw_row *row, const void *data, size_t len);
/* (high * 2^64 + low) / 10^scale, scale 0..38 */
void pgw_put_decimal(pgw_row *row, int64_t high, uint64_t low, unsigned scale);

/* An array: begin, its elements in row-major order by the puts above, end. lengths has
 * one entry a dimension, at most PGW_ARRAY_DIMENSIONS_MAX; no dimension = empty. */
void pgw_put_array_begin(pgw_row *row, uint32_t element_oid, const int32_t *lengths,
                         unsigned dimensions);
void pgw_put_array_end(pgw_row *row);
/* A record or a named composite: begin, its fields, end. The OIDs are borrowed until
 * the end. Arrays and records nest eight deep. */
void pgw_put_record_begin(pgw_row *row, const uint32_t *field_oids, size_t count);
void pgw_put_record_end(pgw_row *row);

/* Bulk: whole framed DataRow messages, written by the host or lent from a shared block.
 */
enum pgw_format pgw_row_format(const pgw_row *row, size_t column);
size_t pgw_row_limit(const pgw_row *row); /* rows that may still be written now */
uint8_t *pgw_row_reserve(pgw_row *row, size_t bytes); /* NULL: out of memory */
bool pgw_row_commit(pgw_row *row, size_t bytes,
                    size_t rows); /* false: return PGW_MORE */
bool pgw_row_lend(pgw_row *row, struct pgw_slice messages, size_t rows,
                  void (*unref)(void *block), void *block);

/* ---- parameters, in either format, to C, as PostgreSQL's input and receive functions
 * take them, with their SQLSTATEs and messages: 22P02, 22007 (malformed text), 22P03,
 * 08P01 (malformed binary), 22003, 22008 (range) …; 42804 where a type does not
 * convert. What had to be made is in the session's memory, until the reply is sent.
 * ---- */

enum pgw_status pgw_get_bool(const struct pgw_value *value, bool *out,
                             struct pgw_error *err);
enum pgw_status pgw_get_int(const struct pgw_value *value, int64_t *out,
                            struct pgw_error *err); /* int2, int4, int8, oid */
enum pgw_status pgw_get_double(const struct pgw_value *value, double *out,
                               struct pgw_error *err);
/* Any type in its text form; not checked if it came as text. */
enum pgw_status pgw_get_text(pgw_session *session, const struct pgw_value *value,
                             struct pgw_slice *out, struct pgw_error *err);
enum pgw_status pgw_get_bytea(pgw_session *session, const struct pgw_value *value,
                              struct pgw_slice *out, struct pgw_error *err);
/* ±infinity are the ends of the range. */
enum pgw_status pgw_get_date(const struct pgw_value *value, int32_t *days_since_2000,
                             struct pgw_error *err);
enum pgw_status pgw_get_timestamp(const struct pgw_value *value, int64_t *us_since_2000,
                                  struct pgw_error *err);
enum pgw_status pgw_get_time(const struct pgw_value *value, int64_t *us,
                             struct pgw_error *err);
enum pgw_status pgw_get_timetz(const struct pgw_value *value, int64_t *us,
                               int32_t *seconds_east, struct pgw_error *err);
enum pgw_status pgw_get_interval(const struct pgw_value *value,
                                 struct pgw_interval *out, struct pgw_error *err);
enum pgw_status pgw_get_uuid(const struct pgw_value *value, uint8_t out[16],
                             struct pgw_error *err);
/* Digits without exponent, with the scale that was sent: "-1.50"; NaN, ±Infinity. */
enum pgw_status pgw_get_numeric(pgw_session *session, const struct pgw_value *value,
                                struct pgw_slice *out, struct pgw_error *err);
/* bit, varbit: most significant bit first, the rest of the last byte zero. */
enum pgw_status pgw_get_bits(pgw_session *session, const struct pgw_value *value,
                             struct pgw_slice *bytes, size_t *bits,
                             struct pgw_error *err);
/* json, jsonb: it is valid JSON. */
enum pgw_status pgw_get_json(pgw_session *session, const struct pgw_value *value,
                             struct pgw_slice *out, struct pgw_error *err);
/* pgw_fail for a value that the host itself has found fault with: the error says which
 * parameter it was. */
__attribute__((format(printf, 4, 5))) enum pgw_status
pgw_value_fail(const struct pgw_value *value, struct pgw_error *err,
               const char *sqlstate, const char *format, ...);

/* element_oid 0: by the array's OID, for the types of <pgwire/types.h>. */
enum pgw_status pgw_get_array(pgw_session *session, const struct pgw_value *value,
                              uint32_t element_oid, struct pgw_array *out,
                              struct pgw_error *err);

/* ---- the session, from within a handler ---- */

/* 'I' idle, 'T' in a transaction block, 'E' in a failed one: ReadyForQuery's byte. */
void pgw_session_set_transaction(pgw_session *session, char status);
char pgw_session_transaction(const pgw_session *session);

/* From within execute: is this the last statement before a Sync that has already come?
 * If not, more may follow in the same implicit transaction (PostgreSQL documentation
 * 55.2.3, pipelining), which the host's sync ends. Looks at what is there, so a client
 * that sends its messages one by one is answered false. */
bool pgw_session_sync_follows(const pgw_session *session);

/* ParameterStatus; sent at start-up, and before ReadyForQuery if it has changed. */
enum pgw_status pgw_session_set_parameter(pgw_session *session, const char *name,
                                          const char *value, struct pgw_error *err);
/* How values look from now on (<pgwire/style.h>); the client is not told: DateStyle,
 * IntervalStyle and TimeZone are parameters too. 22023 for a bad value, 42704. */
enum pgw_status pgw_session_set_style(pgw_session *session, const char *name,
                                      const char *value, struct pgw_error *err);
const struct pgw_style *pgw_session_style(const pgw_session *session);
/* What the client sent at start-up ("user", "database", "application_name"), or NULL.
 */
const char *pgw_session_startup_parameter(const pgw_session *session, const char *name);
/* Walk them: from *cursor 0 until false. */
bool pgw_session_startup_next(const pgw_session *session, size_t *cursor,
                              const char **name, const char **value);

/* NoticeResponse (or one for a severity below ERROR), sent in order with the rest. */
__attribute__((format(printf, 4, 5))) void pgw_notice(pgw_session *session,
                                                      enum pgw_severity severity,
                                                      const char *sqlstate,
                                                      const char *format, ...);

/* Memory until the current statement's reply is sent; NULL when there is none. */
void *pgw_session_alloc(pgw_session *session, size_t bytes);

/* 0 = no limit. Applies from the next statement on. */
void pgw_session_set_statement_timeout(pgw_session *session, uint32_t milliseconds);
/* How long the client may ask nothing after ReadyForQuery, outside of a transaction
 * block and within one; 0 = no limit. Then it is told 57P05 or 25P03, and the
 * connection closes. Applies from the next ReadyForQuery on. */
void pgw_session_set_idle_timeouts(pgw_session *session, uint32_t session_ms,
                                   uint32_t transaction_ms);

/* A handler that is going to block its thread asks first. OK: go on, until block_end or
 * the session is parked. WAIT: return WAIT; the session is woken when it may. */
enum pgw_status pgw_block_begin(pgw_session *session);
void pgw_block_end(pgw_session *session);

/* Drop prepared statements or portals as SQL does: DEALLOCATE, CLOSE. An empty name
 * means all. False: there is none of that name. */
bool pgw_session_drop_statement(pgw_session *session, struct pgw_slice name);

/* The process id of BackendKeyData. */
uint32_t pgw_session_pid(const pgw_session *session);

const char *pgw_version(void);

#endif
