/* limits.c - what a check of the limits costs, alone: no session, no socket.
 *
 * One thread and two, of users who are always the same few, and of a million; with one
 * rule and with four. Prints nanoseconds a check by the thread's own clock, the best of
 * some rounds, and the memory that a million keys have. */
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "limit/limit.h"

enum { ROUNDS = 5, CHECKS = 1000000, KEYS = 1000000, THREADS_MAX = 2, NAME_BYTES = 16 };

struct asker {
    struct limiter *limiter;
    size_t users;
    unsigned number;
    double ns; /* a check */
};

static double cpu_ns(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

/* Identities are made beforehand, as they are at a login. */
static void *ask(void *self)
{
    struct asker *asker = self;
    struct limit_identity *identities = calloc(asker->users, sizeof *identities);
    char(*names)[NAME_BYTES] = calloc(asker->users, sizeof *names);
    struct limit_verdict verdict;
    if (!identities || !names)
        exit(1);
    for (size_t i = 0; i < asker->users; i++) {
        int len = snprintf(names[i], sizeof names[i], "user%zu", i);
        const struct limit_subject subject = {.user = {names[i], (size_t)len},
                                              .database = SLICE("main")};
        limit_identify(asker->limiter, &subject, &identities[i]);
        limit_admit(asker->limiter, &identities[i], 1, 1, &verdict);
    }
    double before = cpu_ns();
    for (size_t i = 0; i < CHECKS; i++)
        limit_admit(asker->limiter, &identities[i * 7919 % asker->users], 1,
                    (uint64_t)1000 * i + 1, &verdict);
    asker->ns = (cpu_ns() - before) / CHECKS;
    for (size_t i = 0; i < asker->users; i++)
        limit_forget(&identities[i]);
    free(identities);
    free(names);
    return NULL;
}

static double measure(const struct slice *rules, size_t count, size_t users,
                      size_t threads)
{
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
        struct limiter limiter;
        struct error err;
        struct asker askers[THREADS_MAX];
        pthread_t ids[THREADS_MAX];
        if (!limiter_init(&limiter, KEYS) ||
            !limiter_load(&limiter, rules, count, &err))
            exit(1);
        for (size_t i = 0; i < threads; i++) {
            askers[i] = (struct asker){&limiter, users, (unsigned)i, 0};
            if (pthread_create(&ids[i], NULL, ask, &askers[i]) != 0)
                exit(1);
        }
        for (size_t i = 0; i < threads; i++) {
            (void)pthread_join(ids[i], NULL);
            if (best == 0 || askers[i].ns < best)
                best = askers[i].ns;
        }
        limiter_free(&limiter);
    }
    return best;
}

int main(void)
{
    static const struct slice rules[] = {
        {"user 1M/s", sizeof "user 1M/s" - 1},
        {"global 1G/s", sizeof "global 1G/s" - 1},
        {"database 1G/s", sizeof "database 1G/s" - 1},
        {"user rows 1G/s", sizeof "user rows 1G/s" - 1}};
    printf("| users | threads | one rule, ns | four rules, ns |\n|--|--|--|--|\n");
    static const size_t users[] = {1, 100, KEYS};
    for (size_t i = 0; i < ARRAY_LEN(users); i++) {
        for (size_t threads = 1; threads <= THREADS_MAX; threads++)
            printf("| %zu | %zu | %.0f | %.0f |\n", users[i], threads,
                   measure(rules, 1, users[i], threads),
                   measure(rules, ARRAY_LEN(rules), users[i], threads));
    }
    struct mallinfo2 before = mallinfo2();
    struct key_table *table = key_table_new(KEYS);
    struct mallinfo2 after = mallinfo2();
    printf("\n%d keys: %.1f MB\n", KEYS,
           (double)(after.uordblks + after.hblkhd - before.uordblks - before.hblkhd) /
               1e6);
    key_table_free(table);
    return 0;
}
