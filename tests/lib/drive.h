/* drive.h - a session in memory: fed a peer's bytes, asked what it wants, obeyed.
 *
 * What the loop does with a socket, without one. A session that does what no session
 * may (waits for nobody, never stops working) ends the program. */
#ifndef TESTS_LIB_DRIVE_H
#define TESTS_LIB_DRIVE_H

#include "core/buf.h"
#include "net/session_ops.h"

struct drive {
    struct session session;
    struct buf answer; /* all that was sent; the test's own memory */
    bool closed;
};

void drive_die(const char *what);

/* Serve until more bytes are wanted (true) or the session has closed (false). */
bool drive_serve(struct drive *drive);
/* Likewise, fed with bytes; false: it has closed, with bytes left or not. */
bool drive_feed(struct drive *drive, const void *data, size_t len);
/* The peer sends no more: the session has to close. */
void drive_end_input(struct drive *drive);
void drive_free(struct drive *drive);

#endif
