/* sim.c - randomness, trace and failure. */
#include "sim.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sched.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>

static void print_stack(void)
{
    __sanitizer_print_stack_trace();
}
#else
static void print_stack(void)
{
}
#endif

enum { TRACE_LINES = 160, TRACE_WIDTH = 160 };

static struct {
    struct sim_options options;
    uint64_t scenario, schedule; /* the generators' states */
    uint64_t digest;
    size_t lines; /* traced so far */
    char trace[TRACE_LINES][TRACE_WIDTH];
} sim;

/* splitmix64, by Sebastiano Vigna, in the public domain. */
static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

void sim_begin(const struct sim_options *options)
{
    sim.options = *options;
    sim.scenario = options->seed * 2;
    sim.schedule = options->schedule * 2 + 1;
    sim.digest = 0xcbf29ce484222325;
    sim.lines = 0;
}

const struct sim_options *sim_options(void)
{
    return &sim.options;
}

uint64_t sim_scenario(uint64_t below)
{
    return below ? next(&sim.scenario) % below : 0;
}

uint64_t sim_schedule(uint64_t below)
{
    return below ? next(&sim.schedule) % below : 0;
}

uint64_t sim_range(uint64_t least, uint64_t most)
{
    return least + sim_scenario(most - least + 1);
}

static void digest(const char *line)
{
    for (; *line; line++)
        sim.digest = (sim.digest ^ (uint8_t)*line) * 0x100000001b3;
}

void sim_trace(const char *format, ...)
{
    char *line = sim.trace[sim.lines++ % TRACE_LINES];
    int used = snprintf(line, TRACE_WIDTH, "%8llu %10llu us %-8s ",
                        (unsigned long long)sched_steps(),
                        (unsigned long long)sched_now_us(), sched_name());
    va_list args;
    va_start(args, format);
    (void)vsnprintf(line + used, TRACE_WIDTH - (size_t)used, format, args);
    va_end(args);
    digest(line);
    if (sim.options.trace)
        (void)printf("%s\n", line);
}

uint64_t sim_digest(void)
{
    return sim.digest;
}

void sim_report(void)
{
    size_t first = sim.lines > TRACE_LINES ? sim.lines - TRACE_LINES : 0;
    (void)fflush(stdout);
    (void)fprintf(stderr, "the last events: step, time, who, what\n");
    for (size_t i = first; i < sim.lines; i++)
        (void)fprintf(stderr, "%s\n", sim.trace[i % TRACE_LINES]);
    (void)fprintf(stderr,
                  "step %llu; again: sim --seed %llu --schedule %llu --clients 0x%x "
                  "--queries %u --trace\n",
                  (unsigned long long)sched_steps(),
                  (unsigned long long)sim.options.seed,
                  (unsigned long long)sim.options.schedule, sim.options.clients,
                  sim.options.queries);
}

void sim_fail(const char *format, ...)
{
    va_list args;
    print_stack();
    sim_report();
    va_start(args, format);
    (void)fprintf(stderr, "BROKEN: ");
    (void)vfprintf(stderr, format, args);
    (void)fprintf(stderr, "\n");
    va_end(args);
    (void)fflush(stderr);
    _exit(1);
}
