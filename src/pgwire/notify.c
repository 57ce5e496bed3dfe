/* notify.c - notifications: put in by any thread, told when the client may hear them.
 *
 * PostgreSQL (documentation 55.2.6) tells them at once to a client that waits outside
 * of a transaction, otherwise before the next ReadyForQuery that is outside of one. A
 * client that does not read is told no more than fits below the high-water mark: the
 * rest waits in the inbox, which is bounded. */
#include <stdlib.h>

#include "pgwire/session_state.h"

static uint8_t *put_u32(uint8_t *to, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        *to++ = (uint8_t)(value >> (24 - 8 * i));
    return to;
}

static uint8_t *put_text(uint8_t *to, struct pgw_slice text)
{
    if (text.len > 0)
        memcpy(to, text.data, text.len);
    to[text.len] = '\0';
    return to + text.len + 1;
}

/* NULL: out of memory. */
static struct inbox_message *response(uint32_t pid, struct pgw_slice channel,
                                      struct pgw_slice payload)
{
    size_t body = 4 + 4 + channel.len + 1 + payload.len + 1;
    struct inbox_message *message = inbox_message(1 + body);
    if (!message)
        return NULL;
    uint8_t *to = message->bytes;
    *to++ = 'A';
    to = put_u32(to, (uint32_t)body);
    to = put_u32(to, pid);
    (void)put_text(put_text(to, channel), payload);
    return message;
}

static void wake(pgw_session *session)
{
    if (session->host.wake)
        session->host.wake(session->host_self);
}

static bool has_nul(struct pgw_slice text)
{
    return text.len > 0 && memchr(text.data, '\0', text.len);
}

enum pgw_status pgw_session_notify(pgw_session *session, uint32_t pid,
                                   struct pgw_slice channel, struct pgw_slice payload,
                                   struct pgw_error *err)
{
    if (channel.len > INBOX_MAX || payload.len > INBOX_MAX || has_nul(channel) ||
        has_nul(payload))
        return pgw_fail(err, "22023", "invalid notification");
    struct inbox_message *message = response(pid, channel, payload);
    if (!message) {
        inbox_lose(&session->inbox);
        wake(session);
        return pgw_fail(err, "53200", "out of memory");
    }
    if (!inbox_put(&session->inbox, message)) {
        free(message);
        return pgw_fail(err, "54000", "too many notifications wait for the client");
    }
    wake(session);
    return PGW_OK;
}

size_t pgw_session_notify_bytes(const pgw_session *session)
{
    return inbox_bytes(&session->inbox);
}

bool notify_is_due(const pgw_session *session)
{
    return inbox_waits(&session->inbox) && session->state == STATE_READY &&
           ((session->transaction == 'I' && !session->in_batch) ||
            inbox_has_lost(&session->inbox));
}

/* A message as a whole, or nothing of it. */
static bool append(struct chain *output, const struct inbox_message *message)
{
    struct chain_mark mark = chain_mark(output);
    if (chain_append(output, message->bytes, message->len))
        return true;
    chain_rollback(output, mark);
    return false;
}

static bool tell(pgw_session *session, struct inbox_message *message)
{
    bool done = true;
    while (message) {
        struct inbox_message *next = message->next;
        done = done && append(&session->output, message);
        free(message);
        message = next;
    }
    session->flush = true;
    return done;
}

bool notify_tell(pgw_session *session)
{
    if (!inbox_waits(&session->inbox))
        return true;
    /* A client must not go on as if it had heard everything. */
    if (inbox_has_lost(&session->inbox))
        return false;
    return session->transaction != 'I' || tell(session, inbox_take(&session->inbox));
}
