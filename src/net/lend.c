/* lend.c - who may send: the owner, but for what it has lent.
 *
 *             lend_begin            lend_send
 *     NOTHING ─────────> OFFERED ─────────────> TAKEN
 *        ^                  │                     │
 *        └── lend_end ──────┴──── lend_end ───────┘ waits for the connection's lock
 *
 * The watchdog sends under the connection's lock, and only what is lent; so who finds
 * at the end that it was taken needs that lock once, and has its socket back.
 *
 * The deadline is said to be set before it is, and not to be before it is attended to:
 * either the owner sees that none is set, or the watchdog sees what was lent before. */
#include "net/lend.h"

#include "net/interrupts.h"

enum { NOTHING, OFFERED, TAKEN };

void lend_begin(struct conn *conn)
{
    const struct session *session = &conn->session;
    struct lent *lent = conn->lent;
    if (!lent || atomic_load_explicit(&conn->lending, memory_order_relaxed) != NOTHING)
        return;
    lent->count = session->ops->send_iov(session->self, lent->iov, LENT_IOV_MAX);
    lent->sent = 0;
    atomic_store(&conn->lending, OFFERED);
    if (!atomic_load(&conn->lend_is_due))
        interrupts_lend(conn);
}

void lend_end(struct conn *conn)
{
    const struct lent *lent = conn->lent;
    bool lends = atomic_load_explicit(&conn->lending, memory_order_relaxed) != NOTHING;
    if (lends && atomic_exchange(&conn->lending, NOTHING) == TAKEN) {
        (void)pthread_mutex_lock(&conn->lock);
        (void)pthread_mutex_unlock(&conn->lock);
    }
    conn->lent = NULL; /* it is the owner's again */
    if (lends && lent->sent > 0)
        conn->session.ops->send_ack(conn->session.self, lent->sent);
}

/* The rest of what is lent; how many entries, and bytes. */
static size_t rest(const struct lent *lent, struct iovec *iov, size_t *bytes)
{
    size_t skip = lent->sent, count = 0;
    *bytes = 0;
    for (size_t i = 0; i < lent->count; i++) {
        size_t len = lent->iov[i].iov_len, cut = skip < len ? skip : len;
        skip -= cut;
        if (len == cut)
            continue;
        iov[count].iov_base = (uint8_t *)lent->iov[i].iov_base + cut;
        iov[count++].iov_len = len - cut;
        *bytes += len - cut;
    }
    return count;
}

static bool take(struct conn *conn)
{
    unsigned seen = OFFERED;
    return atomic_compare_exchange_strong(&conn->lending, &seen, TAKEN) ||
           seen == TAKEN;
}

bool lend_send(struct conn *conn)
{
    struct iovec iov[LENT_IOV_MAX];
    size_t bytes;
    atomic_store(&conn->lend_is_due, false);
    if (!take(conn))
        return false;
    size_t count = rest(conn->lent, iov, &bytes);
    ssize_t sent = 0;
    if (count > 0)
        sent = conn->transport.ops->sendv(&conn->transport, iov, count);
    if (sent > 0)
        conn->lent->sent += (size_t)sent;
    bool again = sent != TRANSPORT_FAILED && (sent < 0 || (size_t)sent < bytes);
    atomic_store(&conn->lend_is_due, again);
    return again;
}
