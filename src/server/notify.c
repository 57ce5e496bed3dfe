/* notify.c - what a transaction tells and asks to be told, kept until it ends. */
#include "server/notify.h"

#include <stdlib.h>

#include "server/changes.h"
#include "server/database.h"
#include "server/query_session.h"

struct listen_action {
    struct listen_action *next;
    struct subscription *subscription;    /* LISTEN; NULL: UNLISTEN of … */
    char channel[NOTIFY_CHANNEL_MAX + 1]; /* … this; empty: of all */
};

struct notification {
    struct notification *next;
    size_t channel_len, payload_len;
    char text[]; /* the channel, NUL, the payload */
};

static struct notify_hub *hub_of(const struct query_session *session)
{
    return session->database->notify;
}

/* What a transaction asks for; made with the first of it. */
struct notify_pending {
    struct listen_action *actions, **actions_end; /* the owner's */
    /* Under the session's lock: functions add to them on the engine's threads. */
    struct notification *messages, **messages_end;
    struct strmap seen; /* what is among them */
    size_t bytes;       /* that they will take at each listener */
    size_t reserved;    /* of them are promised by the hub */
    bool committing;    /* the hub's lock of that name is held */
};

/* The session's lock is held, or nothing else works for it. NULL: out of memory. */
static struct notify_pending *pending_of(struct query_session *session)
{
    struct notify_pending *pending = atomic_load(&session->notify.pending);
    if (pending || !(pending = calloc(1, sizeof *pending)))
        return pending;
    pending->actions_end = &pending->actions;
    pending->messages_end = &pending->messages;
    atomic_store(&session->notify.pending, pending);
    return pending;
}

/* ---- LISTEN, UNLISTEN ---- */

static struct listen_action *add_action(struct query_session *session)
{
    struct notify_pending *pending = pending_of(session);
    struct listen_action *action = pending ? calloc(1, sizeof *action) : NULL;
    if (!action)
        return NULL;
    *pending->actions_end = action;
    pending->actions_end = &action->next;
    return action;
}

static struct notify_listener *listener_of(struct query_session *session)
{
    struct notify_listener *listener = session->notify.listener;
    if (listener || !(listener = calloc(1, sizeof *listener)))
        return listener;
    listener->session = session;
    listener->end = &listener->first;
    return session->notify.listener = listener;
}

bool notify_listen(struct query_session *session, const char *channel,
                   struct error *err)
{
    struct subscription *subscription = NULL;
    if (!session->ops->notify)
        return error_set(err, "0A000", "this protocol has no notifications");
    if (listener_of(session))
        subscription =
            subscription_open(hub_of(session), session->notify.listener, channel);
    struct listen_action *action = subscription ? add_action(session) : NULL;
    if (action)
        action->subscription = subscription;
    else if (subscription)
        subscription_close(hub_of(session), subscription);
    return action || error_no_memory(err);
}

bool notify_unlisten(struct query_session *session, const char *channel,
                     struct error *err)
{
    struct listen_action *action = add_action(session);
    if (!action)
        return error_no_memory(err);
    if (channel)
        memcpy(action->channel, channel, strlen(channel) + 1);
    return true;
}

/* The place in the session's list; NULL: it does not listen to that. */
static struct subscription **find(struct notify_listener *listener, const char *channel)
{
    struct subscription **link = listener ? &listener->first : NULL;
    while (link && *link && strcmp((*link)->channel->name, channel) != 0)
        link = &(*link)->after;
    return link && *link ? link : NULL;
}

static void unlisten(struct query_session *session, struct subscription **link)
{
    struct notify_listener *listener = session->notify.listener;
    struct subscription *subscription = *link;
    if (listener->end == &subscription->after)
        listener->end = link;
    *link = subscription->after;
    subscription_close(hub_of(session), subscription);
}

static void unlisten_all(struct query_session *session)
{
    struct notify_listener *listener = session->notify.listener;
    while (listener && listener->first)
        unlisten(session, &listener->first);
}

static void listen(struct query_session *session, struct subscription *subscription)
{
    struct notify_listener *listener = session->notify.listener;
    if (find(listener, subscription->channel->name)) {
        subscription_close(hub_of(session), subscription);
        return;
    }
    *listener->end = subscription;
    listener->end = &subscription->after;
    subscription_link(hub_of(session), subscription);
}

static void act(struct query_session *session, const struct listen_action *action)
{
    if (action->subscription) {
        listen(session, action->subscription);
    } else if (action->channel[0]) {
        struct subscription **link = find(session->notify.listener, action->channel);
        if (link)
            unlisten(session, link);
    } else {
        unlisten_all(session);
    }
}

/* Do them, or forget them. */
static void end_actions(struct query_session *session,
                        const struct notify_pending *pending, bool committed)
{
    struct listen_action *next;
    for (struct listen_action *action = pending->actions; action; action = next) {
        next = action->next;
        if (committed)
            act(session, action);
        else if (action->subscription)
            subscription_close(hub_of(session), action->subscription);
        free(action);
    }
}

bool notify_channels(struct query_session *session, struct arena *arena,
                     const char *const **names, size_t *count)
{
    const struct notify_listener *listener = session->notify.listener;
    const struct subscription *first = listener ? listener->first : NULL;
    size_t len = 0;
    for (const struct subscription *each = first; each; each = each->after)
        len++;
    const char **list = arena_calloc(arena, len, sizeof *list);
    *names = list;
    *count = len;
    len = 0;
    for (const struct subscription *each = first; list && each; each = each->after)
        list[len++] = each->channel->name;
    return list != NULL;
}

/* ---- NOTIFY ---- */

static bool check(struct slice channel, struct slice payload, struct error *err)
{
    if (channel.len == 0)
        return error_set(err, "22023", "channel name cannot be empty");
    if (channel.len > NOTIFY_CHANNEL_MAX)
        return error_set(err, "22023", "channel name too long");
    if (payload.len > NOTIFY_PAYLOAD_MAX)
        return error_set(err, "22023", "payload string too long");
    if (memchr(channel.data, '\0', channel.len) ||
        (payload.len > 0 && memchr(payload.data, '\0', payload.len)))
        return error_set(err, "22021", "invalid byte sequence for encoding \"UTF8\"");
    return true;
}

static size_t bytes_of(const struct notification *message)
{
    return message->channel_len + message->payload_len + NOTIFY_MESSAGE_BYTES;
}

static struct slice text_of(const struct notification *message)
{
    return (struct slice){message->text,
                          message->channel_len + 1 + message->payload_len};
}

static struct notification *message_new(struct slice channel, struct slice payload)
{
    struct notification *message =
        malloc(sizeof *message + channel.len + 1 + payload.len);
    if (!message)
        return NULL;
    *message =
        (struct notification){.channel_len = channel.len, .payload_len = payload.len};
    memcpy(message->text, channel.data, channel.len);
    message->text[channel.len] = '\0';
    if (payload.len > 0)
        memcpy(message->text + channel.len + 1, payload.data, payload.len);
    return message;
}

/* The session's lock is held. False, and nothing is added: it is known already, or,
 * with err set, cannot be. */
static bool append(struct notify_pending *notify, struct notification *message,
                   struct error *err)
{
    error_clear(err);
    if (!notify)
        return error_no_memory(err);
    if (strmap_get(&notify->seen, text_of(message)))
        return false;
    if (notify->bytes + bytes_of(message) > NOTIFY_LISTENER_MAX)
        return error_set(err, "54000", "too many notifications in the NOTIFY queue");
    if (!strmap_put(&notify->seen, text_of(message), message))
        return error_no_memory(err);
    *notify->messages_end = message;
    notify->messages_end = &message->next;
    notify->bytes += bytes_of(message);
    return true;
}

/* reserved: of the hub, for this message. */
static bool add(struct query_session *session, struct notification *message,
                size_t reserved, struct error *err)
{
    pthread_mutex_lock(&session->lock);
    struct notify_pending *pending = pending_of(session);
    bool added = append(pending, message, err);
    if (added)
        pending->reserved += reserved;
    pthread_mutex_unlock(&session->lock);
    if (added)
        return true;
    free(message);
    if (reserved)
        notify_hub_release(hub_of(session), reserved);
    return !err->sqlstate[0];
}

bool notify_add(struct query_session *session, struct slice channel,
                struct slice payload, struct error *err)
{
    size_t reserved = 0;
    if (!check(channel, payload, err))
        return false;
    struct notification *message = message_new(channel, payload);
    if (!message)
        return error_no_memory(err);
    /* Outside of a transaction its statement commits by itself, when it is too late to
     * say that there is no room. */
    if (session->transaction == TRANSACTION_NONE) {
        reserved = bytes_of(message);
        if (!notify_hub_reserve(hub_of(session), message->text, reserved, err)) {
            free(message);
            return false;
        }
    }
    return add(session, message, reserved, err);
}

struct notification **notify_mark(struct query_session *session)
{
    pthread_mutex_lock(&session->lock);
    const struct notify_pending *pending = atomic_load(&session->notify.pending);
    struct notification **mark = pending ? pending->messages_end : NULL;
    pthread_mutex_unlock(&session->lock);
    return mark;
}

/* The session's lock is held. How many bytes they would have taken. */
static size_t cut(struct notify_pending *notify, struct notification **mark)
{
    struct notification *next;
    size_t bytes = 0;
    for (struct notification *message = *mark; message; message = next) {
        next = message->next;
        bytes += bytes_of(message);
        (void)strmap_take(&notify->seen, text_of(message));
        free(message);
    }
    *mark = NULL;
    notify->messages_end = mark;
    notify->bytes -= bytes;
    return bytes;
}

void notify_rewind(struct query_session *session, struct notification **mark)
{
    size_t reserved = 0;
    pthread_mutex_lock(&session->lock);
    struct notify_pending *pending = atomic_load(&session->notify.pending);
    size_t bytes = pending ? cut(pending, mark ? mark : &pending->messages) : 0;
    if (pending && session->transaction == TRANSACTION_NONE) {
        reserved = bytes;
        pending->reserved -= bytes;
    }
    pthread_mutex_unlock(&session->lock);
    if (reserved)
        notify_hub_release(hub_of(session), reserved);
}

/* ---- the end of a transaction ---- */

bool notify_ready(struct query_session *session, struct error *err)
{
    struct notify_pending *pending = atomic_load(&session->notify.pending);
    size_t until = 0; /* bytes of those up to here; the first ones are promised */
    for (const struct notification *message = pending ? pending->messages : NULL;
         message; message = message->next) {
        until += bytes_of(message);
        if (until <= pending->reserved)
            continue;
        if (!notify_hub_reserve(hub_of(session), message->text, bytes_of(message), err))
            return false;
        pending->reserved += bytes_of(message);
    }
    return true;
}

void notify_begin_end(struct query_session *session)
{
    struct notify_pending *pending =
        atomic_load_explicit(&session->notify.pending, memory_order_relaxed);
    if (!pending && changes_are_heard(session))
        pending = pending_of(session); /* without memory: told, but in what order? */
    if (!pending)
        return;
    (void)pthread_mutex_lock(&hub_of(session)->committing);
    pending->committing = true;
}

static uint32_t pid_of(const struct query_session *session)
{
    return session->ops->pid ? session->ops->pid(session->client) : 0;
}

static void tell(struct query_session *session, const struct notification *message)
{
    notify_hub_tell(
        hub_of(session), pid_of(session), message->text,
        (struct slice){message->text + message->channel_len + 1, message->payload_len});
}

/* All of them at once: what others tell comes before or after. */
static void end_messages(struct query_session *session,
                         const struct notify_pending *pending, bool committed)
{
    struct notification *next;
    notify_hub_enter(hub_of(session));
    for (struct notification *message = pending->messages; message; message = next) {
        next = message->next;
        if (committed)
            tell(session, message);
        free(message);
    }
    notify_hub_leave(hub_of(session), pending->reserved);
}

void notify_end(struct query_session *session, bool committed)
{
    struct notify_state *notify = &session->notify;
    struct notify_pending *pending =
        atomic_load_explicit(&notify->pending, memory_order_acquire);
    if (pending) {
        end_actions(session, pending, committed);
        end_messages(session, pending, committed);
    }
    changes_end(session, committed);
    if (!pending)
        return;
    if (pending->committing)
        (void)pthread_mutex_unlock(&hub_of(session)->committing);
    strmap_free(&pending->seen);
    free(pending);
    atomic_store(&notify->pending, NULL);
}

void notify_free(struct query_session *session)
{
    notify_end(session, false);
    unlisten_all(session);
    free(session->notify.listener);
}
