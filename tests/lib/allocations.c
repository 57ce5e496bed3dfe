/* allocations.c - malloc and its like, wrapped by the linker. */
#include "allocations.h"

#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "core/attr.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t len);
void __real_free(void *memory);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t len);
void __wrap_free(void *memory);
void __sanitizer_print_stack_trace(void);
#pragma weak __sanitizer_print_stack_trace

static _Atomic size_t counted, refused, blocks, bytes;
static _Atomic size_t refuse_at; /* 0 = never */
static atomic_bool refuse_later, tracing;
static _Thread_local bool is_exempt;

void allocations_refuse(size_t nth, bool and_later)
{
    atomic_store(&refuse_at, 0);
    atomic_store(&counted, 0);
    atomic_store(&refused, 0);
    atomic_store(&refuse_later, and_later);
    atomic_store(&refuse_at, nth);
}

size_t allocations_counted(void)
{
    return atomic_load(&counted);
}

size_t allocations_refused(void)
{
    return atomic_load(&refused);
}

void allocations_exempt(bool exempt)
{
    is_exempt = exempt;
}

void allocations_trace(bool trace)
{
    atomic_store(&tracing, trace);
}

size_t allocations_blocks(void)
{
    return atomic_load(&blocks);
}

size_t allocations_bytes(void)
{
    return atomic_load(&bytes);
}

static bool refuses(void)
{
    if (is_exempt)
        return false;
    size_t number = atomic_fetch_add(&counted, 1) + 1;
    size_t at = atomic_load(&refuse_at);
    if (!at || (atomic_load(&refuse_later) ? number < at : number != at))
        return false;
    atomic_fetch_add(&refused, 1);
    if (atomic_load(&tracing) && __sanitizer_print_stack_trace)
        __sanitizer_print_stack_trace();
    errno = ENOMEM;
    return true;
}

static void *born(void *memory)
{
    if (memory) {
        atomic_fetch_add(&blocks, 1);
        atomic_fetch_add(&bytes, malloc_usable_size(memory));
    }
    return memory;
}

static void dies(void *memory)
{
    if (memory) {
        atomic_fetch_sub(&blocks, 1);
        atomic_fetch_sub(&bytes, malloc_usable_size(memory));
    }
}

void *__wrap_malloc(size_t size)
{
    return refuses() ? NULL : born(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size)
{
    return refuses() ? NULL : born(__real_calloc(count, size));
}

void *__wrap_realloc(void *memory, size_t size)
{
    if (refuses())
        return NULL;
    dies(memory);
    void *moved = __real_realloc(memory, size);
    (void)born(moved ? moved : memory);
    return moved;
}

char *__wrap_strdup(const char *text)
{
    return refuses() ? NULL : born(__real_strdup(text));
}

char *__wrap_strndup(const char *text, size_t len)
{
    return refuses() ? NULL : born(__real_strndup(text, len));
}

void __wrap_free(void *memory)
{
    dies(memory);
    __real_free(memory);
}
