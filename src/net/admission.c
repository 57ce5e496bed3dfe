/* admission.c - places are taken at login, and counted by one atomic number. */
#include "net/admission.h"

#include "core/clock.h"
#include "net/interrupts.h"
#include "net/loop.h"

enum { SENT_AWAY_AT_ONCE = 64 };

static const char too_many[] = "sorry, too many clients already";
static const char too_many_here[] = "too many connections from this address";

bool admission_enter(struct conn *conn, const struct address *address)
{
    struct net *net = conn->net;
    bool failed;
    conn->from = peers_enter(&net->peers, address, &conn->is_crowded, &failed);
    if (failed)
        return false;
    conn->has_place = false;
    lobby_enter(&net->lobby, conn, clock_now_us());
    return true;
}

/* The listeners may go on. */
static void tell_room(struct net *net, bool awaited)
{
    if (awaited)
        loop_alarm(net);
}

static void give_place_back(struct conn *conn)
{
    if (conn->has_place)
        atomic_fetch_sub(&conn->net->places_taken, 1);
    conn->has_place = false;
}

void admission_leave(struct conn *conn)
{
    bool awaited = false;
    if (conn->stranger != STRANGER_NOT)
        lobby_leave(&conn->net->lobby, conn, &awaited);
    tell_room(conn->net, awaited);
    give_place_back(conn);
    peers_leave(&conn->net->peers, conn->from);
    conn->from = NULL;
}

/* False: there is none, or it was told to go meanwhile. */
static bool take_place(struct conn *conn)
{
    struct net *net = conn->net;
    bool awaited;
    conn->has_place = true;
    if (atomic_fetch_add(&net->places_taken, 1) >= atomic_load(&net->places) ||
        !lobby_pass(&net->lobby, conn, &awaited)) {
        give_place_back(conn);
        return false;
    }
    tell_room(net, awaited);
    return true;
}

static bool has_place(struct net *net)
{
    return atomic_load(&net->places_taken) < atomic_load(&net->places);
}

const char *admission_ask(struct conn *conn, bool keep)
{
    const char *refusal = conn->is_crowded ? too_many_here : NULL;
    if (conn->has_place)
        return NULL;
    if (!refusal && !(keep ? take_place(conn) : has_place(conn->net)))
        refusal = too_many;
    if (refusal)
        admission_log(conn->net, refusal, conn->peer.address);
    return refusal;
}

/* Told as if their login had taken too long, which it has. */
static void send_overdue_away(struct net *net, uint64_t now_us)
{
    conn_handle handles[SENT_AWAY_AT_ONCE];
    size_t count = lobby_overdue(&net->lobby, now_us, handles, SENT_AWAY_AT_ONCE);
    for (size_t i = 0; i < count; i++)
        interrupts_send_away(net, handles[i]);
    if (count > 0)
        admission_log(net, "too many have not logged in", "");
}

bool admission_has_room(struct net *net, uint64_t now_us, uint64_t *again_us)
{
    *again_us = 0;
    if (lobby_has_room(&net->lobby))
        return true;
    send_overdue_away(net, now_us);
    *again_us = lobby_next_us(&net->lobby);
    return false;
}

void admission_log(struct net *net, const char *reason, const char *address)
{
    unsigned missed;
    if (!log_rate_allows(&net->refusals, clock_now_us(), &missed))
        return;
    LOG_EVENT(net->options.log, LOG_WARNING, "connection refused",
              LOG_TEXT_FIELD("reason", reason), LOG_TEXT_FIELD("address", address),
              LOG_NUMBER_FIELD("more_before", missed));
}
