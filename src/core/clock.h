/* clock.h - the monotonic clock, in microseconds since an arbitrary start. */
#ifndef CORE_CLOCK_H
#define CORE_CLOCK_H

#include <stdint.h>

uint64_t clock_now_us(void);

#endif
