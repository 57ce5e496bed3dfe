/* rules_oauth.c - the options of a rule whose method is oauth. */
#include "access/rules_oauth.h"

#include <string.h>

static const char *set(struct rule *rule, const char **option, const char *value)
{
    if (rule->method != ACCESS_OAUTH)
        return "issuer, scope, audience, keys and claim are only valid for "
               "authentication method oauth";
    *option = value;
    return *value ? NULL : "the value of an option is empty";
}

const char *rules_oauth_issuer(struct rule *rule, const char *value)
{
    return set(rule, &rule->oauth.issuer, value);
}

const char *rules_oauth_scope(struct rule *rule, const char *value)
{
    return set(rule, &rule->oauth.scope, value);
}

const char *rules_oauth_audience(struct rule *rule, const char *value)
{
    return set(rule, &rule->oauth.audience, value);
}

const char *rules_oauth_keys(struct rule *rule, const char *value)
{
    return set(rule, &rule->oauth.keys, value);
}

const char *rules_oauth_claim(struct rule *rule, const char *value)
{
    return set(rule, &rule->oauth.claim, value);
}

const char *rules_oauth_missing(const struct rule *rule)
{
    const struct rule_oauth *oauth = &rule->oauth;
    if (rule->method != ACCESS_OAUTH)
        return NULL;
    if (!oauth->issuer)
        return "issuer";
    if (!oauth->scope)
        return "scope";
    if (!oauth->audience)
        return "audience";
    return oauth->keys ? NULL : "keys";
}
