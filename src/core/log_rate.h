/* log_rate.h - events that a client can cause as often as it likes, logged now and
 * then.
 *
 * {0} is one that has not happened yet. Thread-safe. */
#ifndef CORE_LOG_RATE_H
#define CORE_LOG_RATE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

enum { LOG_RATE_PER_SECOND = 5 };

struct log_rate {
    _Atomic uint64_t second; /* which one is being counted */
    _Atomic unsigned logged; /* in it */
    _Atomic unsigned missed; /* since one was logged */
};

/* It has happened: is it to be logged? *missed: how many were not, before it. */
bool log_rate_allows(struct log_rate *rate, uint64_t now_us, unsigned *missed);

#endif
