/* test_alloc_net.c - a server from its making to its end, with real sockets and
 * threads, refused memory at every place.
 *
 * What the server's threads ask for is refused, never the client's. Refused or not, the
 * client is answered to the end, told 53200, or its connection closed; the next one is
 * served; and when the server has gone nothing is left of it. */
#include "unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include <pgwire/server.h>

#include "../lib/allocations.h"
#include "../lib/messages.h"
#include "../lib/starve.h"

/* ---- the server ---- */

static enum pgw_status put_row(void *self, pgw_row *row, struct pgw_error *err)
{
    (void)self;
    (void)err;
    pgw_row_begin(row);
    pgw_put_int(row, 1);
    (void)pgw_row_end(row);
    return PGW_OK;
}

static enum pgw_status query(void *state, pgw_session *session, struct pgw_slice *sql,
                             struct pgw_reply *reply, struct pgw_error *err)
{
    static const struct pgw_column column = {"a", PGW_INT4OID, .typlen = 4};
    static const struct pgw_rows_ops rows = {.next = put_row};
    (void)state;
    (void)err;
    *sql = (struct pgw_slice){sql->data + sql->len, 0};
    pgw_session_set_statement_timeout(session, 60000); /* a deadline of the loop's */
    if (pgw_block_begin(session) == PGW_WAIT)
        return PGW_WAIT;
    *reply = (struct pgw_reply){.kind = PGW_REPLY_ROWS,
                                .tag = "SELECT",
                                .columns = &column,
                                .column_count = 1,
                                .rows = {&rows, NULL}};
    return PGW_OK;
}

static const struct pgw_simple_ops simple_ops = {.query = query};
static const struct pgw_handlers handlers = {.simple = &simple_ops};

struct host {
    pgw_server *server;
    pthread_t thread;
    int ended[2]; /* a pipe: run has returned */
    int code;
};

static void *run_server(void *self)
{
    struct host *host = self;
    host->code = pgw_server_run(host->server);
    assert_int_equal(write(host->ended[1], "x", 1), 1);
    return NULL;
}

/* False: without memory. */
static bool start(struct host *host)
{
    const struct pgw_server_options options = {
        .listen = "127.0.0.1:0", .io_threads = 1, .blocking_threads = 1};
    struct pgw_error err;
    *host = (struct host){.server = pgw_server_new(&handlers, NULL, &options, &err)};
    if (!host->server) {
        assert_string_equal(err.sqlstate, "53200");
        return false;
    }
    assert_int_equal(pipe(host->ended), 0);
    assert_int_equal(pthread_create(&host->thread, NULL, run_server, host), 0);
    return true;
}

static void stop(struct host *host)
{
    pgw_server_stop(host->server);
    assert_int_equal(pthread_join(host->thread, NULL), 0);
    pgw_server_free(host->server);
    (void)close(host->ended[0]);
    (void)close(host->ended[1]);
}

/* ---- a client ---- */

struct answer {
    struct buf data;
    size_t ready;
    bool refused; /* 53200 */
};

static int connect_to(uint16_t port)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons(port),
                                        .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void tell(int fd, struct slice bytes)
{
    ssize_t sent = send(fd, bytes.data, bytes.len, MSG_NOSIGNAL);
    (void)sent; /* it may have been closed */
}

static void look(struct answer *answer)
{
    struct messages messages =
        messages_of(buf_data(&answer->data), buf_len(&answer->data));
    struct message message;
    answer->ready = 0;
    while (messages_next(&messages, &message)) {
        answer->ready += message.type == 'Z';
        answer->refused = answer->refused || message_is_error(&message, "53200");
    }
}

/* More has come; false: the connection is closed, or nobody serves it. */
static bool hear(int fd, int ended, struct answer *answer)
{
    struct pollfd fds[] = {{.fd = fd, .events = POLLIN},
                           {.fd = ended, .events = POLLIN}};
    assert_true(poll(fds, 2, -1) > 0);
    if (!fds[0].revents)
        return false;
    uint8_t *room = buf_reserve(&answer->data, 4096);
    assert_non_null(room);
    ssize_t got = recv(fd, room, buf_room(&answer->data), 0);
    if (got <= 0)
        return false;
    buf_commit(&answer->data, (size_t)got);
    look(answer);
    return true;
}

/* Start up and ask until as many answers have come as there are; free the answer. */
static struct answer talk(const struct host *host)
{
    enum { ANSWERS = 4 }; /* to the start-up, a Sync and two queries */
    struct answer answer = {0};
    int fd = connect_to(pgw_server_port(host->server));
    tell(fd, starve_opening_pg);
    tell(fd, starve_probe_pg);
    while (answer.ready < ANSWERS && hear(fd, host->ended[0], &answer))
        ;
    (void)close(fd);
    return answer;
}

static void forget(struct answer *answer)
{
    buf_free(&answer->data);
}

/* ---- all of it, once ---- */

/* How often memory was asked for. */
static size_t live(size_t nth, bool and_later)
{
    struct host host;
    size_t before = allocations_blocks();
    allocations_refuse(nth, and_later);
    allocations_exempt(false);
    bool started = start(&host);
    allocations_exempt(true);
    if (started) {
        struct answer first = talk(&host);
        size_t asked = allocations_counted();
        bool refused = allocations_refused() > 0;
        allocations_refuse(0, false);
        assert_true(refused || starve_is_answer_pg(&first.data));
        forget(&first);
        struct answer second = talk(&host);
        bool works = starve_is_answer_pg(&second.data);
        forget(&second);
        stop(&host);
        assert_true(works || host.code != 0);
        assert_int_equal(allocations_blocks(), before);
        return asked;
    }
    allocations_refuse(0, false);
    assert_int_equal(allocations_blocks(), before);
    return 0;
}

static void test_life(void **state)
{
    (void)state;
    allocations_exempt(true);
    size_t asked = live(0, false);
    assert_true(asked > 20);
    for (size_t nth = 1; nth <= asked + 2; nth++) {
        (void)live(nth, false);
        (void)live(nth, true);
    }
    allocations_exempt(false);
}

UNIT_MAIN(cmocka_unit_test(test_life))
