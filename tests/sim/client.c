/* client.c - what a client may do next, and doing it: one socket call a step. */
#include "client.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sched.h"
#include "world.h"

enum { GRACE_US = 250000, READ_MOST = 5000, TURNED_AWAY_MOST = 20 };

/* ---- life ---- */

void client_init(struct client *client, unsigned number, unsigned queries_most)
{
    struct script *script = malloc(sizeof *script);
    SIM_CHECK(script, "no memory for a script");
    memset(client, 0, sizeof *client);
    (void)snprintf(client->name, sizeof client->name, "client%u", number);
    script_make(script, number, queries_most);
    client->script = script;
    client->arrives_at =
        sched_now_us() + sim_range(0, sim_scenario_chance(500) ? 2000000 : 0);
    expect_begin(&client->expect, client->name, script);
    canceller_init(&client->canceller, client->name);
}

void client_free(struct client *client)
{
    free((void *)(uintptr_t)client->script);
    client->script = NULL;
}

static bool is_over(const struct client *client)
{
    return client->expect.query == client->script->query_count;
}

bool client_is_gone(const struct client *client)
{
    return client->phase == CLIENT_GONE && !canceller_is_busy(&client->canceller);
}

bool client_is_done(const struct client *client)
{
    if (client->phase == CLIENT_HERE && client->script->ending == ENDING_STAY)
        return client->expect.ready && is_over(client);
    return client_is_gone(client);
}

/* ---- what is due ---- */

static bool has_come(uint64_t at)
{
    return at && sched_now_us() >= at;
}

static bool wants_to_ask(const struct client *client)
{
    if (client->script->ending == ENDING_MUTE || client->expect.has_ended ||
        client->asked == client->script->query_count)
        return false;
    if (!client->expect.ready && !client->script->is_early)
        return false;
    return client->greeted &&
           client->asked <= client->expect.query + client->script->ahead &&
           client->pending_len + SCRIPT_BYTES_MAX <= CLIENT_PENDING_MAX;
}

/* Half of its life is over, or all of it. */
static bool wants_to_end(const struct client *client)
{
    const struct expect *expect = &client->expect;
    switch (client->script->ending) {
    case ENDING_TERMINATE:
        return expect->ready && is_over(client) && !client->terminated;
    case ENDING_HALF:
        return client->asked == client->script->query_count && !client->pending_len &&
               !expect->has_ended && client->greeted;
    case ENDING_CLOSE:
    case ENDING_RESET:
        return is_over(client) || expect->total >= client->script->ends_after;
    case ENDING_STAY:
    case ENDING_MUTE:
    case ENDING_COUNT:
        break;
    }
    return false;
}

/* Who goes without a word goes in the end, whatever has come by then; and so does who
 * is never let in to cancel. */
static bool may_quit(const struct client *client)
{
    return client->canceller.turned_away > TURNED_AWAY_MOST ||
           client->script->ending == ENDING_CLOSE ||
           client->script->ending == ENDING_RESET;
}

/* The first byte of what is not answered yet has been sent, or soon will be. */
static bool waits_for_answer(const struct client *client)
{
    const struct expect *expect = &client->expect;
    return expect->ready && client->asked > expect->query &&
           (client->script->cancels_at_once || expect->begun_at[expect->query]);
}

static bool wants_to_cancel(const struct client *client)
{
    return client->script->patience_us && client->expect.has_key &&
           waits_for_answer(client) && !canceller_is_busy(&client->canceller) &&
           !world_is_stopping();
}

static bool wants_to_read(const struct client *client)
{
    return kernel_unread(client->sock) > 0 || kernel_is_closed(client->sock);
}

static bool wants_to_send(const struct client *client)
{
    return client->pending_len > 0 && kernel_room(client->sock) > 0;
}

/* ---- doing it ---- */

static void arrive(struct client *client)
{
    client->sock = kernel_connect(&client->script->limits);
    client->arrived_at = sched_now_us();
    client->quits_at = client->arrived_at + client->script->quits_us;
    client->phase = client->sock ? CLIENT_HERE : CLIENT_GONE;
    sim_trace("%s: %s", client->name, client->sock ? "connects" : "finds nobody");
    if (!client->sock || client->script->ending == ENDING_MUTE)
        return;
    client->pending_len = script_startup(client->pending);
    client->greeted = true;
}

static void leave(struct client *client, const char *how)
{
    client->phase = CLIENT_GONE;
    sim_trace("%s: %s", client->name, how);
}

static void ask(struct client *client)
{
    const struct script_query *query = &client->script->queries[client->asked];
    memcpy(client->pending + client->pending_len, query->bytes, query->len);
    client->pending_len += query->len;
    if (client->asked++ == client->sent)
        client->asked_left = client->pending_len;
    client->asks_at = 0;
}

static void close_socket(struct client *client)
{
    kernel_close(client->sock);
    leave(client, "closes");
}

static void end(struct client *client)
{
    struct expect *expect = &client->expect;
    switch (client->script->ending) {
    case ENDING_TERMINATE:
        client->pending_len += script_terminate(client->pending + client->pending_len);
        client->terminated = true;
        break;
    case ENDING_HALF:
        kernel_shutdown(client->sock);
        expect->has_ended = true;
        client->ended_at = sched_now_us();
        sim_trace("%s: sends no more", client->name);
        break;
    case ENDING_CLOSE:
        close_socket(client);
        break;
    case ENDING_RESET:
        kernel_reset(client->sock);
        leave(client, "breaks off");
        break;
    case ENDING_STAY:
    case ENDING_MUTE:
    case ENDING_COUNT:
        break;
    }
}

static void quit(struct client *client)
{
    if (client->script->ending == ENDING_RESET)
        end(client);
    else
        close_socket(client);
}

/* The first byte of a query begins it for the client, the last one ends it. */
static void note_sent(struct client *client, size_t taken)
{
    struct expect *expect = &client->expect;
    while (client->sent < client->asked) {
        size_t len = client->script->queries[client->sent].len;
        bool begun = client->asked_left < len + taken;
        if (begun && !expect->begun_at[client->sent])
            expect->begun_at[client->sent] = sched_now_us();
        if (taken < client->asked_left) {
            client->asked_left -= taken;
            return;
        }
        taken -= client->asked_left;
        expect->sent_at[client->sent++] = sched_now_us();
        sim_trace("%s: query %u is sent", client->name, client->sent - 1);
        client->asked_left = client->sent < client->asked
                                 ? client->script->queries[client->sent].len
                                 : 0;
    }
}

static void say(struct client *client)
{
    size_t most = client->script->send_most;
    size_t len = client->pending_len < most ? client->pending_len : most;
    size_t taken = kernel_send(client->sock, client->pending, len);
    client->pending_len -= taken;
    memmove(client->pending, client->pending + taken, client->pending_len);
    note_sent(client, taken);
}

/* The server has closed the connection: was there a reason? */
static void check_end(struct client *client)
{
    const struct expect *expect = &client->expect;
    uint64_t now = sched_now_us();
    bool answered = expect->ready && is_over(client);
    bool graced = expect->has_ended && now >= client->ended_at + GRACE_US;
    bool refused = !kernel_was_served(client->sock);
    bool late = !expect->ready && now >= client->arrived_at + world_stranger_us();
    SIM_CHECK(world_is_stopping() || expect->fatal || refused || late || graced ||
                  expect_may_end(expect) ||
                  (answered && (client->terminated || expect->has_ended)),
              "%s: the connection is closed without a reason", client->name);
    SIM_CHECK(expect->len == 0 || world_is_stopping() || graced ||
                  expect_may_end(expect),
              "%s: the last message is cut", client->name);
    kernel_close(client->sock);
    leave(client, "is at its end");
}

static void take(struct client *client, const uint8_t *bytes, size_t len)
{
    unsigned answered = client->expect.query;
    expect_bytes(&client->expect, bytes, len);
    if (client->expect.query > answered)
        client->impatience = 0;
}

static void hear(struct client *client)
{
    uint8_t bytes[READ_MOST];
    size_t len = kernel_recv(client->sock, bytes, client->script->read_most);
    if (len > 0)
        take(client, bytes, len);
    else
        check_end(client);
    if (client->script->read_pause_us)
        client->reads_at = sched_now_us() + sim_schedule(client->script->read_pause_us);
}

static void cancel(struct client *client)
{
    canceller_start(&client->canceller, client->expect.cancel_key,
                    &client->expect.cancels);
    client->cancels_at = 0;
    client->impatience++;
}

/* ---- the table of all that ---- */

/* Which of its times a deed waits for; NULL: for none. */
static const struct deed {
    bool (*wants)(const struct client *client);
    void (*act)(struct client *client);
    size_t time; /* offset of the time at which it may be done; 0 = at once */
} deeds[] = {
    {wants_to_ask, ask, offsetof(struct client, asks_at)},
    {wants_to_send, say, 0},
    {wants_to_read, hear, offsetof(struct client, reads_at)},
    {wants_to_end, end, 0},
    {may_quit, quit, offsetof(struct client, quits_at)},
    {wants_to_cancel, cancel, offsetof(struct client, cancels_at)},
};

static uint64_t time_of(const struct client *client, const struct deed *deed)
{
    uint64_t at = 0;
    if (deed->time)
        memcpy(&at, (const char *)client + deed->time, sizeof at);
    return at;
}

static unsigned doable(const struct client *client, const struct deed **out)
{
    unsigned count = 0;
    for (size_t i = 0; i < ARRAY_LEN(deeds); i++)
        if (deeds[i].wants(client) && sched_now_us() >= time_of(client, &deeds[i]))
            out[count++] = &deeds[i];
    return count;
}

/* Thinking and losing patience begin when there is a reason to. */
static bool has_to_wait(const struct client *client)
{
    return (wants_to_ask(client) && client->script->think_us && !client->asks_at) ||
           (wants_to_cancel(client) && !client->cancels_at);
}

static bool is_ready(const void *self)
{
    const struct client *client = self;
    const struct deed *able[ARRAY_LEN(deeds)];
    if (client->phase == CLIENT_AWAY)
        return has_come(client->arrives_at);
    return client->phase == CLIENT_HERE &&
           (has_to_wait(client) || doable(client, able) > 0);
}

static uint64_t some_time(uint64_t most)
{
    return sched_now_us() + 1 + sim_schedule(most);
}

static void begin_to_wait(struct client *client)
{
    const struct script *script = client->script;
    unsigned doublings = client->impatience < 10 ? client->impatience : 10;
    if (wants_to_ask(client) && script->think_us && !client->asks_at)
        client->asks_at = some_time(script->think_us);
    if (wants_to_cancel(client) && !client->cancels_at)
        client->cancels_at = some_time(script->patience_us << doublings);
}

static void act(void *self)
{
    struct client *client = self;
    const struct deed *able[ARRAY_LEN(deeds)];
    if (client->phase == CLIENT_AWAY)
        arrive(client);
    else if (has_to_wait(client))
        begin_to_wait(client);
    else
        able[sim_schedule(doable(client, able))]->act(client);
}

static uint64_t wakes_at(const void *self)
{
    const struct client *client = self;
    uint64_t next = 0;
    if (client->phase == CLIENT_AWAY)
        return client->arrives_at;
    if (client->phase == CLIENT_GONE)
        return 0;
    for (size_t i = 0; i < ARRAY_LEN(deeds); i++) {
        uint64_t at = deeds[i].wants(client) ? time_of(client, &deeds[i]) : 0;
        if (at && (!next || at < next))
            next = at;
    }
    return next;
}

void client_add(struct client *client)
{
    sched_add_actor(&(struct sched_actor){.name = client->name,
                                          .self = client,
                                          .is_ready = is_ready,
                                          .act = act,
                                          .wakes_at = wakes_at});
    canceller_add(&client->canceller);
}

void client_finish(struct client *client)
{
    while (client->phase == CLIENT_HERE) {
        SIM_CHECK(wants_to_read(client), "%s: the server has left it open",
                  client->name);
        hear(client);
    }
}
