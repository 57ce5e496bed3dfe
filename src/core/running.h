/* running.h - which statement of a session runs, and whether somebody wants it to end.
 *
 * One thread at a time begins and ends statements; others interrupt. One atomic word
 * says it all:
 *
 *     bits 16…  the statement's number     bit 8  it runs     bits 0–7  the reason
 *
 * Who interrupts puts the reason in only while that statement runs, so what comes too
 * late finds nothing; and what is done to make the statement end, past the word, is
 * over before the statement is: it never meets the next one. */
#ifndef CORE_RUNNING_H
#define CORE_RUNNING_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/attr.h"

struct running {
    _Atomic uint64_t word;
    pthread_mutex_t interrupting; /* held by who interrupts */
};

/* False: the system has no lock to give, and there is nothing to free. */
bool running_init(struct running *running) MUST_CHECK;
void running_free(struct running *running);

/* The owner's. A statement begins; the last one has ended. */
void running_begin(struct running *running);
/* Waits for an interrupt that is on its way. */
void running_end(struct running *running);

/* Any thread's. */
bool running_is_active(const struct running *running);
unsigned running_reason(const struct running *running); /* 0 = none */

/* Any thread's. Make the running statement end: `act` does what else is needed, and
 * must not wait for the owner. A reason that is there already stays. *statement is 0 at
 * the first call, then says which one was meant. False: that one does not run, and
 * nothing was done. */
bool running_interrupt(struct running *running, unsigned reason, uint64_t *statement,
                       void (*act)(void *), void *arg);
/* The same to whatever runs, without leaving a reason. */
bool running_disturb(struct running *running, void (*act)(void *), void *arg);

#endif
