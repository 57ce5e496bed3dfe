/* transaction.c - a counter with transactions: what a client is told of their state.
 *
 *     begin | commit | rollback      add NUMBER      show
 *
 * What a session adds is seen by others when it commits. A string of statements is one
 * transaction unless it says begin; after an error in a block everything but its end is
 * refused, 25P02:
 *     psql -h 127.0.0.1 -p 5433 -d main -c begin -c 'add 5' -c show -c rollback */
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <pgwire/server.h>

/* Of a session. */
struct transaction {
    _Atomic int64_t *total; /* everybody's: what was committed */
    int64_t added;          /* by this session, not yet committed */
    int64_t shown;          /* the row of show */
};

static enum pgw_status open_session(void *ctx, pgw_session *session, void **state,
                                    struct pgw_error *err)
{
    struct transaction *transaction = calloc(1, sizeof *transaction);
    (void)session;
    if (!transaction)
        return pgw_fail(err, "53200", "out of memory");
    transaction->total = ctx;
    *state = transaction;
    return PGW_OK;
}

static void end(struct transaction *transaction, bool commit)
{
    if (commit)
        atomic_fetch_add(transaction->total, transaction->added);
    transaction->added = 0;
}

/* Before ReadyForQuery: outside of a block what was done is committed, unless something
 * has failed; within one, a failure makes it a failed block. */
static enum pgw_status sync_session(void *state, pgw_session *session, bool failed,
                                    struct pgw_error *err)
{
    (void)err;
    char status = pgw_session_transaction(session);
    if (status == 'I' || failed)
        end(state, !failed);
    if (status == 'T' && failed)
        pgw_session_set_transaction(session, 'E');
    return PGW_OK;
}

static enum pgw_status next(void *self, pgw_row *row, struct pgw_error *err)
{
    const struct transaction *transaction = self;
    (void)err;
    pgw_row_begin(row);
    pgw_put_int(row, transaction->shown);
    (void)pgw_row_end(row);
    return PGW_OK;
}

static void show(struct transaction *transaction, struct pgw_reply *reply)
{
    static const struct pgw_column columns[] = {
        {.name = "total", .type_oid = PGW_INT8OID}};
    static const struct pgw_rows_ops one_row = {.next = next};
    transaction->shown = atomic_load(transaction->total) + transaction->added;
    *reply = (struct pgw_reply){.kind = PGW_REPLY_ROWS,
                                .tag = "SHOW",
                                .tag_only = true,
                                .columns = columns,
                                .column_count = 1,
                                .rows = {&one_row, transaction}};
}

/* COMMIT of a failed block is a rollback, and its tag says so. */
static void finish(struct transaction *transaction, pgw_session *session, bool commit,
                   struct pgw_reply *reply)
{
    char status = pgw_session_transaction(session);
    if (status == 'I')
        pgw_notice(session, PGW_SEVERITY_WARNING, "25P01",
                   "there is no transaction in progress");
    commit = commit && status != 'E';
    end(transaction, commit);
    pgw_session_set_transaction(session, 'I');
    reply->tag = commit ? "COMMIT" : "ROLLBACK";
}

static enum pgw_status query(void *state, pgw_session *session, struct pgw_slice *sql,
                             struct pgw_reply *reply, struct pgw_error *err)
{
    char text[64], *behind = text;
    size_t start = 0;
    while (start < sql->len && strchr(" \n;", sql->data[start]))
        start++;
    const char *from = sql->data + start;
    const char *semicolon = memchr(from, ';', sql->len - start);
    size_t len = semicolon ? (size_t)(semicolon - from) : sql->len - start;
    (void)snprintf(text, sizeof text, "%.*s", (int)len, from);
    *sql = (struct pgw_slice){from + len, sql->len - start - len};
    bool ends = strcasecmp(text, "commit") == 0 || strcasecmp(text, "rollback") == 0;
    if (pgw_session_transaction(session) == 'E' && !ends)
        return pgw_fail(err, "25P02", "the transaction has failed: say rollback");
    reply->tag = "ADD";
    if (ends) {
        finish(state, session, (text[0] | 0x20) == 'c', reply);
    } else if (strcasecmp(text, "begin") == 0) {
        pgw_session_set_transaction(session, 'T');
        reply->tag = "BEGIN";
    } else if (strcasecmp(text, "show") == 0) {
        show(state, reply);
    } else if (strncasecmp(text, "add ", 4) == 0) {
        long number = strtol(text + 4, &behind, 10);
        if (behind == text + 4 || *behind || labs(number) > 1000000)
            return pgw_fail(err, "22P02", "not a number: %s", text + 4);
        ((struct transaction *)state)->added += number;
    } else if (text[0]) {
        return pgw_fail(err, "42601", "say begin, commit, rollback, add N or show");
    } else {
        reply->kind = PGW_REPLY_EMPTY;
    }
    return PGW_OK;
}

int main(int argc, char **argv)
{
    _Atomic int64_t total = 0;
    static const struct pgw_startup_ops startup = {
        .open = open_session, .sync = sync_session, .close = free};
    static const struct pgw_simple_ops simple = {.query = query};
    static const struct pgw_handlers handlers = {.startup = &startup,
                                                 .simple = &simple};
    const struct pgw_server_options options = {.listen = argc > 1 ? argv[1]
                                                                  : "127.0.0.1:5433"};
    struct pgw_error err;
    pgw_server *server = pgw_server_new(&handlers, &total, &options, &err);
    if (!server)
        return fprintf(stderr, "%s\n", err.message), 1;
    printf("listening on port %u\n", (unsigned)pgw_server_port(server));
    fflush(stdout);
    int code = pgw_server_run(server);
    pgw_server_free(server);
    return code;
}
