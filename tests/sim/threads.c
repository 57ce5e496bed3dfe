/* threads.c - pthread_create, pthread_join and mutexes, on fibers.
 *
 * A mutex lives in the memory of the real one. The order of locks that loop.h promises
 * is checked here: a connection's lock is the outermost, the others never nest. */
#include "threads.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include "sched.h"

/* Fibers hold two mutexes at most: a connection's, and one of the others. */
enum { DEPTH_MAX = 2, DESTROYED = 0x51e7 };

struct mutex {
    unsigned state, owner; /* a fiber; 0 = free, as a static initializer has it */
};
_Static_assert(sizeof(struct mutex) <= sizeof(pthread_mutex_t), "no room for a mutex");

static unsigned depth[SCHED_FIBERS_MAX + 1];
static unsigned workers;

void threads_begin(void)
{
    memset(depth, 0, sizeof depth);
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
    depth[self]++;
    SIM_CHECK(depth[self] <= DEPTH_MAX, "locks nest deeper than loop.h says");
    return 0;
}

int __wrap_pthread_mutex_unlock(pthread_mutex_t *mutex)
{
    struct mutex *own = of(mutex);
    SIM_CHECK(own->owner == sched_self(), "a thread unlocks what it does not hold");
    depth[own->owner]--;
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

/* ---- the clock and chance ---- */

uint64_t __wrap_clock_now_us(void);
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
