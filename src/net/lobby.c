/* lobby.c - the strangers in the order in which they came. */
#include "net/lobby.h"

void lobby_init(struct lobby *lobby, unsigned most)
{
    *lobby = (struct lobby){.most = most};
    (void)pthread_mutex_init(&lobby->lock, NULL);
}

void lobby_free(struct lobby *lobby)
{
    (void)pthread_mutex_destroy(&lobby->lock);
}

void lobby_enter(struct lobby *lobby, struct conn *conn, uint64_t now_us)
{
    (void)pthread_mutex_lock(&lobby->lock);
    conn->stranger = STRANGER_LISTED;
    conn->came_us = now_us;
    conn->lobby_next = NULL;
    conn->lobby_previous = lobby->newest;
    if (lobby->newest)
        lobby->newest->lobby_next = conn;
    else
        lobby->oldest = conn;
    lobby->newest = conn;
    lobby->count++;
    (void)pthread_mutex_unlock(&lobby->lock);
}

/* Under the lock. */
static void strike(struct lobby *lobby, struct conn *conn)
{
    if (conn->lobby_previous)
        conn->lobby_previous->lobby_next = conn->lobby_next;
    else
        lobby->oldest = conn->lobby_next;
    if (conn->lobby_next)
        conn->lobby_next->lobby_previous = conn->lobby_previous;
    else
        lobby->newest = conn->lobby_previous;
    conn->lobby_next = conn->lobby_previous = NULL;
}

/* What there is to be when somebody has waited. */
static unsigned enough(const struct lobby *lobby)
{
    return lobby->most - lobby->most / 8;
}

static bool has_room(const struct lobby *lobby)
{
    return lobby->is_awaited ? lobby->count < enough(lobby)
                             : lobby->count < lobby->most;
}

/* How many more have to go. */
static unsigned surplus(const struct lobby *lobby)
{
    unsigned left = lobby->count - lobby->told;
    return left >= enough(lobby) ? left - enough(lobby) + 1 : 0;
}

/* Under the lock. */
static void leave(struct lobby *lobby, struct conn *conn, bool *awaited)
{
    if (conn->stranger == STRANGER_LISTED)
        strike(lobby, conn);
    else
        lobby->told--;
    conn->stranger = STRANGER_NOT;
    lobby->count--;
    *awaited = lobby->is_awaited && has_room(lobby);
    lobby->is_awaited = lobby->is_awaited && !*awaited;
}

void lobby_leave(struct lobby *lobby, struct conn *conn, bool *awaited)
{
    (void)pthread_mutex_lock(&lobby->lock);
    leave(lobby, conn, awaited);
    (void)pthread_mutex_unlock(&lobby->lock);
}

bool lobby_pass(struct lobby *lobby, struct conn *conn, bool *awaited)
{
    *awaited = false;
    (void)pthread_mutex_lock(&lobby->lock);
    bool passes = conn->stranger == STRANGER_LISTED;
    if (passes)
        leave(lobby, conn, awaited);
    (void)pthread_mutex_unlock(&lobby->lock);
    return passes;
}

bool lobby_has_room(struct lobby *lobby)
{
    (void)pthread_mutex_lock(&lobby->lock);
    bool room = has_room(lobby);
    lobby->is_awaited = !room;
    (void)pthread_mutex_unlock(&lobby->lock);
    return room;
}

static bool is_overdue(const struct conn *conn, uint64_t now_us)
{
    return conn && now_us >= conn->came_us + LOBBY_LEAST_US;
}

size_t lobby_overdue(struct lobby *lobby, uint64_t now_us, conn_handle *out,
                     size_t most)
{
    size_t count = 0;
    (void)pthread_mutex_lock(&lobby->lock);
    while (count < most && surplus(lobby) > 0 && is_overdue(lobby->oldest, now_us)) {
        struct conn *conn = lobby->oldest;
        strike(lobby, conn);
        conn->stranger = STRANGER_TOLD;
        lobby->told++;
        out[count++] = conn_handle_of(conn);
    }
    (void)pthread_mutex_unlock(&lobby->lock);
    return count;
}

uint64_t lobby_next_us(struct lobby *lobby)
{
    (void)pthread_mutex_lock(&lobby->lock);
    uint64_t at = lobby->oldest && surplus(lobby) > 0
                      ? lobby->oldest->came_us + LOBBY_LEAST_US
                      : 0;
    (void)pthread_mutex_unlock(&lobby->lock);
    return at;
}
