/* duckdb_internal.h - the parts of the DuckDB engine among themselves. */
#ifndef ENGINE_DUCKDB_INTERNAL_H
#define ENGINE_DUCKDB_INTERNAL_H

#include <duckdb.h>
#include <stdatomic.h>
#include <time.h>

#include "batch/type_oids.h"
#include "core/arena.h"
#include "core/buf.h"
#include "engine/duckdb/duckdb_engine.h"

/* An error of the engine as SQLSTATE, position and text; always false. `sql` is what
 * was executed, to find the position in. duckdb_error.c */
bool duckdb_error_set(struct error *err, const char *message, struct slice sql);
struct duckdb_error_rule;
/* The row that tells what a message means; NULL: none does. */
const struct duckdb_error_rule *duckdb_error_rule_of(const char *message);

struct duckdb_catalog;

/* The names of the user's types; one of an engine. duckdb_names.c */
struct duckdb_names {
    const struct duckdb_catalog *catalog; /* NULL until there is one */
    struct type_oids *oids;
    _Atomic uint64_t changes; /* statements that may have changed the catalog */
    _Atomic uint64_t read;    /* `changes` when it was read last */
};

/* A logical type as ours, in the arena; NULL when out of memory. Enums and structs get
 * the OIDs of their names. duckdb_type.c */
const struct type *duckdb_type_new(struct arena *arena, duckdb_logical_type type,
                                   const struct duckdb_names *names);
/* The other way round, for all types but those made of others; a list's depth is
 * PostgreSQL's at most. The caller destroys it. */
duckdb_logical_type duckdb_type_make(const struct type *type);
/* What a type's name makes of it, if it is one of PostgreSQL's. duckdb_alias.c */
void duckdb_alias_apply(const struct duckdb_names *names, const char *name,
                        struct type *out);
/* A vector as a column view; children are put into the arena. False: out of memory. */
bool duckdb_column_view(struct arena *arena, const struct type *type,
                        duckdb_vector vector, struct column *out);

/* duckdb_configure.c */
bool duckdb_configure(struct engine_conn *conn, const struct engine_settings *settings,
                      struct error *err);
bool duckdb_drop_temporary(struct engine_conn *conn, struct error *err);

/* duckdb_statement.c */
extern const struct engine_conn_ops duckdb_conn_ops;

/* What the engine does for a connection right now: duckdb_helpers.c. */
struct duckdb_work {
    _Atomic uint64_t word;   /* which statement, and whether it works */
    _Atomic clockid_t clock; /* the CPU time of the thread that does */
    /* the watcher's: what it saw first, and when */
    uint64_t seen_word, seen_cpu_ns, seen_tick;
    clockid_t seen_clock;
};

struct duckdb_conn {
    struct engine_conn base;
    duckdb_connection connection;
    struct duckdb_conns *conns;     /* those that it is one of; duckdb_session.h */
    struct duckdb_conn *next;       /* of those */
    idx_t number;                   /* as the engine counts connections */
    struct duckdb_names *names;     /* the engine's */
    bool changed_catalog;           /* in the transaction that is open */
    bool reads_session;             /* so does what is being prepared: engine_stmt */
    struct duckdb_helpers *helpers; /* NULL: it is not watched. duckdb_helpers.c */
    struct duckdb_work work;
};

/* Read the names again if they may have changed; runs a statement on the connection.
 * False: *err says why. */
bool duckdb_names_refresh(struct duckdb_conn *conn, struct error *err) MUST_CHECK;
/* A statement of this type is about to be executed. */
void duckdb_names_executed(struct duckdb_conn *conn, duckdb_statement_type type);

/* The batch's one row as the values of the parameters. duckdb_bind.c */
bool duckdb_bind_batch(duckdb_prepared_statement prepared, size_t param_count,
                       const struct batch *params, struct slice sql,
                       struct error *err) MUST_CHECK;

/* About how much its values are, in bytes. duckdb_bind.c */
size_t duckdb_bind_size(const struct batch *params);

/* duckdb_cursor.c: the result is moved in, also on failure. */
struct engine_cursor *duckdb_cursor_new(struct duckdb_conn *conn, duckdb_result *result,
                                        struct slice sql, struct error *err);

/* What a cursor reads, and what its last batch points into. */
duckdb_result *duckdb_cursor_result(struct engine_cursor *cursor);
duckdb_data_chunk duckdb_cursor_chunk(const struct engine_cursor *cursor);

/* engine_cursor_ops.save: duckdb_save.c */
bool duckdb_save(struct engine_cursor *cursor, const struct engine_save *save,
                 int64_t *rows, struct error *err);

/* duckdb_source.c: one statement, its errors; and the views over files. */
bool duckdb_run(duckdb_connection connection, const char *sql, struct error *err);
bool duckdb_sources_create(duckdb_connection connection,
                           const struct duckdb_options *options, struct arena *arena,
                           struct error *err);

/* A database in memory for files that no statement of a client's may reach: one thread,
 * a gigabyte at most. duckdb_save.c */
bool duckdb_private_open(duckdb_database *database, struct error *err) MUST_CHECK;
/* duckdb_load.c: engine_ops.load. */
bool duckdb_load(struct duckdb_names *names, const struct engine_load *load,
                 struct engine_cursor **out, struct error *err) MUST_CHECK;

#endif
