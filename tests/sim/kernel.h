/* kernel.h - what the loop sees of Linux: descriptors, sockets, epoll; and the other
 * end of each socket, which is a client's.
 *
 * Sockets behave like TCP: a write wakes its waiters only if it had been refused before
 * and a third of the buffer is free again; closing with bytes unread resets the
 * connection; bytes that came before a reset can still be read. epoll is as in Linux:
 * what happens to a file puts its entry on the ready list once, epoll_wait looks what
 * the file is like by then, and an edge-triggered entry stays off the list until
 * something happens again. */
#ifndef SIM_KERNEL_H
#define SIM_KERNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KERNEL_LISTENERS = 2, KERNEL_SECOND_LISTENER = 1 };

struct kernel_limits {
    size_t to_server, to_client; /* bytes that a socket holds */
    unsigned listener;           /* whom to connect to, in the order of listening */
};

void kernel_begin(void);
void kernel_end(void);

/* ---- the client's end ---- */

struct sock; /* lives until kernel_end */

/* NULL: nobody listens. */
struct sock *kernel_connect(const struct kernel_limits *limits);
size_t kernel_send(struct sock *sock, const void *bytes, size_t len); /* bytes taken */
size_t kernel_recv(struct sock *sock, void *bytes, size_t len);
size_t kernel_room(const struct sock *sock);    /* to send */
size_t kernel_unread(const struct sock *sock);  /* to receive */
bool kernel_is_closed(const struct sock *sock); /* by the server, or reset */
void kernel_shutdown(struct sock *sock);        /* nothing more will be sent */
void kernel_close(struct sock *sock);
void kernel_reset(struct sock *sock);

/* ---- for the checks ---- */

struct sock *kernel_sock(int fd);                /* a connection's; NULL: it is none */
bool kernel_has_input(const struct sock *sock);  /* recv would not block */
bool kernel_has_room(const struct sock *sock);   /* EPOLLOUT */
bool kernel_was_served(const struct sock *sock); /* kernel_serve was called */
void kernel_serve(int fd);                       /* a session has been opened for it */
unsigned kernel_open_files(void);
/* Something has happened to it, or not: epoll may say so anyhow. */
void kernel_nudge(struct sock *sock);

#endif
