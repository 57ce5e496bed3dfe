/* sched.h - simulated threads: fibers that run one at a time, a clock that stands still
 * while any of them can run, and mutexes that know their owner.
 *
 * A fiber runs from one point to the next; at a point the schedule decides who goes on,
 * a fiber or an actor (a client's next action, which runs on the scheduler's own stack
 * and is one step). When nobody can, all is quiet: what must hold then is checked, and
 * the clock goes to the next thing that waits for it. */
#ifndef SCHED_H
#define SCHED_H

#include "sim.h"

enum { SCHED_FIBERS_MAX = 16, SCHED_ACTORS_MAX = 24, SCHED_WATCHDOG = 1 };

/* What happens outside of the server. */
struct sched_actor {
    const char *name; /* borrowed */
    void *self;
    bool (*is_ready)(const void *self); /* may it act now? */
    void (*act)(void *self);
    uint64_t (*wakes_at)(const void *self); /* 0 = no time is waited for */
};

struct sched_hooks {
    void (*check)(void); /* after every step */
    void (*quiet)(void); /* nobody can run, the clock has not moved yet */
};

void sched_begin(const struct sched_hooks *hooks);
void sched_add_actor(const struct sched_actor *actor);
unsigned sched_add_fiber(const char *name, void *(*main)(void *), void *arg);
void sched_run(void); /* until every fiber has ended */
void sched_end(void); /* gives the stacks back */

uint64_t sched_now_us(void);
uint64_t sched_read_clock(void); /* a point; what the product does */
/* How much the watchdog's idea of the time is behind, for no fault of its own. */
uint64_t sched_stolen_us(void);
uint64_t sched_steps(void);
const char *sched_name(void); /* of who runs */
unsigned sched_self(void);    /* the running fiber, from 1; 0 = an actor */
bool sched_is_done(unsigned fiber);

/* Block the running fiber until `is_ready` or the time has come; UINT64_MAX = never.
 * False: it was the time. */
bool sched_wait(bool (*is_ready)(const void *self), const void *self,
                uint64_t until_us);
void sched_point(const char *where, int line);
bool sched_spurious(void);

#endif
