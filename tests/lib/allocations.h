/* allocations.h - the heap as tests see it: counted, and refusing when told to.
 *
 * A program that links test_support has malloc and its like wrapped (CMakeLists.txt),
 * in its own objects and the project's, not in other shared libraries. Thread-safe.
 * What a test allocates for itself is exempt: neither counted nor refused. */
#ifndef TESTS_LIB_ALLOCATIONS_H
#define TESTS_LIB_ALLOCATIONS_H

#include <stdbool.h>
#include <stddef.h>

/* From here on the n-th allocation is refused, from 1; 0 = none. and_later: all behind
 * it too. Counting starts anew. */
void allocations_refuse(size_t nth, bool and_later);
/* Since allocations_refuse: asked for, and refused. Reading them does not stop it. */
size_t allocations_counted(void);
size_t allocations_refused(void);

/* For the calling thread, until it is taken back. */
void allocations_exempt(bool exempt);

/* Print the stack of each allocation that is refused; needs a sanitizer's build. */
void allocations_trace(bool trace);

/* Blocks that live now, and what they hold, exempt ones as well. */
size_t allocations_blocks(void);
size_t allocations_bytes(void);

#endif
