/* wire_drive.c - a session in memory on the fake engine, fed a client's bytes in all
 * ways.
 *
 *     wire_drive FILE      the bytes as a whole; what the server answers goes to stdout
 *     wire_drive --cut FILE
 *         byte by byte, and cut at every offset: the rest after all was served, which
 * must give the same answer to the byte, and never, which must end the session.
 *
 * Closes with "N passed, N failed" when cutting. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "engine/fake/fake_engine.h"
#include "server/database.h"
#include "server/pg_front.h"

#include <pgwire/session.h>

enum { PID = 0x04d2, STEPS_MAX = 1000000 };

struct drive {
    struct database database;
    struct pg_front front;
    pgw_session *session;
    struct buf answer;
};

static void die(const char *what)
{
    fprintf(stderr, "wire_drive: %s\n", what);
    exit(2);
}

static void drive_open(struct drive *drive)
{
    const struct database_options database = {.name = "main"};
    const struct pgw_session_options options = {.pid = PID};
    struct error err;
    *drive = (struct drive){0};
    if (!database_init(&drive->database, fake_engine_new(NULL), &database, &err))
        die(err.message);
    drive->front.database = &drive->database;
    drive->session = pgw_session_new(&pg_front_handlers, &drive->front, &options);
    if (!drive->session)
        die("out of memory");
}

static void drive_close(struct drive *drive)
{
    pgw_session_free(drive->session);
    database_free(&drive->database);
    buf_free(&drive->answer);
}

static void collect(struct drive *drive)
{
    struct iovec iov[16];
    size_t count = pgw_session_send_iov(drive->session, iov, 16), bytes = 0;
    for (size_t i = 0; i < count; i++) {
        if (!buf_append(&drive->answer, iov[i].iov_base, iov[i].iov_len))
            die("out of memory");
        bytes += iov[i].iov_len;
    }
    pgw_session_send_ack(drive->session, bytes);
}

/* Serve until more bytes are wanted (true) or the session is closed (false). */
static bool serve(struct drive *drive)
{
    for (unsigned steps = 0; steps < STEPS_MAX; steps++) {
        unsigned want = pgw_session_want(drive->session);
        if (want & PGW_WANT_CLOSE)
            return false;
        if (want & PGW_WANT_WORK)
            pgw_session_run(drive->session);
        else if (want & PGW_WANT_SEND)
            collect(drive);
        else if (want & PGW_WANT_RECV)
            return true;
        else
            die("the session waits, and nobody will wake it");
    }
    die("the session never stops working");
    return false;
}

/* False: the session has closed, with bytes left or not. */
static bool feed(struct drive *drive, const uint8_t *data, size_t len)
{
    while (serve(drive)) {
        size_t room;
        if (len == 0)
            return true;
        uint8_t *to = pgw_session_recv_buf(drive->session, &room);
        if (!to)
            die("out of memory");
        size_t part = len < room ? len : room;
        memcpy(to, data, part);
        pgw_session_recv_ack(drive->session, part);
        data += part;
        len -= part;
    }
    return false;
}

static void end_input(struct drive *drive)
{
    pgw_session_recv_eof(drive->session);
    if (serve(drive))
        die("the session outlives its client");
}

/* The secret key is another one each time. */
static void mask_key(struct buf *answer)
{
    static const uint8_t start[] = {'K', 0, 0, 0, 12, 0, 0, PID >> 8, PID & 0xff};
    static const uint8_t start_long[] = {'K', 0, 0, 0, 40, 0, 0, PID >> 8, PID & 0xff};
    uint8_t *data = answer->memory + answer->start;
    if (buf_len(answer) == 0)
        return;
    uint8_t *found = memmem(data, buf_len(answer), start, sizeof start);
    if (found)
        memset(found + sizeof start, 0, 4);
    else if ((found = memmem(data, buf_len(answer), start_long, sizeof start_long)))
        memset(found + sizeof start_long, 0, 32);
}

/* Two pieces, cut at `cut`; with step 1 each byte is a piece. */
static struct buf answer_to(const struct buf *input, size_t cut, size_t step)
{
    struct drive drive;
    struct buf answer;
    const uint8_t *data = buf_data(input);
    size_t len = buf_len(input);
    drive_open(&drive);
    bool open = feed(&drive, data, cut);
    for (size_t at = cut; open && at < len; at += step)
        open = feed(&drive, data + at, at + step <= len ? step : len - at);
    if (open)
        end_input(&drive);
    answer = drive.answer;
    drive.answer = (struct buf){0};
    drive_close(&drive);
    mask_key(&answer);
    return answer;
}

/* The client goes away after `cut` bytes. */
static void hang_up_at(const struct buf *input, size_t cut)
{
    struct drive drive;
    drive_open(&drive);
    if (feed(&drive, buf_data(input), cut))
        end_input(&drive);
    drive_close(&drive);
}

static bool same(const struct buf *a, struct buf b)
{
    bool equal =
        buf_len(a) == buf_len(&b) &&
        (buf_len(a) == 0 || memcmp(buf_data(a), buf_data(&b), buf_len(a)) == 0);
    buf_free(&b);
    return equal;
}

static int cut_everywhere(const struct buf *input, const struct buf *whole)
{
    size_t len = buf_len(input), passed = 0, failed = 0;
    bool bytewise = same(whole, answer_to(input, 0, 1));
    passed += bytewise;
    failed += !bytewise;
    for (size_t cut = 0; cut < len; cut++) {
        bool equal = same(whole, answer_to(input, cut, len));
        passed += equal;
        failed += !equal;
        if (!equal)
            printf("cut at %zu: another answer\n", cut);
        hang_up_at(input, cut);
    }
    printf("%zu passed, %zu failed\n", passed, failed);
    return failed > 0;
}

static void read_file(const char *path, struct buf *out)
{
    FILE *file = fopen(path, "rb");
    uint8_t chunk[4096];
    size_t got;
    if (!file)
        die("cannot read the file");
    while ((got = fread(chunk, 1, sizeof chunk, file)) > 0) {
        if (!buf_append(out, chunk, got))
            die("out of memory");
    }
    fclose(file);
}

int main(int argc, char **argv)
{
    struct buf input = {0};
    int code = 0;
    bool cut = argc == 3 && strcmp(argv[1], "--cut") == 0;
    if (argc != 2 + cut)
        die("usage: wire_drive [--cut] FILE");
    read_file(argv[1 + cut], &input);
    struct buf whole = answer_to(&input, buf_len(&input), 1);
    if (cut)
        code = cut_everywhere(&input, &whole);
    else if (buf_len(&whole) > 0)
        (void)fwrite(buf_data(&whole), 1, buf_len(&whole), stdout);
    buf_free(&whole);
    buf_free(&input);
    return code;
}
