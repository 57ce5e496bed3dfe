/* wire_stream.c - a blocking connection, in clear or with TLS. */
#include "lib/client/wire_stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>

enum { READ_BYTES = 65536 };

_Noreturn static void die_tls(void)
{
    ERR_print_errors_fp(stderr);
    exit(1);
}

SSL_CTX *wire_tls(void)
{
    static const unsigned char protocol[] = "\12postgresql";
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    if (!ctx || SSL_CTX_set_alpn_protos(ctx, protocol, sizeof protocol - 1) != 0)
        die_tls();
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    return ctx;
}

void wire_stream_secure(struct wire_stream *stream, SSL_CTX *ctx)
{
    stream->ssl = SSL_new(ctx);
    if (!stream->ssl || SSL_set_fd(stream->ssl, stream->fd) != 1 ||
        SSL_connect(stream->ssl) != 1)
        die_tls();
}

static void ask(int fd)
{
    enum { SSL_REQUEST = 80877103 };
    struct buf request = {0};
    char answer = 0;
    wire_put_number(&request, 8, 4);
    wire_put_number(&request, SSL_REQUEST, 4);
    wire_write(fd, &request);
    buf_free(&request);
    if (recv(fd, &answer, 1, 0) != 1 || answer != 'S')
        wire_die("the server has no TLS");
}

struct wire_stream wire_stream_open(const char *where, unsigned source, SSL_CTX *ctx)
{
    struct wire_stream stream = {.fd = wire_connect(where, source)};
    if (ctx) {
        ask(stream.fd);
        wire_stream_secure(&stream, ctx);
    }
    return stream;
}

void wire_stream_write(const struct wire_stream *stream, const struct buf *data)
{
    if (!stream->ssl)
        wire_write(stream->fd, data);
    else if (SSL_write(stream->ssl, buf_data(data), (int)buf_len(data)) !=
             (int)buf_len(data))
        die_tls();
}

size_t wire_stream_read(const struct wire_stream *stream, struct buf *in)
{
    if (!stream->ssl)
        return wire_read(stream->fd, in);
    uint8_t *room = buf_reserve(in, READ_BYTES);
    int got = room ? SSL_read(stream->ssl, room, READ_BYTES) : 0;
    if (got <= 0)
        die_tls();
    buf_commit(in, (size_t)got);
    return (size_t)got;
}

struct wire_message wire_stream_await(const struct wire_stream *stream, struct buf *in,
                                      char type)
{
    struct wire_message message;
    for (;;) {
        while (!wire_peek(in, &message))
            (void)wire_stream_read(stream, in);
        if (message.type == type)
            return message;
        if (message.type == 'E') {
            (void)fwrite(message.body, 1, message.len, stderr);
            exit(1);
        }
        wire_drop(in, &message);
    }
}

void wire_stream_login(const struct wire_stream *stream)
{
    struct buf data = {0};
    wire_startup(&data);
    wire_stream_write(stream, &data);
    buf_consume(&data, buf_len(&data));
    (void)wire_stream_await(stream, &data, 'Z');
    buf_free(&data);
}

int wire_stream_abandon(struct wire_stream *stream)
{
    SSL_free(stream->ssl);
    stream->ssl = NULL;
    return stream->fd;
}

void wire_stream_close(struct wire_stream *stream)
{
    if (stream->ssl)
        (void)SSL_shutdown(stream->ssl);
    (void)close(wire_stream_abandon(stream));
}
