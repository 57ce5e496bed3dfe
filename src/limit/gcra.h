/* gcra.h - the arithmetic of a rate limit: the generic cell rate algorithm.
 *
 * Of what has been used there is one number: when, at the given rate, all of it would
 * have been used up (the theoretical arrival time). It may run ahead of the clock by
 * the tolerance, which is what makes a burst. Source: ITU-T I.371, annex A; there a
 * cell, here a token.
 *
 * Times are nanoseconds of any clock that never goes back. */
#ifndef LIMIT_GCRA_H
#define LIMIT_GCRA_H

#include <stdbool.h>
#include <stdint.h>

#include "core/int128.h"

/* A token's time in units of 2^-16 ns, so that gigabytes per second can be said. */
enum { GCRA_FRACTION_BITS = 16 };

struct gcra {
    uint64_t token;     /* how long one takes to come back */
    uint64_t tolerance; /* ns: all of a burst */
};

/* Bounds that keep sums within 64 bits: a time, and a number of tokens. */
#define GCRA_TIME_MAX (UINT64_MAX >> 2)
#define GCRA_TOKENS_MAX (UINT64_C(1) << 53)

/* `tokens` come back in each period, `burst` of them may be used at once. None is 0 or
 * more than GCRA_TOKENS_MAX, the period at most 2^55 ns. */
struct gcra gcra_of(uint64_t tokens, uint64_t period_ns, uint64_t burst);

/* How long so many tokens take to come back, rounded up. */
static inline uint64_t gcra_time(const struct gcra *rate, uint64_t tokens)
{
    uint128 time = (uint128)tokens * rate->token;
    time = (time + (1U << GCRA_FRACTION_BITS) - 1) >> GCRA_FRACTION_BITS;
    return time < GCRA_TIME_MAX ? (uint64_t)time : GCRA_TIME_MAX;
}

struct gcra_verdict {
    bool taken;
    uint64_t wait_ns;  /* else: after so long they may; UINT64_MAX: never, for they are
                          more than a burst */
    uint64_t ahead_ns; /* of the clock, the arrival time now */
};

/* Use so many tokens at `now`, if they are there: *arrival, which is the key's alone,
 * then moves. None at all asks whether any is left. */
static inline struct gcra_verdict gcra_take(const struct gcra *rate, uint64_t tokens,
                                            uint64_t now, uint64_t *arrival)
{
    uint64_t ahead = *arrival > now ? *arrival - now : 0;
    uint64_t time = gcra_time(rate, tokens);
    if (time > rate->tolerance)
        return (struct gcra_verdict){false, UINT64_MAX, ahead};
    if (ahead + time > rate->tolerance)
        return (struct gcra_verdict){false, ahead + time - rate->tolerance, ahead};
    *arrival = now + ahead + time;
    return (struct gcra_verdict){true, 0, ahead + time};
}

/* Use them whatever the rate says: what is known only afterwards. Others then wait. */
static inline void gcra_charge(const struct gcra *rate, uint64_t tokens, uint64_t now,
                               uint64_t *arrival)
{
    uint64_t from = *arrival > now ? *arrival : now;
    uint64_t time = gcra_time(rate, tokens);
    *arrival = from - now > GCRA_TIME_MAX - time ? now + GCRA_TIME_MAX : from + time;
}

/* Put back what was taken and not used. */
static inline void gcra_give_back(const struct gcra *rate, uint64_t tokens,
                                  uint64_t *arrival)
{
    uint64_t time = gcra_time(rate, tokens);
    *arrival = *arrival > time ? *arrival - time : 0;
}

/* How many could be used when the arrival time is so far ahead. */
uint64_t gcra_remaining(const struct gcra *rate, uint64_t ahead_ns);

#endif
