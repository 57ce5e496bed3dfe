/* session_ops.h - what the loop knows of a session, whatever protocol it speaks.
 *
 * The same masks, ports and rules as <pgwire/session.h>; the HTTP session is a sibling
 * behind the same table. All but interrupt and key_matches are called by the
 * connection's owner, one thread at a time. */
#ifndef NET_SESSION_OPS_H
#define NET_SESSION_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#include <pgwire/session.h>

struct tls_source;

struct session_ops {
    unsigned (*want)(const void *self); /* mask of enum pgw_want */
    void (*run)(void *self);
    uint8_t *(*recv_buf)(void *self, size_t *len);
    void (*recv_ack)(void *self, size_t len);
    void (*recv_eof)(void *self);
    /* Also from within run: the bytes stay where they are while more are added. */
    size_t (*send_iov)(void *self, struct iovec *iov, size_t max);
    void (*send_ack)(void *self, size_t bytes);
    void (*idle)(void *self);
    bool (*interrupt)(void *self, enum pgw_interrupt reason,
                      uint64_t *statement); /* thread-safe */
    bool (*key_matches)(const void *self,
                        struct pgw_slice key); /* thread-safe, or NULL */
    /* What *tls says is borrowed until the session is freed. May be NULL. */
    void (*tls_started)(void *self, const struct pgw_tls *tls);
    void (*free)(void *self);
};

struct session {
    const struct session_ops *ops;
    void *self;
};

/* Who connected, and the loop to ask; borrowed until the session is freed. */
struct session_peer {
    const struct pgw_host *host;
    void *host_self;
    uint32_t pid;         /* unique among live sessions of the server */
    char address[48];     /* "127.0.0.1", "::1", "unix" */
    bool is_loopback;     /* loopback or a unix socket */
    struct pgw_peer peer; /* for libpgwire; its address is the one above */
};

/* TLS for the connections of one listener, but for those over a unix socket. */
struct session_tls {
    struct tls_source *source; /* outlives the loop; NULL: none */
    const char *protocol;      /* by ALPN: "postgresql", "http/1.1" */
    bool at_once;        /* a connection begins with it; else the session asks, or the
                          * client's first byte does */
    uint32_t timeout_ms; /* at_once: of the handshake; 0 = 60 s. Else the session's */
};

/* Makes sessions for the connections of one listener. */
struct session_factory {
    bool (*open)(void *ctx, const struct session_peer *peer, struct session *out);
    void *ctx;
    struct session_tls tls;
    /* What a client hears for whom nothing is left, not even a place among the
     * strangers; static, or NULL. */
    const char *farewell;
    size_t farewell_len;
};

/* libpgwire's session behind this table, and what a client hears for whom there is
 * none: an ErrorResponse. */
extern const struct session_ops pg_session_ops;
extern const char pg_farewell[];
extern const size_t pg_farewell_len;

#endif
