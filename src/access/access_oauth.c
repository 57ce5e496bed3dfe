/* access_oauth.c - bearer tokens: each rule that takes them has a validator of its own.
 *
 * Its keys are read when the set is loaded, so that a reload exchanges them with the
 * rules, and keeps both if one is wrong. */
#include <stdio.h>
#include <string.h>

#include "access/access_file.h"
#include "access/access_set.h"

static void free_validator(void *object)
{
    pgw_jwt_validator_free(object);
}

/* A file's name that is not absolute is beside the rules. */
static const char *path_of(struct access_set *set, const char *rules, const char *path)
{
    const char *slash = strrchr(rules, '/');
    if (*path == '/' || !slash)
        return path;
    return arena_printf(&set->arena, "%.*s/%s", (int)(slash - rules), rules, path);
}

static bool make_validator(struct access_set *set, const char *file, struct rule *rule,
                           struct error *err)
{
    struct pgw_error fault;
    const struct pgw_jwt_options options = {.issuer = rule->oauth.issuer,
                                            .audience = rule->oauth.audience,
                                            .key_file =
                                                path_of(set, file, rule->oauth.keys),
                                            .user_claim = rule->oauth.claim,
                                            .scope = rule->oauth.scope};
    if (!options.key_file)
        return error_no_memory(err);
    rule->oauth.validator = pgw_jwt_validator_new(&options, &fault);
    if (!rule->oauth.validator)
        return access_fault(err, file, rule->line, "%s", fault.message);
    if (arena_on_reset(&set->arena, free_validator, rule->oauth.validator))
        return true;
    pgw_jwt_validator_free(rule->oauth.validator);
    return error_no_memory(err);
}

bool access_make_validators(struct access_set *set, const char *file, struct error *err)
{
    for (struct rule *rule = set->rules.first; rule; rule = rule->next) {
        if (rule->method == ACCESS_OAUTH && !make_validator(set, file, rule, err))
            return false;
    }
    return true;
}

bool access_judge(const struct access_set *set, const struct rule *rule,
                  const char *user, struct pgw_slice token,
                  struct pgw_token_result *out, struct pgw_error *err)
{
    if (pgw_jwt_validate(rule->oauth.validator, token, out, err) != PGW_OK)
        return false;
    if (!out->is_authorized)
        return true;
    out->is_mapped = ident_allows(&set->ident, rule->map, out->identity, user);
    if (!out->is_mapped) {
        out->is_authorized = false;
        (void)snprintf(out->reason, sizeof out->reason, "it is another user's");
    }
    return true;
}
