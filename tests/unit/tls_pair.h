/* tls_pair.h - for tests of TLS: a certificate of their own, and a socket pair with the
 * transport at one end and a client of OpenSSL's at the other. */
#ifndef TESTS_UNIT_TLS_PAIR_H
#define TESTS_UNIT_TLS_PAIR_H

#include "unit.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "net/transport_tls.h"

static const struct tls_protocol any = {"postgresql", false};

/* ---- certificates ---- */

struct place {
    char directory[64], certificate[128], key[128];
    struct pgw_tls_options options;
};

static inline X509 *make_certificate(EVP_PKEY *key, const EVP_MD *digest)
{
    X509 *made = X509_new();
    X509_NAME *name = X509_get_subject_name(made);
    assert_int_equal(X509_set_version(made, 2), 1);
    assert_int_equal(ASN1_INTEGER_set(X509_get_serialNumber(made), 1), 1);
    assert_non_null(X509_gmtime_adj(X509_getm_notBefore(made), -60));
    assert_non_null(X509_gmtime_adj(X509_getm_notAfter(made), 3600));
    assert_int_equal(X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                                                (const uint8_t *)"localhost", -1, -1,
                                                0),
                     1);
    assert_int_equal(X509_set_issuer_name(made, name), 1);
    assert_int_equal(X509_set_pubkey(made, key), 1);
    assert_true(X509_sign(made, key, digest) > 0);
    return made;
}

static inline FILE *create(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    return fdopen(fd, "w");
}

static inline void write_pair(const struct place *place, EVP_PKEY *key,
                              const EVP_MD *digest)
{
    X509 *certificate = make_certificate(key, digest);
    FILE *file = create(place->certificate);
    assert_int_equal(PEM_write_X509(file, certificate), 1);
    assert_int_equal(fclose(file), 0);
    file = create(place->key);
    assert_int_equal(PEM_write_PrivateKey(file, key, NULL, NULL, 0, NULL, NULL), 1);
    assert_int_equal(fclose(file), 0);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

static inline void set_up(struct place *place)
{
    *place = (struct place){.directory = "/tmp/test_tls.XXXXXX"};
    assert_non_null(mkdtemp(place->directory));
    (void)snprintf(place->certificate, sizeof place->certificate, "%s/c.pem",
                   place->directory);
    (void)snprintf(place->key, sizeof place->key, "%s/k.pem", place->directory);
    place->options = (struct pgw_tls_options){.certificate_file = place->certificate,
                                              .key_file = place->key};
    write_pair(place, EVP_EC_gen("P-256"), EVP_sha256());
}

static inline void tear_down(const struct place *place)
{
    (void)unlink(place->certificate);
    (void)unlink(place->key);
    assert_int_equal(rmdir(place->directory), 0);
}

static inline struct tls_context *load(const struct pgw_tls_options *options)
{
    struct tls_source source;
    struct error err;
    tls_source_init(&source);
    assert_true(tls_source_load(&source, options, &err));
    struct tls_context *context = tls_source_take(&source);
    tls_source_free(&source); /* a connection's reference outlives it */
    return context;
}

/* ---- two ends ---- */

struct pair {
    struct transport server;
    SSL_CTX *ctx;
    SSL *client;
    int fd; /* the client's */
};

/* Both sockets, and the client; the server's is plain. */
static inline void join_pair(struct pair *pair, int version)
{
    int fds[2], small = 4096;
    assert_int_equal(
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
    (void)setsockopt(fds[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof small);
    transport_plain(&pair->server, fds[0]);
    pair->ctx = SSL_CTX_new(TLS_client_method());
    assert_int_equal(SSL_CTX_set_max_proto_version(pair->ctx, version), 1);
    pair->client = SSL_new(pair->ctx);
    pair->fd = fds[1];
    assert_int_equal(SSL_set_fd(pair->client, fds[1]), 1);
    SSL_set_connect_state(pair->client);
}

static inline void connect_pair(struct pair *pair, struct tls_context *context,
                                int version, struct tls_protocol protocol)
{
    join_pair(pair, version);
    assert_true(transport_tls(&pair->server, context, protocol));
}

static inline void close_client(struct pair *pair)
{
    SSL_free(pair->client);
    SSL_CTX_free(pair->ctx);
    (void)close(pair->fd);
    ERR_clear_error();
}

static inline void close_pair(struct pair *pair)
{
    pair->server.ops->close(&pair->server);
    close_client(pair);
}

/* What became of the server's side, once the client's has done what it can. */
static inline enum tls_progress shake(struct pair *pair, char *why, size_t size)
{
    enum tls_progress progress = TLS_BLOCKED;
    for (int i = 0; i < 100 && progress == TLS_BLOCKED; i++) {
        (void)SSL_do_handshake(pair->client);
        ERR_clear_error();
        progress = transport_tls_step(&pair->server, why, size);
    }
    (void)SSL_do_handshake(pair->client);
    return progress;
}

static inline void open_pair(struct pair *pair, const struct place *place, int version)
{
    char why[256];
    connect_pair(pair, load(&place->options), version, any);
    assert_int_equal(shake(pair, why, sizeof why), TLS_DONE);
}

static inline ssize_t receive(struct pair *pair, void *buffer, size_t len)
{
    return pair->server.ops->recv(&pair->server, buffer, len);
}

static inline ssize_t transmit(struct pair *pair, const void *data, size_t len)
{
    struct iovec iov = {(void *)(uintptr_t)data, len};
    return pair->server.ops->sendv(&pair->server, &iov, 1);
}

#endif
