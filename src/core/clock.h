/* clock.h - the time in microseconds: since an arbitrary start by a clock that never
 * goes back, and since 1970 as people have it. */
#ifndef CORE_CLOCK_H
#define CORE_CLOCK_H

#include <stdint.h>

uint64_t clock_now_us(void);
int64_t clock_date_us(void);

#endif
