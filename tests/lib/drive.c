/* drive.c - a session in memory. */
#include "drive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocations.h"

enum { STEPS_MAX = 1000000, IOV_AT_ONCE = 16 };

void drive_die(const char *what)
{
    fprintf(stderr, "drive: %s\n", what);
    exit(2);
}

static void collect(struct drive *drive)
{
    struct iovec iov[IOV_AT_ONCE];
    const struct session *session = &drive->session;
    size_t count = session->ops->send_iov(session->self, iov, IOV_AT_ONCE), bytes = 0;
    allocations_exempt(true);
    for (size_t i = 0; i < count; i++) {
        if (!buf_append(&drive->answer, iov[i].iov_base, iov[i].iov_len))
            drive_die("out of memory");
        bytes += iov[i].iov_len;
    }
    allocations_exempt(false);
    session->ops->send_ack(session->self, bytes);
}

bool drive_serve(struct drive *drive)
{
    const struct session *session = &drive->session;
    for (unsigned steps = 0; steps < STEPS_MAX; steps++) {
        unsigned want = session->ops->want(session->self);
        if (want & PGW_WANT_CLOSE) {
            drive->closed = true;
            return false;
        }
        if (want & PGW_WANT_WORK)
            session->ops->run(session->self);
        else if (want & PGW_WANT_SEND)
            collect(drive);
        else if (want & PGW_WANT_RECV)
            return true;
        else
            drive_die("the session waits, and nobody will wake it");
    }
    drive_die("the session never stops working");
    return false;
}

bool drive_feed(struct drive *drive, const void *data, size_t len)
{
    const struct session *session = &drive->session;
    const uint8_t *at = data;
    while (drive_serve(drive)) {
        size_t room;
        if (len == 0)
            return true;
        uint8_t *to = session->ops->recv_buf(session->self, &room);
        if (!to && drive_serve(drive))
            drive_die("the session has no room, and wants to go on");
        if (!to)
            return false;
        size_t part = len < room ? len : room;
        memcpy(to, at, part);
        session->ops->recv_ack(session->self, part);
        at += part;
        len -= part;
    }
    return false;
}

void drive_end_input(struct drive *drive)
{
    drive->session.ops->recv_eof(drive->session.self);
    if (drive_serve(drive))
        drive_die("the session outlives its client");
}

void drive_free(struct drive *drive)
{
    if (drive->session.self)
        drive->session.ops->free(drive->session.self);
    allocations_exempt(true);
    buf_free(&drive->answer);
    allocations_exempt(false);
    *drive = (struct drive){0};
}
