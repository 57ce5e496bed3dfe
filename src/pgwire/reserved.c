/* reserved.c - the members of an embedder's structs that are there for later versions.
 */
#include "pgwire/reserved.h"

#include "core/attr.h"

static bool unused(void *const *members, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (members[i])
            return false;
    }
    return true;
}

#define IS_UNUSED(made) unused((made)->reserved, ARRAY_LEN((made)->reserved))
#define IS_NULL_OR_UNUSED(made) (!(made) || IS_UNUSED(made))

bool reserved_unused(const struct pgw_handlers *handlers)
{
    return IS_UNUSED(handlers) && IS_NULL_OR_UNUSED(handlers->startup) &&
           IS_NULL_OR_UNUSED(handlers->simple) &&
           IS_NULL_OR_UNUSED(handlers->extended) && IS_NULL_OR_UNUSED(handlers->copy) &&
           IS_NULL_OR_UNUSED(handlers->cancel);
}

bool reserved_unused_host(const struct pgw_session_options *options)
{
    return IS_UNUSED(options) && IS_NULL_OR_UNUSED(options->host) &&
           IS_NULL_OR_UNUSED(options->peer);
}

bool reserved_unused_tls(const struct pgw_tls *tls)
{
    return IS_UNUSED(tls);
}

bool reserved_unused_server(const struct pgw_server_options *options)
{
    return IS_UNUSED(options) && IS_NULL_OR_UNUSED(options->tls);
}

bool reserved_unused_tls_options(const struct pgw_tls_options *tls)
{
    return IS_NULL_OR_UNUSED(tls);
}

bool reserved_unused_jwt(const struct pgw_jwt_options *options)
{
    return IS_UNUSED(options);
}
