/* sim.h - what every file of the simulation knows: the run's numbers, its randomness,
 * its trace, and how it fails.
 *
 * The functions that the linker puts in place of libc's have no context argument, so
 * there is one run at a time and its state is each file's own; sim_begin and the other
 * _begin functions set it back. */
#ifndef SIM_H
#define SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"

/* What a seed decides before the first step; the command line may make it less. */
struct sim_options {
    uint64_t seed;     /* of the scenario */
    uint64_t schedule; /* of the interleaving */
    unsigned clients;  /* bits: those that take part */
    unsigned queries;  /* of each client, at most */
    bool trace;        /* print every event */
};

void sim_begin(const struct sim_options *options);
const struct sim_options *sim_options(void);

/* Two streams of numbers: what is done, and in which order. */
uint64_t sim_scenario(uint64_t below);
uint64_t sim_schedule(uint64_t below);
static inline bool sim_scenario_chance(unsigned in_thousand)
{
    return sim_scenario(1000) < in_thousand;
}
static inline bool sim_schedule_chance(unsigned in_thousand)
{
    return sim_schedule(1000) < in_thousand;
}
uint64_t sim_range(uint64_t least, uint64_t most); /* of the scenario */

/* Remember an event; the last ones are in the report. */
PRINTF_LIKE(1, 2) void sim_trace(const char *format, ...);
/* An invariant does not hold: say so with seed, step and trace, and end the process. */
PRINTF_LIKE(1, 2) _Noreturn void sim_fail(const char *format, ...);
#define SIM_CHECK(condition, ...)                                                      \
    do {                                                                               \
        if (!(condition))                                                              \
            sim_fail(__VA_ARGS__);                                                     \
    } while (0)
/* To stderr: which seed, and the last events. For crashes that others have noticed. */
void sim_report(void);
/* Of all that was traced: equal for equal runs. */
uint64_t sim_digest(void);

#endif
