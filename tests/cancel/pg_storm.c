/* pg_storm.c - sessions of PostgreSQL's protocol in the storm: victims in every state
 * that a session can be cancelled in, witnesses, and cancels of both kinds. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pg_client.h"
#include "storm.h"

enum { MANY_ROWS = 30000, STREAM_ROWS = 2000000, PAGE_ROWS = 3000, WITNESS_ROWS = 200 };

struct client {
    struct pg pg;
    struct victim *victim;
};

/* ---- answers ---- */

/* Rows 0, 1, 2 … of one result, and an end: 'C', 's', or 'E', which must be a cancel's.
 */
static char read_result(struct client *client, long long *rows)
{
    char type;
    while (!strchr("CsE", type = pg_next(&client->pg))) {
        if (type != 'D')
            continue;
        if (pg_number(&client->pg) != *rows)
            fail("row %lld reads %lld", *rows, pg_number(&client->pg));
        ++*rows;
    }
    if (type == 'E')
        victim_failed(client->victim, client->pg.sqlstate);
    return type;
}

static char read_ready(struct client *client)
{
    while (pg_next(&client->pg) != 'Z')
        ;
    return (char)client->pg.message.body[0];
}

static void query(struct client *client, const char *sql)
{
    victim_begin(client->victim);
    pg_query(&client->pg, sql);
}

static void expect_status(struct client *client, char status)
{
    char is = read_ready(client);
    if (is != status)
        fail("the status is %c and not %c", is, status);
}

/* True: all of it; false: it was cancelled. */
static bool read_rows(struct client *client, long long count)
{
    long long rows = 0;
    if (read_result(client, &rows) != 'C')
        return false;
    if (rows != count)
        fail("%lld rows of %lld, and no error", rows, count);
    return true;
}

/* ---- what victims do ---- */

/* It has no end but a cancel. */
static void run_slow(struct client *client)
{
    query(client, SLOW_SQL);
    if (read_rows(client, 1))
        fail("an endless statement has ended");
    expect_status(client, 'I');
}

static void run_quick(struct client *client)
{
    query(client, "select 0");
    (void)read_rows(client, 1);
    expect_status(client, 'I');
}

static void run_many_rows(struct client *client)
{
    query(client, "select i from range(30000) t(i)");
    (void)read_rows(client, MANY_ROWS);
    expect_status(client, 'I');
}

/* Stops reading until others have got on. */
static void run_stopped_reader(struct client *client)
{
    query(client, "select i from range(2000000) t(i)");
    storm_wait(client->victim->storm, 20);
    (void)read_rows(client, STREAM_ROWS);
    expect_status(client, 'I');
}

static void run_string(struct client *client)
{
    query(client, "select 0; select i from range(30000) t(i); select 0");
    bool all =
        read_rows(client, 1) && read_rows(client, MANY_ROWS) && read_rows(client, 1);
    (void)all;
    expect_status(client, 'I');
}

static void run_block(struct client *client)
{
    query(client, "begin");
    bool begun = read_rows(client, 0);
    expect_status(client, begun ? 'T' : 'I');
    query(client, "select i from range(30000) t(i)");
    bool done = read_rows(client, MANY_ROWS);
    expect_status(client, !begun ? 'I' : done ? 'T' : 'E');
    query(client, "rollback");
    while (!read_rows(client, 0)) { /* as long as it is cancelled before it begins */
        (void)read_ready(client);
        query(client, "rollback");
    }
    expect_status(client, 'I');
}

/* A portal in pages. Each Execute is a statement of its own. */
static void run_pages(struct client *client)
{
    long long rows = 0;
    char end = 's';
    victim_begin(client->victim);
    pg_prepare(&client->pg, "select i from range(30000) t(i)");
    while (end == 's' && rows < MANY_ROWS) {
        pg_execute(&client->pg, PAGE_ROWS);
        pg_bare(&client->pg, 'H');
        end = read_result(client, &rows);
        if (end == 's' && rows % PAGE_ROWS != 0)
            fail("a page of %lld rows", rows);
        victim_begin(client->victim);
    }
    pg_bare(&client->pg, 'S');
    expect_status(client, 'I');
}

static void run_pipeline(struct client *client)
{
    bool all = true;
    victim_begin(client->victim);
    for (int i = 0; i < 3; i++) {
        pg_prepare(&client->pg, "select i from range(1000) t(i)");
        pg_execute(&client->pg, 0);
    }
    pg_bare(&client->pg, 'S');
    for (int i = 0; all && i < 3; i++)
        all = read_rows(client, 1000);
    expect_status(client, 'I');
}

static void reconnect(struct client *client)
{
    pg_close(&client->pg);
    pg_open(&client->pg, client->victim->storm->pg_where);
    atomic_store(&client->victim->address,
                 (uint64_t)client->pg.pid << 32 | client->pg.key);
}

static void leave_politely(struct client *client)
{
    pg_bare(&client->pg, 'X');
    reconnect(client);
}

/* In the midst of it. */
static void leave_running(struct client *client)
{
    query(client, pick(&client->victim->random, 2)
                      ? SLOW_SQL
                      : "select i from range(2000000) t(i)");
    if (pick(&client->victim->random, 2))
        storm_wait(client->victim->storm, 5);
    reconnect(client);
}

/* Who leaves in the midst keeps its slot for the quarter of a second in which what it
 * had asked before may still end: few do. */
static void (*const acts[])(struct client *) = {
    run_slow,       run_slow,           run_slow,           run_slow,
    run_quick,      run_quick,          run_quick,          run_quick,
    run_quick,      run_quick,          run_string,         run_string,
    run_block,      run_block,          run_block,          run_pages,
    run_pages,      run_pages,          run_pipeline,       run_pipeline,
    run_many_rows,  run_many_rows,      run_many_rows,      leave_politely,
    leave_politely, run_stopped_reader, run_stopped_reader, leave_running,
};

/* Everything that was sent until now has been dealt with: looked at in this order. */
static bool victim_is_safe(const struct victim *victim)
{
    unsigned dealt = atomic_load(&victim->dealt);
    return atomic_load(&victim->sent) == dealt;
}

void *pg_victim(void *self)
{
    struct victim *victim = self;
    struct storm *storm = victim->storm;
    struct client client = {.victim = victim};
    pg_open(&client.pg, storm->pg_where);
    atomic_store(&victim->address, (uint64_t)client.pg.pid << 32 | client.pg.key);
    while (!atomic_load(&storm->stopping))
        acts[pick(&victim->random, ARRAY_LEN(acts))](&client);
    atomic_store(&victim->address, 0);
    /* No new cancel finds it; what is left of the old ones is waited for. */
    while (!victim_is_safe(victim))
        storm_wait(storm, 1);
    atomic_fetch_sub(&storm->victims_left, 1);
    unsigned failed = victim->failed;
    run_quick(&client);
    run_pages(&client);
    if (victim->failed != failed)
        fail("a session is cancelled after the storm");
    pg_close(&client.pg);
    return NULL;
}

/* ---- witnesses ---- */

void *pg_witness(void *self)
{
    struct storm *storm = self;
    struct pg pg;
    char sql[128], type;
    pg_open(&pg, storm->pg_where);
    unsigned number = atomic_fetch_add(&storm->witness_count, 1);
    atomic_store(&storm->witnesses[number % WITNESSES_MAX], pg.pid);
    (void)snprintf(sql, sizeof sql, "select %u + i from range(%d) t(i)", pg.pid,
                   WITNESS_ROWS);
    for (bool simple = true; !atomic_load(&storm->stopping); simple = !simple) {
        long long rows = 0;
        if (simple) {
            pg_query(&pg, sql);
        } else {
            pg_prepare(&pg, sql);
            pg_execute(&pg, 0);
            pg_bare(&pg, 'S');
        }
        while ((type = pg_next(&pg)) != 'Z') {
            if (type == 'E')
                fail("a witness has got the error %s", pg.sqlstate);
            if (type == 'D' && pg_number(&pg) != pg.pid + rows++)
                fail("a witness has got another's row, %lld", pg_number(&pg));
        }
        if (rows != WITNESS_ROWS)
            fail("a witness has got %lld rows", rows);
        atomic_fetch_add(&storm->witnessed, 1);
    }
    pg_close(&pg);
    return NULL;
}

/* ---- cancels ---- */

/* As the protocol has it: the server closes when it has dealt with it. */
static void request_cancel(const struct storm *storm, uint32_t pid, uint32_t key)
{
    struct buf out = {0};
    char byte;
    int fd = connect_to(storm->pg_where);
    size_t begun = wire_begin(&out, '\0');
    wire_put_number(&out, 80877102, 4);
    wire_put_number(&out, pid, 4);
    wire_put_number(&out, key, 4);
    wire_end(&out, begun);
    wire_write(fd, &out);
    buf_free(&out);
    if (recv(fd, &byte, 1, 0) > 0)
        fail("a CancelRequest was answered");
    (void)close(fd);
}

/* Of a victim with a bit of the key changed, or of a witness with a victim's. */
static void request_wrongly(struct storm *storm, uint64_t address, uint64_t *random)
{
    uint32_t witness = atomic_load(&storm->witnesses[pick(random, WITNESSES_MAX)]);
    if (witness && pick(random, 2))
        request_cancel(storm, witness, (uint32_t)address);
    else
        request_cancel(storm, (uint32_t)(address >> 32),
                       (uint32_t)address ^ 1u << pick(random, 32));
}

static void request_rightly(const struct storm *storm, struct victim *victim)
{
    atomic_fetch_add(&victim->sent, 1);
    uint64_t address = atomic_load(&victim->address); /* in this order */
    if (address)
        request_cancel(storm, (uint32_t)(address >> 32), (uint32_t)address);
    atomic_fetch_add(&victim->dealt, 1);
}

/* Every eighth is wrong, and no cancel of anybody. */
void *request_canceller(void *self)
{
    struct storm *storm = self;
    uint64_t random = take_seed(storm);
    while (!atomic_load(&storm->stopping) || atomic_load(&storm->victims_left) > 0) {
        struct victim *victim = &storm->pg[pick(&random, storm->pg_count)];
        if (pick(&random, 8) == 0)
            request_wrongly(storm, atomic_load(&victim->address), &random);
        else
            request_rightly(storm, victim);
        storm_moved(storm);
        if (atomic_fetch_add(&storm->cancelled, 1) + 1 >= storm->cancels)
            atomic_store(&storm->stopping, true);
    }
    return NULL;
}

void *pg_canceller(void *self)
{
    struct storm *storm = self;
    uint64_t random = take_seed(storm);
    struct pg pg;
    char sql[80], type;
    pg_open(&pg, storm->pg_where);
    while (!atomic_load(&storm->stopping)) {
        struct victim *victim = &storm->pg[pick(&random, storm->pg_count)];
        atomic_fetch_add(&victim->sent, 1);
        uint64_t address = atomic_load(&victim->address);
        (void)snprintf(sql, sizeof sql, "select pg_cancel_backend(%u)::int",
                       (unsigned)(address >> 32));
        pg_query(&pg, sql);
        while ((type = pg_next(&pg)) != 'Z') {
            if (type == 'E')
                fail("pg_cancel_backend has got the error %s", pg.sqlstate);
        }
        atomic_fetch_add(&victim->dealt, 1);
        storm_moved(storm);
    }
    pg_close(&pg);
    return NULL;
}

/* ---- slots ---- */

/* All but one are taken by statements without end: the last one serves, again and
 * again. If one had been lost, nobody would. */
void pg_check_slots(struct storm *storm, unsigned slots)
{
    struct pg slow[VICTIMS_MAX], pg;
    char type;
    for (unsigned i = 0; i + 1 < slots; i++) {
        pg_open(&slow[i], storm->pg_where);
        pg_query(&slow[i], SLOW_SQL);
    }
    pg_open(&pg, storm->pg_where);
    for (int i = 0; i < 200; i++) {
        pg_query(&pg, "select 0");
        while ((type = pg_next(&pg)) != 'Z') {
            if (type == 'E')
                fail("after the storm: error %s", pg.sqlstate);
        }
    }
    for (unsigned i = 0; i + 1 < slots; i++) {
        request_cancel(storm, slow[i].pid, slow[i].key);
        while (pg_next(&slow[i]) != 'Z')
            ;
        if (strcmp(slow[i].sqlstate, "57014") != 0)
            fail("a cancel after the storm is answered with %s", slow[i].sqlstate);
        pg_close(&slow[i]);
    }
    pg_close(&pg);
}
