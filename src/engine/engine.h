/* engine.h - the interface every SQL engine implements: connect, prepare, execute,
 * pull.
 *
 *     engine ── connect ──> conn ── prepare ──> stmt ── execute ──> cursor ── next ──>
 * batch
 *
 * Each object starts with its ops pointer; implementations embed these structs first.
 * All functions may block, except interrupt; a caller that must not be blocked holds a
 * slot. A conn, its statements and its cursor are used by one thread at a time;
 * interrupt alone may come from any thread, as long as the conn is not being closed. A
 * conn has at most one live cursor: executing anything else on it ends that cursor (its
 * next `next` fails). Failure is false or ENGINE_ERROR with *err set. */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "batch/batch.h"
#include "core/arena.h"
#include "core/attr.h"
#include "core/error.h"

struct engine;
struct engine_conn;
struct engine_stmt;
struct engine_cursor;
struct type_oids;

struct engine_column {
    const char *name;
    const struct type *type;
};

enum engine_next { ENGINE_BATCH, ENGINE_END, ENGINE_ERROR };

/* A file in one of the engine's formats, which need be none that statements may read.
 */
struct engine_load {
    const char *path; /* of a Parquet file */
    /* Wanted of it, by name, and what they are for: enums come as text, structs, maps
     * and unions as JSON. */
    const struct engine_column *columns;
    size_t column_count;
};

struct engine_ops {
    bool (*connect)(struct engine *, struct engine_conn **out, struct error *);
    /* Its rows; blocks, and is interrupted by nobody. NULL: the engine reads none. */
    bool (*load)(struct engine *, const struct engine_load *,
                 struct engine_cursor **out, struct error *);
    void (*free)(struct engine *);
};

/* What a session has set that changes what its statements mean. NULL = the engine's
 * default. */
enum engine_setting { ENGINE_TIMEZONE, ENGINE_SEARCH_PATH, ENGINE_SETTING_COUNT };

struct engine_settings {
    const char *values[ENGINE_SETTING_COUNT]; /* as PostgreSQL's SHOW writes them */
};

struct engine_conn_ops {
    /* NULL: the engine has no such settings. 22023 for a value it cannot take. A plan
     * that was prepared under other settings must not be used any more. */
    bool (*configure)(struct engine_conn *, const struct engine_settings *,
                      struct error *);
    /* NULL: the engine cannot say before it prepares. Is this one statement well
     * formed? Nothing is looked up: 42601 with a position. */
    bool (*check)(struct engine_conn *, struct slice sql, struct error *);
    /* Prepare exactly one statement; never executes it. */
    bool (*prepare)(struct engine_conn *, struct slice sql, struct engine_stmt **out,
                    struct error *);
    /* Drop the temporary objects of this connection. NULL: the engine has none. */
    bool (*drop_temporary)(struct engine_conn *, struct error *);
    /* Thread-safe. Forgotten when nothing executes: the caller repeats it. */
    void (*interrupt)(struct engine_conn *);
    void (*close)(struct engine_conn *);
};

struct engine_stmt_ops {
    /* params has one row, column i is parameter i + 1; NULL when there are none. */
    bool (*execute)(struct engine_stmt *, const struct batch *params,
                    struct engine_cursor **out, struct error *);
    void (*close)(struct engine_stmt *);
};

/* Where a cursor's rows are saved to, and how. */
struct engine_save {
    const char *path;
    const char *options;      /* as the engine's COPY takes them: "format parquet" */
    const char *const *names; /* of the columns */
    /* Asked before each batch; false with *err set: no more. */
    bool (*goes_on)(void *ctx, struct error *err);
    void *ctx;
};

struct engine_cursor_ops {
    /* The batch is valid until the next call or close. Rows are streamed, never
     * collected. */
    enum engine_next (*next)(struct engine_cursor *, struct batch *out, struct error *);
    /* Instead of all calls of `next`: write the rows to a file, which need be none that
     * statements may read. NULL: the engine writes none. */
    bool (*save)(struct engine_cursor *, const struct engine_save *, int64_t *rows,
                 struct error *);
    void (*close)(struct engine_cursor *);
};

struct engine {
    const struct engine_ops *ops;
    const char *name;       /* "duckdb" */
    struct type_oids *oids; /* of the user's types; NULL: there are none */
    /* Where it puts what does not fit into memory, and others may too; made when it is
     * needed. NULL: the temporary directory. */
    const char *spill_directory;
};

/* Tables of what a session has, functions of the engine: all of text. Settings are
 * those of the moment; cursors and prepared statements those that there were when the
 * statement began (engine_stmt.reads_session). */
enum engine_list { ENGINE_SETTINGS, ENGINE_CURSORS, ENGINE_STATEMENTS, ENGINE_LISTS };
enum { ENGINE_LIST_CELLS_MAX = 13, ENGINE_SETTING_CELLS = ENGINE_LIST_CELLS_MAX };

struct engine_list_shape {
    const char *function;
    size_t cells; /* to a row */
    const char *names[ENGINE_LIST_CELLS_MAX];
};

extern const struct engine_list_shape engine_lists[ENGINE_LISTS];

/* Rows that wait to be read by ENGINE_STAGED() in a statement, as a table: COPY's. All
 * types but enums, structs, maps and unions, in the layouts of engines. */
struct engine_staged {
    const struct engine_column *columns;
    size_t column_count;
    const struct batch *batches; /* of 2048 rows at most each */
    size_t batch_count;
};

#define ENGINE_STAGED "wirehouse_staged"
enum { ENGINE_STAGED_ROWS = 2048 };

/* The session on whose behalf a connection works, as the engine's SQL functions ask it:
 * thread-safe, while a statement of it is being executed. */
struct engine_caller_ops {
    /* As SHOW prints it, moved out, from malloc. 42704 */
    bool (*get_setting)(void *caller, const char *name, char **value, struct error *);
    /* Checked now, made when the statement is over. value NULL = the default. */
    bool (*set_setting)(void *caller, const char *name, const char *value, bool local,
                        char **shown, struct error *);
    /* Row after row, as many cells to a row as the list has, a NULL being NULL, in the
     * arena. False: out of memory. */
    bool (*list)(void *caller, enum engine_list which, struct arena *,
                 const char *const **cells, size_t *rows);
    /* End the running statement of a session, or the session, and in the latter case
     * wait up to timeout_ms until it has gone. *done is what to answer: false with a
     * warning. 42501 for sessions of others. */
    bool (*cancel_backend)(void *caller, int32_t pid, bool *done, struct error *);
    bool (*terminate_backend)(void *caller, int32_t pid, int64_t timeout_ms, bool *done,
                              struct error *);
    /* Tell those who listen, when the transaction commits. 22023, 54000 */
    bool (*notify)(void *caller, struct slice channel, struct slice payload,
                   struct error *);
    /* What the session listens to, in the arena. False: out of memory. */
    bool (*listening)(void *caller, struct arena *, const char *const **names,
                      size_t *count);
    double (*notify_usage)(void *caller); /* how full the fullest queue is, 0 to 1 */
    /* Who there is, a text each, in the arena: r, w or a for what they may do, then the
     * name. False: out of memory. */
    bool (*roles)(void *caller, struct arena *, const char *const **texts,
                  size_t *count);
    const char *(*database)(void *caller); /* as the client calls it */
    /* What ENGINE_STAGED() reads: the columns when a statement is prepared, the batches
     * while it is executed. NULL: nothing. Borrowed. */
    const struct engine_staged *(*staged)(void *caller);
    uint32_t (*pid)(void *caller);
};

struct engine_conn {
    const struct engine_conn_ops *ops;
    const struct engine_caller_ops *caller_ops; /* NULL: no session has it */
    void *caller;
    bool has_heavy; /* a statement of it is heavy */
};

/* What executing a statement may do, at most. */
enum engine_effect {
    ENGINE_ADMINISTERS, /* anything: files, other databases, extensions … */
    ENGINE_CONFIGURES, /* change the engine's settings, for all or for its connection */
    ENGINE_WRITES,     /* change data, or what there is of tables and their like */
    ENGINE_READS
};

/* What is known before execution. A parameter or column whose type the engine could not
 * tell has TYPE_UNKNOWN; with one unknown parameter DuckDB knows no columns either,
 * then columns_known is false. */
struct engine_stmt {
    const struct engine_stmt_ops *ops;
    bool returns_rows;      /* false: only a number of changed rows, or nothing */
    bool changes_catalogue; /* plans made before it ran may describe what was */
    bool changes_rows;      /* … or count on what the tables held */
    bool ignores_rows;      /* set by its user: it counts on nothing that they hold */
    bool is_heavy;      /* it holds long values of its last execution: not to be kept */
    bool reads_session; /* it asks for cursors or prepared statements */
    bool columns_known;
    uint8_t effect; /* enum engine_effect */
    size_t param_count;
    const struct type *const *param_types;
    size_t column_count;
    const struct engine_column *columns;
};

struct engine_cursor {
    const struct engine_cursor_ops *ops;
    size_t column_count; /* as executed: may differ from the statement's */
    const struct engine_column *columns;
    int64_t rows_changed; /* INSERT, UPDATE, DELETE …; -1 = does not apply */
};

/* DuckDB. `target` is a database file, or NULL for an in-memory one. Data files become
 * views before external access is locked to them. Options in duckdb/duckdb_engine.h. */

#endif
