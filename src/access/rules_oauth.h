/* rules_oauth.h - the options of a rule whose method is oauth: where its tokens come
 * from, and by which keys they are judged.
 *
 * Source: PostgreSQL 18 documentation 20.15; audience, keys and claim are ours, in the
 * place of its validator modules. */
#ifndef ACCESS_RULES_OAUTH_H
#define ACCESS_RULES_OAUTH_H

#include "access/rules.h"

/* Readers of options, as the table in rules.c has them: NULL, or what is wrong. */
const char *rules_oauth_issuer(struct rule *rule, const char *value);
const char *rules_oauth_scope(struct rule *rule, const char *value);
const char *rules_oauth_audience(struct rule *rule, const char *value);
const char *rules_oauth_keys(struct rule *rule, const char *value);
const char *rules_oauth_claim(struct rule *rule, const char *value);

/* The option that a rule lacks; NULL: none. */
const char *rules_oauth_missing(const struct rule *rule);

#endif
