/* http_queries.c - ids, and the list of those that run.
 *
 * Who cancels holds the list's lock until the session has been told, so that the query
 * cannot end, and another begin, in between. Locks are taken in this order: the list's,
 * then what the host takes. */
#include "http/http_queries.h"

#include <stdio.h>
#include <string.h>

#include "core/entropy.h"
#include "http/http_state.h"

bool http_queries_init(struct http_queries *queries)
{
    *queries = (struct http_queries){0};
    return pthread_mutex_init(&queries->lock, NULL) == 0;
}

void http_queries_free(struct http_queries *queries)
{
    strmap_free(&queries->sessions);
    pthread_mutex_destroy(&queries->lock);
}

bool http_id_is_well_formed(const char *id)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                  "0123456789._-";
    size_t len = strlen(id);
    return len >= HTTP_ID_LEAST && len <= HTTP_ID_MOST && strspn(id, allowed) == len;
}

bool http_id_make(char out[HTTP_ID_MOST + 1])
{
    unsigned char bytes[16];
    if (!entropy_read(bytes, sizeof bytes))
        return false;
    for (size_t i = 0; i < sizeof bytes; i++)
        (void)snprintf(out + 2 * i, 3, "%02x", bytes[i]);
    return true;
}

bool http_queries_add(struct http_queries *queries, struct http_session *http,
                      struct error *err)
{
    struct slice id = slice_of(http->query_id);
    pthread_mutex_lock(&queries->lock);
    bool is_new = !strmap_get(&queries->sessions, id);
    http->is_listed = is_new && strmap_put(&queries->sessions, id, http);
    pthread_mutex_unlock(&queries->lock);
    if (!is_new)
        return error_set(err, "42710", "a query of the id \"%s\" is running",
                         http->query_id);
    return http->is_listed || error_no_memory(err);
}

void http_queries_remove(struct http_queries *queries, struct http_session *http)
{
    if (!http->is_listed)
        return;
    pthread_mutex_lock(&queries->lock);
    (void)strmap_take(&queries->sessions, slice_of(http->query_id));
    pthread_mutex_unlock(&queries->lock);
    http->is_listed = false;
}

bool http_queries_cancel(struct http_queries *queries, const char *id,
                         const struct http_session *asker)
{
    pthread_mutex_lock(&queries->lock);
    const struct http_session *http = strmap_get(&queries->sessions, slice_of(id));
    bool may =
        http && (asker->role == ROLE_ADMIN || strcmp(asker->user, http->user) == 0);
    bool told = may && http_signal(asker, http->peer.pid, PGW_INTERRUPT_CANCEL);
    pthread_mutex_unlock(&queries->lock);
    return told;
}
