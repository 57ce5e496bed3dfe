/* file.h - the whole of a small file. */
#ifndef CORE_FILE_H
#define CORE_FILE_H

#include "core/arena.h"

/* What is in a regular file, in the arena's memory, with a NUL behind it. False, and
 * errno says why: what open(2) and read(2) say, EFBIG for more than `max` bytes, EINVAL
 * for what is no regular file, ENOMEM. */
bool file_read(struct arena *arena, const char *path, size_t max,
               struct slice *out) MUST_CHECK;

#endif
