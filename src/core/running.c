/* running.c - the word of the running statement, and its end.
 *
 * An interrupt holds the lock from before it changes the word until it has acted. Who
 * ends a statement first takes it out of the word: later interrupts leave it alone, and
 * earlier ones have marked the word, in which case their lock is waited for. So a
 * statement that nobody has interrupted ends without a lock. */
#include "core/running.h"

enum { NUMBER_SHIFT = 16 };
static const uint64_t active_bit = 1 << 8;
static const uint64_t touched_bit = 1 << 9; /* an interrupt without a reason */
static const uint64_t reason_mask = 0xff;

bool running_init(struct running *running)
{
    atomic_init(&running->word, 0);
    return pthread_mutex_init(&running->interrupting, NULL) == 0;
}

void running_free(struct running *running)
{
    (void)pthread_mutex_destroy(&running->interrupting);
}

bool running_is_active(const struct running *running)
{
    return atomic_load(&running->word) & active_bit;
}

unsigned running_reason(const struct running *running)
{
    return (unsigned)(atomic_load(&running->word) & reason_mask);
}

void running_begin(struct running *running)
{
    uint64_t number =
        atomic_load_explicit(&running->word, memory_order_relaxed) >> NUMBER_SHIFT;
    atomic_store(&running->word, (number + 1) << NUMBER_SHIFT | active_bit);
}

void running_end(struct running *running)
{
    uint64_t word = atomic_load_explicit(&running->word, memory_order_relaxed);
    word = atomic_exchange(&running->word, word >> NUMBER_SHIFT << NUMBER_SHIFT);
    if (word & (reason_mask | touched_bit)) {
        (void)pthread_mutex_lock(&running->interrupting);
        (void)pthread_mutex_unlock(&running->interrupting);
    }
}

/* False: that statement does not run. */
static bool mark(struct running *running, uint64_t bits, uint64_t *statement)
{
    uint64_t word = atomic_load(&running->word), next;
    do {
        if (!(word & active_bit) || (*statement && word >> NUMBER_SHIFT != *statement))
            return false;
        next = word | (word & reason_mask ? bits & ~reason_mask : bits);
    } while (!atomic_compare_exchange_weak(&running->word, &word, next));
    *statement = word >> NUMBER_SHIFT;
    return true;
}

static bool interrupt(struct running *running, uint64_t bits, uint64_t *statement,
                      void (*act)(void *), void *arg)
{
    (void)pthread_mutex_lock(&running->interrupting);
    bool runs = mark(running, bits, statement);
    if (runs && act)
        act(arg);
    (void)pthread_mutex_unlock(&running->interrupting);
    return runs;
}

bool running_interrupt(struct running *running, unsigned reason, uint64_t *statement,
                       void (*act)(void *), void *arg)
{
    return interrupt(running, reason & reason_mask, statement, act, arg);
}

bool running_disturb(struct running *running, void (*act)(void *), void *arg)
{
    uint64_t statement = 0;
    return interrupt(running, touched_bit, &statement, act, arg);
}
