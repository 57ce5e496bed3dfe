/* faults.c - the table of faults, and which one is on. */
#include "faults.h"

#include <stdio.h>
#include <string.h>

#include "core/attr.h"
#include "sched.h"
#include "world.h"

static enum fault chosen;
static unsigned poppers; /* bits: fibers within run_queue_pop */

static const struct {
    const char *name, *what;
} faults[] = {[FAULT_NONE] = {"none", "the product as it is"},
#define X(identifier, text, does) [FAULT_##identifier] = {text, does},
              SIM_FAULTS(X)
#undef X
};

bool faults_choose(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
        if (strcmp(faults[i].name, name) == 0) {
            chosen = (enum fault)i;
            return true;
        }
    }
    return false;
}

void faults_list(void)
{
    for (size_t i = 1; i < ARRAY_LEN(faults); i++)
        (void)printf("%-20s %s\n", faults[i].name, faults[i].what);
}

bool fault_is(enum fault fault)
{
    return chosen == fault;
}

bool fault_event_is_lost(int fd)
{
    bool pops = poppers >> sched_self() & 1;
    if (chosen == FAULT_NEWS_KEPT && pops && world_is_queue_event(fd))
        return true;
    return (chosen == FAULT_QUEUE_EVENT_LOST && world_is_queue_event(fd)) ||
           (chosen == FAULT_ALARM_LOST && world_is_alarm(fd));
}

void fault_pops(bool begins)
{
    unsigned bit = 1u << sched_self();
    poppers = begins ? poppers | bit : poppers & ~bit;
}
