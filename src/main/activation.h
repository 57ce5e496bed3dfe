/* activation.h - listening sockets that a service manager has opened: sd_listen_fds(3).
 *
 * Their names (LISTEN_FDNAMES, FileDescriptorName= of a .socket unit, or its name) say
 * what is served there: one with "https", "http" or "pg" in it. */
#ifndef MAIN_ACTIVATION_H
#define MAIN_ACTIVATION_H

#include <stddef.h>

#include "core/attr.h"
#include "core/error.h"

enum { ACTIVATION_MAX = 32 };

struct activation {
    struct {
        int fd;           /* whoever listens on it takes it over */
        const char *kind; /* "pg", "http", "https": the options' names */
    } sockets[ACTIVATION_MAX];
    size_t count;
};

/* From the environment, which is cleared of it. 22023 for a name that says nothing. */
bool activation_read(struct activation *activation, struct error *err) MUST_CHECK;

#endif
