/* test_net.c - the loop as a whole: real sockets, real threads, sessions of ours.
 *
 * Nothing is timed: tests wait for what the gate counts (tests/net/gate_session.h), or
 * for bytes. A loop that hangs fails by the runner's time limit. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

#include "../net/echo_session.h"
#include "../net/gate_session.h"
#include "net/net.h"

struct fixture {
    struct net *net;
    struct gate gate;
    uint16_t gate_port, echo_port;
    char directory[64];
    pthread_t thread;
    bool runs;
};

/* ---- set-up ---- */

static void *run_net(void *self)
{
    struct error err;
    struct fixture *fixture = self;
    return net_run(fixture->net, &err) ? fixture : NULL;
}

static void start(struct fixture *fixture, const struct net_options *options)
{
    struct error err = {0};
    struct session_factory gate = {.open = gate_open, .ctx = &fixture->gate};
    assert_int_equal(pthread_mutex_init(&fixture->gate.lock, NULL), 0);
    assert_int_equal(pthread_cond_init(&fixture->gate.changed, NULL), 0);
    fixture->net = net_new(options, &err);
    assert_non_null(fixture->net);
    assert_true(
        net_listen(fixture->net, "127.0.0.1:0", &gate, &fixture->gate_port, &err));
    assert_true(net_listen(fixture->net, "127.0.0.1:0", &echo_factory,
                           &fixture->echo_port, &err));
    (void)snprintf(fixture->directory, sizeof fixture->directory,
                   "/tmp/test_net.XXXXXX");
    assert_non_null(mkdtemp(fixture->directory));
    assert_true(
        net_listen(fixture->net, fixture->directory, &echo_factory, NULL, &err));
    assert_int_equal(pthread_create(&fixture->thread, NULL, run_net, fixture), 0);
    fixture->runs = true;
}

static void join(struct fixture *fixture)
{
    void *result = NULL;
    fixture->runs = false;
    assert_int_equal(pthread_join(fixture->thread, &result), 0);
    assert_ptr_equal(result, fixture);
}

static void finish(struct fixture *fixture)
{
    net_stop(fixture->net);
    if (fixture->runs)
        join(fixture);
    net_free(fixture->net);
    assert_int_equal(fixture->gate.opened, fixture->gate.freed);
    assert_int_equal(rmdir(fixture->directory), 0); /* the socket file is gone */
    (void)pthread_cond_destroy(&fixture->gate.changed);
    (void)pthread_mutex_destroy(&fixture->gate.lock);
}

/* ---- clients ---- */

static int connect_tcp(uint16_t port)
{
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons(port),
                                        .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static int connect_unix(const char *directory)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(fd >= 0);
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s/.s.PGSQL.5432",
                   directory);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void tell(int fd, const void *bytes, size_t len)
{
    assert_int_equal(send(fd, bytes, len, MSG_NOSIGNAL), (ssize_t)len);
}

static void hear(int fd, const void *expected, size_t len)
{
    char got[16];
    assert_true(len <= sizeof got);
    assert_int_equal(recv(fd, got, len, MSG_WAITALL), (ssize_t)len);
    assert_memory_equal(got, expected, len);
}

static void expect_closed(int fd)
{
    char byte;
    ssize_t got = recv(fd, &byte, 1, 0);
    assert_true(got == 0 || (got < 0 && errno == ECONNRESET));
    (void)close(fd);
}

static uint32_t ask_pid(int fd)
{
    uint32_t pid = 0;
    tell(fd, "p", 1);
    assert_int_equal(recv(fd, &pid, sizeof pid, MSG_WAITALL), (ssize_t)sizeof pid);
    return pid;
}

/* ---- the gate ---- */

/* Wait until *counter is at least `value`. */
static void await(struct gate *gate, const unsigned *counter, unsigned value)
{
    (void)pthread_mutex_lock(&gate->lock);
    while (*counter < value)
        (void)pthread_cond_wait(&gate->changed, &gate->lock);
    (void)pthread_mutex_unlock(&gate->lock);
}

static void permit(struct gate *gate, unsigned count)
{
    (void)pthread_mutex_lock(&gate->lock);
    gate->permits += count;
    (void)pthread_cond_broadcast(&gate->changed);
    (void)pthread_mutex_unlock(&gate->lock);
}

static void open_gate(struct gate *gate)
{
    (void)pthread_mutex_lock(&gate->lock);
    gate->open = true;
    (void)pthread_cond_broadcast(&gate->changed);
    (void)pthread_mutex_unlock(&gate->lock);
}

static unsigned read_counter(struct gate *gate, const unsigned *counter)
{
    (void)pthread_mutex_lock(&gate->lock);
    unsigned value = *counter;
    (void)pthread_mutex_unlock(&gate->lock);
    return value;
}

static const struct net_options one_slot = {.io_threads = 1, .slots = 1};

/* ---- echo ---- */

static void exchange(int fd, size_t bytes)
{
    char sent[4096], got[4096];
    for (size_t done = 0; done < bytes; done += sizeof sent) {
        memset(sent, (int)('a' + done / sizeof sent % 26), sizeof sent);
        tell(fd, sent, sizeof sent);
        assert_int_equal(recv(fd, got, sizeof got, MSG_WAITALL), (ssize_t)sizeof got);
        assert_memory_equal(sent, got, sizeof sent);
    }
}

static void test_echo(void **state)
{
    struct fixture fixture = {0};
    (void)state;
    start(&fixture, NULL);
    int fds[] = {connect_tcp(fixture.echo_port), connect_unix(fixture.directory)};
    for (size_t i = 0; i < 2; i++) {
        exchange(fds[i], 400000);
        (void)close(fds[i]);
    }
    finish(&fixture);
}

/* The end comes with the last bytes, in one segment: they are answered, then it is
 * over. */
static void test_half_closed_client_is_answered(void **state)
{
    struct fixture fixture = {0};
    (void)state;
    start(&fixture, NULL);
    for (int i = 0; i < 50; i++) {
        int fd =
            i % 2 ? connect_unix(fixture.directory) : connect_tcp(fixture.echo_port);
        tell(fd, "last words", 10);
        assert_int_equal(shutdown(fd, SHUT_WR), 0);
        hear(fd, "last words", 10);
        expect_closed(fd);
    }
    finish(&fixture);
}

enum { CHURN_THREADS = 4, CHURN_EACH = 750 };

static void *churn(void *self)
{
    struct fixture *fixture = self;
    for (int i = 0; i < CHURN_EACH; i++) {
        int fd = connect_tcp(fixture->gate_port);
        if (i % 3) { /* every third goes without a word */
            tell(fd, "ek", 2);
            hear(fd, "EK", 2);
        }
        (void)close(fd);
    }
    return NULL;
}

static void test_churn(void **state)
{
    struct fixture fixture = {0};
    pthread_t threads[CHURN_THREADS];
    (void)state;
    start(&fixture, NULL);
    for (size_t i = 0; i < CHURN_THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, churn, &fixture), 0);
    for (size_t i = 0; i < CHURN_THREADS; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    await(&fixture.gate, &fixture.gate.freed, CHURN_THREADS * CHURN_EACH);
    finish(&fixture);
}

/* ---- slots ---- */

static void test_blocked_slot_stops_nobody_else(void **state)
{
    struct fixture fixture = {0};
    (void)state;
    start(&fixture, &one_slot);
    struct gate *gate = &fixture.gate;
    int first = connect_tcp(fixture.gate_port), second = connect_tcp(fixture.gate_port);
    tell(first, "b", 1);
    await(gate, &gate->blocked, 1);
    tell(second, "b", 1);
    await(gate, &gate->refused, 1);
    assert_int_equal(net_stats(fixture.net).slots_taken, 1);
    assert_int_equal(net_stats(fixture.net).slots_waiting, 1);
    int others[20];
    for (size_t i = 0; i < 20; i++) {
        others[i] = connect_tcp(fixture.gate_port);
        tell(others[i], "e", 1);
        hear(others[i], "E", 1);
        (void)close(others[i]);
    }
    permit(gate, 1);
    hear(first, "B", 1);
    permit(gate, 1);
    hear(second, "B", 1);
    (void)close(first);
    (void)close(second);
    finish(&fixture);
}

static void test_slots_go_round_in_order(void **state)
{
    enum { CLIENTS = 6 };
    struct fixture fixture = {0};
    int fds[CLIENTS];
    uint32_t pids[CLIENTS];
    (void)state;
    start(&fixture, &one_slot);
    struct gate *gate = &fixture.gate;
    for (unsigned i = 0; i < CLIENTS; i++) {
        fds[i] = connect_tcp(fixture.gate_port);
        pids[i] = ask_pid(fds[i]);
        tell(fds[i], "b", 1);
        if (i == 0)
            await(gate, &gate->blocked, 1);
        else
            await(gate, &gate->refused, i);
    }
    for (unsigned i = 0; i < CLIENTS; i++) {
        await(gate, &gate->blocked, 1);
        assert_int_equal(read_counter(gate, &gate->last_blocked), pids[i]);
        permit(gate, 1);
        hear(fds[i], "B", 1);
        (void)close(fds[i]);
    }
    finish(&fixture);
}

static void test_waiting_client_that_leaves_is_skipped(void **state)
{
    struct fixture fixture = {0};
    (void)state;
    start(&fixture, &one_slot);
    struct gate *gate = &fixture.gate;
    int fds[3];
    for (unsigned i = 0; i < 3; i++) {
        fds[i] = connect_tcp(fixture.gate_port);
        tell(fds[i], "b", 1);
        await(gate, i ? &gate->refused : &gate->blocked, i ? i : 1);
    }
    (void)close(fds[1]);
    await(gate, &gate->freed, 1); /* though it waits, its hang-up is heard */
    permit(gate, 2);
    hear(fds[0], "B", 1);
    hear(fds[2], "B", 1);
    (void)close(fds[0]);
    (void)close(fds[2]);
    finish(&fixture);
}

static void drain(int fd, size_t bytes)
{
    char buffer[65536];
    while (bytes > 0) {
        ssize_t got = recv(fd, buffer, sizeof buffer, 0);
        assert_true(got > 0 && (size_t)got <= bytes);
        bytes -= (size_t)got;
    }
}

/* The reader takes nothing: its slot must go to who can use it. */
static void test_slow_reader_holds_no_slot(void **state)
{
    struct fixture fixture = {0};
    (void)state;
    start(&fixture, &one_slot);
    struct gate *gate = &fixture.gate;
    int slow = connect_tcp(fixture.gate_port), quick = connect_tcp(fixture.gate_port);
    char first;
    tell(slow, "h", 1);
    assert_int_equal(recv(slow, &first, 1, 0), 1);
    tell(quick, "b", 1);
    await(gate, &gate->blocked, 1);
    permit(gate, 1);
    hear(quick, "B", 1);
    drain(slow, GATE_HEAVY - 1);
    tell(slow, "e", 1);
    hear(slow, "E", 1);
    (void)close(slow);
    (void)close(quick);
    finish(&fixture);
}

/* More endless workers than threads: everybody else still gets a turn. */
static void test_long_work_yields(void **state)
{
    enum { WORKERS = 5 };
    struct fixture fixture = {0};
    int fds[WORKERS];
    (void)state;
    start(&fixture, &one_slot);
    for (size_t i = 0; i < WORKERS; i++) {
        fds[i] = connect_tcp(fixture.gate_port);
        tell(fds[i], "y", 1);
    }
    await(&fixture.gate, &fixture.gate.working, WORKERS);
    int other = connect_tcp(fixture.gate_port);
    tell(other, "e", 1);
    hear(other, "E", 1);
    open_gate(&fixture.gate);
    for (size_t i = 0; i < WORKERS; i++) {
        hear(fds[i], "Y", 1);
        (void)close(fds[i]);
    }
    (void)close(other);
    finish(&fixture);
}

/* ---- interrupts ---- */

static void test_hang_up_interrupts(void **state)
{
    struct fixture fixture = {0};
    (void)state;
    start(&fixture, &one_slot);
    struct gate *gate = &fixture.gate;
    int fd = connect_tcp(fixture.gate_port);
    tell(fd, "b", 1);
    await(gate, &gate->blocked, 1);
    (void)close(fd);
    await(gate, &gate->freed, 1);
    assert_true(read_counter(gate, &gate->interrupts[PGW_INTERRUPT_HANG_UP]) > 0);
    finish(&fixture);
}

static void test_deadline_interrupts(void **state)
{
    struct fixture fixture = {0};
    (void)state;
    start(&fixture, &one_slot);
    int fd = connect_tcp(fixture.gate_port);
    for (int i = 0; i < 20; i++) { /* each time the watchdog sleeps first */
        tell(fd, "kd", 2);
        hear(fd, "K", 1);
        hear(fd, "I2", 2);
    }
    (void)close(fd);
    finish(&fixture);
}

static void send_cancel(struct fixture *fixture, char key, uint32_t pid)
{
    char request[5] = {key};
    memcpy(request + 1, &pid, sizeof pid);
    int fd = connect_tcp(fixture->gate_port);
    tell(fd, request, sizeof request);
    hear(fd, "C", 1);
    (void)close(fd);
}

static void test_cancel_needs_pid_and_key(void **state)
{
    struct fixture fixture = {0};
    (void)state;
    start(&fixture, &one_slot);
    struct gate *gate = &fixture.gate;
    int fd = connect_tcp(fixture.gate_port);
    uint32_t pid = ask_pid(fd);
    tell(fd, "b", 1);
    await(gate, &gate->blocked, 1);
    send_cancel(&fixture, 'x', pid);
    send_cancel(&fixture, 'c', pid ^ 1u << 20); /* another generation */
    send_cancel(&fixture, 'c', 0);
    assert_int_equal(read_counter(gate, &gate->interrupts[PGW_INTERRUPT_CANCEL]), 0);
    send_cancel(&fixture, 'c', pid);
    hear(fd, "I1", 2);
    tell(fd, "e", 1);
    hear(fd, "E", 1);
    (void)close(fd);
    finish(&fixture);
}

/* The time-out of the last statement may still be repeated then. */
static void test_cancel_right_behind_a_deadline(void **state)
{
    struct fixture fixture = {0};
    (void)state;
    start(&fixture, &one_slot);
    int fd = connect_tcp(fixture.gate_port);
    uint32_t pid = ask_pid(fd);
    for (int i = 0; i < 20; i++) {
        tell(fd, "d", 1);
        hear(fd, "I2", 2);
        tell(fd, "b", 1);
        await(&fixture.gate, &fixture.gate.blocked, 1);
        send_cancel(&fixture, 'c', pid);
        hear(fd, "I1", 2);
    }
    (void)close(fd);
    finish(&fixture);
}

/* One that runs, one that waits for a slot, one that is idle. */
static void test_stop_ends_everybody(void **state)
{
    struct fixture fixture = {0};
    (void)state;
    start(&fixture, &one_slot);
    struct gate *gate = &fixture.gate;
    int fds[3];
    for (size_t i = 0; i < 3; i++)
        fds[i] = connect_tcp(fixture.gate_port);
    tell(fds[0], "b", 1);
    await(gate, &gate->blocked, 1);
    tell(fds[1], "b", 1);
    await(gate, &gate->refused, 1);
    tell(fds[2], "e", 1);
    hear(fds[2], "E", 1);
    net_stop(fixture.net);
    for (size_t i = 0; i < 3; i++)
        expect_closed(fds[i]);
    join(&fixture);
    assert_int_equal(fixture.gate.freed, 3);
    assert_int_equal(net_stats(fixture.net).connections, 0);
    assert_int_equal(net_stats(fixture.net).slots_taken, 0);
    finish(&fixture);
}

static void test_stop_before_run(void **state)
{
    struct error err;
    struct net *net = net_new(&one_slot, &err);
    (void)state;
    assert_non_null(net);
    net_stop(net);
    assert_true(net_run(net, &err));
    net_free(net);
}

/* ---- limits ---- */

static int log_in(struct fixture *fixture, const char *answer)
{
    int fd = connect_tcp(fixture->gate_port);
    tell(fd, "l", 1);
    hear(fd, answer, 1);
    return fd;
}

/* Who is not let in is served for all that, and takes nobody's place. */
static void test_too_many_connections(void **state)
{
    static const struct net_options two = {.max_connections = 2};
    struct fixture fixture = {0};
    int fds[3], next;
    char answer = 0; /* the place is free a moment after its session */
    (void)state;
    start(&fixture, &two);
    fds[0] = log_in(&fixture, "L");
    fds[1] = log_in(&fixture, "L");
    fds[2] = log_in(&fixture, "R");
    tell(fds[2], "e", 1);
    hear(fds[2], "E", 1);
    assert_int_equal(net_stats(fixture.net).places_taken, 2);
    (void)close(fds[0]);
    await(&fixture.gate, &fixture.gate.freed, 1);
    do {
        next = fds[2];
        tell(next, "l", 1);
        assert_int_equal(recv(next, &answer, 1, 0), 1);
    } while (answer != 'L');
    net_limit(fixture.net, 1);
    (void)close(log_in(&fixture, "R"));
    net_limit(fixture.net, 3);
    (void)close(log_in(&fixture, "L"));
    (void)close(next);
    (void)close(fds[1]);
    finish(&fixture);
}

/* Those who say nothing have to go when others wait; who has logged in has not. */
static void test_too_many_strangers(void **state)
{
    static const struct net_options few = {.max_strangers = 2};
    struct fixture fixture = {0};
    int silent[2], next;
    (void)state;
    start(&fixture, &few);
    int known = log_in(&fixture, "L");
    for (size_t i = 0; i < 2; i++) {
        silent[i] = connect_tcp(fixture.gate_port);
        tell(silent[i], "e", 1);
        hear(silent[i], "E", 1);
    }
    next = log_in(&fixture, "L"); /* once the first has gone */
    expect_closed(silent[0]);
    tell(known, "e", 1);
    hear(known, "E", 1);
    (void)close(silent[1]);
    (void)close(next);
    (void)close(known);
    finish(&fixture);
}

static void test_too_many_from_an_address(void **state)
{
    struct net_address_limit limits[2] = {{.most = 1}, {.most = 2}};
    struct fixture fixture = {0};
    struct error err;
    (void)state;
    start(&fixture, &one_slot);
    assert_true(net_address_range("127.0.0.2/31", &limits[0]));
    assert_true(net_address_range("127.0.0.0/8", &limits[1]));
    assert_true(net_limit_addresses(fixture.net, 0, limits, 2, &err));
    int first = log_in(&fixture, "L"), second = log_in(&fixture, "L");
    (void)close(log_in(&fixture, "R"));
    assert_true(net_limit_addresses(fixture.net, 1, NULL, 0, &err));
    (void)close(log_in(&fixture, "R"));
    assert_true(net_limit_addresses(fixture.net, 0, NULL, 0, &err));
    (void)close(log_in(&fixture, "L"));
    (void)close(first);
    (void)close(second);
    finish(&fixture);
}

static void test_address_ranges(void **state)
{
    static const char *const bad[] = {"",        "192.0.2.1/33", "192.0.2/24",
                                      "::1/129", "192.0.2.1/",   "192.0.2.1/x",
                                      "host",    "::1/-1"};
    struct net_address_limit range;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(bad); i++)
        assert_false(net_address_range(bad[i], &range));
    assert_true(net_address_range("192.0.2.1", &range));
    assert_int_equal(range.bits, 128);
    assert_true(net_address_range("192.0.2.0/24", &range));
    assert_int_equal(range.bits, 120);
    assert_memory_equal(range.bytes, "\0\0\0\0\0\0\0\0\0\0\xff\xff\xc0\0\2\0", 16);
    assert_true(net_address_range("2001:db8::/32", &range));
    assert_int_equal(range.bits, 32);
}

/* ---- drain ---- */

/* Who has nothing under way goes at once, who has ends it, and nobody is let in. */
static void test_drain(void **state)
{
    struct fixture fixture = {0};
    struct gate *gate = &fixture.gate;
    (void)state;
    start(&fixture, &one_slot);
    int idle = log_in(&fixture, "L"), busy = log_in(&fixture, "L");
    tell(busy, "b", 1);
    await(gate, &gate->blocked, 1);
    net_drain(fixture.net, 3600u * 1000);
    expect_closed(idle);
    await(gate, &gate->freed, 1);
    assert_int_equal(gate->interrupts[PGW_INTERRUPT_SHUTDOWN], 0);
    permit(gate, 1);
    hear(busy, "B", 1);
    expect_closed(busy);
    join(&fixture);
    finish(&fixture);
}

/* When the time is over, or somebody asks again, what runs is stopped. */
static void drain_and_stop(uint32_t ms, bool asks_again)
{
    struct fixture fixture = {0};
    struct gate *gate = &fixture.gate;
    start(&fixture, &one_slot);
    int busy = log_in(&fixture, "L");
    tell(busy, "b", 1);
    await(gate, &gate->blocked, 1);
    net_drain(fixture.net, ms);
    if (asks_again)
        net_stop(fixture.net);
    expect_closed(busy);
    join(&fixture);
    assert_true(gate->interrupts[PGW_INTERRUPT_SHUTDOWN] > 0);
    finish(&fixture);
}

static void test_drain_is_over(void **state)
{
    (void)state;
    drain_and_stop(1, false);
    drain_and_stop(3600u * 1000, true);
}

static int first_free_descriptor(void)
{
    int fd = dup(0);
    assert_true(fd >= 0);
    (void)close(fd);
    return fd;
}

/* A client is turned away rather than left hanging, and the next one is served. */
static void test_out_of_descriptors(void **state)
{
    struct fixture fixture = {0};
    struct rlimit limit, low;
    (void)state;
    start(&fixture, &one_slot);
    int served = connect_tcp(fixture.gate_port);
    tell(served, "e", 1);
    hear(served, "E", 1);
    const struct sockaddr_in address = {.sin_family = AF_INET,
                                        .sin_port = htons(fixture.gate_port),
                                        .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int refused = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    low = limit;
    low.rlim_cur = (rlim_t)first_free_descriptor();
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
    assert_int_equal(
        connect(refused, (const struct sockaddr *)&address, sizeof address), 0);
    expect_closed(refused);
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
    tell(served, "e", 1);
    hear(served, "E", 1);
    int next = connect_tcp(fixture.gate_port);
    tell(next, "e", 1);
    hear(next, "E", 1);
    (void)close(next);
    (void)close(served);
    finish(&fixture);
}

/* ---- listening ---- */

static void test_port_is_taken(void **state)
{
    struct error err = {0};
    char address[32];
    uint16_t port = 0;
    struct net *net = net_new(NULL, &err);
    (void)state;
    assert_true(net_listen(net, "127.0.0.1:0", &echo_factory, &port, &err));
    assert_int_not_equal(port, 0);
    (void)snprintf(address, sizeof address, "127.0.0.1:%u", (unsigned)port);
    assert_false(net_listen(net, address, &echo_factory, NULL, &err));
    assert_string_equal(err.sqlstate, "08001");
    assert_non_null(strstr(err.message, "is taken"));
    assert_false(net_listen(net, "203.0.113.1:80", &echo_factory, NULL, &err));
    assert_string_equal(err.sqlstate, "08001");
    assert_false(net_listen(net, "nonsense", &echo_factory, NULL, &err));
    assert_string_equal(err.sqlstate, "22023");
    assert_false(net_listen(net, "/no/such/directory", &echo_factory, NULL, &err));
    assert_string_equal(err.sqlstate, "08001");
    net_free(net);
}

/* A socket file as a crash leaves it: bound, and nobody behind it. */
static void leave_stale_socket(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    (void)snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    (void)close(fd);
}

static void test_stale_unix_socket(void **state)
{
    struct error err = {0};
    struct stat file;
    char directory[] = "/tmp/test_net.XXXXXX", path[64];
    (void)state;
    assert_non_null(mkdtemp(directory));
    (void)snprintf(path, sizeof path, "%s/.s.PGSQL.5432", directory);
    leave_stale_socket(path);
    struct net *net = net_new(NULL, &err), *second = net_new(NULL, &err);
    assert_true(net_listen(net, directory, &echo_factory, NULL, &err));
    assert_int_equal(stat(path, &file), 0);
    assert_int_equal(file.st_mode & 0777, 0777);
    assert_false(net_listen(second, directory, &echo_factory, NULL, &err));
    assert_string_equal(err.sqlstate, "08001");
    net_free(second);
    assert_int_equal(stat(path, &file), 0); /* it is not the second's to remove */
    net_free(net);
    assert_int_not_equal(stat(path, &file), 0);
    assert_int_equal(rmdir(directory), 0);
}

/* What is there and is no socket is not ours to remove. */
static void test_foreign_file_is_kept(void **state)
{
    struct error err = {0};
    char directory[] = "/tmp/test_net.XXXXXX", path[64];
    (void)state;
    assert_non_null(mkdtemp(directory));
    (void)snprintf(path, sizeof path, "%s/.s.PGSQL.5432", directory);
    FILE *file = fopen(path, "wxe");
    assert_non_null(file);
    (void)fclose(file);
    struct net *net = net_new(NULL, &err);
    assert_false(net_listen(net, directory, &echo_factory, NULL, &err));
    assert_string_equal(err.sqlstate, "08001");
    net_free(net);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(directory), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_echo),
        cmocka_unit_test(test_half_closed_client_is_answered),
        cmocka_unit_test(test_churn),
        cmocka_unit_test(test_blocked_slot_stops_nobody_else),
        cmocka_unit_test(test_slots_go_round_in_order),
        cmocka_unit_test(test_waiting_client_that_leaves_is_skipped),
        cmocka_unit_test(test_slow_reader_holds_no_slot),
        cmocka_unit_test(test_long_work_yields),
        cmocka_unit_test(test_hang_up_interrupts),
        cmocka_unit_test(test_deadline_interrupts),
        cmocka_unit_test(test_cancel_needs_pid_and_key),
        cmocka_unit_test(test_cancel_right_behind_a_deadline),
        cmocka_unit_test(test_stop_ends_everybody),
        cmocka_unit_test(test_stop_before_run),
        cmocka_unit_test(test_too_many_connections),
        cmocka_unit_test(test_too_many_strangers),
        cmocka_unit_test(test_too_many_from_an_address),
        cmocka_unit_test(test_address_ranges),
        cmocka_unit_test(test_drain),
        cmocka_unit_test(test_drain_is_over),
        cmocka_unit_test(test_out_of_descriptors),
        cmocka_unit_test(test_port_is_taken),
        cmocka_unit_test(test_stale_unix_socket),
        cmocka_unit_test(test_foreign_file_is_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
