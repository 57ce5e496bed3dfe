/* validator.c - what PostgreSQL 18 asks about bearer tokens: one for each name.
 *
 * "token.NAME" is NAME's, all others are nobody's; the same toy judges in
 * tests/auth/auth_server.c. */
#include "postgres.h"

#include "fmgr.h"
#include "libpq/oauth.h"

PG_MODULE_MAGIC;

static bool validate(const ValidatorModuleState *state, const char *token,
                     const char *role, ValidatorModuleResult *result)
{
    static const char prefix[] = "token.";
    result->authorized = strncmp(token, prefix, sizeof prefix - 1) == 0;
    if (result->authorized)
        result->authn_id = pstrdup(token + sizeof prefix - 1);
    return true;
}

const OAuthValidatorCallbacks *_PG_oauth_validator_module_init(void)
{
    static const OAuthValidatorCallbacks callbacks = {PG_OAUTH_VALIDATOR_MAGIC,
                                                      .validate_cb = validate};
    return &callbacks;
}
