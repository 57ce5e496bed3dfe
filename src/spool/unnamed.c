/* unnamed.c - files without a name: they go with their descriptor, also when the
 * process dies. */
#include "spool/unnamed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool unnamed_error(struct error *err, const char *what, const char *of)
{
    static const struct {
        int number;
        const char *sqlstate;
    } codes[] = {{ENOSPC, "53100"}, {EDQUOT, "53100"}, {EFBIG, "53100"},
                 {EMFILE, "53000"}, {ENFILE, "53000"}, {ENOMEM, "53200"}};
    const char *sqlstate = "58030";
    int number = errno;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++) {
        if (codes[i].number == number)
            sqlstate = codes[i].sqlstate;
    }
    return error_set(err, sqlstate, "cannot %s %s: %s", what, of, strerror(number));
}

/* Where O_TMPFILE is not to be had, a name that is removed at once. */
static int open_named(const char *directory)
{
    char path[4096];
    int len = snprintf(path, sizeof path, "%s/wirehouse-spool-XXXXXX", directory);
    if (len < 0 || (size_t)len >= sizeof path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    int fd = mkostemp(path, O_CLOEXEC);
    if (fd >= 0)
        (void)unlink(path);
    return fd;
}

static int open_unnamed(const char *directory)
{
    int fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (fd >= 0 || (errno != EOPNOTSUPP && errno != EISDIR && errno != EINVAL))
        return fd;
    return open_named(directory);
}

int unnamed_open(const char *directory)
{
    int fd = open_unnamed(directory);
    if (fd >= 0 || errno != ENOENT)
        return fd;
    if (mkdir(directory, 0700) != 0 && errno != EEXIST)
        return -1;
    return open_unnamed(directory);
}
