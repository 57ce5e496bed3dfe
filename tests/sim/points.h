/* points.h - a point before every atomic access, for the sim's own build of src/net and
 * of the session: given to the compiler with -include, so the product knows nothing of
 * it.
 *
 * A point is where the schedule may pass to another thread. It stands before the
 * access, never behind it, so what a thread does from one point to the next is one
 * step. A weak compare-and-exchange fails for no reason now and then, as it may. */
#ifndef SIM_POINTS_H
#define SIM_POINTS_H

#include <stdatomic.h>
#include <stdbool.h>

void sched_point(const char *where, int line);
bool sched_spurious(void);

#undef atomic_load
#undef atomic_load_explicit
#undef atomic_store
#undef atomic_store_explicit
#undef atomic_fetch_add
#undef atomic_fetch_sub
#undef atomic_exchange
#undef atomic_compare_exchange_strong
#undef atomic_compare_exchange_weak
#undef atomic_compare_exchange_weak_explicit

#define SIM_POINT() sched_point(__func__, __LINE__)

#define atomic_load(place) (SIM_POINT(), __atomic_load_n(place, __ATOMIC_SEQ_CST))
#define atomic_load_explicit(place, order) (SIM_POINT(), __atomic_load_n(place, order))
#define atomic_store(place, value)                                                     \
    (SIM_POINT(), __atomic_store_n(place, value, __ATOMIC_SEQ_CST))
#define atomic_store_explicit(place, value, order)                                     \
    (SIM_POINT(), __atomic_store_n(place, value, order))
#define atomic_fetch_add(place, value)                                                 \
    (SIM_POINT(), __atomic_fetch_add(place, value, __ATOMIC_SEQ_CST))
#define atomic_fetch_sub(place, value)                                                 \
    (SIM_POINT(), __atomic_fetch_sub(place, value, __ATOMIC_SEQ_CST))
#define atomic_exchange(place, value)                                                  \
    (SIM_POINT(), __atomic_exchange_n(place, value, __ATOMIC_SEQ_CST))
#define atomic_compare_exchange_strong(place, expected, value)                         \
    (SIM_POINT(), __atomic_compare_exchange_n(place, expected, value, false,           \
                                              __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
#define atomic_compare_exchange_weak(place, expected, value)                           \
    atomic_compare_exchange_weak_explicit(place, expected, value, __ATOMIC_SEQ_CST,    \
                                          __ATOMIC_SEQ_CST)
#define atomic_compare_exchange_weak_explicit(place, expected, value, order, failed)   \
    (SIM_POINT(),                                                                      \
     sched_spurious()                                                                  \
         ? (*(expected) = __atomic_load_n(place, failed), 0)                           \
         : __atomic_compare_exchange_n(place, expected, value, false, order, failed))

#endif
