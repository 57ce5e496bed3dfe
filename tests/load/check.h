/* check.h - is what has come what must come? */
#ifndef TESTS_LOAD_CHECK_H
#define TESTS_LOAD_CHECK_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/client/wire_client.h"
#include "load/script.h"

/* What a client waits for, in words; as snprintf. */
int check_describe(const struct script *script, const struct batch *batch, char *out,
                   size_t size);
/* The next message of a batch. False: it is not the expected one, and `why`, of at
 * least 512 bytes, says in which way. */
bool check_message(const struct script *script, struct batch *batch,
                   const struct wire_message *message, char *why, size_t size);
/* Has all come? */
bool check_is_done(struct batch *batch);

#endif
