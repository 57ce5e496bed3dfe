/* serve.h - a connection's turn: do what its session wants until nothing can be done.
 */
#ifndef NET_SERVE_H
#define NET_SERVE_H

#include "net/conn.h"

/* All three by the owner, who may not touch it afterwards. */
void serve(struct conn *conn);       /* until it parks, yields or closes */
void serve_first(struct conn *conn); /* a new one: park it for its first byte */
void serve_close(struct conn *conn);

#endif
