/* storm.h - who takes part in the storm, and what they know of each other.
 *
 * Victims run statements and are cancelled, witnesses run statements and must not be.
 * Every cancel of a victim is counted before it is sent and after it has been dealt
 * with: a statement may fail only if one was under way while it was. */
#ifndef TESTS_CANCEL_STORM_H
#define TESTS_CANCEL_STORM_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "core/attr.h"

enum { VICTIMS_MAX = 64, WITNESSES_MAX = 4, ID_BYTES = 40 };

#define SLOW_SQL "select count(*) from range(100000000000) t(i) where i % 7 = 3"

struct victim {
    struct storm *storm;
    unsigned number;
    uint64_t random;             /* its own state */
    _Atomic uint64_t address;    /* PostgreSQL: pid << 32 | key; 0 = none */
    atomic_uint query;           /* HTTP: the number of what it runs */
    atomic_uint sent, dealt;     /* cancels */
    unsigned dealt_before;       /* when its statement began */
    unsigned statements, failed; /* the victim's own counts */
};

struct storm {
    const char *pg_where, *http_where;
    unsigned cancels; /* to be sent to sessions of PostgreSQL in this round */
    uint64_t seed;
    atomic_uint seeds; /* taken by those who are no victims */
    struct victim pg[VICTIMS_MAX], http[VICTIMS_MAX];
    unsigned pg_count, http_count;
    atomic_uint witnesses[WITNESSES_MAX], witness_count; /* PostgreSQL: process ids */
    atomic_uint cancelled, deleted, witnessed;           /* how often */
    atomic_bool stopping; /* victims end what they do, and leave */
    atomic_uint victims_left;
    pthread_mutex_t lock; /* for the following */
    pthread_cond_t moved;
    unsigned moves; /* cancels and deletions that have been dealt with */
};

/* Say what went wrong, and end. */
void fail(const char *format, ...) PRINTF_LIKE(1, 2);

unsigned pick(uint64_t *random, unsigned below); /* at random: a seeded sequence */
uint64_t take_seed(struct storm *storm);         /* another one each time */
/* Reading from it gives up when it is silent for long. */
int connect_to(const char *where);

/* A statement of the victim's begins; it has failed, with that SQLSTATE or NULL for an
 * answer that breaks off. Fails when nobody has cancelled it. */
void victim_begin(struct victim *victim);
void victim_failed(struct victim *victim, const char *sqlstate);
/* Wait until others have got on, or the storm ends. */
void storm_wait(struct storm *storm, unsigned moves);
void storm_moved(struct storm *storm);

/* Threads: the argument is a struct victim, or for the rest the struct storm. */
void *pg_victim(void *victim);
void *pg_witness(void *storm);
void *pg_canceller(void *storm); /* by pg_cancel_backend */
void *http_victim(void *victim);
void *http_witness(void *storm);
void *http_deleter(void *storm);
void *request_canceller(void *storm);

/* Are as many slots free as there should be? */
void pg_check_slots(struct storm *storm, unsigned slots);

#endif
