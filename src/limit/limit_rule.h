/* limit_rule.h - one limit as it is written: "user 100/s burst 200".
 *
 *     SCOPE [NAME] [UNIT] NUMBER/PERIOD [burst NUMBER]
 *
 * SCOPE is global, database, user, api-key or address; each of them has its own rate,
 * or, with a NAME, that one has another. UNIT is statements, which are asked for
 * beforehand, or what a statement has cost: rows, bytes, engine-ms. PERIOD is s, min, h
 * or d, with a number in front if it is not one; NUMBER may end with k, M or G. The
 * burst is what comes back in a period unless it is said. A NAME in double quotes may
 * be anything; global and address have none. */
#ifndef LIMIT_LIMIT_RULE_H
#define LIMIT_LIMIT_RULE_H

#include "core/arena.h"
#include "core/error.h"
#include "core/slice.h"
#include "limit/gcra.h"

enum limit_scope {
    LIMIT_GLOBAL,
    LIMIT_DATABASE,
    LIMIT_USER,
    LIMIT_API_KEY,
    LIMIT_ADDRESS,
    LIMIT_SCOPES
};

enum limit_unit {
    LIMIT_STATEMENTS,
    LIMIT_ROWS,
    LIMIT_BYTES,
    LIMIT_ENGINE_MS,
    LIMIT_UNITS
};

struct limit_rule {
    enum limit_scope scope;
    enum limit_unit unit;
    struct slice name; /* empty: each of the scope */
    uint64_t tokens, period_ns, burst;
    struct gcra rate; /* the same */
};

/* Names are copied into the arena. 22023 with what is wrong, 53200. */
bool limit_rule_parse(struct slice text, struct arena *arena, struct limit_rule *out,
                      struct error *err) MUST_CHECK;

/* As it is written. */
const char *limit_scope_name(enum limit_scope scope);
const char *limit_unit_name(enum limit_unit unit);

#endif
