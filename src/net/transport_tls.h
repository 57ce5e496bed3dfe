/* transport_tls.h - the transport with TLS in between: a handshake, then the four
 * calls.
 *
 * What it reads and writes is its socket alone; nothing blocks, and no call raises
 * SIGPIPE. Used by the connection's owner. */
#ifndef NET_TRANSPORT_TLS_H
#define NET_TRANSPORT_TLS_H

#include <pgwire/session.h>

#include "net/tls.h"
#include "net/transport.h"

enum tls_progress {
    TLS_DONE,
    TLS_BLOCKED, /* go on when the socket may be read or written again */
    TLS_FAILED   /* why is in the text */
};

/* What a connection's client may ask for by ALPN (RFC 7301). */
struct tls_protocol {
    const char *name;
    bool required; /* who does not name it is turned away */
};

/* Over a socket that was plain up to here: the context's reference is moved in, and
 * name is borrowed for the life of the process. False: no memory, nothing has changed,
 * and the reference is given back. */
bool transport_tls(struct transport *transport, struct tls_context *context,
                   struct tls_protocol protocol) MUST_CHECK;

/* The next piece of the handshake, up to a millisecond of CPU. */
enum tls_progress transport_tls_step(struct transport *transport, char *why,
                                     size_t size);

/* What the handshake has brought, the transport's own. NULL: no memory, or a
 * certificate with a name that has a NUL in it. */
const struct pgw_tls *transport_tls_describe(struct transport *transport) MUST_CHECK;

/* For contexts. The method is NULL when there is no memory; BIO_meth_free. */
BIO_METHOD *transport_tls_method(void);
int transport_tls_select_protocol(SSL *ssl, const unsigned char **out,
                                  unsigned char *out_len, const unsigned char *in,
                                  unsigned in_len, void *ctx);

#endif
