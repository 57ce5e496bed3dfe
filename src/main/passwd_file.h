/* passwd_file.h - a users file that is being changed: whole, or not at all. */
#ifndef MAIN_PASSWD_FILE_H
#define MAIN_PASSWD_FILE_H

#include <limits.h>
#include <sys/types.h>

#include "core/arena.h"
#include "core/error.h"

struct passwd_file {
    struct arena arena;
    char path[PATH_MAX];  /* links followed */
    char fresh[PATH_MAX]; /* PATH.new */
    int fd;               /* of the fresh file */
    bool exists;          /* there was one */
    struct slice text;    /* what it held */
};

/* Make PATH.new, which keeps others from changing the file meanwhile, and read the old
 * file. 55006 while another does; 58P01, F0000, 53200. */
bool passwd_file_open(struct passwd_file *file, const char *path,
                      struct error *err) MUST_CHECK;
/* The new text takes the old one's place, once it is on the disk. Owner and group are
 * kept, and 0640 if it was that; else it is 0600. 58030 */
bool passwd_file_replace(struct passwd_file *file, struct slice text,
                         struct error *err) MUST_CHECK;
/* Once it was opened; PATH.new is gone then. */
void passwd_file_close(struct passwd_file *file);

#endif
