/* notify_hub.c - channels, their listeners, and room in their queues.
 *
 * A queue is the session's own (pgw_session_notify) and bounded there. Room is promised
 * before a transaction commits, to all listeners of a channel at once, and given back
 * when the messages are in the queues: so none is refused after its transaction has
 * committed, however slowly the listeners read. */
#include "server/notify_hub.h"

#include <stdlib.h>

#include "server/query_session.h"

const char notify_changes_channel[] = "wirehouse_table_changed";

struct notify_hub *notify_hub_new(void)
{
    struct notify_hub *hub = calloc(1, sizeof *hub);
    if (!hub)
        return NULL;
    if (pthread_mutex_init(&hub->lock, NULL) == 0) {
        if (pthread_mutex_init(&hub->committing, NULL) == 0)
            return hub;
        (void)pthread_mutex_destroy(&hub->lock);
    }
    free(hub);
    return NULL;
}

void notify_hub_free(struct notify_hub *hub)
{
    if (!hub)
        return;
    strmap_free(&hub->channels);
    (void)pthread_mutex_destroy(&hub->committing);
    (void)pthread_mutex_destroy(&hub->lock);
    free(hub);
}

/* ---- channels; the lock is held ---- */

static struct notify_channel *open_channel(struct notify_hub *hub, const char *name)
{
    struct notify_channel *channel = strmap_get(&hub->channels, slice_of(name));
    if (!channel) {
        channel = calloc(1, sizeof *channel);
        if (!channel || !strmap_put(&hub->channels, slice_of(name), channel)) {
            free(channel);
            return NULL;
        }
        memcpy(channel->name, name, strlen(name) + 1);
    }
    channel->references++;
    return channel;
}

static void close_channel(struct notify_hub *hub, struct notify_channel *channel)
{
    if (--channel->references > 0)
        return;
    (void)strmap_take(&hub->channels, slice_of(channel->name));
    free(channel);
}

static bool hears_changes(const struct subscription *subscription)
{
    return strcmp(subscription->channel->name, notify_changes_channel) == 0;
}

/* ---- subscriptions ---- */

struct subscription *subscription_open(struct notify_hub *hub,
                                       struct notify_listener *listener,
                                       const char *channel)
{
    struct subscription *subscription = calloc(1, sizeof *subscription);
    if (!subscription)
        return NULL;
    subscription->listener = listener;
    pthread_mutex_lock(&hub->lock);
    subscription->channel = open_channel(hub, channel);
    pthread_mutex_unlock(&hub->lock);
    if (subscription->channel)
        return subscription;
    free(subscription);
    return NULL;
}

/* The first subscription of a session makes it a listener. */
static void count_in(struct notify_hub *hub, struct notify_listener *listener)
{
    if (listener->count++ > 0)
        return;
    listener->previous = NULL;
    listener->next = hub->listeners;
    if (hub->listeners)
        hub->listeners->previous = listener;
    hub->listeners = listener;
}

static void count_out(struct notify_hub *hub, struct notify_listener *listener)
{
    if (--listener->count > 0)
        return;
    if (listener->previous)
        listener->previous->next = listener->next;
    else
        hub->listeners = listener->next;
    if (listener->next)
        listener->next->previous = listener->previous;
}

void subscription_link(struct notify_hub *hub, struct subscription *subscription)
{
    struct notify_channel *channel = subscription->channel;
    pthread_mutex_lock(&hub->lock);
    subscription->next = channel->first;
    if (channel->first)
        channel->first->previous = subscription;
    channel->first = subscription;
    subscription->is_linked = true;
    count_in(hub, subscription->listener);
    if (hears_changes(subscription))
        atomic_fetch_add(&hub->watchers, 1);
    pthread_mutex_unlock(&hub->lock);
}

static void unlink_from_channel(struct notify_hub *hub,
                                struct subscription *subscription)
{
    if (subscription->previous)
        subscription->previous->next = subscription->next;
    else
        subscription->channel->first = subscription->next;
    if (subscription->next)
        subscription->next->previous = subscription->previous;
    count_out(hub, subscription->listener);
    if (hears_changes(subscription))
        atomic_fetch_sub(&hub->watchers, 1);
}

void subscription_close(struct notify_hub *hub, struct subscription *subscription)
{
    pthread_mutex_lock(&hub->lock);
    if (subscription->is_linked)
        unlink_from_channel(hub, subscription);
    close_channel(hub, subscription->channel);
    pthread_mutex_unlock(&hub->lock);
    free(subscription);
}

/* ---- room; the lock is held ---- */

static size_t waits_for(const struct query_session *session)
{
    return session->ops->notify_bytes(session->client);
}

/* What waits for everybody. Counting it takes a while, so this is done only when what
 * was told since the last time may have filled the queues. */
static size_t count_waiting(struct notify_hub *hub)
{
    hub->waiting = hub->told = 0;
    for (const struct notify_listener *each = hub->listeners; each; each = each->next)
        hub->waiting += waits_for(each->session);
    return hub->waiting;
}

/* The fullest queue of a channel, and how many there are. */
static size_t fullest_of(const struct notify_channel *channel, size_t *listeners)
{
    size_t fullest = 0;
    *listeners = 0;
    for (const struct subscription *each = channel ? channel->first : NULL; each;
         each = each->next) {
        size_t bytes = waits_for(each->listener->session);
        fullest = bytes > fullest ? bytes : fullest;
        ++*listeners;
    }
    return fullest;
}

static bool has_room(struct notify_hub *hub, const char *channel, size_t bytes)
{
    size_t listeners;
    size_t fullest =
        fullest_of(strmap_get(&hub->channels, slice_of(channel)), &listeners);
    if (fullest + hub->reserved + bytes > NOTIFY_LISTENER_MAX)
        return listeners == 0 && bytes <= NOTIFY_LISTENER_MAX;
    size_t asked = listeners * bytes;
    return hub->waiting + hub->told + asked <= NOTIFY_TOTAL_MAX ||
           count_waiting(hub) + asked <= NOTIFY_TOTAL_MAX;
}

bool notify_hub_reserve(struct notify_hub *hub, const char *channel, size_t bytes,
                        struct error *err)
{
    pthread_mutex_lock(&hub->lock);
    bool done = has_room(hub, channel, bytes);
    if (done)
        hub->reserved += bytes;
    pthread_mutex_unlock(&hub->lock);
    return done ||
           error_set(err, "54000", "too many notifications in the NOTIFY queue");
}

void notify_hub_release(struct notify_hub *hub, size_t bytes)
{
    pthread_mutex_lock(&hub->lock);
    hub->reserved -= bytes;
    pthread_mutex_unlock(&hub->lock);
}

/* ---- telling ---- */

void notify_hub_enter(struct notify_hub *hub)
{
    pthread_mutex_lock(&hub->lock);
}

void notify_hub_leave(struct notify_hub *hub, size_t reserved)
{
    hub->reserved -= reserved;
    pthread_mutex_unlock(&hub->lock);
}

/* It misses one. */
static void end_listener(const struct query_session *session)
{
    uint32_t pid = session->ops->pid ? session->ops->pid(session->client) : 0;
    if (session->ops->signal)
        (void)session->ops->signal(session->client, pid, PGW_INTERRUPT_SHUTDOWN);
}

static void tell(struct notify_hub *hub, const struct query_session *session,
                 uint32_t pid, const char *channel, struct slice payload)
{
    struct error err;
    hub->told += strlen(channel) + payload.len + NOTIFY_MESSAGE_BYTES;
    if (!session->ops->notify(session->client, pid, channel, payload, &err) &&
        strcmp(err.sqlstate, "53200") != 0) /* then it ends by itself */
        end_listener(session);
}

void notify_hub_tell(struct notify_hub *hub, uint32_t pid, const char *channel,
                     struct slice payload)
{
    const struct notify_channel *found = strmap_get(&hub->channels, slice_of(channel));
    for (const struct subscription *each = found ? found->first : NULL; each;
         each = each->next)
        tell(hub, each->listener->session, pid, channel, payload);
}

/* Where even that finds no room, the same already waits: above NOTIFY_LISTENER_MAX
 * there is nothing else. */
static void tell_change(struct notify_hub *hub, const struct query_session *session,
                        uint32_t pid, struct slice table)
{
    size_t bytes = waits_for(session);
    if (bytes > NOTIFY_LISTENER_HALF)
        table.len = 0;
    if (bytes + NOTIFY_CHANNEL_MAX + NOTIFY_MESSAGE_BYTES <= PGW_NOTIFY_BYTES)
        tell(hub, session, pid, notify_changes_channel, table);
}

void notify_hub_tell_change(struct notify_hub *hub, uint32_t pid, struct slice table)
{
    const struct notify_channel *found =
        strmap_get(&hub->channels, slice_of(notify_changes_channel));
    for (const struct subscription *each = found ? found->first : NULL; each;
         each = each->next)
        tell_change(hub, each->listener->session, pid, table);
}

double notify_hub_usage(struct notify_hub *hub)
{
    size_t fullest = 0;
    pthread_mutex_lock(&hub->lock);
    size_t waiting = count_waiting(hub);
    for (const struct notify_listener *each = hub->listeners; each; each = each->next) {
        size_t bytes = waits_for(each->session);
        fullest = bytes > fullest ? bytes : fullest;
    }
    pthread_mutex_unlock(&hub->lock);
    double one = (double)fullest / NOTIFY_LISTENER_MAX;
    double all = (double)waiting / NOTIFY_TOTAL_MAX;
    double usage = one > all ? one : all;
    return usage < 1 ? usage : 1;
}
