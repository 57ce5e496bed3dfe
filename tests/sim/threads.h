/* threads.h - libc's threads and mutexes, in place of which the linker puts ours. */
#ifndef SIM_THREADS_H
#define SIM_THREADS_H

#include <pthread.h>
#include <stdbool.h>

void threads_begin(void);
bool threads_is_free(const pthread_mutex_t *mutex);

#endif
