/* http_answer.c - answers: a head, then a body by length or in chunks; what it must
 * say.
 */
#include "http_answer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sched.h"
#include "world.h"

struct answer {
    int status;
    size_t size; /* with its head */
    char body[HTTP_CLIENT_BYTES_MAX];
    size_t len;
};

/* ---- reading ---- */

static const char *header(const char *head, const char *name)
{
    const char *at = strstr(head, name);
    return at ? at + strlen(name) : NULL;
}

/* Chunks to a body; false: the last is not there yet. */
static bool read_chunks(const char *from, const char *end, struct answer *answer)
{
    answer->len = 0;
    for (const char *at = from;;) {
        const char *line_end = memmem(at, (size_t)(end - at), "\r\n", 2);
        if (!line_end)
            return false;
        size_t size = strtoul(at, NULL, 16);
        at = line_end + 2;
        if ((size_t)(end - at) < size + 2)
            return false;
        memcpy(answer->body + answer->len, at, size);
        answer->len += size;
        at += size + 2;
        if (size == 0) {
            answer->size += (size_t)(at - from);
            return true;
        }
    }
}

static bool read_answer(const char *text, size_t len, struct answer *answer,
                        bool *closes)
{
    char head[1024];
    const char *end = memmem(text, len, "\r\n\r\n", 4);
    if (!end)
        return false;
    size_t head_len = (size_t)(end - text) + 4;
    (void)snprintf(head, sizeof head, "%.*s", (int)head_len, text);
    answer->status = (int)strtol(head + strlen("HTTP/1.1 "), NULL, 10);
    answer->size = head_len;
    answer->len = 0;
    *closes = header(head, "Connection: close") != NULL;
    if (header(head, "Transfer-Encoding: chunked"))
        return read_chunks(text + head_len, text + len, answer);
    const char *length = header(head, "Content-Length: ");
    answer->len = length ? strtoul(length, NULL, 10) : 0;
    if (len - head_len < answer->len)
        return false;
    memcpy(answer->body, text + head_len, answer->len);
    answer->size += answer->len;
    return true;
}

/* ---- judging ---- */

static bool says(const struct answer *answer, const char *text)
{
    return memmem(answer->body, answer->len, text, strlen(text)) != NULL;
}

static bool has_timed_out(const struct http_request_spec *request)
{
    uint64_t us = world_http_timeout_us();
    return us && request->sent_at && sched_now_us() >= request->sent_at + us;
}

static bool is_rows(const struct answer *answer, unsigned rows)
{
    char wanted[8192];
    size_t used = (size_t)snprintf(wanted, sizeof wanted, "\"rows\":[");
    for (unsigned i = 1; i <= rows; i++)
        used += (size_t)snprintf(wanted + used, sizeof wanted - used, "%s[%u]",
                                 i > 1 ? "," : "", i);
    (void)snprintf(wanted + used, sizeof wanted - used,
                   "],\"statistics\":{\"rows\":%u,", rows);
    return answer->status == 200 && says(answer, wanted);
}

/* Nothing but the query itself is the reason that it failed. */
static bool is_success(const struct http_request_spec *request,
                       const struct answer *answer)
{
    switch (request->kind) {
    case REQUEST_HEALTH:
        return answer->status == 200 && says(answer, "{\"status\":\"ok\"}");
    case REQUEST_ROWS:
        return is_rows(answer, request->amount);
    case REQUEST_SLEEP:
        return answer->status == 200 && says(answer, "\"statistics\":{\"rows\":1,");
    case REQUEST_DIVIDE:
        return answer->status == 400 && says(answer, "\"sqlstate\":\"22012\"");
    }
    return false;
}

static bool is_cancelled(const struct http_client *client,
                         const struct http_request_spec *request,
                         const struct answer *answer)
{
    if (world_is_cut() && answer->status == 503 && says(answer, "57P01"))
        return true;
    if (request->kind != REQUEST_HEALTH && answer->status == 503 &&
        says(answer, "53300"))
        return true;
    if (answer->status != 408 || !says(answer, "57014"))
        return false;
    if (says(answer, "user request"))
        return request->cancels > 0;
    if (says(answer, "statement timeout"))
        return has_timed_out(request);
    return world_is_cut() || client->has_ended; /* the engine's own words */
}

size_t http_answer_check(const struct http_client *client,
                         const struct http_request_spec *request, const char *text,
                         size_t len, bool *closes)
{
    struct answer answer;
    if (!read_answer(text, len, &answer, closes))
        return 0;
    sim_trace("%s: request %s is answered, %d", client->name, request->id,
              answer.status);
    SIM_CHECK(is_success(request, &answer) || is_cancelled(client, request, &answer),
              "%s: another answer than that of %s (kind %d, %u): %d %.*s", client->name,
              request->id, (int)request->kind, request->amount, answer.status,
              (int)answer.len, answer.body);
    return answer.size;
}

bool http_answer_may_break(const struct http_request_spec *request)
{
    return request->kind == REQUEST_DIVIDE || request->cancels > 0 ||
           has_timed_out(request);
}
