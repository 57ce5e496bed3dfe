/* http_client.c - what an HTTP client may do next, and doing it. */
#include "http_client.h"

#include <stdio.h>
#include <string.h>

#include "http_answer.h"
#include "sched.h"
#include "world.h"

enum { GRACE_US = 250000, READ_MOST = 5000, CANCELS_MOST = 8 };

/* ---- life ---- */

static struct http_request_spec some_request(unsigned client, unsigned number)
{
    struct http_request_spec request = {.kind =
                                            (enum http_request_kind)sim_scenario(4)};
    request.amount = request.kind == REQUEST_SLEEP ? (unsigned)sim_range(1, 3)
                                                   : (unsigned)sim_range(0, 200);
    (void)snprintf(request.id, sizeof request.id, "query-%u-%u", client, number);
    return request;
}

void http_client_init(struct http_client *client, unsigned number, unsigned most)
{
    static const size_t capacity[] = {64, 300, 1500, 20000};
    static const size_t portion[] = {1, 7, 100, READ_MOST};
    static const uint64_t patience[] = {0, 0, 1000, 300000};
    memset(client, 0, sizeof *client);
    (void)snprintf(client->name, sizeof client->name, "http%u", number);
    client->count = (unsigned)sim_range(1, HTTP_REQUESTS_MAX);
    for (unsigned i = 0; i < client->count; i++)
        client->requests[i] = some_request(number, i);
    if (client->count > most)
        client->count = most;
    client->ending = (enum http_ending)sim_scenario(HTTP_ENDINGS);
    client->limits =
        (struct kernel_limits){.to_server = capacity[sim_scenario(ARRAY_LEN(capacity))],
                               .to_client = capacity[sim_scenario(ARRAY_LEN(capacity))],
                               .listener = KERNEL_SECOND_LISTENER};
    client->send_most = portion[sim_scenario(ARRAY_LEN(portion))];
    client->read_most = portion[sim_scenario(ARRAY_LEN(portion))];
    client->patience_us = patience[sim_scenario(ARRAY_LEN(patience))];
    client->arrives_at = sched_now_us() + sim_range(0, 1000000);
    client->quits_at = client->arrives_at + sim_range(1, 4000000);
    canceller_init(&client->canceller, client->name);
}

bool http_client_is_gone(const struct http_client *client)
{
    return client->phase == HTTP_GONE && !canceller_is_busy(&client->canceller);
}

static bool is_over(const struct http_client *client)
{
    return client->answered == client->count;
}

bool http_client_is_done(const struct http_client *client)
{
    return http_client_is_gone(client) ||
           (client->phase == HTTP_HERE && client->ending == HTTP_STAYS &&
            is_over(client));
}

/* ---- what is due ---- */

static bool wants_to_ask(const struct http_client *client)
{
    return client->asked < client->count && client->asked == client->answered &&
           !client->pending_len && !client->has_ended;
}

static bool wants_to_send(const struct http_client *client)
{
    return client->pending_len > 0 && kernel_room(client->sock) > 0;
}

static bool wants_to_read(const struct http_client *client)
{
    return kernel_unread(client->sock) > 0 || kernel_is_closed(client->sock);
}

static bool wants_to_end(const struct http_client *client)
{
    bool all_sent = client->asked == client->count && !client->pending_len;
    switch (client->ending) {
    case HTTP_LEAVES:
        return is_over(client);
    case HTTP_HALF:
        return all_sent && !client->has_ended;
    case HTTP_BREAKS_OFF:
        return sched_now_us() >= client->quits_at;
    case HTTP_STAYS:
    case HTTP_ENDINGS:
        break;
    }
    return false;
}

/* What it asks for ends by itself, so it does not have to try for ever. */
static bool may_lose_patience(const struct http_client *client)
{
    const struct http_request_spec *request = &client->requests[client->answered];
    return client->patience_us && client->asked > client->answered &&
           request->kind != REQUEST_HEALTH && request->cancels < CANCELS_MOST &&
           client->canceller.turned_away < CANCELS_MOST &&
           !canceller_is_busy(&client->canceller) && !world_is_stopping();
}

static bool wants_to_cancel(const struct http_client *client)
{
    return may_lose_patience(client) && client->cancels_at &&
           sched_now_us() >= client->cancels_at;
}

/* ---- doing it ---- */

static void leave(struct http_client *client, const char *how)
{
    client->phase = HTTP_GONE;
    sim_trace("%s: %s", client->name, how);
}

static void write_sql(const struct http_request_spec *request, char *sql, size_t size)
{
    static const struct {
        const char *before, *behind;
    } texts[] = {[REQUEST_HEALTH] = {"", ""},
                 [REQUEST_ROWS] = {"select n from generate_series(1, ", ") as t(n)"},
                 [REQUEST_SLEEP] = {"select pg_sleep(", ")"},
                 [REQUEST_DIVIDE] = {"select 1 / 0, ", ""}};
    (void)snprintf(sql, size, "%s%u%s", texts[request->kind].before, request->amount,
                   texts[request->kind].behind);
}

static void ask(struct http_client *client)
{
    const struct http_request_spec *request = &client->requests[client->asked++];
    char sql[128], body[160];
    if (request->kind == REQUEST_HEALTH) {
        client->pending_len =
            (size_t)snprintf(client->pending, sizeof client->pending,
                             "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
        return;
    }
    write_sql(request, sql, sizeof sql);
    int len = snprintf(body, sizeof body, "{\"sql\":\"%s\"}", sql);
    client->pending_len = (size_t)snprintf(
        client->pending, sizeof client->pending,
        "POST /v1/query HTTP/1.1\r\nHost: localhost\r\nX-Query-Id: %s\r\n"
        "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
        request->id, len, body);
}

static void say(struct http_client *client)
{
    size_t len = client->pending_len < client->send_most ? client->pending_len
                                                         : client->send_most;
    size_t taken = kernel_send(client->sock, client->pending, len);
    client->pending_len -= taken;
    memmove(client->pending, client->pending + taken, client->pending_len);
    if (client->pending_len > 0)
        return;
    client->requests[client->asked - 1].sent_at = sched_now_us();
    sim_trace("%s: request %s is sent", client->name,
              client->requests[client->asked - 1].id);
}

/* Who has had no query answered may be told to go when others wait. */
static bool may_be_sent_away(const struct http_client *client)
{
    for (unsigned i = 0; i < client->answered; i++) {
        if (client->requests[i].kind != REQUEST_HEALTH)
            return false;
    }
    return sched_now_us() >= client->arrives_at + world_stranger_us();
}

/* The server has closed the connection: was there a reason? */
static void check_end(struct http_client *client)
{
    bool under_way = client->asked > client->answered;
    bool graced = client->has_ended && sched_now_us() >= client->ended_at + GRACE_US;
    bool refused = !kernel_was_served(client->sock);
    bool broke =
        under_way && http_answer_may_break(&client->requests[client->answered]);
    SIM_CHECK(world_is_stopping() || graced || refused || broke ||
                  may_be_sent_away(client) || (client->has_ended && is_over(client)) ||
                  client->was_broken,
              "%s: the connection is closed without a reason", client->name);
    kernel_close(client->sock);
    leave(client, "is at its end");
}

static void take(struct http_client *client)
{
    bool closes = false;
    SIM_CHECK(client->asked > client->answered, "%s is answered what it has not asked",
              client->name);
    size_t size = http_answer_check(client, &client->requests[client->answered],
                                    client->bytes, client->len, &closes);
    if (size == 0)
        return;
    client->answered++;
    client->cancels_at = 0;
    client->was_broken = closes;
    client->len -= size;
    memmove(client->bytes, client->bytes + size, client->len);
}

static void hear(struct http_client *client)
{
    size_t most = HTTP_CLIENT_BYTES_MAX - client->len;
    SIM_CHECK(most > 0, "%s: an answer is too long", client->name);
    size_t len = kernel_recv(client->sock, client->bytes + client->len,
                             client->read_most < most ? client->read_most : most);
    client->len += len;
    if (len > 0)
        take(client);
    else
        check_end(client);
}

static void end(struct http_client *client)
{
    if (client->ending == HTTP_HALF) {
        kernel_shutdown(client->sock);
        client->has_ended = true;
        client->ended_at = sched_now_us();
        sim_trace("%s: sends no more", client->name);
        return;
    }
    if (client->ending == HTTP_BREAKS_OFF)
        kernel_reset(client->sock);
    else
        kernel_close(client->sock);
    leave(client, "goes");
}

/* The request to cancel is counted when it begins: what it hits, it hits later. */
static void cancel(struct http_client *client)
{
    struct http_request_spec *request = &client->requests[client->answered];
    canceller_start_http(&client->canceller, request->id, &request->cancels);
    client->cancels_at = 0;
}

static const struct http_deed {
    bool (*wants)(const struct http_client *client);
    void (*act)(struct http_client *client);
} deeds[] = {
    {wants_to_ask, ask}, {wants_to_send, say},      {wants_to_read, hear},
    {wants_to_end, end}, {wants_to_cancel, cancel},
};

/* ---- the actor ---- */

static unsigned doable(const struct http_client *client, const struct http_deed **out)
{
    unsigned count = 0;
    for (size_t i = 0; i < ARRAY_LEN(deeds); i++)
        if (deeds[i].wants(client))
            out[count++] = &deeds[i];
    return count;
}

static bool has_to_wait(const struct http_client *client)
{
    return may_lose_patience(client) && !client->cancels_at;
}

static bool is_ready(const void *self)
{
    const struct http_client *client = self;
    const struct http_deed *able[ARRAY_LEN(deeds)];
    if (client->phase == HTTP_AWAY)
        return sched_now_us() >= client->arrives_at;
    return client->phase == HTTP_HERE &&
           (has_to_wait(client) || doable(client, able) > 0);
}

static void arrive(struct http_client *client)
{
    client->sock = kernel_connect(&client->limits);
    client->phase = client->sock ? HTTP_HERE : HTTP_GONE;
    sim_trace("%s: %s", client->name, client->sock ? "connects" : "finds nobody");
}

static void act(void *self)
{
    struct http_client *client = self;
    const struct http_deed *able[ARRAY_LEN(deeds)];
    if (client->phase == HTTP_AWAY)
        arrive(client);
    else if (has_to_wait(client))
        client->cancels_at = sched_now_us() + 1 + sim_schedule(client->patience_us);
    else
        able[sim_schedule(doable(client, able))]->act(client);
}

static uint64_t wakes_at(const void *self)
{
    const struct http_client *client = self;
    uint64_t next = 0;
    if (client->phase == HTTP_AWAY)
        return client->arrives_at;
    if (client->phase == HTTP_GONE)
        return 0;
    if (may_lose_patience(client))
        next = client->cancels_at;
    if (client->ending == HTTP_BREAKS_OFF && (!next || client->quits_at < next))
        next = client->quits_at;
    return next;
}

void http_client_add(struct http_client *client)
{
    sched_add_actor(&(struct sched_actor){.name = client->name,
                                          .self = client,
                                          .is_ready = is_ready,
                                          .act = act,
                                          .wakes_at = wakes_at});
    canceller_add(&client->canceller);
}

void http_client_finish(struct http_client *client)
{
    while (client->phase == HTTP_HERE) {
        SIM_CHECK(wants_to_read(client), "%s: the server has left it open",
                  client->name);
        hear(client);
    }
}
