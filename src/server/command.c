/* command.c - the statements that the server answers itself, a row a kind.
 *
 * None of them needs the engine or a slot, but LOCK, DISCARD TEMP, what runs a
 * statement of the client's (DECLARE, FETCH, PREPARE, EXECUTE), and COMMIT and ROLLBACK
 * of a transaction that the engine knows of. */
#include "server/command.h"

static enum pgw_status do_nothing(struct query_session *session, struct query *query,
                                  struct query_result *out, struct error *err)
{
    (void)session;
    (void)query;
    (void)err;
    out->is_empty = true;
    return PGW_OK;
}

static enum pgw_status refuse_savepoint(struct query_session *session,
                                        struct query *query, struct query_result *out,
                                        struct error *err)
{
    (void)session;
    (void)out;
    error_set(err, "0A000", "%s is not supported: the engine has no savepoints",
              query->class.tag);
    return PGW_ERROR;
}

static enum pgw_status malformed(struct query_session *session, struct query *query,
                                 struct query_result *out, struct error *err)
{
    (void)session;
    (void)out;
    error_set(err, "42601", "syntax error in %s", query->class.tag);
    return PGW_ERROR;
}

static enum pgw_status refuse(struct query_session *session, struct query *query,
                              struct query_result *out, struct error *err)
{
    (void)session;
    (void)out;
    error_set(err, "0A000", "%s is not supported", query->class.tag);
    return PGW_ERROR;
}

static const struct command {
    command_function *execute;
    /* When it is prepared. NULL: it returns no rows, and there is nothing to do */
    bool (*columns)(struct query_session *, struct query *, struct error *);
    /* … or this, for what prepares another query */
    enum pgw_status (*describe)(struct query_session *, struct query *,
                                const struct query_hints *, struct error *);
} commands[] = {
    [SQL_EMPTY] = {do_nothing, NULL, NULL},
    [SQL_SET] = {command_set, NULL, NULL},
    [SQL_RESET] = {command_reset, NULL, NULL},
    [SQL_SHOW] = {command_show, command_show_columns, NULL},
    [SQL_SET_TRANSACTION] = {command_set_transaction, NULL, NULL},
    [SQL_SET_CONSTRAINTS] = {command_set_constraints, NULL, NULL},
    [SQL_BEGIN] = {command_begin, NULL, NULL},
    [SQL_COMMIT] = {command_commit, NULL, NULL},
    [SQL_ROLLBACK] = {command_rollback, NULL, NULL},
    [SQL_SAVEPOINT] = {refuse_savepoint, NULL, NULL},
    [SQL_DEALLOCATE] = {command_deallocate, NULL, NULL},
    [SQL_DISCARD] = {command_discard, NULL, NULL},
    [SQL_PREPARE] = {command_prepare, NULL, NULL},
    [SQL_EXECUTE] = {command_execute_prepared, NULL, command_execute_describe},
    [SQL_DECLARE] = {command_declare, NULL, command_declare_describe},
    [SQL_FETCH] = {command_fetch, command_fetch_columns, NULL},
    [SQL_CLOSE] = {command_close, NULL, NULL},
    [SQL_LISTEN] = {command_listen, NULL, NULL},
    [SQL_NOTIFY] = {command_notify, NULL, NULL},
    [SQL_UNLISTEN] = {command_unlisten, NULL, NULL},
    [SQL_LOCK] = {command_lock, NULL, NULL},
    [SQL_COPY_CLIENT] = {command_copy, command_copy_prepare, NULL},
    [SQL_UNSUPPORTED] = {refuse, NULL, NULL},
    [SQL_MALFORMED] = {malformed, NULL, NULL},
};

enum pgw_status command_describe(struct query_session *session, struct query *query,
                                 const struct query_hints *hints, struct error *err)
{
    const struct command *command = &commands[query->class.kind];
    if (command->describe)
        return command->describe(session, query, hints, err);
    return command_status(!command->columns || command->columns(session, query, err));
}

enum pgw_status command_execute(struct query_session *session, struct query *query,
                                struct query_result *out, struct error *err)
{
    return commands[query->class.kind].execute(session, query, out, err);
}
