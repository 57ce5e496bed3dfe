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

#define ZERO(table)                                                                    \
    (!(table) || unused((table)->reserved, ARRAY_LEN((table)->reserved)))

bool reserved_unused(const struct pgw_handlers *handlers)
{
    return ZERO(handlers) && ZERO(handlers->startup) && ZERO(handlers->simple) &&
           ZERO(handlers->extended) && ZERO(handlers->copy) && ZERO(handlers->cancel);
}

bool reserved_unused_host(const struct pgw_session_options *options)
{
    return ZERO(options) && ZERO(options->host);
}

bool reserved_unused_server(const struct pgw_server_options *options)
{
    return ZERO(options);
}
