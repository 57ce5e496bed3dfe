/* duckdb_helpers.c - a thread that watches, and those that it calls in.
 *
 *     ASLEEP ── a connection enters ──> WATCHING ── one has worked for long ──> HELPING
 *        ^                                │  ^                                     │
 *        └── nobody works for IDLE_TICKS ─┘  └── nobody for long, LINGER_TICKS ────┘
 *
 * The watcher looks every millisecond while something works, so that a short statement
 * costs no more than two stores, and a wake-up of the watcher if that was asleep. A
 * connection says which statement is under way, by which thread, and whether the engine
 * works on it now (a slow reader's does not). What has taken long is known by the CPU
 * time of that thread, since the clock would also count how long it waited for a core;
 * but a statement that waits for a disk has not much of that, and so the clock counts
 * too, more patiently.
 *
 * The engine counts every task that it schedules in a semaphore, which nobody takes
 * from while no helper is in; those who come in count down, looking for tasks. So that
 * this stays short, they are also called in after so many ticks of short statements. */
#include "engine/duckdb/duckdb_helpers.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    TICK_NS = 1000000,
    LONG_CPU_NS = TICK_NS / 2, /* beyond what it had when it was seen first */
    LONG_TICKS = 50,
    LINGER_TICKS = 8,
    IDLE_TICKS = 4,
    COUNT_DOWN_TICKS = 1000,
    HELPERS_MAX = 1024
};

struct helper {
    struct duckdb_helpers *all;
    unsigned number;
    pthread_t thread;
};

struct duckdb_helpers {
    duckdb_database database; /* borrowed */
    struct duckdb_conns *conns;
    duckdb_connection connection; /* to ask and to set the number of threads */
    pthread_mutex_t setting;      /* held while that is another's business */

    _Atomic bool asleep; /* the watcher; written under the lock */
    pthread_t watcher;
    uint64_t tick;
    unsigned quiet_ticks, idle_ticks, short_ticks; /* the watcher's own */

    pthread_mutex_t lock; /* of what follows */
    pthread_cond_t wake, called, gone;
    duckdb_task_state tasks; /* what helpers are in for; NULL: none is in */
    bool leaving;            /* they have been told to, and nobody comes in */
    bool barred;             /* nor will be called */
    unsigned inside;
    struct helper helpers[HELPERS_MAX];
    unsigned made, wanted;
    bool stop;
};

/* ---- what connections say ---- */

enum { WORKS = 1 }; /* the lowest bit of a connection's word; above it counts */

static void wake_watcher(struct duckdb_helpers *helpers)
{
    pthread_mutex_lock(&helpers->lock);
    atomic_store(&helpers->asleep, false);
    pthread_cond_signal(&helpers->wake);
    pthread_mutex_unlock(&helpers->lock);
}

void duckdb_helpers_enter(struct duckdb_conn *conn, bool begins)
{
    struct duckdb_helpers *helpers = conn->helpers;
    if (!helpers)
        return;
    clockid_t clock;
    uint64_t word = atomic_load_explicit(&conn->work.word, memory_order_relaxed);
    if (pthread_getcpuclockid(pthread_self(), &clock) == 0)
        atomic_store_explicit(&conn->work.clock, clock, memory_order_relaxed);
    /* Before a look at the watcher, who falls asleep before a last look at this. */
    atomic_store(&conn->work.word, (begins ? word + 2 : word) | WORKS);
    if (atomic_load(&helpers->asleep))
        wake_watcher(helpers);
}

void duckdb_helpers_leave(struct duckdb_conn *conn)
{
    uint64_t word = atomic_load_explicit(&conn->work.word, memory_order_relaxed);
    atomic_store_explicit(&conn->work.word, word & ~(uint64_t)WORKS,
                          memory_order_release);
}

/* ---- the helpers ---- */

/* False: the end has come. The lock is held. */
static bool await_call(struct helper *helper)
{
    struct duckdb_helpers *all = helper->all;
    while (!all->stop && (!all->tasks || all->leaving || helper->number >= all->wanted))
        pthread_cond_wait(&all->called, &all->lock);
    return !all->stop;
}

static void end_if_gone(struct duckdb_helpers *helpers)
{
    if (helpers->inside > 0 || !helpers->leaving)
        return;
    duckdb_destroy_task_state(helpers->tasks);
    helpers->tasks = NULL;
    helpers->leaving = false;
    pthread_cond_broadcast(&helpers->gone);
}

static void *help(void *self)
{
    struct helper *helper = self;
    struct duckdb_helpers *all = helper->all;
    pthread_mutex_lock(&all->lock);
    while (await_call(helper)) {
        duckdb_task_state tasks = all->tasks;
        all->inside++;
        pthread_mutex_unlock(&all->lock);
        duckdb_execute_tasks_state(tasks);
        pthread_mutex_lock(&all->lock);
        all->inside--;
        end_if_gone(all);
    }
    pthread_mutex_unlock(&all->lock);
    return NULL;
}

/* Both with the lock held. */
static void call_in(struct duckdb_helpers *helpers)
{
    if (helpers->tasks || helpers->barred)
        return;
    helpers->tasks = duckdb_create_task_state(helpers->database);
    pthread_cond_broadcast(&helpers->called);
}

/* To be repeated until they are gone: what tells one of them may be taken for the news
 * of a task by another. */
static void send_home(struct duckdb_helpers *helpers)
{
    if (!helpers->tasks)
        return;
    helpers->leaving = true;
    duckdb_finish_execution(helpers->tasks);
    end_if_gone(helpers);
}

static void send_home_and_wait(struct duckdb_helpers *helpers)
{
    struct timespec until;
    while (helpers->tasks) {
        send_home(helpers);
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_nsec += TICK_NS;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        if (helpers->tasks)
            (void)pthread_cond_timedwait(&helpers->gone, &helpers->lock, &until);
    }
}

/* ---- the watcher ---- */

enum activity { NOBODY_WORKS, SHORT_WORK, LONG_WORK };

/* 0: that thread has ended. */
static uint64_t cpu_ns(clockid_t clock)
{
    struct timespec time;
    if (clock_gettime(clock, &time) != 0)
        return 0;
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

static enum activity look_at(struct duckdb_work *work, uint64_t tick)
{
    uint64_t word = atomic_load(&work->word);
    clockid_t clock = atomic_load_explicit(&work->clock, memory_order_relaxed);
    if (!(word & WORKS))
        return NOBODY_WORKS;
    if (word == work->seen_word && clock == work->seen_clock) {
        bool is_long = cpu_ns(clock) - work->seen_cpu_ns >= LONG_CPU_NS ||
                       tick - work->seen_tick >= LONG_TICKS;
        return is_long ? LONG_WORK : SHORT_WORK;
    }
    work->seen_word = word;
    work->seen_clock = clock;
    work->seen_cpu_ns = cpu_ns(clock);
    work->seen_tick = tick;
    return SHORT_WORK;
}

static enum activity look(struct duckdb_helpers *helpers)
{
    enum activity most = NOBODY_WORKS;
    pthread_mutex_lock(&helpers->conns->lock);
    for (struct duckdb_conn *conn = helpers->conns->first; conn; conn = conn->next) {
        enum activity activity = look_at(&conn->work, helpers->tick);
        most = activity > most ? activity : most;
    }
    pthread_mutex_unlock(&helpers->conns->lock);
    return most;
}

/* With the lock held. */
static void act(struct duckdb_helpers *helpers, enum activity activity)
{
    bool count_down = !helpers->tasks && ++helpers->short_ticks >= COUNT_DOWN_TICKS;
    helpers->idle_ticks = activity == NOBODY_WORKS ? helpers->idle_ticks + 1 : 0;
    helpers->quiet_ticks = activity == LONG_WORK ? 0 : helpers->quiet_ticks + 1;
    if (helpers->leaving || helpers->quiet_ticks >= LINGER_TICKS)
        send_home(helpers);
    if (activity == LONG_WORK || count_down) {
        call_in(helpers);
        helpers->short_ticks = 0;
    }
}

/* With the lock held. */
static void fall_asleep(struct duckdb_helpers *helpers)
{
    send_home(helpers);
    atomic_store(&helpers->asleep, !helpers->leaving);
    if (look(helpers) != NOBODY_WORKS)
        atomic_store(&helpers->asleep, false);
    while (atomic_load(&helpers->asleep) && !helpers->stop)
        pthread_cond_wait(&helpers->wake, &helpers->lock);
    helpers->idle_ticks = 0;
}

static void *watch(void *self)
{
    struct duckdb_helpers *helpers = self;
    static const struct timespec tick = {.tv_nsec = TICK_NS};
    pthread_mutex_lock(&helpers->lock);
    while (!helpers->stop) {
        pthread_mutex_unlock(&helpers->lock);
        (void)nanosleep(&tick, NULL);
        helpers->tick++;
        enum activity activity = look(helpers);
        pthread_mutex_lock(&helpers->lock);
        act(helpers, activity);
        if (helpers->idle_ticks >= IDLE_TICKS)
            fall_asleep(helpers);
    }
    pthread_mutex_unlock(&helpers->lock);
    return NULL;
}

/* ---- how many ---- */

static unsigned threads_of_engine(const struct duckdb_helpers *helpers)
{
    duckdb_result result;
    int64_t threads = 0;
    if (duckdb_query(helpers->connection, "select current_setting('threads')::bigint",
                     &result) == DuckDBSuccess)
        threads = duckdb_value_int64(&result, 0, 0);
    duckdb_destroy_result(&result);
    return threads > 1 ? (unsigned)threads : 1;
}

static bool set_external(const struct duckdb_helpers *helpers, unsigned threads,
                         struct error *err)
{
    char sql[64];
    (void)snprintf(sql, sizeof sql, "set global external_threads = %u", threads);
    return duckdb_run(helpers->connection, sql, err);
}

/* As many helpers as are missing, or can be had. With the lock held. */
static void make_helpers(struct duckdb_helpers *helpers)
{
    while (helpers->made < helpers->wanted) {
        struct helper *helper = &helpers->helpers[helpers->made];
        *helper = (struct helper){.all = helpers, .number = helpers->made};
        if (pthread_create(&helper->thread, NULL, help, helper) != 0)
            return;
        helpers->made++;
    }
}

/* All of the engine's threads are its callers and these. False: they are not. */
static bool take_over(struct duckdb_helpers *helpers, struct error *err)
{
    unsigned threads = threads_of_engine(helpers);
    unsigned ours = threads <= HELPERS_MAX ? threads - 1 : HELPERS_MAX;
    pthread_mutex_lock(&helpers->lock);
    helpers->wanted = ours;
    make_helpers(helpers);
    ours = helpers->made < ours ? helpers->made : ours;
    pthread_mutex_unlock(&helpers->lock);
    return set_external(helpers, ours + 1, err);
}

void duckdb_helpers_withdraw(struct duckdb_helpers *helpers)
{
    struct error ignored; /* then it cannot set fewer than there are */
    pthread_mutex_lock(&helpers->setting);
    pthread_mutex_lock(&helpers->lock);
    helpers->barred = true; /* the engine waits for its own threads in the same way */
    send_home_and_wait(helpers);
    pthread_mutex_unlock(&helpers->lock);
    (void)set_external(helpers, 1, &ignored);
}

void duckdb_helpers_return(struct duckdb_helpers *helpers)
{
    struct error ignored; /* then the engine keeps threads of its own */
    (void)take_over(helpers, &ignored);
    pthread_mutex_lock(&helpers->lock);
    helpers->barred = false;
    pthread_mutex_unlock(&helpers->lock);
    pthread_mutex_unlock(&helpers->setting);
}

/* ---- all of it ---- */

static bool start(struct duckdb_helpers *helpers, struct error *err)
{
    if (duckdb_connect(helpers->database, &helpers->connection) != DuckDBSuccess)
        return error_set(err, "53000", "the engine takes no more connections");
    if (pthread_create(&helpers->watcher, NULL, watch, helpers) != 0) {
        duckdb_disconnect(&helpers->connection);
        return error_set(err, "53000", "cannot make a thread");
    }
    return true;
}

struct duckdb_helpers *duckdb_helpers_new(duckdb_database database,
                                          struct duckdb_conns *conns, struct error *err)
{
    struct duckdb_helpers *helpers = calloc(1, sizeof *helpers);
    if (!helpers) {
        error_no_memory(err);
        return NULL;
    }
    helpers->database = database;
    helpers->conns = conns;
    (void)pthread_mutex_init(&helpers->lock, NULL);
    (void)pthread_mutex_init(&helpers->setting, NULL);
    (void)pthread_cond_init(&helpers->wake, NULL);
    (void)pthread_cond_init(&helpers->called, NULL);
    (void)pthread_cond_init(&helpers->gone, NULL);
    if (!start(helpers, err)) {
        free(helpers);
        return NULL;
    }
    if (take_over(helpers, err))
        return helpers;
    duckdb_helpers_free(helpers);
    return NULL;
}

void duckdb_helpers_free(struct duckdb_helpers *helpers)
{
    if (!helpers)
        return;
    pthread_mutex_lock(&helpers->lock);
    helpers->stop = true;
    send_home_and_wait(helpers);
    pthread_cond_broadcast(&helpers->called);
    pthread_cond_signal(&helpers->wake);
    pthread_mutex_unlock(&helpers->lock);
    pthread_join(helpers->watcher, NULL);
    for (unsigned i = 0; i < helpers->made; i++)
        pthread_join(helpers->helpers[i].thread, NULL);
    duckdb_disconnect(&helpers->connection);
    pthread_cond_destroy(&helpers->gone);
    pthread_cond_destroy(&helpers->called);
    pthread_cond_destroy(&helpers->wake);
    pthread_mutex_destroy(&helpers->setting);
    pthread_mutex_destroy(&helpers->lock);
    free(helpers);
}
