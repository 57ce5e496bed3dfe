/* params.h - PostgreSQL's parameters as a batch of one row for the engine. */
#ifndef SERVER_PARAMS_H
#define SERVER_PARAMS_H

#include <pgwire/pgwire.h>

#include "batch/batch.h"
#include "core/arena.h"

/* The type that a parameter of this OID is cast to in the statement's text, or NULL:
 * the engine decides. */
const char *params_cast(uint32_t oid);

/* Convert the values; the batch and what it points to live in the arena. */
enum pgw_status params_batch(struct arena *arena, pgw_session *session,
                             const struct pgw_value *values, size_t count,
                             struct batch *out, struct pgw_error *err);

#endif
