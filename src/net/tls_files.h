/* tls_files.h - certificate, key, and whom to trust, from files into a context of
 * OpenSSL's. */
#ifndef NET_TLS_FILES_H
#define NET_TLS_FILES_H

#include <openssl/ssl.h>

#include <pgwire/server.h>

#include "core/attr.h"
#include "core/error.h"

/* The certificate with its chain, and the key, which must belong together. The key's
 * file is private, by the rules of PostgreSQL: 0600, or root's and 0640. */
bool tls_files_identity(SSL_CTX *ssl, const struct pgw_tls_options *options,
                        struct error *err) MUST_CHECK;

/* If there is a client_ca_file: clients are asked for a certificate, and one that they
 * send must be of these authorities, in force, and not revoked. */
bool tls_files_trust(SSL_CTX *ssl, const struct pgw_tls_options *options,
                     struct error *err) MUST_CHECK;

#endif
