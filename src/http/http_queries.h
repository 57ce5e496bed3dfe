/* http_queries.h - the queries that run, by their ids: how DELETE /v1/query/ID finds
 * one.
 *
 * An id is in the list only while its query runs, and a session runs one query at a
 * time: the list has no more entries than there are sessions. */
#ifndef HTTP_HTTP_QUERIES_H
#define HTTP_HTTP_QUERIES_H

#include <pthread.h>
#include <stdbool.h>

#include "core/attr.h"
#include "core/error.h"
#include "core/strmap.h"

struct http_session;

enum { HTTP_ID_LEAST = 8, HTTP_ID_MOST = 64 };

struct http_queries {
    pthread_mutex_t lock;
    struct strmap sessions; /* by the id of what they run */
};

bool http_queries_init(struct http_queries *queries) MUST_CHECK;
void http_queries_free(struct http_queries *queries);

/* [A-Za-z0-9._-], neither too short nor too long. */
bool http_id_is_well_formed(const char *id);
/* 128 bits that nobody can guess, as hexadecimal digits. False: there are none. */
bool http_id_make(char out[HTTP_ID_MOST + 1]) MUST_CHECK;

/* The session begins to run the query of its query_id. False: another one of that id
 * runs (42710), or out of memory. */
bool http_queries_add(struct http_queries *queries, struct http_session *http,
                      struct error *err) MUST_CHECK;
/* Before it has ended, so that what is found runs; again: nothing. */
void http_queries_remove(struct http_queries *queries, struct http_session *http);
/* By another session: false, no query of that id runs, or it is another user's and the
 * asker no admin. */
bool http_queries_cancel(struct http_queries *queries, const char *id,
                         const struct http_session *asker);

#endif
