/* threads.c - pthread_create, pthread_join and mutexes, on fibers.
 *
 * A mutex lives in the memory of the real one. The order of locks that loop.h promises
 * is checked here: within slots', deadlines', queue's or registry's lock no other is
 * taken. */
#include "threads.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>

#include "sched.h"
#include "world.h"

enum { DESTROYED = 0x51e7 };

struct mutex {
    unsigned state, owner; /* a fiber; 0 = free, as a static initializer has it */
};
_Static_assert(sizeof(struct mutex) <= sizeof(pthread_mutex_t), "no room for a mutex");

static const struct mutex *innermost[SCHED_FIBERS_MAX + 1]; /* of these locks */
static unsigned workers;

void threads_begin(void)
{
    memset(innermost, 0, sizeof innermost);
    workers = 0;
}

static struct mutex *of(pthread_mutex_t *mutex)
{
    return (struct mutex *)(void *)mutex;
}

static bool is_free(const void *self)
{
    return ((const struct mutex *)self)->owner == 0;
}

bool threads_is_free(const pthread_mutex_t *mutex)
{
    return is_free(mutex);
}

int __wrap_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attr);
int __wrap_pthread_mutex_destroy(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex);
int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex);
int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
                          void *(*main)(void *), void *arg);
int __wrap_pthread_join(pthread_t thread, void **result);

int __wrap_pthread_mutex_init(pthread_mutex_t *mutex, const pthread_mutexattr_t *attr)
{
    (void)attr;
    *of(mutex) = (struct mutex){0};
    return 0;
}

int __wrap_pthread_mutex_destroy(pthread_mutex_t *mutex)
{
    SIM_CHECK(of(mutex)->state != DESTROYED, "a mutex is destroyed twice");
    SIM_CHECK(is_free(mutex), "a mutex is destroyed while it is held");
    of(mutex)->state = DESTROYED;
    return 0;
}

int __wrap_pthread_mutex_lock(pthread_mutex_t *mutex)
{
    struct mutex *own = of(mutex);
    unsigned self = sched_self();
    sched_point(__func__, __LINE__);
    SIM_CHECK(own->state != DESTROYED, "a mutex is locked that is none");
    SIM_CHECK(own->owner != self, "a thread locks a mutex that it holds");
    while (own->owner)
        (void)sched_wait(is_free, own, UINT64_MAX);
    own->owner = self;
    SIM_CHECK(!innermost[self], "a lock is taken within an innermost one");
    if (world_is_innermost(mutex))
        innermost[self] = own;
    return 0;
}

int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    struct mutex *own = of(mutex);
    SIM_CHECK(own->owner == sched_self(), "a thread unlocks what it does not hold");
    if (innermost[own->owner] == own)
        innermost[own->owner] = NULL;
    own->owner = 0;
    sched_point(__func__, __LINE__);
    return 0;
}

int __wrap_pthread_create(pthread_t *thread, const pthread_attr_t *attr,
                          void *(*main)(void *), void *arg)
{
    char name[16];
    (void)attr;
    (void)snprintf(name, sizeof name, "worker%u", ++workers);
    *thread = sched_add_fiber(name, main, arg);
    return 0;
}

static bool is_done(const void *self)
{
    return sched_is_done((unsigned)*(const pthread_t *)self);
}

int __wrap_pthread_join(pthread_t thread, void **result)
{
    if (result)
        *result = NULL;
    (void)sched_wait(is_done, &thread, UINT64_MAX);
    return 0;
}

/* ---- conditions ---- */

struct condition {
    uint64_t signals; /* so far */
};
_Static_assert(sizeof(struct condition) <= sizeof(pthread_cond_t), "no room");

struct waiter {
    const struct condition *condition;
    uint64_t signals; /* when it began to wait */
};

int __wrap_pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attr);
int __wrap_pthread_cond_destroy(pthread_cond_t *condition);
int __wrap_pthread_cond_signal(pthread_cond_t *condition);
int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                                  const struct timespec *until);

static struct condition *condition_of(pthread_cond_t *condition)
{
    return (struct condition *)(void *)condition;
}

int __wrap_pthread_cond_init(pthread_cond_t *condition, const pthread_condattr_t *attr)
{
    (void)attr;
    *condition_of(condition) = (struct condition){0};
    return 0;
}

int __wrap_pthread_cond_destroy(pthread_cond_t *condition)
{
    (void)condition;
    return 0;
}

/* It may wake all of them, as a real one may. */
int __wrap_pthread_cond_signal(pthread_cond_t *condition)
{
    condition_of(condition)->signals++;
    return 0;
}

static bool is_signalled(const void *self)
{
    const struct waiter *waiter = self;
    return waiter->condition->signals != waiter->signals;
}

int __wrap_pthread_cond_timedwait(pthread_cond_t *condition, pthread_mutex_t *mutex,
                                  const struct timespec *until)
{
    const struct condition *own = condition_of(condition);
    struct waiter waiter = {own, own->signals};
    uint64_t until_us =
        (uint64_t)until->tv_sec * 1000000 + (uint64_t)until->tv_nsec / 1000;
    (void)__wrap_pthread_mutex_unlock(mutex);
    bool signalled = sched_wait(is_signalled, &waiter, until_us);
    (void)__wrap_pthread_mutex_lock(mutex);
    return signalled ? 0 : ETIMEDOUT;
}

/* ---- the clock and chance ---- */

uint64_t __wrap_clock_now_us(void);
int __wrap_clock_gettime(clockid_t clock, struct timespec *now);
ssize_t __wrap_getrandom(void *bytes, size_t len, unsigned flags);

uint64_t __wrap_clock_now_us(void)
{
    return sched_read_clock();
}

ssize_t __wrap_getrandom(void *bytes, size_t len, unsigned flags)
{
    (void)flags;
    for (size_t i = 0; i < len; i++)
        ((uint8_t *)bytes)[i] = (uint8_t)sim_schedule(256);
    return (ssize_t)len;
}

int __wrap_clock_gettime(clockid_t clock, struct timespec *now)
{
    (void)clock;
    *now = (struct timespec){.tv_sec = (time_t)(sched_now_us() / 1000000),
                             .tv_nsec = (long)(sched_now_us() % 1000000) * 1000};
    return 0;
}
