/* arena.h - memory that is given back all at once, with clean-up hooks.
 *
 * One arena per message or statement; there are no free calls on the paths in between.
 * Used by one thread at a time. Allocation failure is NULL, never an abort. */
#ifndef CORE_ARENA_H
#define CORE_ARENA_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/attr.h"
#include "core/slice.h"

struct arena_chunk;
struct arena_hook;

struct arena {
    struct arena_chunk *chunk; /* newest chunk, linked to the older ones */
    struct arena_hook *hooks;  /* newest first; run in that order */
};

/* An empty arena owns nothing: `struct arena arena = {0}` does as well. */
void arena_init(struct arena *arena);

/* Run the hooks, newest first, and forget everything. One small chunk is kept by reset
 * for the next use; free keeps nothing and leaves the arena usable. */
void arena_reset(struct arena *arena);
void arena_free(struct arena *arena);

/* Memory aligned for any type, kept until reset or free. NULL when there is none or
 * when count * size overflows; a size of zero gives a valid pointer. alloc does not
 * clear. */
void *arena_alloc(struct arena *arena, size_t size) MUST_CHECK;
void *arena_calloc(struct arena *arena, size_t count, size_t size) MUST_CHECK;

/* Copies; the copy of a slice is NUL-terminated one byte past its length. */
void *arena_copy(struct arena *arena, const void *data, size_t size) MUST_CHECK;
char *arena_string(struct arena *arena, struct slice text) MUST_CHECK;
char *arena_printf(struct arena *arena, const char *format, ...)
    PRINTF_LIKE(2, 3) MUST_CHECK;

/* Call hook(object) at reset or free. False when out of memory: nothing is registered
 * and the caller still owns the object. */
bool arena_on_reset(struct arena *arena, void (*hook)(void *), void *object) MUST_CHECK;

#endif
