/* tls.c - a context: what is allowed, and what it is made of.
 *
 * TLS 1.2 with forward secrecy and authenticated ciphers, TLS 1.3; no compression, no
 * renegotiation. Sessions are not resumed, as in PostgreSQL: a connection lives long,
 * and a ticket's key would outlive the certificate that is taken out of service. */
#include "net/tls.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>

#include "net/tls_files.h"
#include "net/transport_tls.h"

/* Of a client's certificate with its chain. */
enum { CLIENT_CHAIN_BYTES_MAX = 64 << 10 };

static const char ciphers_12[] = "ECDHE+AESGCM:ECDHE+CHACHA20";

/* ---- versions ---- */

static const struct {
    const char *name;
    int version;
} versions[] = {{"1.2", TLS1_2_VERSION}, {"1.3", TLS1_3_VERSION}};

static bool limit_version(SSL_CTX *ssl, const char *name, struct error *err)
{
    for (size_t i = 0; i < ARRAY_LEN(versions); i++) {
        if (!name || strcmp(name, versions[i].name) == 0)
            return SSL_CTX_set_min_proto_version(ssl, versions[i].version) == 1 ||
                   error_no_memory(err);
    }
    return error_set(err, "22023", "there is no TLS version \"%s\" here: 1.2 or 1.3",
                     name);
}

/* ---- making one ---- */

static bool set_rules(SSL_CTX *ssl, struct error *err)
{
    char groups[] = "X25519:P-256:P-384"; /* OpenSSL's macro casts const away */
    SSL_CTX_set_options(ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                 SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                 SSL_OP_IGNORE_UNEXPECTED_EOF);
    SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_max_cert_list(ssl, CLIENT_CHAIN_BYTES_MAX);
    SSL_CTX_set_read_ahead(ssl, 1);
    /* A read that brings no data comes back: a client that sends nothing but key
     * updates gets no more than its turn. */
    SSL_CTX_clear_mode(ssl, SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_mode(ssl, SSL_MODE_ENABLE_PARTIAL_WRITE |
                              SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER |
                              SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_alpn_select_cb(ssl, transport_tls_select_protocol, NULL);
    return (SSL_CTX_set_num_tickets(ssl, 0) == 1 &&
            SSL_CTX_set_cipher_list(ssl, ciphers_12) == 1 &&
            SSL_CTX_set1_groups_list(ssl, (void *)(uintptr_t)groups) == 1) ||
           error_no_memory(err);
}

/* RFC 5929 section 4.1: by the hash of the certificate's own signature, or SHA-256
 * instead of what is too weak. A signature without one (Ed25519) has no such name. */
static void hash_certificate(struct tls_context *context)
{
    int digest = NID_undef;
    unsigned len = 0;
    const X509 *certificate = SSL_CTX_get0_certificate(context->ssl);
    if (!X509_get_signature_info((X509 *)(uintptr_t)certificate, &digest, NULL, NULL,
                                 NULL))
        digest = NID_undef;
    if (digest == NID_md5 || digest == NID_sha1)
        digest = NID_sha256;
    const EVP_MD *kind = digest == NID_undef ? NULL : EVP_get_digestbynid(digest);
    if (kind && EVP_MD_get_size(kind) <= TLS_HASH_MAX &&
        X509_digest(certificate, kind, context->hash, &len) == 1)
        context->hash_len = len;
    ERR_clear_error();
}

static struct tls_context *context_new(const struct pgw_tls_options *options,
                                       struct error *err)
{
    struct tls_context *context = calloc(1, sizeof *context);
    if (context) {
        atomic_init(&context->references, 1);
        context->ssl = SSL_CTX_new(TLS_server_method());
        context->socket = transport_tls_method();
    }
    if (!context || !context->ssl || !context->socket)
        (void)error_no_memory(err);
    else if (set_rules(context->ssl, err) &&
             limit_version(context->ssl, options->min_version, err) &&
             tls_files_identity(context->ssl, options, err) &&
             tls_files_trust(context->ssl, options, err)) {
        hash_certificate(context);
        return context;
    }
    tls_context_unref(context);
    ERR_clear_error();
    return NULL;
}

void tls_context_unref(struct tls_context *context)
{
    if (!context || atomic_fetch_sub(&context->references, 1) > 1)
        return;
    SSL_CTX_free(context->ssl);
    BIO_meth_free(context->socket);
    free(context);
}

/* ---- the current one ---- */

void tls_source_init(struct tls_source *source)
{
    *source = (struct tls_source){0};
    (void)pthread_mutex_init(&source->lock, NULL);
}

void tls_source_free(struct tls_source *source)
{
    tls_context_unref(source->current);
    source->current = NULL;
    (void)pthread_mutex_destroy(&source->lock);
}

bool tls_source_load(struct tls_source *source, const struct pgw_tls_options *options,
                     struct error *err)
{
    struct tls_context *context = options ? context_new(options, err) : NULL;
    if (options && !context)
        return false;
    (void)pthread_mutex_lock(&source->lock);
    struct tls_context *old = source->current;
    source->current = context;
    (void)pthread_mutex_unlock(&source->lock);
    tls_context_unref(old);
    return true;
}

struct tls_context *tls_source_take(struct tls_source *source)
{
    (void)pthread_mutex_lock(&source->lock);
    struct tls_context *context = source->current;
    if (context)
        atomic_fetch_add(&context->references, 1);
    (void)pthread_mutex_unlock(&source->lock);
    return context;
}
