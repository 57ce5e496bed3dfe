/* wire_stream.h - a blocking connection, in clear or with TLS, for programs that test
 * and measure. What it cannot go on without ends the program. */
#ifndef TESTS_WIRE_STREAM_H
#define TESTS_WIRE_STREAM_H

#include <openssl/ssl.h>

#include "lib/client/wire_client.h"

struct wire_stream {
    int fd;
    SSL *ssl; /* NULL: in clear */
};

/* For all streams of a program: no certificate is verified, no session resumed. */
SSL_CTX *wire_tls(void);

/* WHERE and source as for wire_connect; with a ctx SSLRequest and the handshake. */
struct wire_stream wire_stream_open(const char *where, unsigned source, SSL_CTX *ctx);
/* The handshake at once, without asking. */
void wire_stream_secure(struct wire_stream *stream, SSL_CTX *ctx);

void wire_stream_write(const struct wire_stream *stream, const struct buf *data);
size_t wire_stream_read(const struct wire_stream *stream, struct buf *in);
/* Up to a message of this type, which is left in front; an error ends the program. */
struct wire_message wire_stream_await(const struct wire_stream *stream, struct buf *in,
                                      char type);
void wire_stream_login(const struct wire_stream *stream);
/* The socket alone goes on, and nothing is said: its memory here is given back. */
int wire_stream_abandon(struct wire_stream *stream);
void wire_stream_close(struct wire_stream *stream);

#endif
