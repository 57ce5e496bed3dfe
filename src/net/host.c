/* host.c - pgw_host on top of slots, deadlines and the clock. */
#include "net/host.h"

#include "core/clock.h"
#include "net/admission.h"
#include "net/interrupts.h"
#include "net/lend.h"
#include "net/loop.h"

static bool block_begin(void *host)
{
    struct conn *conn = host;
    if (!slots_take(&conn->net->slots, conn))
        return false;
    lend_begin(conn);
    return true;
}

static void block_end(void *host)
{
    struct conn *conn = host;
    slots_release(&conn->net->slots, conn);
}

static void deadline(void *host, uint64_t at_us, enum pgw_interrupt reason)
{
    interrupts_deadline(host, at_us, reason);
}

static uint64_t now_us(void *host)
{
    (void)host;
    return clock_now_us();
}

static void cancel(void *host, uint32_t pid, struct pgw_slice key)
{
    const struct conn *conn = host;
    interrupts_cancel(conn->net, pid, key);
}

static bool signal_process(void *host, uint32_t pid, enum pgw_interrupt reason)
{
    const struct conn *conn = host;
    return interrupts_signal(conn->net, pid, reason);
}

/* The session is not freed meanwhile, so the place is still its own. */
static void wake(void *host)
{
    const struct conn *conn = host;
    loop_wake(conn->net, conn_handle_of(conn), CONN_NEWS);
}

static const char *admit(void *host, bool keep)
{
    return admission_ask(host, keep);
}

static void set_keepalive(void *host, const struct pgw_keepalive *keepalive)
{
    const struct conn *conn = host;
    if (!conn->peer.peer.is_unix)
        keepalive_set(conn->transport.fd, keepalive, &conn->net->keepalive);
}

const struct pgw_host conn_host = {
    .block_begin = block_begin,
    .block_end = block_end,
    .deadline = deadline,
    .now_us = now_us,
    .cancel = cancel,
    .signal = signal_process,
    .wake = wake,
    .admit = admit,
    .keepalive = set_keepalive,
};
