/* reserved.h - the members of an embedder's structs that are there for later versions.
 *
 * A program that was made for a later libpgwire may have set them: it is turned down
 * rather than served without what it asked for (docs/ABI.md). */
#ifndef PGWIRE_RESERVED_H
#define PGWIRE_RESERVED_H

#include <pgwire/oauth.h>
#include <pgwire/server.h>
#include <pgwire/session.h>

/* Is every reserved member zero, those of the handlers' tables included? */
bool reserved_unused(const struct pgw_handlers *handlers);
bool reserved_unused_host(const struct pgw_session_options *options);
bool reserved_unused_tls(const struct pgw_tls *tls);
bool reserved_unused_tls_options(const struct pgw_tls_options *tls);
bool reserved_unused_server(const struct pgw_server_options *options);
bool reserved_unused_jwt(const struct pgw_jwt_options *options);

#endif
