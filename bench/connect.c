/* connect.c - clients that log in, leave, and come again.
 *
 *     connect HOW WHERE CLIENTS SECONDS SERVER_PID [PASSWORD]
 *     connect verify COUNT
 *
 * HOW is clear or tls; with a password a login is SCRAM-SHA-256's. Each client is a
 * thread that has one connection at a time. Prints connections per second and the
 * server's CPU time for each, its children included. verify: what the server's side of
 * COUNT such proofs costs by itself, in one thread and without a socket. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/clock.h"
#include "lib/client/scram_client.h"
#include "lib/client/server_cpu.h"
#include "lib/client/wire_stream.h"
#include "pgwire/scram.h"

enum { CLIENTS_MAX = 256 };

struct load {
    const char *where, *password; /* NULL: none is asked for */
    SSL_CTX *tls;
    atomic_bool stop;
    _Atomic uint64_t count;
};

/* ---- a proof ---- */

struct proof {
    struct scram_client client;
    bool is_derived; /* the salt is always the same */
    struct arena arena;
};

static void put_sasl(struct buf *out, const char *mechanism, const char *text)
{
    size_t begun = wire_begin(out, 'p');
    if (mechanism) {
        wire_put_string(out, mechanism);
        wire_put_number(out, strlen(text), 4);
    }
    wire_put(out, text, strlen(text));
    wire_end(out, begun);
}

static void send_all(const struct wire_stream *stream, struct buf *out)
{
    wire_stream_write(stream, out);
    buf_consume(out, buf_len(out));
}

static struct slice read_sasl(const struct wire_stream *stream, struct buf *in,
                              struct arena *arena)
{
    struct wire_message message = wire_stream_await(stream, in, 'R');
    const char *text = arena_string(
        arena, (struct slice){(const char *)message.body + 4, message.len - 4});
    wire_drop(in, &message);
    if (!text)
        wire_die("memory");
    return slice_of(text);
}

static void prove(const struct wire_stream *stream, struct buf *in, struct proof *proof,
                  struct slice password)
{
    struct buf out = {0};
    (void)read_sasl(stream, in, &proof->arena);
    put_sasl(&out, "SCRAM-SHA-256", "n,," SCRAM_CLIENT_BARE);
    send_all(stream, &out);
    struct slice greeting = read_sasl(stream, in, &proof->arena);
    if (!proof->is_derived && !scram_client_derive(&proof->client, password, greeting))
        wire_die("SCRAM");
    proof->is_derived = true;
    const char *final =
        scram_client_final(&proof->arena, &proof->client, greeting, SLICE("n,,"));
    if (!final)
        wire_die("SCRAM");
    put_sasl(&out, NULL, final);
    send_all(stream, &out);
    buf_free(&out);
}

/* ---- a client ---- */

static void log_in_and_out(const struct load *load, struct proof *proof)
{
    struct buf data = {0}, in = {0};
    struct wire_stream stream = wire_stream_open(load->where, 0, load->tls);
    wire_startup(&data);
    send_all(&stream, &data);
    if (load->password)
        prove(&stream, &in, proof, slice_of(load->password));
    (void)wire_stream_await(&stream, &in, 'Z');
    wire_bare(&data, 'X');
    send_all(&stream, &data);
    wire_stream_close(&stream);
    buf_free(&data);
    buf_free(&in);
    arena_reset(&proof->arena);
}

static void *client(void *self)
{
    struct load *load = self;
    struct proof proof = {0};
    while (!atomic_load(&load->stop)) {
        log_in_and_out(load, &proof);
        atomic_fetch_add(&load->count, 1);
    }
    arena_free(&proof.arena);
    return NULL;
}

/* ---- measuring ---- */

static void wait_seconds(double seconds)
{
    const struct timespec time = {(time_t)seconds,
                                  (long)((seconds - (double)(time_t)seconds) * 1e9)};
    (void)nanosleep(&time, NULL);
}

static void measure(struct load *load, size_t clients, double seconds,
                    unsigned long pid)
{
    static struct server_cpu before;
    pthread_t threads[CLIENTS_MAX];
    for (size_t i = 0; i < clients; i++) {
        if (pthread_create(&threads[i], NULL, client, load) != 0)
            wire_die("pthread_create");
    }
    wait_seconds(seconds / 5); /* warm */
    server_cpu_take(pid, &before);
    uint64_t begun_us = clock_now_us(), begun = atomic_load(&load->count);
    wait_seconds(seconds);
    double count = (double)(atomic_load(&load->count) - begun);
    double took = (double)(clock_now_us() - begun_us) / 1e6;
    double cpu_us = (double)server_cpu_since(&before, pid) / 1e3;
    atomic_store(&load->stop, true);
    for (size_t i = 0; i < clients; i++)
        (void)pthread_join(threads[i], NULL);
    (void)printf("%.0f requests/s, %.2f us CPU/request\n", count / took,
                 cpu_us / count);
}

static uint64_t thread_cpu_ns(void)
{
    struct timespec time;
    (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (uint64_t)time.tv_sec * 1000000000 + (uint64_t)time.tv_nsec;
}

/* One exchange; the CPU time of the server's side, in nanoseconds. */
static uint64_t verify_once(const struct scram_secret *secret, struct proof *proof)
{
    struct scram scram = {.secret = *secret};
    struct slice greeting, ignored;
    struct pgw_error err;
    uint64_t begun = thread_cpu_ns();
    if (scram_next(&scram, SLICE("n,," SCRAM_CLIENT_BARE), &proof->arena, &greeting,
                   &err) != SCRAM_MORE)
        wire_die("SCRAM");
    uint64_t cost = thread_cpu_ns() - begun;
    if (!proof->is_derived &&
        !scram_client_derive(&proof->client, SLICE("pencil"), greeting))
        wire_die("SCRAM");
    proof->is_derived = true;
    const char *final =
        scram_client_final(&proof->arena, &proof->client, greeting, SLICE("n,,"));
    begun = thread_cpu_ns();
    if (!final || scram_next(&scram, slice_of(final), &proof->arena, &ignored, &err) !=
                      SCRAM_PROVEN)
        wire_die("SCRAM");
    cost += thread_cpu_ns() - begun;
    arena_reset(&proof->arena);
    return cost;
}

static int verify(size_t count)
{
    struct scram_secret secret = {.iterations = 4096, .salt_len = 4, .salt = "salt"};
    struct proof proof = {0};
    uint64_t total = 0;
    if (!scram_secret_make(SLICE("pencil"), &secret))
        wire_die("SCRAM");
    for (size_t i = 0; i < count; i++)
        total += verify_once(&secret, &proof);
    arena_free(&proof.arena);
    (void)printf("%.2f us CPU/proof\n", (double)total / 1e3 / (double)count);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 3 && strcmp(argv[1], "verify") == 0)
        return verify(strtoul(argv[2], NULL, 10));
    size_t clients = argc > 3 ? strtoul(argv[3], NULL, 10) : 0;
    if (argc < 6 || clients < 1 || clients > CLIENTS_MAX) {
        (void)fprintf(stderr,
                      "usage: %s clear|tls PORT|SOCKET CLIENTS SECONDS PID "
                      "[PASSWORD]\n       %s verify COUNT\n",
                      argv[0], argv[0]);
        return 2;
    }
    struct load load = {.where = argv[2],
                        .password = argc > 6 ? argv[6] : NULL,
                        .tls = strcmp(argv[1], "tls") == 0 ? wire_tls() : NULL};
    measure(&load, clients, strtod(argv[4], NULL), strtoul(argv[5], NULL, 10));
    SSL_CTX_free(load.tls);
    return 0;
}
