/* handshakes.c - what a login through TLS costs at the least: OpenSSL in a bare loop.
 *
 *     handshakes CERT KEY ADDRESS:PORT
 *
 * A thread a core: accept, answer S, the handshake, read what the client says, answer
 * that it may ask, wait until it goes. The same ciphers as the library's. */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/ssl.h>

struct server {
    SSL_CTX *tls;
    int listener;
};

static const char welcome[] = "R\0\0\0\10\0\0\0\0Z\0\0\0\5I";

static void serve(SSL *ssl, int fd)
{
    char request[1024];
    if (recv(fd, request, 8, MSG_WAITALL) != 8 || send(fd, "S", 1, MSG_NOSIGNAL) != 1 ||
        SSL_set_fd(ssl, fd) != 1 || SSL_accept(ssl) != 1 ||
        SSL_read(ssl, request, sizeof request) <= 0 ||
        SSL_write(ssl, welcome, sizeof welcome - 1) <= 0)
        return;
    while (SSL_read(ssl, request, sizeof request) > 0)
        ;
    (void)SSL_shutdown(ssl);
}

static void *work(void *self)
{
    const struct server *server = self;
    static const int on = 1;
    for (;;) {
        int fd = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
        SSL *ssl = fd < 0 ? NULL : SSL_new(server->tls);
        (void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        if (ssl)
            serve(ssl, fd);
        SSL_free(ssl);
        (void)close(fd);
    }
    return NULL;
}

static SSL_CTX *make_tls(const char *certificate, const char *key)
{
    char groups[] = "X25519:P-256:P-384"; /* OpenSSL's macro casts const away */
    SSL_CTX *tls = SSL_CTX_new(TLS_server_method());
    if (!tls || SSL_CTX_use_certificate_chain_file(tls, certificate) != 1 ||
        SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1 ||
        SSL_CTX_set1_groups_list(tls, groups) != 1)
        exit(1);
    SSL_CTX_set_options(tls, SSL_OP_NO_TICKET | SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(tls, SSL_SESS_CACHE_OFF);
    (void)SSL_CTX_set_num_tickets(tls, 0);
    return tls;
}

static int listen_on(const char *where)
{
    static const int on = 1;
    const char *colon = strrchr(where, ':');
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    address.sin_port = htons((uint16_t)strtoul(colon ? colon + 1 : "0", NULL, 10));
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    (void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) < 0 ||
        listen(fd, 4096) < 0)
        exit(1);
    return fd;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        (void)fprintf(stderr, "usage: %s CERT KEY ADDRESS:PORT\n", argv[0]);
        return 2;
    }
    struct server server = {make_tls(argv[1], argv[2]), listen_on(argv[3])};
    long threads = sysconf(_SC_NPROCESSORS_ONLN) * 4; /* each waits for its client */
    (void)signal(SIGPIPE, SIG_IGN);
    for (long i = 0; i < threads; i++) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, work, &server) != 0)
            return 1;
    }
    for (;;)
        (void)pause();
}
