/* sched_stack.h - a fiber's stack, and telling AddressSanitizer about it. */
#ifndef SCHED_STACK_H
#define SCHED_STACK_H

#include <stdbool.h>
#include <stddef.h>

struct sched_stack {
    void *memory;       /* owned; NULL: the process's own */
    const void *bottom; /* as the sanitizer knows it, likewise */
    size_t size;
    void *fake; /* the sanitizer's */
};

bool sched_stack_new(struct sched_stack *stack);
void sched_stack_free(struct sched_stack *stack);

/* Around swapcontext: before, on the old stack; after, on the new one. `last`: the old
 * stack's fiber has ended. */
void sched_stack_leave(struct sched_stack *from, struct sched_stack *to, bool last);
void sched_stack_enter(struct sched_stack *to, struct sched_stack *from);

#endif
