/* tls.h - what this server's TLS handshakes are made with: its certificate and key,
 * and whose certificates it takes from clients.
 *
 * A context is never changed. Reading the files again makes another one, and each
 * connection keeps the one that its handshake began with. */
#ifndef NET_TLS_H
#define NET_TLS_H

#include <pthread.h>
#include <stdint.h>

#include <openssl/ssl.h>

#include <pgwire/server.h>

#include "core/attr.h"
#include "core/error.h"

enum { TLS_HASH_MAX = 64 };

struct tls_context {
    _Atomic unsigned references;
    SSL_CTX *ssl;
    BIO_METHOD *socket;         /* how its connections read and write */
    uint8_t hash[TLS_HASH_MAX]; /* tls-server-end-point; none: no channel binding */
    size_t hash_len;
};

/* The context of the connections that come next. */
struct tls_source {
    pthread_mutex_t lock;
    struct tls_context *current; /* a reference; NULL: there is no TLS */
};

void tls_source_init(struct tls_source *source);
void tls_source_free(struct tls_source *source);

/* Read the files, the first time or again; NULL: no TLS from now on. On an error the
 * context stays what it was: 58P01 a file that cannot be read, F0000 one that is not
 * what it should be, 22023 a version that there is not, 53200. Thread-safe. */
bool tls_source_load(struct tls_source *source, const struct pgw_tls_options *options,
                     struct error *err) MUST_CHECK;

/* A reference to the current context, or NULL. Thread-safe. */
struct tls_context *tls_source_take(struct tls_source *source);
void tls_context_unref(struct tls_context *context); /* NULL is allowed */

#endif
