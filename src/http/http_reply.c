/* http_reply.c - answers: whole ones, and those that are sent in pieces. */
#include <inttypes.h>
#include <stdio.h>

#include "encode/json.h"
#include "http/http_state.h"

static const struct {
    int status;
    const char *reason;
} reasons[] = {
    {200, "OK"},
    {204, "No Content"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {503, "Service Unavailable"},
    {507, "Insufficient Storage"},
};

static const char *reason_of(int status)
{
    for (size_t i = 0; i < ARRAY_LEN(reasons); i++) {
        if (reasons[i].status == status)
            return reasons[i].reason;
    }
    return "Unknown";
}

static void out_of_memory(struct http_session *http)
{
    http->state = HTTP_CLOSED; /* what cannot be said is shown by closing */
}

void http_reply_done(struct http_session *http)
{
    http_query_drop(http);
    http_parse_next(http->parse);
    http->query_id[0] = '\0';
    http->is_admitted = false;
    http->request_begun = buf_len(&http->input) > 0;
    http->state = http_keeps_alive(http) ? HTTP_READING : HTTP_CLOSED;
    limits_leave(&http->ticket);
    http_await_request(http);
}

static int write_head(const struct http_session *http, int status, const char *type,
                      const char *framing, char *out, size_t size)
{
    static const char challenge[] =
        "WWW-Authenticate: Basic realm=\"wirehouse\", charset=\"UTF-8\"\r\n";
    const char *id = http->query_id;
    return snprintf(out, size,
                    "HTTP/1.1 %d %s\r\nContent-Type: %s\r\n%s%s%s%s%s"
                    "Cache-Control: no-store\r\nX-Content-Type-Options: "
                    "nosniff\r\n%s%s\r\n",
                    status, reason_of(status), type, framing, *id ? "X-Query-Id: " : "",
                    id, *id ? "\r\n" : "", status == 401 ? challenge : "",
                    status == 503 ? "Retry-After: 1\r\n" : "",
                    http_keeps_alive(http) ? "" : "Connection: close\r\n");
}

void http_reply(struct http_session *http, int status, const char *type,
                const char *body, size_t len)
{
    char head[512], length[64];
    (void)snprintf(length, sizeof length, "Content-Length: %zu\r\n", len);
    int written = write_head(http, status, type, length, head, sizeof head);
    struct chain_mark mark = chain_mark(&http->output);
    if (chain_append(&http->output, head, (size_t)written) &&
        chain_append(&http->output, body, len)) {
        http_reply_done(http);
    } else {
        chain_rollback(&http->output, mark);
        out_of_memory(http);
    }
}

void http_reply_nothing(struct http_session *http)
{
    char head[128];
    int written = snprintf(
        head, sizeof head, "HTTP/1.1 204 %s\r\nCache-Control: no-store\r\n%s\r\n",
        reason_of(204), http_keeps_alive(http) ? "" : "Connection: close\r\n");
    if (chain_append(&http->output, head, (size_t)written))
        http_reply_done(http);
    else
        out_of_memory(http);
}

static bool build_problem(struct buf *out, int status, const struct error *err)
{
    char number[32];
    (void)snprintf(number, sizeof number, ",\"status\":%d", status);
    bool done =
        json_put_text(out, "{\"type\":\"about:blank\",\"title\":") &&
        json_put_string(out, reason_of(status)) && json_put_text(out, number) &&
        json_put_text(out, ",\"detail\":") && json_put_string(out, err->message) &&
        json_put_text(out, ",\"sqlstate\":") && json_put_string(out, err->sqlstate);
    if (err->detail[0])
        done = done && json_put_text(out, ",\"cause\":") &&
               json_put_string(out, err->detail);
    if (err->hint[0])
        done =
            done && json_put_text(out, ",\"hint\":") && json_put_string(out, err->hint);
    if (err->position > 0) {
        (void)snprintf(number, sizeof number, ",\"position\":%" PRId32, err->position);
        done = done && json_put_text(out, number);
    }
    return done && json_put_text(out, "}\n");
}

void http_reply_problem(struct http_session *http, int status, const struct error *err)
{
    struct buf body = {0};
    if (build_problem(&body, status, err))
        http_reply(http, status, "application/problem+json",
                   (const char *)buf_data(&body), buf_len(&body));
    else
        out_of_memory(http);
    buf_free(&body);
}

/* HTTP/1.0 knows no chunks: there the end of the connection is the end of the answer.
 */
static bool is_chunked(const struct http_session *http)
{
    return !http_parse_request(http->parse)->is_http10;
}

bool http_reply_begin(struct http_session *http, int status, const char *type)
{
    char head[512];
    if (!is_chunked(http))
        http->keep_alive = false;
    int written = write_head(http, status, type,
                             is_chunked(http) ? "Transfer-Encoding: chunked\r\n" : "",
                             head, sizeof head);
    return chain_append(&http->output, head, (size_t)written);
}

bool http_reply_piece(struct http_session *http, const void *data, size_t len)
{
    char size[24];
    if (len == 0)
        return true; /* an empty chunk would be the end */
    if (!is_chunked(http))
        return chain_append(&http->output, data, len);
    int written = snprintf(size, sizeof size, "%zx\r\n", len);
    return chain_append(&http->output, size, (size_t)written) &&
           chain_append(&http->output, data, len) &&
           chain_append(&http->output, "\r\n", 2);
}

bool http_reply_end(struct http_session *http)
{
    return !is_chunked(http) || chain_append(&http->output, "0\r\n\r\n", 5);
}
