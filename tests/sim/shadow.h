/* shadow.h - who owns which connection, by what the states' arrows have said.
 *
 * The linker puts wrappers around the functions of conn.h, slots.h and the session;
 * they keep this record beside the product's own, and fail where the two disagree. */
#ifndef SIM_SHADOW_H
#define SIM_SHADOW_H

#include "net/conn.h"

enum { SHADOW_CONNS_MAX = 16 };

void shadow_begin(void);
unsigned shadow_owner(const struct conn *conn); /* a fiber; 0 = nobody */
/* Without points: what the session of a parked connection wants. */
unsigned shadow_want(const struct conn *conn);
/* Is something at work that can be interrupted, and why is it to end? 0 = it is not. */
bool shadow_runs(const struct conn *conn, unsigned *reason);

#endif
