/* log_rate.c - so many events a second, and how many there were beside them. */
#include "core/log_rate.h"

bool log_rate_allows(struct log_rate *rate, uint64_t now_us, unsigned *missed)
{
    uint64_t second = now_us / 1000000;
    uint64_t counted = atomic_load(&rate->second);
    *missed = 0;
    if (second != counted &&
        atomic_compare_exchange_strong(&rate->second, &counted, second))
        atomic_store(&rate->logged, 0);
    if (atomic_fetch_add(&rate->logged, 1) >= LOG_RATE_PER_SECOND) {
        atomic_fetch_sub(&rate->logged, 1);
        atomic_fetch_add(&rate->missed, 1);
        return false;
    }
    *missed = atomic_exchange(&rate->missed, 0);
    return true;
}
