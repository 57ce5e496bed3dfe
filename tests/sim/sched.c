/* sched.c - the schedule: fibers, actors, the clock. */
#include "sched.h"

#include <stdio.h>
#include <string.h>
#include <ucontext.h>

#include "sched_stack.h"

enum { STEPS_MAX = 3000000, ROUNDS_PER_ORDER = 3000 };
static const uint64_t time_max_us = (uint64_t)3600 * 1000000;

struct fiber {
    char name[16];
    void *(*main)(void *);
    void *arg;
    bool done;
    bool (*is_ready)(const void *self); /* blocked until then; NULL = it can run */
    const void *self;
    uint64_t until_us;
    unsigned rank; /* when there is an order */
    ucontext_t context;
    struct sched_stack stack;
};

static struct {
    struct sched_hooks hooks;
    struct fiber fibers[SCHED_FIBERS_MAX];
    struct sched_actor actors[SCHED_ACTORS_MAX];
    unsigned actor_ranks[SCHED_ACTORS_MAX];
    unsigned fiber_count, actor_count;
    struct fiber *current;
    const struct sched_actor *acting;
    ucontext_t context; /* the scheduler's */
    struct sched_stack stack;
    bool checking;
    uint64_t now_us, steps, rounds;
    uint64_t stolen_us; /* passed while threads could run, since the clock was read */
    unsigned stay_in_thousand; /* how often a point is passed without a switch */
    bool has_order;            /* the schedule goes by ranks, not by lot */
} sched;

static const char *const no_name = "-";

/* ---- life ---- */

/* Half of the schedules are lots, some restless, some calm; the other half go by ranks
 * that change now and then, which finds what needs one thread to be very slow. */
void sched_begin(const struct sched_hooks *hooks)
{
    static const unsigned calm[] = {0, 500, 900, 980, 998};
    memset(&sched, 0, sizeof sched);
    sched.hooks = *hooks;
    sched.now_us = 1000000 + sim_schedule(1000);
    sched.stay_in_thousand = calm[sim_schedule(ARRAY_LEN(calm))];
    sched.has_order = sim_schedule_chance(500);
}

void sched_end(void)
{
    for (unsigned i = 0; i < sched.fiber_count; i++)
        sched_stack_free(&sched.fibers[i].stack);
}

void sched_add_actor(const struct sched_actor *actor)
{
    if (sched.actor_count == SCHED_ACTORS_MAX)
        sim_fail("the simulation has room for %d actors", SCHED_ACTORS_MAX);
    sched.actor_ranks[sched.actor_count] = (unsigned)sim_schedule(1000);
    sched.actors[sched.actor_count++] = *actor;
}

uint64_t sched_now_us(void)
{
    return sched.now_us;
}

uint64_t sched_read_clock(void)
{
    sched_point(__func__, __LINE__);
    if (sched_self() == SCHED_WATCHDOG)
        sched.stolen_us = 0;
    return sched.now_us;
}

uint64_t sched_stolen_us(void)
{
    return sched.stolen_us;
}

uint64_t sched_steps(void)
{
    return sched.steps;
}

const char *sched_name(void)
{
    if (sched.current)
        return sched.current->name;
    return sched.acting ? sched.acting->name : no_name;
}

unsigned sched_self(void)
{
    return sched.current ? (unsigned)(sched.current - sched.fibers) + 1 : 0;
}

bool sched_is_done(unsigned fiber)
{
    return sched.fibers[fiber - 1].done;
}

/* ---- fibers ---- */

static void to_scheduler(struct fiber *fiber)
{
    sched_stack_leave(&fiber->stack, &sched.stack, fiber->done);
    (void)swapcontext(&fiber->context, &sched.context);
    sched_stack_enter(&fiber->stack, &sched.stack);
}

static void enter(void)
{
    struct fiber *fiber = sched.current;
    sched_stack_enter(&fiber->stack, &sched.stack);
    (void)fiber->main(fiber->arg);
    fiber->done = true;
    to_scheduler(fiber);
}

unsigned sched_add_fiber(const char *name, void *(*main)(void *), void *arg)
{
    if (sched.fiber_count == SCHED_FIBERS_MAX)
        sim_fail("the simulation has room for %d threads", SCHED_FIBERS_MAX);
    struct fiber *fiber = &sched.fibers[sched.fiber_count++];
    *fiber =
        (struct fiber){.main = main, .arg = arg, .rank = (unsigned)sim_schedule(1000)};
    (void)snprintf(fiber->name, sizeof fiber->name, "%s", name);
    SIM_CHECK(sched_stack_new(&fiber->stack), "no memory for a stack");
    (void)getcontext(&fiber->context);
    fiber->context.uc_stack.ss_sp = fiber->stack.memory;
    fiber->context.uc_stack.ss_size = fiber->stack.size;
    makecontext(&fiber->context, enter, 0);
    return sched.fiber_count;
}

static void resume(struct fiber *fiber)
{
    sched.current = fiber;
    fiber->is_ready = NULL;
    sched_stack_leave(&sched.stack, &fiber->stack, false);
    (void)swapcontext(&sched.context, &fiber->context);
    sched_stack_enter(&sched.stack, &fiber->stack);
    sched.current = NULL;
}

static bool can_run(const struct fiber *fiber)
{
    if (fiber->done)
        return false;
    return !fiber->is_ready || sched.now_us >= fiber->until_us ||
           fiber->is_ready(fiber->self);
}

/* ---- points ---- */

static void check(void)
{
    sched.checking = true;
    sched.hooks.check();
    sched.checking = false;
}

void sched_point(const char *where, int line)
{
    (void)where;
    (void)line;
    if (!sched.current || sched.checking)
        return;
    sched.steps++;
    check();
    if (sched.steps > STEPS_MAX)
        sim_fail("there is no end to it");
    if (!sched.has_order && sim_schedule_chance(sched.stay_in_thousand))
        return;
    to_scheduler(sched.current);
}

bool sched_spurious(void)
{
    return sched.current && !sched.checking && sim_schedule_chance(20);
}

bool sched_wait(bool (*is_ready)(const void *self), const void *self, uint64_t until_us)
{
    struct fiber *fiber = sched.current;
    SIM_CHECK(fiber, "an actor would block");
    fiber->is_ready = is_ready;
    fiber->self = self;
    fiber->until_us = until_us;
    to_scheduler(fiber);
    return is_ready(self);
}

/* ---- the schedule ---- */

struct choice {
    struct fiber *fiber;
    const struct sched_actor *actor;
    unsigned rank;
};

static unsigned choices(struct choice *out)
{
    unsigned count = 0;
    for (unsigned i = 0; i < sched.fiber_count; i++) {
        struct fiber *fiber = &sched.fibers[i];
        if (can_run(fiber))
            out[count++] = (struct choice){.fiber = fiber, .rank = fiber->rank};
    }
    for (unsigned i = 0; i < sched.actor_count; i++) {
        const struct sched_actor *actor = &sched.actors[i];
        if (actor->is_ready(actor->self))
            out[count++] =
                (struct choice){.actor = actor, .rank = sched.actor_ranks[i]};
    }
    return count;
}

/* One changes places; from time to time all do, so that nobody waits for ever. */
static void shuffle(void)
{
    bool all = sched.rounds % ROUNDS_PER_ORDER == 0;
    if (!all && !sim_schedule_chance(10))
        return;
    for (unsigned i = 0; i < sched.fiber_count; i++)
        if (all || sim_schedule(sched.fiber_count) == 0)
            sched.fibers[i].rank = (unsigned)sim_schedule(1000);
    for (unsigned i = 0; i < sched.actor_count; i++)
        if (all || sim_schedule(sched.actor_count) == 0)
            sched.actor_ranks[i] = (unsigned)sim_schedule(1000);
}

static const struct choice *choose(const struct choice *all, unsigned count)
{
    const struct choice *best = &all[0];
    if (!sched.has_order)
        return &all[sim_schedule(count)];
    shuffle();
    for (unsigned i = 1; i < count; i++)
        if (all[i].rank > best->rank)
            best = &all[i];
    return best;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t next_time(void)
{
    uint64_t next = UINT64_MAX;
    for (unsigned i = 0; i < sched.fiber_count; i++)
        if (!sched.fibers[i].done)
            next = earlier(next, sched.fibers[i].until_us);
    for (unsigned i = 0; i < sched.actor_count; i++) {
        uint64_t at = sched.actors[i].wakes_at(sched.actors[i].self);
        if (at)
            next = earlier(next, at);
    }
    return next;
}

/* False: every fiber has ended. */
static bool be_quiet(void)
{
    bool ended = true;
    for (unsigned i = 0; i < sched.fiber_count; i++)
        ended = ended && sched.fibers[i].done;
    if (ended)
        return false;
    sched.checking = true;
    sched.hooks.quiet();
    sched.checking = false;
    uint64_t next = next_time();
    if (next == UINT64_MAX)
        sim_fail("nothing can happen any more, and it is not the end");
    if (next > time_max_us)
        sim_fail("an hour has passed");
    sched.now_us = next > sched.now_us ? next : sched.now_us + 1;
    return true;
}

/* Time passes while threads work, and sometimes they are kept from working. */
static void let_time_pass(void)
{
    uint64_t us = 0;
    if (sim_schedule_chance(15))
        us = sim_schedule(200);
    else if (sim_schedule(20000) == 0)
        us = sim_schedule(400000);
    sched.now_us += us;
    sched.stolen_us += us;
}

static void act(const struct sched_actor *actor)
{
    sched.acting = actor;
    sched.steps++;
    actor->act(actor->self);
    check();
    sched.acting = NULL;
}

void sched_run(void)
{
    struct choice all[SCHED_FIBERS_MAX + SCHED_ACTORS_MAX];
    for (;;) {
        unsigned count = choices(all);
        if (count == 0) {
            if (!be_quiet())
                return;
            continue;
        }
        sched.rounds++;
        const struct choice *choice = choose(all, count);
        if (choice->fiber)
            resume(choice->fiber);
        else
            act(choice->actor);
        let_time_pass();
    }
}
