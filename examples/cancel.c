/* cancel.c - statements that can be ended: by a client, by a time-out, by the server.
 *
 *     sleep SECONDS     one row, when they have passed
 *
 *     cancel [STATEMENT_TIMEOUT_MS [127.0.0.1:PORT]]
 *
 * A handler that blocks asks pgw_block_begin first, so that logins and cancels find a
 * thread, whoever sleeps. Another thread then calls `interrupt`, which makes it return;
 * the library says why it was ended. Try:
 *
 *     psql -h 127.0.0.1 -p 5433 -d main -c 'sleep 60'     and press Ctrl-C */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <pgwire/server.h>

/* Of a session: the state that its handlers get. */
struct sleeper {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool interrupted; /* the statement that runs is to end */
};

static enum pgw_status open_session(void *ctx, pgw_session *session, void **state,
                                    struct pgw_error *err)
{
    struct sleeper *sleeper = calloc(1, sizeof *sleeper);
    (void)ctx;
    (void)session;
    if (!sleeper)
        return pgw_fail(err, "53200", "out of memory");
    pthread_mutex_init(&sleeper->lock, NULL);
    pthread_cond_init(&sleeper->changed, NULL);
    *state = sleeper;
    return PGW_OK;
}

static void close_session(void *state)
{
    struct sleeper *sleeper = state;
    if (!sleeper)
        return;
    pthread_cond_destroy(&sleeper->changed);
    pthread_mutex_destroy(&sleeper->lock);
    free(sleeper);
}

/* Called from another thread, again and again until the handler has returned, and never
 * for a statement that it was not meant for. */
static void interrupt(void *state)
{
    struct sleeper *sleeper = state;
    pthread_mutex_lock(&sleeper->lock);
    sleeper->interrupted = true;
    pthread_cond_signal(&sleeper->changed);
    pthread_mutex_unlock(&sleeper->lock);
}

/* False: it was interrupted. */
static bool sleep_for(struct sleeper *sleeper, double seconds)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (long)((seconds - (double)(time_t)seconds) * 1e9);
    until.tv_sec += (time_t)seconds + until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&sleeper->lock);
    int outcome = 0;
    while (!sleeper->interrupted && outcome != ETIMEDOUT)
        outcome = pthread_cond_timedwait(&sleeper->changed, &sleeper->lock, &until);
    bool slept = !sleeper->interrupted;
    sleeper->interrupted = false; /* for the next statement */
    pthread_mutex_unlock(&sleeper->lock);
    return slept;
}

static enum pgw_status next(void *self, pgw_row *row, struct pgw_error *err)
{
    (void)self;
    (void)err;
    pgw_row_begin(row);
    pgw_put_text(row, "awake", 5);
    (void)pgw_row_end(row);
    return PGW_OK;
}

static enum pgw_status query(void *state, pgw_session *session, struct pgw_slice *sql,
                             struct pgw_reply *reply, struct pgw_error *err)
{
    static const struct pgw_column columns[] = {
        {.name = "state", .type_oid = PGW_TEXTOID}};
    static const struct pgw_rows_ops one_row = {.next = next};
    char text[64], *end = text;
    (void)snprintf(text, sizeof text, "%.*s", (int)sql->len, sql->data);
    double seconds = strncmp(text, "sleep ", 6) == 0 ? strtod(text + 6, &end) : -1;
    if (end <= text + 6 || !(seconds >= 0 && seconds <= 86400))
        return pgw_fail(err, "42601", "say \"sleep SECONDS\"");
    if (pgw_block_begin(session) == PGW_WAIT)
        return PGW_WAIT; /* called again when a thread may block */
    bool slept = sleep_for(state, seconds);
    pgw_block_end(session);
    if (!slept)
        return pgw_fail(err, "57014", "the sleep was interrupted");
    sql->len = 0; /* the whole string is one statement */
    *reply = (struct pgw_reply){.kind = PGW_REPLY_ROWS,
                                .tag = "SELECT",
                                .columns = columns,
                                .column_count = 1,
                                .rows = {&one_row, NULL}};
    return PGW_OK;
}

int main(int argc, char **argv)
{
    static const struct pgw_startup_ops startup = {.open = open_session,
                                                   .close = close_session};
    static const struct pgw_simple_ops simple = {.query = query};
    static const struct pgw_cancel_ops cancel = {.interrupt = interrupt};
    static const struct pgw_handlers handlers = {
        .startup = &startup, .simple = &simple, .cancel = &cancel};
    const struct pgw_server_options options = {
        .listen = argc > 2 ? argv[2] : "127.0.0.1:5433",
        .statement_timeout_ms = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0,
        .blocking_threads = 2};
    struct pgw_error err;
    pgw_server *server = pgw_server_new(&handlers, NULL, &options, &err);
    if (!server) {
        fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    printf("listening on port %u\n", (unsigned)pgw_server_port(server));
    fflush(stdout);
    int code = pgw_server_run(server);
    pgw_server_free(server);
    return code;
}
