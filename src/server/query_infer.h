/* query_infer.h - the types of a statement's parameters, before it is executed. */
#ifndef SERVER_QUERY_INFER_H
#define SERVER_QUERY_INFER_H

#include "server/query_session.h"

/* Fill query->param_types, param_oids and casts. stmt: the statement as the engine has
 * prepared it with the client's casts alone; NULL: it would not. Its connection
 * prepares other texts here: it may be gone afterwards. False: out of memory, or
 * interrupted. */
bool query_infer(struct query_session *session, struct query *query,
                 const struct query_hints *hints, const struct engine_stmt *stmt,
                 size_t count, struct error *err) MUST_CHECK;

/* The statement with a NULL of its type for each parameter: the engine knows no columns
 * of one that has a parameter of a table function. Moved out, never to be executed;
 * NULL: nothing is learnt from it. False: likewise. */
bool query_infer_columns(struct query_session *session, struct query *query,
                         struct engine_stmt **out, struct error *err) MUST_CHECK;

/* Out of memory, or interrupted: no answer to what was asked. */
bool query_infer_is_broken_off(const struct error *err);

/* The casts that are tried, one after the other, for parameters of which nothing is
 * known; NULL: there are no more. */
const char *query_infer_guess(size_t attempt);

#endif
