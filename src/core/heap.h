/* heap.h - what the process's heap keeps for itself goes back to the system. */
#ifndef CORE_HEAP_H
#define CORE_HEAP_H

/* After much has been freed; it may take some milliseconds. */
void heap_trim(void);

#endif
