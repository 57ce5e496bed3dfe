/* heap.c - glibc keeps what is freed in the arena that it came from, a different one
 * for each thread: without this, each crowd of clients would be given memory of its
 * own. */
#include "core/heap.h"

#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>

void heap_trim(void)
{
    (void)malloc_trim(0);
}
#else
void heap_trim(void)
{
}
#endif
