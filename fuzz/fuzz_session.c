/* fuzz_session.c - any bytes from a client: a session over the fake engine survives
 * them.
 *
 * The first byte chooses whether a start-up is sent first, so that both halves of the
 * protocol are reached. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "engine/fake/fake_engine.h"
#include "server/database.h"
#include "server/pg_front.h"

#include <pgwire/session.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t startup[] = "\0\0\0\x20\0\3\0\0user\0u\0database\0main\0";

static bool serve(pgw_session *session)
{
    for (;;) {
        struct iovec iov[8];
        unsigned want = pgw_session_want(session);
        if (want & PGW_WANT_CLOSE)
            return false;
        if (want & PGW_WANT_WORK) {
            pgw_session_run(session);
        } else if (want & PGW_WANT_SEND) {
            size_t count = pgw_session_send_iov(session, iov, 8), bytes = 0;
            for (size_t i = 0; i < count; i++)
                bytes += iov[i].iov_len;
            pgw_session_send_ack(session, bytes);
        } else {
            return true;
        }
    }
}

static void feed(pgw_session *session, const uint8_t *data, size_t size)
{
    while (serve(session) && size > 0) {
        size_t room;
        uint8_t *to = pgw_session_recv_buf(session, &room);
        if (!to)
            return;
        size_t part = size < room ? size : room;
        memcpy(to, data, part);
        pgw_session_recv_ack(session, part);
        data += part;
        size -= part;
    }
}

/* Sleeping is no bug that is looked for. */
static bool sleeps(const uint8_t *data, size_t size)
{
    return memmem(data, size, "sleep", 5) || memmem(data, size, "SLEEP", 5);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct database_options options = {.name = "main"};
    struct database database;
    struct error err;
    if (size == 0 || sleeps(data, size))
        return 0;
    assert(database_init(&database, fake_engine_new(NULL), &options, &err));
    struct pg_front front = {.database = &database};
    pgw_session *session = pgw_session_new(&pg_front_handlers, &front, NULL);
    assert(session);
    if (data[0] & 1)
        feed(session, startup, sizeof startup);
    feed(session, data + 1, size - 1);
    pgw_session_recv_eof(session);
    assert(!serve(session));
    pgw_session_free(session);
    database_free(&database);
    return 0;
}
