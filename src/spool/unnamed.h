/* unnamed.h - files without a name, and what is said when they fail. */
#ifndef SPOOL_UNNAMED_H
#define SPOOL_UNNAMED_H

#include <stdbool.h>

#include "core/attr.h"
#include "core/error.h"

/* Open one for reading and writing in a directory, which is made, for this user alone,
 * if it is missing. -1: errno says why. */
int unnamed_open(const char *directory) MUST_CHECK;

/* What errno means: "cannot WHAT OF: …". 53100 the disk is full, 53000 no more
 * descriptors, 53200, else 58030. Always false. */
bool unnamed_error(struct error *err, const char *what, const char *of);

#endif
