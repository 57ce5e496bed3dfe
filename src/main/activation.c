/* activation.c - LISTEN_PID, LISTEN_FDS, LISTEN_FDNAMES. */
#include "main/activation.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FIRST_FD = 3, NAME_BYTES = 256 };

/* The longer word first: it contains the other. */
static const char *kind_of(const char *name)
{
    static const char *const kinds[] = {"https", "http", "pg"};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (strstr(name, kinds[i]))
            return kinds[i];
    }
    return NULL;
}

/* Theirs block, and outlive exec. */
static bool prepare(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
           fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

/* The next name of a list between colons. */
static const char *next_name(const char *names, char out[NAME_BYTES])
{
    size_t len = strcspn(names, ":");
    (void)snprintf(out, NAME_BYTES, "%.*s", (int)len, names);
    return names + len + (names[len] == ':');
}

static bool add(struct activation *activation, const char *name, struct error *err)
{
    int fd = FIRST_FD + (int)activation->count;
    const char *kind = kind_of(name);
    if (!kind)
        return error_set(err, "22023",
                         "the name \"%s\" of a socket that was handed over says "
                         "neither pg, http nor https",
                         name);
    if (!prepare(fd))
        return error_set(err, "08001", "descriptor %d was not handed over", fd);
    activation->sockets[activation->count].fd = fd;
    activation->sockets[activation->count++].kind = kind;
    return true;
}

static void forget(void)
{
    static const char *const names[] = {"LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        (void)unsetenv(names[i]);
}

bool activation_read(struct activation *activation, struct error *err)
{
    char name[NAME_BYTES];
    const char *pid = getenv("LISTEN_PID"), *count = getenv("LISTEN_FDS");
    const char *names = getenv("LISTEN_FDNAMES");
    bool done = true;
    *activation = (struct activation){0};
    bool is_ours = pid && count && strtol(pid, NULL, 10) == (long)getpid();
    long wanted = is_ours ? strtol(count, NULL, 10) : 0;
    if (wanted > ACTIVATION_MAX)
        return error_set(err, "54000", "more than %d sockets were handed over",
                         ACTIVATION_MAX);
    names = names ? names : "";
    for (long i = 0; done && i < wanted; i++) {
        names = next_name(names, name);
        done = add(activation, name, err);
    }
    forget();
    return done;
}
