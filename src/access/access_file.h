/* access_file.h - the files that say who may connect, read whole. */
#ifndef ACCESS_ACCESS_FILE_H
#define ACCESS_ACCESS_FILE_H

#include "core/arena.h"
#include "core/error.h"

enum { ACCESS_FILE_MAX = 16 << 20 };

/* All of a regular file of at most ACCESS_FILE_MAX bytes, in the arena, NUL-terminated.
 * is_secret: what others may read, or the group or others write, is refused, and the
 * text is wiped when the arena is freed. 58P01, F0000, 53200. */
bool access_file_read(struct arena *arena, const char *path, bool is_secret,
                      struct slice *out, struct error *err) MUST_CHECK;

/* F0000 "FILE:LINE: …". Always false. */
bool access_fault(struct error *err, const char *file, unsigned line,
                  const char *format, ...) PRINTF_LIKE(4, 5);

#endif
