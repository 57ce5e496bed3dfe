/* engine.c - an engine that works by the simulated clock.
 *
 * It blocks its thread only with a slot, forgets an interrupt that comes while it is
 * not at work (so that it has to be repeated), and counts what it hands out. */
#include "engine.h"

#include <stdlib.h>
#include <string.h>

#include "net/loop.h"
#include "pgwire/session_state.h"
#include "sched.h"
#include "statement.h"
#include "world.h"

/* A session's. */
struct state {
    pgw_session *session;
    bool works, interrupted;
};

/* A statement, a portal, or the rows of one. */
struct object {
    struct state *state;
    struct statement_spec spec;
    int64_t next_row;
    bool worked, begun;
};

enum { OBJECT_STATE, OBJECT_STATEMENT, OBJECT_PORTAL, OBJECT_ROWS, OBJECT_KINDS };

static struct engine_options options;
static int live[OBJECT_KINDS];

void engine_begin(const struct engine_options *given)
{
    options = *given;
    memset(live, 0, sizeof live);
}

void engine_check_empty(void)
{
    for (int i = 0; i < OBJECT_KINDS; i++)
        SIM_CHECK(live[i] == 0, "the engine has %d objects left of kind %d", live[i],
                  i);
}

/* ---- blocking ---- */

static bool is_interrupted(const void *self)
{
    return ((const struct state *)self)->interrupted;
}

static const struct conn *conn_of(const pgw_session *session)
{
    return session->host_self;
}

static bool is_never(const void *self)
{
    (void)self;
    return false;
}

/* Before it is at work it does not hear: that may take a while. */
static void prepare(void)
{
    sched_point(__func__, __LINE__);
    uint64_t most = sim_schedule_chance(100) ? 400000 : 3000;
    if (sim_schedule_chance(200))
        (void)sched_wait(is_never, NULL, sched_now_us() + sim_schedule(most));
}

/* The thread is away for that long. */
static enum pgw_status work(struct state *state, int64_t us, struct pgw_error *err)
{
    uint64_t until = us == STATEMENT_NEVER ? UINT64_MAX : sched_now_us() + (uint64_t)us;
    SIM_CHECK(conn_of(state->session)->slot == SLOT_HELD,
              "connection %u blocks without a slot", conn_of(state->session)->index);
    prepare();
    state->works = true;
    state->interrupted = false;
    bool ended = sched_wait(is_interrupted, state, until);
    state->works = false;
    sched_point(__func__, __LINE__);
    return ended ? pgw_fail(err, "57014", "INTERRUPT") : PGW_OK;
}

/* Any thread's, with the connection's lock held. */
static void interrupt(void *self)
{
    struct state *state = self;
    const pgw_session *session = state->session;
    sched_point(__func__, __LINE__);
    if (!state->works)
        return; /* too early, or too late */
    SIM_CHECK(session->running.word & 0x2ff || session->closing,
              "connection %u: a statement is interrupted that was not meant",
              conn_of(session)->index);
    state->interrupted = true;
}

/* Without a statement, nobody can interrupt: it is short. */
static enum pgw_status pause(pgw_session *session, unsigned in_thousand)
{
    struct pgw_error ignored;
    struct state self = {.session = session};
    if (!sim_schedule_chance(in_thousand) || world_is_stopping())
        return PGW_OK;
    if (pgw_block_begin(session) == PGW_WAIT)
        return PGW_WAIT;
    (void)work(&self, (int64_t)sim_schedule(3000), &ignored);
    pgw_block_end(session);
    return PGW_OK;
}

/* ---- objects ---- */

static struct object *make(int kind, struct state *state,
                           const struct statement_spec *spec)
{
    struct object *object = calloc(1, sizeof *object);
    SIM_CHECK(object, "no memory for an object of the engine");
    live[kind]++;
    *object = (struct object){.state = state, .spec = *spec};
    return object;
}

static void drop(int kind, void *self)
{
    live[kind]--;
    SIM_CHECK(live[kind] >= 0, "an object of kind %d is released twice", kind);
    free(self);
}

static void drop_statement(void *self)
{
    drop(OBJECT_STATEMENT, self);
}

static void drop_portal(void *self)
{
    drop(OBJECT_PORTAL, self);
}

static void drop_rows(void *self)
{
    drop(OBJECT_ROWS, self);
}

/* ---- rows ---- */

static void put(pgw_row *row, const struct statement_spec *spec, int64_t number)
{
    char filler[256];
    memset(filler, 'a' + (int)(number % 26), sizeof filler);
    pgw_row_begin(row);
    pgw_put_int(row, spec->id);
    pgw_put_int(row, number);
    pgw_put_text(row, filler, (size_t)spec->width);
}

static enum pgw_status next(void *self, pgw_row *row, struct pgw_error *err)
{
    struct object *rows = self;
    const struct statement_spec *spec = &rows->spec;
    sched_point(__func__, __LINE__);
    if (rows->next_row > 0 && spec->row_us > 0 && rows->next_row < spec->rows) {
        if (pgw_block_begin(rows->state->session) == PGW_WAIT)
            return PGW_WAIT;
        if (work(rows->state, spec->row_us, err) == PGW_ERROR)
            return PGW_ERROR;
    }
    for (int64_t i = 0; i < spec->chunk && rows->next_row < spec->rows; i++) {
        if (rows->next_row == spec->fails_at)
            return pgw_fail(err, "22012", "row %lld", (long long)spec->fails_at);
        put(row, spec, rows->next_row++);
        if (!pgw_row_end(row))
            break;
    }
    return rows->next_row < spec->rows ? PGW_MORE : PGW_OK;
}

static const struct pgw_rows_ops rows_ops = {.next = next, .release = drop_rows};

static const struct pgw_column columns[] = {{.name = "id", .type_oid = PGW_INT8OID},
                                            {.name = "row", .type_oid = PGW_INT8OID},
                                            {.name = "text", .type_oid = PGW_TEXTOID}};

/* ---- statements ---- */

static void apply(pgw_session *session, const struct statement_spec *spec)
{
    switch ((enum statement_kind)spec->kind) {
    case STATEMENT_BEGIN:
        pgw_session_set_transaction(session, 'T');
        break;
    case STATEMENT_COMMIT:
        pgw_session_set_transaction(session, 'I');
        break;
    case STATEMENT_TIMEOUT:
        pgw_session_set_statement_timeout(session, (uint32_t)spec->a);
        break;
    case STATEMENT_IDLE:
        pgw_session_set_idle_timeouts(session, (uint32_t)spec->a, (uint32_t)spec->b);
        break;
    case STATEMENT_ROWS:
        break;
    }
}

static enum pgw_status answer(struct state *state, const struct statement_spec *spec,
                              struct pgw_reply *reply, struct pgw_error *err)
{
    pgw_session *session = state->session;
    sched_point(__func__, __LINE__);
    if (pgw_session_transaction(session) == 'E' && spec->kind != STATEMENT_COMMIT)
        return pgw_fail(err, "25P02", "current transaction is aborted");
    if (spec->slot && pgw_block_begin(session) == PGW_WAIT)
        return PGW_WAIT;
    if (spec->slot && spec->work_us && work(state, spec->work_us, err) == PGW_ERROR)
        return PGW_ERROR;
    apply(session, spec);
    reply->tag = statement_tag(spec);
    if (spec->kind != STATEMENT_ROWS)
        return PGW_OK;
    reply->kind = PGW_REPLY_ROWS;
    reply->columns = columns;
    reply->column_count = ARRAY_LEN(columns);
    reply->rows = (struct pgw_rows){&rows_ops, make(OBJECT_ROWS, state, spec)};
    return PGW_OK;
}

static bool take(struct pgw_slice *sql, struct statement_spec *spec)
{
    return statement_read(&sql->data, &sql->len, spec);
}

static enum pgw_status simple_query(void *self, pgw_session *session,
                                    struct pgw_slice *sql, struct pgw_reply *reply,
                                    struct pgw_error *err)
{
    struct statement_spec spec;
    struct pgw_slice rest = *sql;
    (void)session;
    if (!take(&rest, &spec))
        return pgw_fail(err, "42601", "syntax error");
    enum pgw_status status = answer(self, &spec, reply, err);
    if (status == PGW_OK)
        *sql = rest;
    return status;
}

static enum pgw_status parse(void *self, pgw_session *session,
                             const struct pgw_parse *request, void **statement,
                             struct pgw_error *err)
{
    struct statement_spec spec;
    (void)session;
    if (!take(request->sql, &spec))
        return pgw_fail(err, "42601", "syntax error");
    sched_point(__func__, __LINE__);
    *statement = make(OBJECT_STATEMENT, self, &spec);
    return PGW_OK;
}

static void describe(void *self, struct pgw_description *out)
{
    const struct object *statement = self;
    if (statement->spec.kind == STATEMENT_ROWS) {
        out->columns = columns;
        out->column_count = ARRAY_LEN(columns);
    }
}

static enum pgw_status bind_portal(void *self, pgw_session *session,
                                   const struct pgw_bind *values, void **portal,
                                   struct pgw_error *err)
{
    const struct object *statement = self;
    (void)session;
    (void)values;
    (void)err;
    sched_point(__func__, __LINE__);
    *portal = make(OBJECT_PORTAL, statement->state, &statement->spec);
    return PGW_OK;
}

static enum pgw_status execute(void *self, pgw_session *session,
                               struct pgw_reply *reply, struct pgw_error *err)
{
    const struct object *portal = self;
    (void)session;
    return answer(portal->state, &portal->spec, reply, err);
}

/* ---- sessions ---- */

static enum pgw_status open_session(void *ctx, pgw_session *session, void **state,
                                    struct pgw_error *err)
{
    (void)ctx;
    (void)err;
    if (pause(session, options.open_in_thousand) == PGW_WAIT)
        return PGW_WAIT;
    struct state *own = calloc(1, sizeof *own);
    SIM_CHECK(own, "no memory for a session of the engine");
    own->session = session;
    live[OBJECT_STATE]++;
    *state = own;
    return PGW_OK;
}

static enum pgw_status sync_session(void *self, pgw_session *session, bool failed,
                                    struct pgw_error *err)
{
    (void)self;
    (void)err;
    if (pause(session, options.sync_in_thousand) == PGW_WAIT)
        return PGW_WAIT;
    if (failed && pgw_session_transaction(session) == 'T')
        pgw_session_set_transaction(session, 'E');
    return PGW_OK;
}

static void close_session(void *self)
{
    drop(OBJECT_STATE, self);
}

const struct pgw_handlers *engine_handlers(void)
{
    static const struct pgw_startup_ops startup = {
        .open = open_session, .sync = sync_session, .close = close_session};
    static const struct pgw_simple_ops simple = {.query = simple_query};
    static const struct pgw_extended_ops extended = {.parse = parse,
                                                     .describe = describe,
                                                     .bind = bind_portal,
                                                     .execute = execute,
                                                     .close_portal = drop_portal,
                                                     .close_statement = drop_statement};
    static const struct pgw_cancel_ops cancel = {.interrupt = interrupt};
    static const struct pgw_handlers both = {.startup = &startup,
                                             .simple = &simple,
                                             .extended = &extended,
                                             .cancel = &cancel};
    static const struct pgw_handlers one = {
        .startup = &startup, .extended = &extended, .cancel = &cancel};
    return options.simple ? &both : &one;
}
