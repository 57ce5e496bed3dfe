/* http_client.h - a client of the HTTP session: asks, reads, cancels by query id, goes.
 */
#ifndef SIM_HTTP_CLIENT_H
#define SIM_HTTP_CLIENT_H

#include "canceller.h"

enum { HTTP_REQUESTS_MAX = 6, HTTP_CLIENT_BYTES_MAX = 32768, HTTP_ID_BYTES = 24 };

enum http_request_kind { REQUEST_HEALTH, REQUEST_ROWS, REQUEST_SLEEP, REQUEST_DIVIDE };

struct http_request_spec {
    enum http_request_kind kind;
    unsigned amount; /* rows, or seconds */
    char id[HTTP_ID_BYTES];
    uint64_t sent_at; /* its last byte; 0 = not yet */
    unsigned cancels; /* requests to cancel it that have left */
};

enum http_ending { HTTP_LEAVES, HTTP_HALF, HTTP_BREAKS_OFF, HTTP_STAYS, HTTP_ENDINGS };

struct http_client {
    char name[12];
    enum { HTTP_AWAY, HTTP_HERE, HTTP_GONE } phase;
    struct http_request_spec requests[HTTP_REQUESTS_MAX];
    unsigned count, asked, answered; /* requests */
    enum http_ending ending;
    struct kernel_limits limits;
    size_t send_most, read_most;
    uint64_t patience_us; /* 0 = it never cancels */
    struct canceller canceller;
    struct sock *sock;

    char pending[1024]; /* of the request under way */
    size_t pending_len;
    char bytes[HTTP_CLIENT_BYTES_MAX]; /* of an answer that is not whole */
    size_t len;
    bool has_ended, was_broken; /* was_broken: an answer ended in the midst of it */
    uint64_t arrives_at, quits_at, cancels_at, ended_at;
};

void http_client_init(struct http_client *client, unsigned number, unsigned most);
void http_client_add(struct http_client *client);
bool http_client_is_done(const struct http_client *client);
bool http_client_is_gone(const struct http_client *client);
void http_client_finish(struct http_client *client);

#endif
