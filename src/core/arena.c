/* arena.c - memory that is given back all at once.
 *
 * Chunks are of 1 KB, twice, then grow to 64 KB; what is larger than a chunk gets one
 * of its own. */
#include "core/arena.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The first chunk is, header included, what malloc hands out fastest. */
enum { FIRST_CHUNK = 992, LARGEST_CHUNK = 64 << 10 };

struct arena_chunk {
    struct arena_chunk *older;
    size_t used, size;
    alignas(max_align_t) unsigned char bytes[];
};

struct arena_hook {
    struct arena_hook *older;
    void (*run)(void *);
    void *object;
};

void arena_init(struct arena *arena)
{
    *arena = (struct arena){0};
}

static void run_hooks(struct arena *arena)
{
    while (arena->hooks) {
        struct arena_hook *hook = arena->hooks; /* lives in the arena itself */
        arena->hooks = hook->older;
        hook->run(hook->object);
    }
}

static void free_chunks(struct arena_chunk *chunk)
{
    while (chunk) {
        struct arena_chunk *older = chunk->older;
        free(chunk);
        chunk = older;
    }
}

void arena_reset(struct arena *arena)
{
    run_hooks(arena);
    struct arena_chunk *chunk = arena->chunk;
    if (!chunk)
        return;
    if (chunk->older || chunk->size > FIRST_CHUNK * 4) {
        free_chunks(chunk);
        arena->chunk = NULL;
    } else {
        chunk->used = 0;
    }
}

void arena_free(struct arena *arena)
{
    run_hooks(arena);
    free_chunks(arena->chunk);
    arena->chunk = NULL;
}

static struct arena_chunk *add_chunk(struct arena *arena, size_t size)
{
    size_t capacity = FIRST_CHUNK;
    if (arena->chunk && arena->chunk->older)
        capacity =
            arena->chunk->size < LARGEST_CHUNK ? arena->chunk->size * 2 : LARGEST_CHUNK;
    if (capacity < size)
        capacity = size;
    if (capacity > SIZE_MAX - sizeof(struct arena_chunk))
        return NULL;
    struct arena_chunk *chunk = malloc(sizeof *chunk + capacity);
    if (!chunk)
        return NULL;
    *chunk = (struct arena_chunk){.older = arena->chunk, .size = capacity};
    arena->chunk = chunk;
    return chunk;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    const size_t unit = alignof(max_align_t);
    if (size > SIZE_MAX - unit)
        return NULL;
    size = size ? (size + unit - 1) / unit * unit : unit;
    struct arena_chunk *chunk = arena->chunk;
    if (!chunk || chunk->size - chunk->used < size) {
        chunk = add_chunk(arena, size);
        if (!chunk)
            return NULL;
    }
    void *memory = chunk->bytes + chunk->used;
    chunk->used += size;
    return memory;
}

void *arena_calloc(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        return NULL;
    void *memory = arena_alloc(arena, bytes);
    if (memory)
        memset(memory, 0, bytes);
    return memory;
}

void *arena_copy(struct arena *arena, const void *data, size_t size)
{
    void *copy = arena_alloc(arena, size);
    if (copy && size)
        memcpy(copy, data, size);
    return copy;
}

char *arena_string(struct arena *arena, struct slice text)
{
    if (text.len == SIZE_MAX)
        return NULL;
    char *copy = arena_alloc(arena, text.len + 1);
    if (!copy)
        return NULL;
    if (text.len)
        memcpy(copy, text.data, text.len);
    copy[text.len] = '\0';
    return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = len < 0 ? NULL : arena_alloc(arena, (size_t)len + 1);
    if (!text)
        return NULL;
    va_start(args, format);
    (void)vsnprintf(text, (size_t)len + 1, format, args);
    va_end(args);
    return text;
}

bool arena_on_reset(struct arena *arena, void (*run)(void *), void *object)
{
    struct arena_hook *hook = arena_alloc(arena, sizeof *hook);
    if (!hook)
        return false;
    *hook = (struct arena_hook){arena->hooks, run, object};
    arena->hooks = hook;
    return true;
}
