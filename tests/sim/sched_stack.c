/* sched_stack.c - stacks, each with a page below it that must not be touched. */
#include "sched_stack.h"

#include <sys/mman.h>

enum { STACK_BYTES = 256 << 10, GUARD_BYTES = 4096 };

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>

void sched_stack_leave(struct sched_stack *from, struct sched_stack *to, bool last)
{
    __sanitizer_start_switch_fiber(last ? NULL : &from->fake, to->bottom, to->size);
}

/* Where the process's own stack is becomes known when it is left. */
void sched_stack_enter(struct sched_stack *to, struct sched_stack *from)
{
    __sanitizer_finish_switch_fiber(to->fake, &from->bottom, &from->size);
}

/* What frames have left there must not be held against the next mapping. */
static void forget(const struct sched_stack *stack)
{
    __asan_unpoison_memory_region(stack->memory, stack->size);
}
#else
void sched_stack_leave(struct sched_stack *from, struct sched_stack *to, bool last)
{
    (void)from;
    (void)to;
    (void)last;
}

void sched_stack_enter(struct sched_stack *to, struct sched_stack *from)
{
    (void)to;
    (void)from;
}

static void forget(const struct sched_stack *stack)
{
    (void)stack;
}
#endif

bool sched_stack_new(struct sched_stack *stack)
{
    void *memory = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return false;
    (void)mprotect(memory, GUARD_BYTES, PROT_NONE);
    *stack =
        (struct sched_stack){.memory = memory, .bottom = memory, .size = STACK_BYTES};
    return true;
}

void sched_stack_free(struct sched_stack *stack)
{
    forget(stack);
    (void)munmap(stack->memory, STACK_BYTES);
    *stack = (struct sched_stack){0};
}
