/* command.c - the statements that the server answers itself, a row a kind.
 *
 * None of them needs the engine or a slot, but LOCK, DISCARD TEMP, and COMMIT and
 * ROLLBACK of a transaction that the engine knows of. */
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
} commands[] = {
    [SQL_EMPTY] = {do_nothing, NULL},
    [SQL_SET] = {command_set, NULL},
    [SQL_RESET] = {command_reset, NULL},
    [SQL_SHOW] = {command_show, command_show_columns},
    [SQL_SET_TRANSACTION] = {command_set_transaction, NULL},
    [SQL_SET_CONSTRAINTS] = {command_set_constraints, NULL},
    [SQL_BEGIN] = {command_begin, NULL},
    [SQL_COMMIT] = {command_commit, NULL},
    [SQL_ROLLBACK] = {command_rollback, NULL},
    [SQL_SAVEPOINT] = {refuse_savepoint, NULL},
    [SQL_DEALLOCATE] = {command_deallocate, NULL},
    [SQL_DISCARD] = {command_discard, NULL},
    [SQL_CLOSE] = {command_close, NULL},
    [SQL_LISTEN] = {command_listen, NULL},
    [SQL_NOTIFY] = {command_notify, NULL},
    [SQL_UNLISTEN] = {command_unlisten, NULL},
    [SQL_LOCK] = {command_lock, NULL},
    [SQL_COPY_CLIENT] = {command_copy, command_copy_prepare},
    [SQL_UNSUPPORTED] = {refuse, NULL},
    [SQL_MALFORMED] = {malformed, NULL},
};

bool command_columns(struct query_session *session, struct query *query,
                     struct error *err)
{
    const struct command *command = &commands[query->class.kind];
    return !command->columns || command->columns(session, query, err);
}

enum pgw_status command_execute(struct query_session *session, struct query *query,
                                struct query_result *out, struct error *err)
{
    return commands[query->class.kind].execute(session, query, out, err);
}
