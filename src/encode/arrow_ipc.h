/* arrow_ipc.h - batches as a stream of Arrow's IPC format: a schema, record batches, an
 * end.
 *
 * Written without any protocol around it: a message is appended to a buffer, to be sent
 * by whoever asked. Every type has a form: those that Arrow knows are its own, what it
 * does not know is text as PostgreSQL has it in its standard style (bit strings, times
 * with a zone, enums), a uuid is arrow.uuid, JSON arrow.json. Source: Arrow columnar
 * format 1.5, "Serialization and Interprocess Communication". */
#ifndef ENCODE_ARROW_IPC_H
#define ENCODE_ARROW_IPC_H

#include "batch/batch.h"
#include "core/attr.h"
#include "core/buf.h"

struct arrow_ipc;

/* Names and types by column, borrowed as long as it lives. NULL: out of memory. */
struct arrow_ipc *arrow_ipc_new(const char *const *names,
                                const struct type *const *types,
                                size_t count) MUST_CHECK;
void arrow_ipc_free(struct arrow_ipc *ipc); /* NULL is allowed */

/* Append what a stream begins with. NULL, or a SQLSTATE: 53200, 0A000 for types that
 * are nested too deep. */
const char *arrow_ipc_schema(struct arrow_ipc *ipc, struct buf *out) MUST_CHECK;

/* Append rows from *next on, as many as make a message of some megabytes; *next moves
 * on. NULL, or a SQLSTATE: 53200, 0A000, 22003 and 22008 for what Arrow cannot hold,
 * 54000 for a value that is too long. */
const char *arrow_ipc_rows(struct arrow_ipc *ipc, const struct batch *batch,
                           size_t *next, struct buf *out) MUST_CHECK;

/* Append what a stream ends with. */
bool arrow_ipc_end(struct buf *out) MUST_CHECK;

#endif
