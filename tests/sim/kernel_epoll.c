/* kernel_epoll.c - epoll, as fs/eventpoll.c does it. */
#include <errno.h>
#include <string.h>

#include "faults.h"
#include "kernel_file.h"
#include "sched.h"

static const uint32_t always = EPOLLERR | EPOLLHUP;

static struct watch *find(struct file *epoll, int fd)
{
    for (int i = 0; i < WATCH_MAX; i++)
        if (epoll->watches[i].fd == fd)
            return &epoll->watches[i];
    return NULL;
}

static void make_ready(struct file *epoll, struct watch *watch)
{
    if (!watch->ready)
        watch->ready = ++epoll->ready_last;
}

static bool is_wanted(const struct watch *watch, uint32_t events)
{
    return events & (watch->events | always) & ~(uint32_t)EPOLLET;
}

void epoll_tell(struct file *epoll, int fd, uint32_t events)
{
    struct watch *watch = find(epoll, fd);
    if (watch && is_wanted(watch, events))
        make_ready(epoll, watch);
}

void epoll_forget(struct file *epoll, int fd)
{
    struct watch *watch = find(epoll, fd);
    if (watch)
        *watch = (struct watch){0};
}

static struct watch *first_ready(struct file *epoll)
{
    struct watch *first = NULL;
    for (int i = 0; i < WATCH_MAX; i++) {
        struct watch *watch = &epoll->watches[i];
        if (watch->fd && watch->ready && (!first || watch->ready < first->ready))
            first = watch;
    }
    return first;
}

static bool has_ready(const void *self)
{
    const struct file *epoll = self;
    for (int i = 0; i < WATCH_MAX; i++)
        if (epoll->watches[i].fd && epoll->watches[i].ready)
            return true;
    return false;
}

/* A level-triggered entry that was taken goes to the end of the list. */
static int take(struct file *epoll, struct epoll_event *events, int most)
{
    struct watch *again[WATCH_MAX];
    struct watch *watch;
    int count = 0, again_count = 0;
    while (count < most && (watch = first_ready(epoll))) {
        uint32_t now = kernel_poll(watch->fd);
        watch->ready = 0;
        if (!is_wanted(watch, now))
            continue;
        events[count++] = (struct epoll_event){.events = now & (watch->events | always),
                                               .data.u64 = watch->data};
        if (!(watch->events & EPOLLET))
            again[again_count++] = watch;
    }
    for (int i = 0; i < again_count; i++)
        make_ready(epoll, again[i]);
    return count;
}

/* ---- in libc's place ---- */

int __wrap_epoll_create1(int flags);
int __wrap_epoll_ctl(int epoll_fd, int what, int fd, struct epoll_event *event);
int __wrap_epoll_wait(int epoll_fd, struct epoll_event *events, int most, int ms);

int __wrap_epoll_create1(int flags)
{
    (void)flags;
    return kernel_new_file(FILE_EPOLL);
}

int __wrap_epoll_ctl(int epoll_fd, int what, int fd, struct epoll_event *event)
{
    sched_point(__func__, __LINE__);
    struct file *epoll = kernel_file(epoll_fd);
    SIM_CHECK(epoll && epoll->kind == FILE_EPOLL && kernel_file(fd),
              "epoll_ctl(%d, %d)", epoll_fd, fd);
    SIM_CHECK(what == EPOLL_CTL_ADD || what == EPOLL_CTL_MOD, "epoll_ctl: %d", what);
    struct watch *watch = find(epoll, what == EPOLL_CTL_ADD ? 0 : fd);
    SIM_CHECK(watch, "epoll_ctl: no such entry, or no room for one");
    SIM_CHECK(what != EPOLL_CTL_ADD || !find(epoll, fd), "epoll_ctl: added twice");
    watch->fd = fd;
    watch->events = event->events;
    watch->data = event->data.u64;
    if (is_wanted(watch, kernel_poll(fd)))
        make_ready(epoll, watch);
    return 0;
}

int __wrap_epoll_wait(int epoll_fd, struct epoll_event *events, int most, int ms)
{
    sched_point(__func__, __LINE__);
    struct file *epoll = kernel_file(epoll_fd);
    uint64_t until = ms < 0 ? UINT64_MAX : sched_now_us() + (uint64_t)ms * 1000;
    SIM_CHECK(epoll && epoll->kind == FILE_EPOLL, "epoll_wait(%d)", epoll_fd);
    for (;;) {
        int count = take(epoll, events, most);
        if (count > 0)
            sim_trace("epoll %d: %d, the first 0x%x for %llx", epoll_fd, count,
                      events[0].events, (unsigned long long)events[0].data.u64);
        if (count > 0 || sched_now_us() >= until)
            return count;
        if (ms > 0 && sim_schedule_chance(5)) {
            errno = EINTR;
            return -1;
        }
        (void)sched_wait(has_ready, epoll, until);
    }
}
