/* command.h - the statements that the server answers itself: the parts among
 * themselves. */
#ifndef SERVER_COMMAND_H
#define SERVER_COMMAND_H

#include "server/query_session.h"
#include "sql/value.h"

/* WAIT: nothing was done, call again. */
typedef enum pgw_status command_function(struct query_session *, struct query *,
                                         struct query_result *, struct error *);

/* command_setting.c */
command_function command_set, command_reset, command_show;
bool command_show_columns(struct query_session *, struct query *, struct error *);
/* SET of one setting, with the warnings and the rules of transactions. */
bool command_set_value(struct query_session *session, const char *name,
                       const char *value, enum settings_scope scope, struct error *err);

/* command_transaction.c */
command_function command_begin, command_commit, command_rollback,
    command_set_transaction, command_set_constraints, command_lock;

/* command_session.c */
command_function command_discard;

/* command_notify.c */
command_function command_listen, command_notify, command_unlisten;

/* command_cursor.c */
command_function command_declare, command_fetch, command_close;
enum pgw_status command_declare_describe(struct query_session *, struct query *,
                                         const struct query_hints *, struct error *);
bool command_fetch_columns(struct query_session *, struct query *, struct error *);

/* command_prepared.c */
command_function command_prepare, command_execute_prepared, command_deallocate;
enum pgw_status command_execute_describe(struct query_session *, struct query *,
                                         const struct query_hints *, struct error *);
/* DEALLOCATE; an empty name is all of them. */
bool command_drop_statements(struct query_session *session, struct slice name,
                             struct error *err);

/* command_copy.c */
command_function command_copy;
bool command_copy_prepare(struct query_session *, struct query *, struct error *);

/* command_values.c: the values of an EXECUTE, computed by the engine and cast to what
 * the statement takes; in the arena. Within enter and leave. 42601 too many, too few.
 */
bool command_values(struct query_session *session, const struct query *execute,
                    const struct query *statement, struct arena *arena,
                    struct batch *out, struct error *err);

/* command_table.c: results made by hand, all of text, in the arena of the query. */
bool command_columns_are(struct query *query, const char *const *names, size_t count,
                         struct error *err);
/* cells: row after row. False: out of memory. */
bool command_rows(struct query_session *session, struct query *query,
                  const struct slice *cells, size_t rows, struct query_result *out);

/* The rows of another query, whose columns these are: copied to the arena of this one.
 */
bool command_columns_of(struct query *query, const struct query *other,
                        struct error *err);
/* Do they still agree with those of the other? 0A000 if not. */
bool command_columns_agree(const struct query *query, const struct query *other,
                           struct error *err);

/* The class's name as an identifier; 42601. */
bool command_name(const struct query *query, char out[SQL_NAME_BYTES],
                  struct error *err);

static inline bool command_in_transaction(const struct query_session *session)
{
    return session->transaction != TRANSACTION_NONE;
}

static inline enum pgw_status command_status(bool done)
{
    return done ? PGW_OK : PGW_ERROR;
}

#endif
