/* limit.c - a set of rules, and those of them that are about somebody. */
#include "limit/limit.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "core/entropy.h"
#include "core/siphash.h"

/* Never changed once made. */
struct limit_rules {
    _Atomic unsigned references;
    uint64_t generation; /* from 1 */
    struct arena arena;
    size_t count;
    struct limit_rule rules[LIMIT_RULES_MAX];
};

/* ---- rules ---- */

static struct limit_rules *acquire(struct limiter *limiter)
{
    (void)pthread_mutex_lock(&limiter->lock);
    struct limit_rules *rules = limiter->current;
    if (rules)
        atomic_fetch_add(&rules->references, 1);
    (void)pthread_mutex_unlock(&limiter->lock);
    return rules;
}

static void release(struct limit_rules *rules)
{
    if (!rules || atomic_fetch_sub(&rules->references, 1) > 1)
        return;
    arena_free(&rules->arena);
    free(rules);
}

static bool same_subject(const struct limit_rule *a, const struct limit_rule *b)
{
    return a->scope == b->scope && a->unit == b->unit && slice_equal(a->name, b->name);
}

static bool add_rule(struct limit_rules *rules, struct slice text, struct error *err)
{
    struct limit_rule *rule = &rules->rules[rules->count];
    if (rules->count == LIMIT_RULES_MAX)
        return error_set(err, "22023", "there are more than %d limits",
                         LIMIT_RULES_MAX);
    if (!limit_rule_parse(text, &rules->arena, rule, err))
        return false;
    for (size_t i = 0; i < rules->count; i++) {
        if (same_subject(&rules->rules[i], rule))
            return error_set(err, "22023",
                             "limit \"%.*s\": another one is about the same",
                             (int)text.len, text.data);
    }
    rules->count++;
    return true;
}

/* NULL: err says why. */
static struct limit_rules *rules_new(const struct slice *texts, size_t count,
                                     struct error *err)
{
    struct limit_rules *rules = calloc(1, sizeof *rules);
    if (!rules) {
        (void)error_no_memory(err);
        return NULL;
    }
    atomic_init(&rules->references, 1);
    for (size_t i = 0; i < count; i++) {
        if (!add_rule(rules, texts[i], err)) {
            release(rules);
            return NULL;
        }
    }
    return rules;
}

bool limiter_load(struct limiter *limiter, const struct slice *texts, size_t count,
                  struct error *err)
{
    struct limit_rules *rules = rules_new(texts, count, err);
    if (!rules)
        return false;
    (void)pthread_mutex_lock(&limiter->lock);
    struct limit_rules *old = limiter->current;
    rules->generation = old ? old->generation + 1 : 1;
    limiter->current = rules;
    atomic_store(&limiter->generation, rules->generation);
    (void)pthread_mutex_unlock(&limiter->lock);
    release(old);
    return true;
}

bool limiter_init(struct limiter *limiter, size_t keys)
{
    *limiter = (struct limiter){.table = key_table_new(keys)};
    (void)pthread_mutex_init(&limiter->lock, NULL);
    atomic_init(&limiter->generation, 0);
    return limiter->table && entropy_read(limiter->seed, sizeof limiter->seed);
}

void limiter_free(struct limiter *limiter)
{
    key_table_free(limiter->table);
    release(limiter->current);
    (void)pthread_mutex_destroy(&limiter->lock);
    *limiter = (struct limiter){0};
}

/* ---- who ---- */

/* Of an address, what one customer of a network has: IPv6's first half, all of IPv4. */
static struct slice address_part(const uint8_t *address)
{
    static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
    bool is_ipv4 = address && memcmp(address, mapped, sizeof mapped) == 0;
    return (struct slice){(const char *)address, !address ? 0 : is_ipv4 ? 16 : 8};
}

/* What stands for the subject in this scope; empty: nothing does. */
static struct slice name_of(const struct limit_subject *subject, enum limit_scope scope)
{
    switch (scope) {
    case LIMIT_DATABASE:
        return subject->database;
    case LIMIT_USER:
        return subject->user;
    case LIMIT_API_KEY:
        return subject->api_key;
    case LIMIT_ADDRESS:
        return address_part(subject->address);
    case LIMIT_GLOBAL:
    case LIMIT_SCOPES:
        break;
    }
    return SLICE("all");
}

void limit_identify(const struct limiter *limiter, const struct limit_subject *subject,
                    struct limit_identity *out)
{
    *out = (struct limit_identity){.subject = *subject};
    for (size_t scope = 0; scope < LIMIT_SCOPES; scope++) {
        const uint64_t seed[2] = {limiter->seed[0], limiter->seed[1] ^ scope};
        out->keys[scope] = siphash(seed, name_of(subject, (enum limit_scope)scope));
    }
}

/* A key a rate: scopes have different hashes, and units are told apart here. */
static uint64_t key_of(const struct limit_identity *identity,
                       const struct limit_rule *rule)
{
    return identity->keys[rule->scope] ^
           (uint64_t)rule->unit * UINT64_C(0x9e3779b97f4a7c15);
}

static bool is_about(const struct limit_rule *rule,
                     const struct limit_identity *identity)
{
    struct slice name = name_of(&identity->subject, rule->scope);
    return name.len > 0 && (rule->name.len == 0 || slice_equal(rule->name, name));
}

/* Is there one for this name alone? */
static bool is_overruled(const struct limit_rules *rules, const struct limit_rule *rule,
                         const struct limit_identity *identity)
{
    for (size_t i = 0; rule->name.len == 0 && i < rules->count; i++) {
        const struct limit_rule *other = &rules->rules[i];
        if (other->name.len > 0 && other->scope == rule->scope &&
            other->unit == rule->unit && is_about(other, identity))
            return true;
    }
    return false;
}

/* The rules of now, and which of them count: looked for when they have changed. False:
 * there are none. */
static bool choose(struct limiter *limiter, struct limit_identity *identity)
{
    struct limit_rules *rules = identity->rules;
    uint64_t generation =
        atomic_load_explicit(&limiter->generation, memory_order_acquire);
    if (rules && rules->generation == generation)
        return true;
    if (generation == 0)
        return false;
    release(rules);
    identity->rules = rules = acquire(limiter);
    identity->applies = 0;
    for (size_t i = 0; i < rules->count; i++) {
        const struct limit_rule *rule = &rules->rules[i];
        if (is_about(rule, identity) && !is_overruled(rules, rule, identity))
            identity->applies |= UINT64_C(1) << i;
    }
    return true;
}

void limit_forget(struct limit_identity *identity)
{
    release(identity->rules);
    *identity = (struct limit_identity){0};
}

/* ---- the verdict ---- */

static const struct limit_rule *first_of(const struct limit_identity *identity,
                                         uint64_t bits)
{
    return &identity->rules->rules[__builtin_ctzll(bits)];
}

/* Of what a statement is asked for beforehand: itself; of what it costs, that something
 * is left. */
static uint64_t asked_for(const struct limit_rule *rule, uint64_t weight)
{
    return rule->unit == LIMIT_STATEMENTS ? weight : 0;
}

/* A rule, and how it was asked. */
struct asked {
    const struct limit_rule *rule; /* NULL: none was */
    struct gcra_verdict verdict;
};

/* Of two, which says more: of those that refuse the one with the longest wait, else the
 * one of whose burst less is left. */
static bool says_more(const struct asked *a, const struct asked *b)
{
    if (!b->rule || a->verdict.wait_ns != b->verdict.wait_ns)
        return !b->rule || a->verdict.wait_ns > b->verdict.wait_ns;
    return (uint128)a->verdict.ahead_ns * b->rule->rate.tolerance >
           (uint128)b->verdict.ahead_ns * a->rule->rate.tolerance;
}

static void tell(const struct asked *asked, struct limit_verdict *out)
{
    const struct limit_rule *rule = asked->rule;
    *out = (struct limit_verdict){
        .admitted = asked->verdict.taken,
        .wait_ns = asked->verdict.wait_ns,
        .scope = rule->scope,
        .unit = rule->unit,
        .tokens = rule->tokens,
        .period_ns = rule->period_ns,
        .remaining = gcra_remaining(&rule->rate, asked->verdict.ahead_ns),
        .reset_ns = asked->verdict.ahead_ns};
}

static void give_back(struct limiter *limiter, const struct limit_identity *identity,
                      uint64_t taken, uint64_t weight)
{
    for (; taken; taken &= taken - 1) {
        const struct limit_rule *rule = first_of(identity, taken);
        key_table_give_back(limiter->table, key_of(identity, rule), &rule->rate,
                            asked_for(rule, weight));
    }
}

void limit_admit(struct limiter *limiter, struct limit_identity *identity,
                 uint64_t weight, uint64_t now_ns, struct limit_verdict *out)
{
    struct asked told = {0};
    uint64_t taken = 0;
    *out = (struct limit_verdict){.admitted = true, .scope = LIMIT_SCOPES};
    if (!choose(limiter, identity))
        return;
    for (uint64_t left = identity->applies; left; left &= left - 1) {
        const struct limit_rule *rule = first_of(identity, left);
        const struct asked asked = {
            rule, key_table_take(limiter->table, key_of(identity, rule), &rule->rate,
                                 asked_for(rule, weight), now_ns)};
        if (asked.verdict.taken)
            taken |= left & -left;
        if (says_more(&asked, &told))
            told = asked;
    }
    if (told.rule)
        tell(&told, out);
    if (!out->admitted)
        give_back(limiter, identity, taken, weight);
}

void limit_charge(struct limiter *limiter, struct limit_identity *identity,
                  enum limit_unit unit, uint64_t amount, uint64_t now_ns)
{
    if (amount == 0 || !choose(limiter, identity))
        return;
    for (uint64_t left = identity->applies; left; left &= left - 1) {
        const struct limit_rule *rule = first_of(identity, left);
        if (rule->unit == unit)
            key_table_charge(limiter->table, key_of(identity, rule), &rule->rate,
                             amount, now_ns);
    }
}
