/* params.h - PostgreSQL's parameters as a batch of one row for the engine. */
#ifndef SERVER_PARAMS_H
#define SERVER_PARAMS_H

#include <pgwire/pgwire.h>

#include "batch/batch.h"
#include "batch/type_oids.h"
#include "core/arena.h"

/* The type that a parameter of this OID is cast to in the statement's text, static or
 * in the arena; NULL: the engine decides (OID 0, unknown). An OID of no type: 42704,
 * of one that cannot be a parameter, a composite: 0A000. oids: the user's types, NULL =
 * there are none. */
enum pgw_status params_cast(struct arena *arena, struct type_oids *oids, uint32_t oid,
                            const char **out, struct pgw_error *err);

/* Convert the values; the batch and what it points to live in the arena. */
enum pgw_status params_batch(struct arena *arena, struct type_oids *oids,
                             pgw_session *session, const struct pgw_value *values,
                             size_t count, struct batch *out, struct pgw_error *err);

#endif
