/* admission.h - who may come in: strangers into the lobby, those who have logged in to
 * one of the places.
 *
 *     accept ── admission_enter ──> stranger ── admission_keep ──> one who counts
 *                                      └───────────────┴── admission_leave ──> gone
 *
 * A stranger is served as far as its login, so that it hears why it is not let in, may
 * cancel others' statements, and says who it is before it takes a place. */
#ifndef NET_ADMISSION_H
#define NET_ADMISSION_H

#include "net/address.h"
#include "net/conn.h"

struct net;

/* By the watchdog, for a new connection; false: out of memory, and it has not entered.
 */
bool admission_enter(struct conn *conn, const struct address *address) MUST_CHECK;
/* By its owner. */
void admission_leave(struct conn *conn);

/* By its owner: might it log in, and, with `keep`, does it from now on? NULL: yes; else
 * what it is to be told, static, with 53300. Once kept, it stays. */
const char *admission_ask(struct conn *conn, bool keep);

/* By the watchdog: is there room for one more stranger? If not, it is looked at again
 * when the alarm rings, or at *again_us (0: only then). */
bool admission_has_room(struct net *net, uint64_t now_us, uint64_t *again_us);

/* Log that a client was turned away, unless that happens too often. */
void admission_log(struct net *net, const char *reason, const char *address);

#endif
