/* gcra.c - rates from tokens per period, and back. */
#include "limit/gcra.h"

struct gcra gcra_of(uint64_t tokens, uint64_t period_ns, uint64_t burst)
{
    uint128 token = ((uint128)period_ns << GCRA_FRACTION_BITS) / tokens;
    struct gcra rate = {.token = token > UINT64_MAX ? UINT64_MAX : (uint64_t)token};
    if (rate.token == 0)
        rate.token = 1;
    rate.tolerance = gcra_time(&rate, burst);
    return rate;
}

uint64_t gcra_remaining(const struct gcra *rate, uint64_t ahead_ns)
{
    if (ahead_ns >= rate->tolerance)
        return 0;
    uint128 left = (uint128)(rate->tolerance - ahead_ns) << GCRA_FRACTION_BITS;
    return (uint64_t)(left / rate->token);
}
