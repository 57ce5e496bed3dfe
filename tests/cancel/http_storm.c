/* http_storm.c - HTTP in the storm: victims whose queries are deleted, or who hang up,
 * a witness, and who deletes. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/client/wire_client.h"
#include "storm.h"

enum { READ_BYTES = 65536, STREAM_ROWS = 300000, MANY_ROWS = 20000 };

struct http {
    const char *where;
    int fd; /* -1: it has to connect */
    struct buf input;
    int status;
    size_t head, length; /* of the answer; length: SIZE_MAX = in chunks */
};

static void open_http(struct http *http)
{
    if (http->fd >= 0)
        return;
    http->fd = connect_to(http->where);
    buf_consume(&http->input, buf_len(&http->input));
}

static void close_http(struct http *http)
{
    if (http->fd >= 0)
        (void)close(http->fd);
    http->fd = -1;
    buf_free(&http->input);
}

/* ---- requests ---- */

static void send_text(struct http *http, const char *text, size_t len)
{
    struct buf out = {0};
    open_http(http);
    wire_put(&out, text, len);
    wire_write(http->fd, &out);
    buf_free(&out);
}

static void send_query(struct http *http, const char *id, const char *sql)
{
    char text[1024];
    int len =
        snprintf(text, sizeof text,
                 "POST /v1/query HTTP/1.1\r\nHost: localhost\r\nX-Query-Id: %s\r\n"
                 "Content-Length: %zu\r\n\r\n{\"sql\":\"%s\"}",
                 id, strlen(sql) + 10, sql);
    send_text(http, text, (size_t)len);
}

static void id_of(const struct victim *victim, unsigned query, char out[ID_BYTES])
{
    (void)snprintf(out, ID_BYTES, "victim-%u.%u", victim->number, query);
}

/* ---- answers ---- */

static bool read_more(struct http *http)
{
    uint8_t *room = buf_reserve(&http->input, READ_BYTES);
    ssize_t got = room ? recv(http->fd, room, READ_BYTES, 0) : 0;
    if (got > 0)
        buf_commit(&http->input, (size_t)got);
    return got > 0;
}

static const char *find(const struct http *http, const char *text)
{
    size_t len = buf_len(&http->input);
    return len ? memmem(buf_data(&http->input), len, text, strlen(text)) : NULL;
}

/* False: the connection has ended. */
static bool read_head(struct http *http)
{
    const char *end, *length;
    while (!(end = find(http, "\r\n\r\n"))) {
        if (!read_more(http))
            return false;
    }
    const char *start = (const char *)buf_data(&http->input);
    http->head = (size_t)(end + 4 - start);
    http->status = (int)strtol(start + 9, NULL, 10);
    length = memmem(start, http->head, "Content-Length: ", 16);
    http->length = length ? strtoul(length + 16, NULL, 10) : SIZE_MAX;
    if (http->status == 204)
        http->length = 0;
    return true;
}

/* An answer as a whole, still in the input. False: it breaks off. */
static bool read_answer(struct http *http)
{
    static const char last[] = "\r\n0\r\n\r\n";
    if (!read_head(http))
        return false;
    for (;;) {
        size_t len = buf_len(&http->input);
        const char *end = (const char *)buf_data(&http->input) + len;
        if (http->length == SIZE_MAX
                ? len >= http->head + 7 && memcmp(end - 7, last, 7) == 0
                : len >= http->head + http->length)
            return true;
        if (!read_more(http))
            return false;
    }
}

static void forget_answer(struct http *http)
{
    buf_consume(&http->input, buf_len(&http->input));
}

/* ---- victims ---- */

static void begin(struct http *http, struct victim *victim, const char *sql)
{
    char id[ID_BYTES];
    unsigned query = atomic_load(&victim->query) + 1;
    id_of(victim, query, id);
    victim_begin(victim);
    send_query(http, id, sql);
    atomic_store(&victim->query, query);
}

/* All rows, or the problem of a cancel, or an answer without an end. */
static void read_outcome(struct http *http, struct victim *victim, unsigned rows)
{
    char count[48];
    (void)snprintf(count, sizeof count, "\"statistics\":{\"rows\":%u,", rows);
    if (!read_answer(http)) {
        if (http->status != 200)
            fail("an answer of status %d breaks off", http->status);
        victim_failed(victim, NULL);
        close_http(http);
    } else if (http->status == 408) {
        victim_failed(victim, find(http, "\"sqlstate\":\"57014\"") ? "57014" : "?");
    } else if (http->status != 200 || !find(http, count)) {
        fail("status %d, and not %u rows", http->status, rows);
    }
    forget_answer(http);
}

static void run_slow(struct http *http, struct victim *victim)
{
    begin(http, victim, SLOW_SQL);
    read_outcome(http, victim, 0);
}

static void run_quick(struct http *http, struct victim *victim)
{
    begin(http, victim, "select 1");
    read_outcome(http, victim, 1);
}

static void run_many_rows(struct http *http, struct victim *victim)
{
    begin(http, victim, "select i from range(20000) t(i)");
    read_outcome(http, victim, MANY_ROWS);
}

static void run_stopped_reader(struct http *http, struct victim *victim)
{
    begin(http, victim, "select i from range(300000) t(i)");
    storm_wait(victim->storm, 20);
    read_outcome(http, victim, STREAM_ROWS);
}

static void hang_up(struct http *http, struct victim *victim)
{
    begin(http, victim,
          pick(&victim->random, 2) ? SLOW_SQL : "select i from range(100000000) t(i)");
    if (pick(&victim->random, 2))
        storm_wait(victim->storm, 5);
    close_http(http);
}

static void (*const acts[])(struct http *, struct victim *) = {
    run_slow,      run_slow,           run_slow,           run_quick,
    run_quick,     run_quick,          run_quick,          run_quick,
    run_quick,     run_many_rows,      run_many_rows,      run_many_rows,
    run_many_rows, run_stopped_reader, run_stopped_reader, hang_up,
};

void *http_victim(void *self)
{
    struct victim *victim = self;
    struct storm *storm = victim->storm;
    struct http http = {.where = storm->http_where, .fd = -1};
    while (!atomic_load(&storm->stopping))
        acts[pick(&victim->random, ARRAY_LEN(acts))](&http, victim);
    atomic_fetch_sub(&storm->victims_left, 1);
    char id[ID_BYTES];
    (void)snprintf(id, sizeof id, "after-the-storm.%u", victim->number);
    send_query(&http, id, "select 7");
    if (!read_answer(&http) || http.status != 200 || !find(&http, "\n[7]\r"))
        fail("after the storm: status %d", http.status);
    close_http(&http);
    return NULL;
}

void *http_witness(void *self)
{
    struct storm *storm = self;
    struct http http = {.where = storm->http_where, .fd = -1};
    char id[ID_BYTES], rows[48], sql[48];
    for (unsigned i = 0; !atomic_load(&storm->stopping); i++) {
        (void)snprintf(id, sizeof id, "witness.%u", i);
        (void)snprintf(sql, sizeof sql, "select %u", i);
        (void)snprintf(rows, sizeof rows, "\n[%u]\r", i);
        send_query(&http, id, sql);
        if (!read_answer(&http) || http.status != 200 || !find(&http, rows))
            fail("a witness over HTTP has got status %d", http.status);
        forget_answer(&http);
        atomic_fetch_add(&storm->witnessed, 1);
    }
    close_http(&http);
    return NULL;
}

/* ---- deletions ---- */

/* What runs now, what has run, or what is to run next. */
static void delete_one(struct http *http, struct victim *victim, uint64_t *random)
{
    char text[256], id[ID_BYTES];
    atomic_fetch_add(&victim->sent, 1);
    unsigned query = atomic_load(&victim->query) + (pick(random, 8) == 0);
    id_of(victim, query, id);
    int len = snprintf(text, sizeof text,
                       "DELETE /v1/query/%s HTTP/1.1\r\nHost: localhost\r\n\r\n", id);
    send_text(http, text, (size_t)len);
    if (!read_answer(http) || (http->status != 204 && http->status != 404))
        fail("a deletion is answered with status %d", http->status);
    if (http->status == 204)
        atomic_fetch_add(&victim->storm->deleted, 1);
    forget_answer(http);
    atomic_fetch_add(&victim->dealt, 1);
    storm_moved(victim->storm);
}

void *http_deleter(void *self)
{
    struct storm *storm = self;
    struct http http = {.where = storm->http_where, .fd = -1};
    uint64_t random = take_seed(storm);
    while (!atomic_load(&storm->stopping) || atomic_load(&storm->victims_left) > 0)
        delete_one(&http, &storm->http[pick(&random, storm->http_count)], &random);
    close_http(&http);
    return NULL;
}
