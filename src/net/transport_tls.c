/* transport_tls.c - a socket with TLS in between.
 *
 * OpenSSL reads and writes through a BIO of ours, which knows what epoll does not say
 * twice: whether the socket is read to its end. A record, not a piece of the session's
 * output, is what is written at once: small pieces are put together up to its size.
 *
 * Its queue of errors is a thread's: it is empty before each call. */
#include "net/transport_tls.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>

#include "core/slice.h"

enum { RECORD_BYTES = SSL3_RT_MAX_PLAIN_LENGTH, READS_WITHOUT_DATA = 8 };

struct tls_channel {
    SSL *ssl;
    struct tls_context *context;
    struct tls_protocol protocol;
    struct pgw_tls description;
    unsigned char *name; /* the client's, as it stands in the description */
    char *subject;
    int fd;
    bool dry;         /* the last call has read the socket, and emptied it */
    bool ended;       /* or found its end */
    bool would_block; /* the last call would have had to wait for the socket */
    bool broken;      /* nothing more may be said, not even farewell */
};

/* ---- the socket, as OpenSSL sees it ---- */

static int socket_read(BIO *bio, char *buffer, int len)
{
    struct tls_channel *channel = BIO_get_data(bio);
    ssize_t got;
    BIO_clear_retry_flags(bio);
    do
        got = recv(channel->fd, buffer, (size_t)len, 0);
    while (got < 0 && errno == EINTR);
    channel->dry = got < len;
    channel->ended = got == 0;
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        channel->would_block = true;
        BIO_set_retry_read(bio);
    }
    return (int)got;
}

static int socket_write(BIO *bio, const char *data, int len)
{
    struct tls_channel *channel = BIO_get_data(bio);
    ssize_t sent;
    BIO_clear_retry_flags(bio);
    do
        sent = send(channel->fd, data, (size_t)len, MSG_NOSIGNAL);
    while (sent < 0 && errno == EINTR);
    if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        channel->would_block = true;
        BIO_set_retry_write(bio);
    }
    return (int)sent;
}

static long socket_control(BIO *bio, int command, long number, void *pointer)
{
    const struct tls_channel *channel = BIO_get_data(bio);
    (void)number, (void)pointer;
    return command == BIO_CTRL_FLUSH || /* nothing is held back */
           (command == BIO_CTRL_EOF && channel->ended);
}

BIO_METHOD *transport_tls_method(void)
{
    BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "socket");
    if (!method)
        return NULL;
    (void)BIO_meth_set_read(method, socket_read);
    (void)BIO_meth_set_write(method, socket_write);
    (void)BIO_meth_set_ctrl(method, socket_control);
    return method;
}

/* ---- the handshake ---- */

int transport_tls_select_protocol(SSL *ssl, const unsigned char **out,
                                  unsigned char *out_len, const unsigned char *in,
                                  unsigned in_len, void *ctx)
{
    const struct tls_channel *channel = SSL_get_app_data(ssl);
    const char *name = channel->protocol.name;
    size_t len = strlen(name);
    (void)ctx;
    for (unsigned at = 0; at < in_len && in[at] < in_len - at; at += 1U + in[at]) {
        if (in[at] == len && memcmp(in + at + 1, name, len) == 0) {
            *out = in + at + 1;
            *out_len = in[at];
            return SSL_TLSEXT_ERR_OK;
        }
    }
    return SSL_TLSEXT_ERR_ALERT_FATAL;
}

static bool has_protocol(const struct tls_channel *channel)
{
    const unsigned char *name;
    unsigned len;
    SSL_get0_alpn_selected(channel->ssl, &name, &len);
    return len > 0;
}

static void explain(const struct tls_channel *channel, int error, char *why,
                    size_t size)
{
    unsigned long code = ERR_peek_last_error();
    long verified = SSL_get_verify_result(channel->ssl);
    const char *text = code ? ERR_reason_error_string(code) : NULL;
    if (verified != X509_V_OK)
        text = X509_verify_cert_error_string(verified);
    else if (!text && error == SSL_ERROR_SYSCALL && errno)
        text = strerror(errno);
    (void)snprintf(why, size, "%s", text ? text : "the client has hung up");
    ERR_clear_error();
}

enum tls_progress transport_tls_step(struct transport *transport, char *why,
                                     size_t size)
{
    struct tls_channel *channel = transport->tls;
    ERR_clear_error();
    errno = 0;
    int result = SSL_do_handshake(channel->ssl);
    int error = SSL_get_error(channel->ssl, result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
        return TLS_BLOCKED;
    if (result != 1) {
        explain(channel, error, why, size);
    } else if (channel->protocol.required && !has_protocol(channel)) {
        (void)snprintf(why, size, "TLS was begun at once, but no protocol was named");
    } else {
        return TLS_DONE;
    }
    channel->broken = true;
    return TLS_FAILED;
}

/* ---- the client's certificate ---- */

static bool describe_name(const X509_NAME *subject, unsigned char **name)
{
    int at = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
    if (at < 0)
        return true;
    const ASN1_STRING *text =
        X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, at));
    int len = ASN1_STRING_to_UTF8(name, text);
    return len >= 0 && !memchr(*name, '\0', (size_t)len);
}

static bool describe_subject(const X509_NAME *subject, char **out)
{
    BIO *bio = BIO_new(BIO_s_mem());
    char *text = NULL;
    bool done = bio && X509_NAME_print_ex(bio, subject, 0, XN_FLAG_RFC2253) >= 0;
    long len = done ? BIO_get_mem_data(bio, &text) : 0;
    done = done && len >= 0 && (len == 0 || !memchr(text, '\0', (size_t)len));
    *out = done ? OPENSSL_strndup(text ? text : "", (size_t)len) : NULL;
    BIO_free(bio);
    return *out != NULL;
}

const struct pgw_tls *transport_tls_describe(struct transport *transport)
{
    struct tls_channel *channel = transport->tls;
    const X509 *certificate = SSL_get0_peer_certificate(channel->ssl);
    bool done = true;
    if (certificate && SSL_get_verify_result(channel->ssl) == X509_V_OK) {
        const X509_NAME *subject = X509_get_subject_name(certificate);
        done = describe_name(subject, &channel->name) &&
               describe_subject(subject, &channel->subject);
    }
    ERR_clear_error();
    channel->description =
        (struct pgw_tls){.version = SSL_get_version(channel->ssl),
                         .cipher = SSL_get_cipher_name(channel->ssl),
                         .certificate_hash = {(const char *)channel->context->hash,
                                              channel->context->hash_len},
                         .certificate_name = (const char *)channel->name,
                         .certificate_subject = channel->subject};
    return done ? &channel->description : NULL;
}

/* ---- the transport ---- */

/* What a call that has brought no bytes says. */
static ssize_t outcome(struct tls_channel *channel, int result)
{
    int error = SSL_get_error(channel->ssl, result);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE)
        return TRANSPORT_BLOCKED;
    if (error == SSL_ERROR_ZERO_RETURN)
        return TRANSPORT_END;
    channel->broken = true;
    ERR_clear_error();
    return TRANSPORT_FAILED;
}

/* A record may bring no data (a key update): some of them, then it is another's turn.
 * What was read ahead may be enough: then the socket was not asked, and what epoll has
 * told of it meanwhile is still there. */
static ssize_t tls_recv(struct transport *transport, void *buffer, size_t len)
{
    struct tls_channel *channel = transport->tls;
    ssize_t got = TRANSPORT_BLOCKED;
    channel->would_block = channel->dry = false;
    for (int i = 0;
         i < READS_WITHOUT_DATA && got == TRANSPORT_BLOCKED && !channel->would_block;
         i++) {
        size_t bytes = 0;
        ERR_clear_error();
        int result = SSL_read_ex(channel->ssl, buffer, len, &bytes);
        got = result == 1 ? (ssize_t)bytes : outcome(channel, result);
    }
    return got;
}

/* What is still to be sent, from a place in it on. */
struct outgoing {
    const struct iovec *iov;
    size_t count, offset;
};

static void pass(struct outgoing *out, size_t bytes)
{
    while (out->count > 0 && bytes >= out->iov->iov_len - out->offset) {
        bytes -= out->iov->iov_len - out->offset;
        out->offset = 0;
        out->iov++;
        out->count--;
    }
    out->offset += bytes;
}

/* A record's worth from the front: as it lies there, if that is enough or all. What is
 * given again after a write that would block begins with the same bytes and has no
 * fewer, as OpenSSL asks for: output only grows at its end. */
static struct slice front(const struct outgoing *out, uint8_t record[RECORD_BYTES])
{
    const char *first = (const char *)out->iov->iov_base + out->offset;
    size_t len = out->iov->iov_len - out->offset;
    if (len >= RECORD_BYTES || out->count == 1)
        return (struct slice){first, len};
    memcpy(record, first, len);
    for (size_t i = 1; i < out->count && len < RECORD_BYTES; i++) {
        size_t room = RECORD_BYTES - len, more = out->iov[i].iov_len;
        memcpy(record + len, out->iov[i].iov_base, more < room ? more : room);
        len += more < room ? more : room;
    }
    return (struct slice){(const char *)record, len};
}

static ssize_t tls_sendv(struct transport *transport, struct iovec *iov, size_t count)
{
    struct tls_channel *channel = transport->tls;
    struct outgoing out = {.iov = iov, .count = count};
    uint8_t record[RECORD_BYTES];
    ssize_t sent = 0;
    pass(&out, 0); /* empty pieces */
    while (out.count > 0) {
        struct slice piece = front(&out, record);
        size_t bytes = 0;
        ERR_clear_error();
        int result = SSL_write_ex(channel->ssl, piece.data, piece.len, &bytes);
        if (result != 1) {
            ssize_t why = outcome(channel, result);
            return sent > 0 && why == TRANSPORT_BLOCKED ? sent : why;
        }
        sent += (ssize_t)bytes;
        pass(&out, bytes);
    }
    return sent;
}

/* Read ahead, or still in the socket: epoll has told all that it will tell. */
static bool tls_pending(const struct transport *transport)
{
    const struct tls_channel *channel = transport->tls;
    return !channel->would_block &&
           (!channel->dry || SSL_has_pending(channel->ssl) == 1);
}

static void tls_close(struct transport *transport)
{
    struct tls_channel *channel = transport->tls;
    ERR_clear_error();
    if (!channel->broken && SSL_is_init_finished(channel->ssl))
        (void)SSL_shutdown(channel->ssl); /* close_notify, if there is room for it */
    ERR_clear_error();
    SSL_free(channel->ssl);
    OPENSSL_free(channel->name);
    OPENSSL_free(channel->subject);
    tls_context_unref(channel->context);
    free(channel);
    (void)close(transport->fd);
    *transport = (struct transport){.fd = -1};
}

static SSL *new_ssl(struct tls_channel *channel)
{
    SSL *ssl = SSL_new(channel->context->ssl);
    BIO *bio = ssl ? BIO_new(channel->context->socket) : NULL;
    if (!bio) {
        SSL_free(ssl);
        return NULL;
    }
    BIO_set_data(bio, channel);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl, bio, bio); /* moved in */
    SSL_set_accept_state(ssl);
    if (SSL_set_app_data(ssl, channel) == 1)
        return ssl;
    SSL_free(ssl);
    return NULL;
}

bool transport_tls(struct transport *transport, struct tls_context *context,
                   struct tls_protocol protocol)
{
    static const struct transport_ops ops = {
        .recv = tls_recv,
        .sendv = tls_sendv,
        .pending = tls_pending,
        .close = tls_close,
    };
    struct tls_channel *channel = calloc(1, sizeof *channel);
    if (channel) {
        *channel = (struct tls_channel){
            .context = context, .protocol = protocol, .fd = transport->fd};
        channel->ssl = new_ssl(channel);
    }
    if (!channel || !channel->ssl) {
        ERR_clear_error();
        free(channel);
        tls_context_unref(context);
        return false;
    }
    transport->ops = &ops;
    transport->tls = channel;
    return true;
}
