/* conn.c - who may touch a connection: one atomic word, one setter.
 *
 *                 conn_open                conn_park
 *         FREE ─────────────> OWNED <══════════════════> PARKED
 *           ^                 │ ^ ^        conn_claim      │
 *           └─────────────────┘ │ └─ conn_resume ─┐        │ conn_wake
 *               conn_retire     │                 │        │
 *                               └─ conn_yield ─> QUEUED <──┘
 *
 * OWNED: one thread has it and alone touches its socket and calls its session.
 * PARKED: nobody has it. QUEUED: it stands in the run queue, once.
 *
 * Anybody may wake a connection. Who moves PARKED to QUEUED enqueues it; in the other
 * states the reason's bit stays in the word, and conn_park refuses to park over a bit:
 * so a wake-up between the owner's last look and its parking is never lost. The word
 * also holds the generation, so that what is late finds a stranger and leaves it alone.
 *
 *     bits 32…63  generation      bits 2…7  reasons      bits 0…1  state */
#include "net/conn.h"

#include <assert.h>

static const uint64_t state_mask = 3;
static const uint64_t reason_mask = 0xfc;
static const uint64_t generation_one = (uint64_t)1 << 32;

#define FROM(state) (1u << (state))
/* For the assertion in set. */
UNUSED static const unsigned comes_from[] = {
    [CONN_FREE] = FROM(CONN_OWNED),
    [CONN_PARKED] = FROM(CONN_OWNED),
    [CONN_QUEUED] = FROM(CONN_OWNED) | FROM(CONN_PARKED) | FROM(CONN_QUEUED),
    [CONN_OWNED] =
        FROM(CONN_FREE) | FROM(CONN_PARKED) | FROM(CONN_QUEUED) | FROM(CONN_OWNED),
};
#undef FROM

static enum conn_state state_of(uint64_t word)
{
    return (enum conn_state)(word & state_mask);
}

/* The one setter. False: the word was no longer what the caller saw, and is in *word.
 */
static bool set(struct conn *conn, uint64_t *word, uint64_t next)
{
    assert(comes_from[state_of(next)] >> state_of(*word) & 1);
    return atomic_compare_exchange_weak_explicit(
        &conn->word, word, next, memory_order_acq_rel, memory_order_acquire);
}

static uint64_t load(const struct conn *conn)
{
    return atomic_load_explicit(&conn->word, memory_order_acquire);
}

static uint64_t generation_of(uint64_t word)
{
    return word >> 32;
}

conn_handle conn_handle_of(const struct conn *conn)
{
    return generation_of(load(conn)) << 32 | conn->index;
}

static bool is_tenant(uint64_t word, conn_handle handle)
{
    return generation_of(word) == handle >> 32 && state_of(word) != CONN_FREE;
}

/* A new place in the table; generation 0 is no connection's. */
void conn_init(struct conn *conn)
{
    atomic_init(&conn->word, generation_one | CONN_FREE);
}

void conn_open(struct conn *conn)
{
    uint64_t word = load(conn);
    while (!set(conn, &word, (word & ~(state_mask | reason_mask)) | CONN_OWNED))
        ;
    conn->reasons = 0;
}

/* False: somebody has woken it meanwhile, its reasons are taken, and it stays owned. */
bool conn_park(struct conn *conn)
{
    uint64_t word = load(conn);
    for (;;) {
        uint64_t reasons = word & reason_mask;
        uint64_t bare = word & ~(state_mask | reason_mask);
        if (set(conn, &word, bare | (reasons ? CONN_OWNED : CONN_PARKED))) {
            if (reasons)
                conn->reasons = (unsigned)reasons;
            return !reasons;
        }
    }
}

/* The caller enqueues it. */
void conn_yield(struct conn *conn)
{
    uint64_t word = load(conn);
    while (!set(conn, &word, (word & ~state_mask) | CONN_QUEUED))
        ;
}

/* True: the caller enqueues it. */
bool conn_wake(struct conn *conn, conn_handle handle, unsigned reasons)
{
    uint64_t word = load(conn);
    while (is_tenant(word, handle)) {
        bool parked = state_of(word) == CONN_PARKED;
        uint64_t next = word | reasons;
        if (parked)
            next = (next & ~state_mask) | CONN_QUEUED;
        if (set(conn, &word, next))
            return parked;
    }
    return false;
}

/* As wake, but who finds it parked owns it at once. */
bool conn_claim(struct conn *conn, conn_handle handle, unsigned reasons)
{
    uint64_t word = load(conn);
    while (is_tenant(word, handle)) {
        bool parked = state_of(word) == CONN_PARKED;
        uint64_t next =
            parked ? (word & ~(state_mask | reason_mask)) | CONN_OWNED : word | reasons;
        if (set(conn, &word, next)) {
            if (parked)
                conn->reasons = reasons;
            return parked;
        }
    }
    return false;
}

/* Off the run queue. */
void conn_resume(struct conn *conn)
{
    uint64_t word = load(conn);
    while (!set(conn, &word, (word & ~(state_mask | reason_mask)) | CONN_OWNED))
        ;
    conn->reasons = (unsigned)(word & reason_mask);
}

void conn_seize(struct conn *conn)
{
    conn_resume(conn);
}

/* From here on every handle to it is stale. */
void conn_retire(struct conn *conn)
{
    uint64_t word = load(conn);
    uint64_t next;
    do {
        uint64_t generation = (generation_of(word) + 1) & UINT32_MAX;
        next = (generation ? generation : 1) << 32 | CONN_FREE;
    } while (!set(conn, &word, next));
}
