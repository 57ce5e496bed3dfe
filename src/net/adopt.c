/* adopt.c - from an accepted socket to a connection that waits for its first byte. */
#include "net/adopt.h"

#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/admission.h"
#include "net/host.h"
#include "net/loop.h"
#include "net/secure.h"
#include "net/serve.h"

/* What the last tenant of the place has left. */
static void reset(struct conn *conn, int fd, const struct session_factory *factory)
{
    transport_plain(&conn->transport, fd);
    conn->factory = factory;
    conn->tls = CONN_CLEAR;
    conn->woken = conn->ending = conn->eof = false;
    conn->has_place = false;
    conn->stranger = STRANGER_NOT;
    conn->from = NULL;
    atomic_store(&conn->slot, SLOT_NONE);
    (void)pthread_mutex_lock(&conn->lock);
    conn->open = true;
    conn->session = (struct session){0};
    conn->deadline_at_us = conn->hang_up_at_us = conn->repeat_at_us = 0;
    (void)pthread_mutex_unlock(&conn->lock);
}

static void introduce(struct conn *conn, const struct address *address)
{
    struct session_peer *peer = &conn->peer;
    *peer = (struct session_peer){
        .host = &conn_host,
        .host_self = conn,
        .pid = registry_pid(conn),
        .is_loopback = address_is_loopback(address),
    };
    address_text(address, peer->address, sizeof peer->address);
    if (address_path(address))
        peer->peer = (struct pgw_peer){.is_unix = true};
    else
        peer->peer =
            (struct pgw_peer){.address = peer->address, .port = address_port(address)};
    if (peer->peer.is_unix)
        peer->peer.has_uid = address_peer_uid(conn->transport.fd, &peer->peer.uid);
}

static bool open_session(struct conn *conn, const struct session_factory *factory)
{
    struct session session = {0};
    if (!factory->open(factory->ctx, &conn->peer, &session))
        return false;
    (void)pthread_mutex_lock(&conn->lock);
    conn->session = session;
    (void)pthread_mutex_unlock(&conn->lock);
    return true;
}

static bool add_to(int epoll, const struct conn *conn, uint32_t events)
{
    struct epoll_event event = {.events = events | EPOLLRDHUP | EPOLLET,
                                .data.u64 = conn_handle_of(conn)};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, conn->transport.fd, &event) == 0;
}

/* Once and for all: a worker hears of every change, and the watchdog of the client's
 * hanging up, whatever the workers do meanwhile. */
static bool watch(const struct net *net, const struct conn *conn)
{
    return add_to(net->watchdog_epoll, conn, 0) &&
           add_to(net->worker_epoll, conn, EPOLLIN | EPOLLOUT);
}

/* What the client has sent is read first: what is left unread when a socket is closed
 * takes back what was written to it. */
void turn_away(struct net *net, int fd, const struct session_factory *factory,
               const char *reason)
{
    char ignored[1024];
    if (factory->farewell) {
        (void)!recv(fd, ignored, sizeof ignored, MSG_DONTWAIT);
        (void)!send(fd, factory->farewell, factory->farewell_len,
                    MSG_DONTWAIT | MSG_NOSIGNAL);
        (void)shutdown(fd, SHUT_WR);
    }
    (void)close(fd);
    admission_log(net, reason, "");
}

void adopt(struct net *net, int fd, const struct address *peer,
           const struct session_factory *factory)
{
    struct conn *conn = registry_take(&net->registry);
    if (!conn) {
        turn_away(net, fd, factory, "no place is left");
        return;
    }
    reset(conn, fd, factory);
    introduce(conn, peer);
    if (admission_enter(conn, peer) &&
        deadlines_reserve(&net->deadlines, net->registry.places) && watch(net, conn) &&
        open_session(conn, factory)) {
        secure_begin(conn);
        serve_first(conn);
    } else {
        serve_close(conn);
    }
}
