/* deadlines.h - connections by the time at which the watchdog is to look at them.
 *
 * A heap with one entry a connection at most. An entry may be too early, never too
 * late: a statement that ends before its time-out only changes its connection, and the
 * watchdog finds out when it looks. So a time-out costs the heap nothing per statement.
 */
#ifndef NET_DEADLINES_H
#define NET_DEADLINES_H

#include "net/conn.h"

struct deadlines {
    pthread_mutex_t lock;
    struct conn **heap; /* the earliest first */
    size_t len, size;
    uint64_t sleep_until_us; /* of the watchdog; 0 = it is awake and will look */
};

void deadlines_init(struct deadlines *deadlines);
void deadlines_free(struct deadlines *deadlines);

/* Room for that many connections, so that set cannot fail. */
bool deadlines_reserve(struct deadlines *deadlines, size_t count) MUST_CHECK;

/* Look at it at `at_us` or before. True: the watchdog sleeps for longer, wake it. With
 * the connection's lock held. */
bool deadlines_set(struct deadlines *deadlines, struct conn *conn,
                   uint64_t at_us) MUST_CHECK;
void deadlines_remove(struct deadlines *deadlines, struct conn *conn);

/* The watchdog's: who is due; 0 = nobody. When it will look next (UINT64_MAX = when
 * told), which also notes that it goes to sleep until then. */
conn_handle deadlines_pop(struct deadlines *deadlines, uint64_t now_us);
uint64_t deadlines_sleep(struct deadlines *deadlines);

#endif
