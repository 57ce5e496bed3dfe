/* http_state.h - the inside of an HTTP session, shared by its files. */
#ifndef HTTP_HTTP_STATE_H
#define HTTP_HTTP_STATE_H

#include <stdatomic.h>

#include "access/basic.h"
#include "core/buf.h"
#include "core/chain.h"
#include "core/running.h"
#include "http/http_parse.h"
#include "http/http_queries.h"
#include "http/http_session.h"
#include "server/limits.h"
#include "server/query.h"

enum http_state { HTTP_READING, HTTP_ROUTING, HTTP_RUNNING, HTTP_CLOSED };

/* A POST /v1/query on its way. */
struct http_query {
    struct arena arena; /* statement, parameters */
    struct slice sql;
    struct batch params;
    const char **casts;
    struct query *query;
    struct query_result result;
    bool executed, begun; /* begun: the head of the answer is in the output */
    uint64_t rows, started_us;
};

struct http_session {
    struct http_front *front;
    struct session_peer peer;
    enum http_state state;
    bool waiting, eof, keep_alive;
    bool request_begun; /* some of it has come */
    struct buf input;
    struct chain output;
    struct http_parse *parse;
    struct query_session *session; /* made when the first query comes */
    struct http_query query;
    char user[USERS_NAME_MAX + 1]; /* of the request, once it is admitted */
    enum user_role role;
    bool is_admitted;
    char query_id[HTTP_ID_MOST + 1]; /* "" = the request is none for a query */
    bool is_listed;                  /* … under that id (http_queries.c) */
    struct buf scratch;              /* a piece of the answer's body */
    bool has_place;                  /* the connection counts */
    struct limit_ticket ticket;      /* of the request */
    bool has_deadline, is_queued;    /* what the loop was asked for: http_life.c */
    uint64_t statement_due_us;
    struct running running; /* the statement; its reasons are enum pgw_interrupt */
    _Atomic unsigned closing;
    atomic_bool draining; /* it is to end when the request is answered */
};

/* ---- http_reply.c ---- */

/* A whole answer; the session goes back to reading, or closes. */
void http_reply(struct http_session *http, int status, const char *type,
                const char *body, size_t len);
/* RFC 9457. */
void http_reply_problem(struct http_session *http, int status, const struct error *err);
/* The head of an answer whose length is not known, then its pieces, then its end. */
bool http_reply_begin(struct http_session *http, int status, const char *type);
bool http_reply_piece(struct http_session *http, const void *data, size_t len);
bool http_reply_end(struct http_session *http);
/* 204: done, and there is nothing to say. */
void http_reply_nothing(struct http_session *http);
/* The answer has been given: read the next request, or close. */
void http_reply_done(struct http_session *http);

/* ---- http_life.c ---- */
/* It has just been made. */
void http_begin_connection(struct http_session *http);
/* The next request is to come in time. */
void http_await_request(struct http_session *http);
/* A statement begins, asks for a slot, ends. */
void http_begin_times(struct http_session *http);
void http_queue_times(struct http_session *http, bool waits);
void http_end_times(struct http_session *http);
/* For a query: a place for the connection, and what limits its user has. 53300 */
bool http_take_place(struct http_session *http, struct error *err) MUST_CHECK;
/* Is the session to end since the server does, and no request has begun to come? */
bool http_drain_is_due(const struct http_session *http);
/* Is there to be another request? */
bool http_keeps_alive(const struct http_session *http);
/* From another thread. True: there is nothing more to do. */
bool http_note_end(struct http_session *http, enum pgw_interrupt reason);

/* ---- http_routes.c ---- */
void http_route(struct http_session *http);

/* ---- http_body.c ---- */
/* Statement and parameters, in the query's arena. 22P02 no JSON, 22023, 42601, 53200 */
bool http_body_read(struct http_query *query, const struct buf *body,
                    struct error *err) MUST_CHECK;

/* ---- http_query.c ---- */
/* pgw_host.block_begin, and block_end. */
bool http_block_begin(struct http_session *http) MUST_CHECK;
void http_block_end(struct http_session *http);
/* pgw_host.signal */
bool http_signal(const struct http_session *http, uint32_t pid,
                 enum pgw_interrupt reason);
void http_query_begin(struct http_session *http);
void http_query_step(struct http_session *http);
void http_query_drop(struct http_session *http);
void http_query_cancel(struct http_session *http);

#endif
