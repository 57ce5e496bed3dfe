/* limit.h - how much of the server each may use: rates of statements and of what they
 * cost, by user, API key, address, database and in all, at once.
 *
 *     login      limit_identify          whose rates these are
 *     statement  limit_admit             refused, with the wait, or taken from all
 *     its end    limit_charge            rows, bytes, engine time: the next one may
 * wait logout     limit_forget
 *
 * Both protocols ask here, of the same rates. What each has used lives in a table of
 * bounded size and outlives a change of the rules. Thread-safe. */
#ifndef LIMIT_LIMIT_H
#define LIMIT_LIMIT_H

#include <pthread.h>

#include "limit/key_table.h"
#include "limit/limit_rule.h"

enum { LIMIT_RULES_MAX = 64 };

struct limit_rules;

struct limiter {
    struct key_table *table;
    uint64_t seed[2];     /* of the hashes of names */
    pthread_mutex_t lock; /* guards current */
    struct limit_rules *current;
    _Atomic uint64_t generation; /* current's; 0: there is none */
};

/* For about so many users, addresses … that count at once. No rules: all is admitted.
 * False: no memory, or no random bytes. */
bool limiter_init(struct limiter *limiter, size_t keys) MUST_CHECK;
void limiter_free(struct limiter *limiter);

/* Take these rules from now on, each as limit_rule_parse reads it; at most
 * LIMIT_RULES_MAX, no two for the same. On an error the old ones stay: 22023, 53200. */
bool limiter_load(struct limiter *limiter, const struct slice *rules, size_t count,
                  struct error *err) MUST_CHECK;

/* Who asks; what is empty has no rates. An IPv4 address is mapped into IPv6. */
struct limit_subject {
    struct slice database, user, api_key;
    const uint8_t *address; /* 16 bytes, or NULL; IPv6 counts by its /64 */
};

/* Whose rates these are, for one thread at a time. */
struct limit_identity {
    struct limit_subject subject;
    uint64_t keys[LIMIT_SCOPES];
    struct limit_rules *rules; /* a reference, to those that `applies` is about */
    uint64_t applies;          /* a bit a rule */
};

/* The subject's names are borrowed until limit_forget. */
void limit_identify(const struct limiter *limiter, const struct limit_subject *subject,
                    struct limit_identity *out);
void limit_forget(struct limit_identity *identity);

struct limit_verdict {
    bool admitted;
    uint64_t wait_ns; /* else: after so long it would be; UINT64_MAX: never */
    /* The rule that is nearest to its end, and how it stands; scope LIMIT_SCOPES: none.
     */
    enum limit_scope scope;
    enum limit_unit unit;
    uint64_t tokens, period_ns, remaining, reset_ns; /* reset: until all is back */
};

/* May a statement of this weight, 1 as a rule, run at `now_ns`? Nothing is taken from
 * any rate unless all have it. */
void limit_admit(struct limiter *limiter, struct limit_identity *identity,
                 uint64_t weight, uint64_t now_ns, struct limit_verdict *out);

/* What a statement has cost, or another part of it. */
void limit_charge(struct limiter *limiter, struct limit_identity *identity,
                  enum limit_unit unit, uint64_t amount, uint64_t now_ns);

#endif
