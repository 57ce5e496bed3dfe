/* kernel_file.h - the kernel's inside: files, and who watches them. */
#ifndef SIM_KERNEL_FILE_H
#define SIM_KERNEL_FILE_H

#include <stdint.h>
#include <sys/epoll.h>

#include "kernel.h"

enum { KERNEL_FILES = 96, KERNEL_SOCKS = 2000, KERNEL_FIRST_FD = 1000, WATCH_MAX = 96 };

enum file_kind {
    FILE_NONE,
    FILE_NULL,
    FILE_EVENT,
    FILE_EPOLL,
    FILE_LISTENER,
    FILE_SOCK
};

struct watch { /* an entry of an epoll set */
    int fd;    /* 0 = none */
    uint32_t events;
    uint64_t data;
    uint64_t ready; /* its place on the ready list; 0 = it is not there */
};

struct file {
    enum file_kind kind;
    uint64_t count; /* of an event */
    struct watch watches[WATCH_MAX];
    uint64_t ready_last;
    struct sock *sock;
};

int kernel_new_file(enum file_kind kind); /* -1 with errno: no descriptor is left */
struct file *kernel_file(int fd);         /* NULL: it is not open */
uint32_t kernel_poll(int fd);             /* what it is ready for */
/* Tell those who watch it; `events` as in a waitqueue's key. */
void kernel_tell(int fd, uint32_t events);

/* kernel_epoll.c */
void epoll_tell(struct file *epoll, int fd, uint32_t events);
void epoll_forget(struct file *epoll, int fd);

/* kernel_sock.c */
void sock_begin(void);
void sock_end(void);
uint32_t sock_poll(struct sock *sock);
void sock_close(struct sock *sock); /* the server's end */
bool sock_backlog_waits(int listener_fd);
void sock_listener_closed(int listener_fd);

#endif
