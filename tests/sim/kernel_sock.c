/* kernel_sock.c - stream sockets: a queue of bytes each way, ends, resets, a backlog.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "kernel_file.h"
#include "sched.h"

struct queue {
    uint8_t *bytes;
    size_t len, size;
};

struct sock {
    int listener_fd;
    int fd; /* the server's; 0 = not accepted, or closed */
    bool accepted, served;
    bool server_closed, client_closed;
    bool client_ended; /* no more bytes will come */
    bool reset;        /* by either side */
    bool reset_told;   /* … and recv or send has said so */
    bool refused;      /* a write has found no room since it had some */
    struct queue to_server, to_client;
};

static struct sock *socks[KERNEL_SOCKS];
static size_t sock_count;
static int listeners[KERNEL_LISTENERS]; /* 0 = none */

void sock_begin(void)
{
    sock_count = 0;
    memset(listeners, 0, sizeof listeners);
}

void sock_end(void)
{
    for (size_t i = 0; i < sock_count; i++) {
        free(socks[i]->to_server.bytes);
        free(socks[i]->to_client.bytes);
        free(socks[i]);
    }
    sock_count = 0;
}

/* ---- queues ---- */

static size_t room(const struct queue *queue)
{
    return queue->size - queue->len;
}

static size_t put(struct queue *queue, const void *bytes, size_t len)
{
    size_t taken = len < room(queue) ? len : room(queue);
    memcpy(queue->bytes + queue->len, bytes, taken);
    queue->len += taken;
    return taken;
}

static size_t take(struct queue *queue, void *bytes, size_t len)
{
    size_t taken = len < queue->len ? len : queue->len;
    memcpy(bytes, queue->bytes, taken);
    queue->len -= taken;
    memmove(queue->bytes, queue->bytes + taken, queue->len);
    return taken;
}

/* ---- states ---- */

static void tell(const struct sock *sock, uint32_t events)
{
    if (sock->fd)
        kernel_tell(sock->fd, events);
}

static void reset(struct sock *sock)
{
    if (sock->reset || sock->server_closed)
        return;
    sock->reset = true;
    sock->client_ended = true;
    tell(sock, EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLRDHUP);
}

bool kernel_has_room(const struct sock *sock)
{
    return sock->reset || room(&sock->to_client) * 3 >= sock->to_client.size;
}

bool kernel_has_input(const struct sock *sock)
{
    return sock->to_server.len > 0 || sock->client_ended || sock->reset;
}

uint32_t sock_poll(struct sock *sock)
{
    uint32_t events = 0;
    if (sock->reset)
        return EPOLLIN | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLRDHUP;
    if (kernel_has_input(sock))
        events |= EPOLLIN;
    if (sock->client_ended)
        events |= EPOLLRDHUP;
    if (kernel_has_room(sock))
        events |= EPOLLOUT;
    else
        sock->refused = true; /* who asks is told when there is room */
    return events;
}

void sock_close(struct sock *sock)
{
    if (sock->to_server.len > 0) {
        sock->reset = true;
        sock->to_server.len = 0;
    }
    sock->server_closed = true;
    sock->fd = 0;
}

/* ---- the client's end ---- */

struct sock *kernel_connect(const struct kernel_limits *limits)
{
    if (!listeners[limits->listener])
        return NULL;
    SIM_CHECK(sock_count < KERNEL_SOCKS, "no room for a socket");
    struct sock *sock = calloc(1, sizeof *sock);
    uint8_t *in = malloc(limits->to_server), *out = malloc(limits->to_client);
    SIM_CHECK(sock && in && out, "no memory for a socket");
    sock->to_server = (struct queue){.bytes = in, .size = limits->to_server};
    sock->to_client = (struct queue){.bytes = out, .size = limits->to_client};
    sock->listener_fd = listeners[limits->listener];
    socks[sock_count++] = sock;
    kernel_tell(sock->listener_fd, EPOLLIN);
    return sock;
}

size_t kernel_send(struct sock *sock, const void *bytes, size_t len)
{
    if (sock->reset)
        return len; /* into the void */
    if (sock->server_closed) {
        sock->reset = true;
        return len;
    }
    size_t taken = put(&sock->to_server, bytes, len);
    if (taken > 0)
        tell(sock, EPOLLIN);
    return taken;
}

size_t kernel_recv(struct sock *sock, void *bytes, size_t len)
{
    size_t taken = take(&sock->to_client, bytes, len);
    if (taken > 0 && sock->refused && kernel_has_room(sock)) {
        sock->refused = false;
        tell(sock, EPOLLOUT);
    }
    return taken;
}

size_t kernel_room(const struct sock *sock)
{
    return sock->reset || sock->server_closed ? SIZE_MAX : room(&sock->to_server);
}

size_t kernel_unread(const struct sock *sock)
{
    return sock->to_client.len;
}

bool kernel_is_closed(const struct sock *sock)
{
    return sock->server_closed || sock->reset;
}

void kernel_shutdown(struct sock *sock)
{
    if (sock->client_ended)
        return;
    sock->client_ended = true;
    tell(sock, EPOLLIN | EPOLLRDHUP);
}

void kernel_close(struct sock *sock)
{
    sock->client_closed = true;
    if (sock->to_client.len > 0)
        reset(sock);
    else
        kernel_shutdown(sock);
}

void kernel_reset(struct sock *sock)
{
    sock->client_closed = true;
    reset(sock);
}

void kernel_nudge(struct sock *sock)
{
    tell(sock, EPOLLIN | EPOLLOUT);
}

bool kernel_was_served(const struct sock *sock)
{
    return sock->served;
}

void kernel_serve(int fd)
{
    kernel_sock(fd)->served = true;
}

/* ---- in libc's place ---- */

int __wrap_socket(int domain, int type, int protocol);
int __wrap_bind(int fd, const struct sockaddr *address, socklen_t len);
int __wrap_listen(int fd, int backlog);
int __wrap_setsockopt(int fd, int level, int name, const void *value, socklen_t len);
int __wrap_getsockname(int fd, struct sockaddr *address, socklen_t *len);
int __wrap_accept4(int fd, struct sockaddr *address, socklen_t *len, int flags);
ssize_t __wrap_recv(int fd, void *bytes, size_t len, int flags);
ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags);

int __wrap_socket(int domain, int type, int protocol)
{
    (void)domain;
    (void)type;
    (void)protocol;
    return kernel_new_file(FILE_LISTENER);
}

int __wrap_bind(int fd, const struct sockaddr *address, socklen_t len)
{
    (void)fd;
    (void)address;
    (void)len;
    return 0;
}

int __wrap_listen(int fd, int backlog)
{
    (void)backlog;
    for (size_t i = 0; i < KERNEL_LISTENERS; i++) {
        if (listeners[i] == 0) {
            listeners[i] = fd;
            return 0;
        }
    }
    sim_fail("more than %d listeners", KERNEL_LISTENERS);
}

int __wrap_setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
    (void)fd;
    (void)level;
    (void)name;
    (void)value;
    (void)len;
    return 0;
}

int __wrap_getsockname(int fd, struct sockaddr *address, socklen_t *len)
{
    (void)fd;
    (void)address;
    (void)len;
    return 0;
}

/* The first that waits to be accepted. */
static struct sock *backlog_first(int listener_fd)
{
    for (size_t i = 0; i < sock_count; i++)
        if (socks[i]->listener_fd == listener_fd && !socks[i]->accepted)
            return socks[i];
    return NULL;
}

bool sock_backlog_waits(int listener_fd)
{
    return backlog_first(listener_fd) != NULL;
}

/* Who waited to be accepted never will be. */
void sock_listener_closed(int listener_fd)
{
    struct sock *sock;
    for (size_t i = 0; i < KERNEL_LISTENERS; i++)
        if (listeners[i] == listener_fd)
            listeners[i] = 0;
    while ((sock = backlog_first(listener_fd)))
        sock->accepted = sock->server_closed = sock->reset = true;
}

int __wrap_accept4(int fd, struct sockaddr *address, socklen_t *len, int flags)
{
    static const struct sockaddr_in peer = {.sin_family = AF_INET,
                                            .sin_addr = {0x0100007f}};
    (void)flags;
    sched_point(__func__, __LINE__);
    struct sock *sock = backlog_first(fd);
    if (!sock) {
        errno = EAGAIN;
        return -1;
    }
    if (sim_schedule_chance(10)) {
        errno = sim_schedule_chance(500) ? ECONNABORTED : EMFILE;
        return -1;
    }
    int new_fd = kernel_new_file(FILE_SOCK);
    if (new_fd < 0)
        return -1;
    sock->fd = new_fd;
    sock->accepted = true;
    kernel_file(new_fd)->sock = sock;
    memcpy(address, &peer, sizeof peer);
    *len = sizeof peer;
    return new_fd;
}

static bool is_interrupted(void)
{
    if (!sim_schedule_chance(5))
        return false;
    errno = EINTR;
    return true;
}

/* A reset is told once; then it looks like an end. */
static ssize_t ended(struct sock *sock)
{
    if (!sock->reset || sock->reset_told)
        return 0;
    sock->reset_told = true;
    errno = ECONNRESET;
    return -1;
}

ssize_t __wrap_recv(int fd, void *bytes, size_t len, int flags)
{
    (void)flags;
    sched_point(__func__, __LINE__);
    struct sock *sock = kernel_sock(fd);
    SIM_CHECK(sock && len > 0, "recv(%d)", fd);
    if (is_interrupted())
        return -1;
    if (sock->to_server.len == 0) {
        if (sock->client_ended)
            return ended(sock);
        errno = EAGAIN;
        return -1;
    }
    /* A read may be short for reasons of its own only if the queue is empty after it.
     */
    size_t got = take(&sock->to_server, bytes, len);
    sim_trace("recv %d: %zu", fd, got);
    return (ssize_t)got;
}

ssize_t __wrap_sendmsg(int fd, const struct msghdr *message, int flags)
{
    size_t sent = 0, wanted = 0;
    SIM_CHECK(flags & MSG_NOSIGNAL, "sendmsg would raise SIGPIPE");
    sched_point(__func__, __LINE__);
    struct sock *sock = kernel_sock(fd);
    SIM_CHECK(sock, "sendmsg(%d)", fd);
    if (is_interrupted())
        return -1;
    if (sock->reset) {
        errno = sock->reset_told ? EPIPE : ECONNRESET;
        sock->reset_told = true;
        return -1;
    }
    for (size_t i = 0; i < message->msg_iovlen; i++) {
        const struct iovec *part = &message->msg_iov[i];
        wanted += part->iov_len;
        if (sent + part->iov_len == wanted) /* all so far */
            sent += sock->client_closed
                        ? part->iov_len
                        : put(&sock->to_client, part->iov_base, part->iov_len);
    }
    if (sock->client_closed)
        reset(sock); /* nobody is there who would take it */
    if (sent < wanted)
        sock->refused = true;
    sim_trace("send %d: %zu of %zu", fd, sent, wanted);
    if (sent > 0 || wanted == 0)
        return (ssize_t)sent;
    errno = EAGAIN;
    return -1;
}
