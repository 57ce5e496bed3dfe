/* storm.c - cancels as fast as they go, against sessions in every state.
 *
 *     cancel_storm PG_PORT HTTP_PORT SERVER_PID SLOTS CANCELS [SEED]
 *
 * Two rounds of CANCELS / 2 CancelRequests each, with deletions and hang-ups over HTTP
 * and pg_cancel_backend beside them. Victims fail only with 57014, and only when a
 * cancel was under way; witnesses never; then every session answers, every slot is
 * free, and the server has as many descriptors as before, and no more memory than after
 * the first round. */
#include "storm.h"

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "lib/client/wire_client.h"

enum {
    PG_VICTIMS = 16,
    HTTP_VICTIMS = 6,
    PG_WITNESSES = WITNESSES_MAX,
    REQUESTERS = 4,
    DELETERS = 2,
    THREADS = PG_VICTIMS + HTTP_VICTIMS + PG_WITNESSES + REQUESTERS + DELETERS + 2,
    SILENCE_S = 120, /* who hears nothing for so long has been forgotten */
    GROWTH_KB = 65536
};

/* ---- helpers of all ---- */

void fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vfprintf(stderr, format, args);
    va_end(args);
    (void)fputc('\n', stderr);
    exit(1);
}

/* splitmix64 */
unsigned pick(uint64_t *random, unsigned below)
{
    uint64_t z = *random += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return (unsigned)((z ^ z >> 31) % below);
}

uint64_t take_seed(struct storm *storm)
{
    return storm->seed + atomic_fetch_add(&storm->seeds, 1) * UINT64_C(1000003);
}

int connect_to(const char *where)
{
    const struct timeval silence = {.tv_sec = SILENCE_S};
    int fd = wire_connect(where, 0);
    if (setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &silence, sizeof silence) < 0)
        wire_die("setsockopt");
    return fd;
}

void victim_begin(struct victim *victim)
{
    victim->dealt_before = atomic_load(&victim->dealt);
    victim->statements++;
}

void victim_failed(struct victim *victim, const char *sqlstate)
{
    if (sqlstate && strcmp(sqlstate, "57014") != 0)
        fail("a victim has got the error %s", sqlstate);
    if (atomic_load(&victim->sent) == victim->dealt_before)
        fail("a statement was cancelled by nobody");
    victim->failed++;
}

void storm_moved(struct storm *storm)
{
    (void)pthread_mutex_lock(&storm->lock);
    storm->moves++;
    (void)pthread_cond_broadcast(&storm->moved);
    (void)pthread_mutex_unlock(&storm->lock);
}

/* Who moves goes on until every victim has left. */
void storm_wait(struct storm *storm, unsigned moves)
{
    (void)pthread_mutex_lock(&storm->lock);
    unsigned until = storm->moves + moves;
    while ((int)(until - storm->moves) > 0)
        (void)pthread_cond_wait(&storm->moved, &storm->lock);
    (void)pthread_mutex_unlock(&storm->lock);
}

/* ---- the server from outside ---- */

static unsigned descriptors_of(const char *pid)
{
    char path[64];
    unsigned count = 0;
    (void)snprintf(path, sizeof path, "/proc/%s/fd", pid);
    DIR *directory = opendir(path);
    if (!directory)
        wire_die(path);
    while (readdir(directory))
        count++;
    (void)closedir(directory);
    return count;
}

static unsigned long resident_kb(const char *pid)
{
    char path[64], text[128] = "";
    (void)snprintf(path, sizeof path, "/proc/%s/statm", pid);
    FILE *file = fopen(path, "r");
    if (!file || !fgets(text, sizeof text, file) || !strchr(text, ' '))
        wire_die(path);
    (void)fclose(file);
    return strtoul(strchr(text, ' '), NULL, 10) * (unsigned long)sysconf(_SC_PAGESIZE) /
           1024;
}

/* Sessions whose client has gone are closed soon. */
static void await_descriptors(const char *pid, unsigned count)
{
    static const struct timespec pause = {.tv_nsec = 20000000};
    for (int i = 0; descriptors_of(pid) > count; i++) {
        if (i == 1500)
            fail("%u descriptors, and %u before the storm", descriptors_of(pid), count);
        (void)nanosleep(&pause, NULL);
    }
}

/* ---- a round ---- */

static void start(pthread_t *thread, void *(*run)(void *), void *arg)
{
    if (pthread_create(thread, NULL, run, arg) != 0)
        fail("there are no threads");
}

static size_t start_all(pthread_t *threads, unsigned count, void *(*run)(void *),
                        struct storm *storm)
{
    for (unsigned i = 0; i < count; i++)
        start(&threads[i], run, storm);
    return count;
}

static size_t start_victims(pthread_t *threads, struct victim *victims, unsigned count,
                            void *(*run)(void *))
{
    for (unsigned i = 0; i < count; i++)
        start(&threads[i], run, &victims[i]);
    return count;
}

static void add_victims(struct storm *storm, struct victim *victims, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        victims[i].storm = storm;
        victims[i].number = i;
        victims[i].random = take_seed(storm);
    }
    atomic_fetch_add(&storm->victims_left, count);
}

static void run_round(struct storm *storm)
{
    pthread_t threads[THREADS];
    size_t count = 0;
    storm->pg_count = PG_VICTIMS;
    storm->http_count = HTTP_VICTIMS;
    (void)pthread_mutex_init(&storm->lock, NULL);
    (void)pthread_cond_init(&storm->moved, NULL);
    add_victims(storm, storm->pg, PG_VICTIMS);
    add_victims(storm, storm->http, HTTP_VICTIMS);
    count += start_victims(threads, storm->pg, PG_VICTIMS, pg_victim);
    count += start_victims(threads + count, storm->http, HTTP_VICTIMS, http_victim);
    count += start_all(threads + count, PG_WITNESSES, pg_witness, storm);
    count += start_all(threads + count, 1, http_witness, storm);
    count += start_all(threads + count, REQUESTERS, request_canceller, storm);
    count += start_all(threads + count, 1, pg_canceller, storm);
    count += start_all(threads + count, DELETERS, http_deleter, storm);
    while (count > 0)
        (void)pthread_join(threads[--count], NULL);
    (void)pthread_cond_destroy(&storm->moved);
    (void)pthread_mutex_destroy(&storm->lock);
}

static void report(const struct storm *storm)
{
    unsigned statements = 0, failed = 0;
    for (unsigned i = 0; i < PG_VICTIMS; i++) {
        statements += storm->pg[i].statements;
        failed += storm->pg[i].failed;
    }
    for (unsigned i = 0; i < HTTP_VICTIMS; i++) {
        statements += storm->http[i].statements;
        failed += storm->http[i].failed;
    }
    printf("%u cancels, %u deletions: %u of %u statements cancelled; %u of witnesses\n",
           storm->cancelled, storm->deleted, failed, statements, storm->witnessed);
    if (failed == 0 || failed == statements || storm->deleted == 0 ||
        storm->witnessed == 0)
        fail("that was no storm");
}

int main(int argc, char **argv)
{
    static struct storm storm;
    unsigned long memory = 0;
    if (argc < 6)
        fail("usage: cancel_storm PG_PORT HTTP_PORT SERVER_PID SLOTS CANCELS [SEED]");
    unsigned slots = (unsigned)strtoul(argv[4], NULL, 10);
    uint64_t seed = argc > 6 ? strtoull(argv[6], NULL, 10) : (uint64_t)time(NULL);
    unsigned descriptors = descriptors_of(argv[3]);
    printf("seed %llu\n", (unsigned long long)seed);
    for (int round = 0; round < 2; round++) {
        storm = (struct storm){.pg_where = argv[1],
                               .http_where = argv[2],
                               .seed = seed + (uint64_t)round,
                               .cancels = (unsigned)strtoul(argv[5], NULL, 10) / 2};
        run_round(&storm);
        report(&storm);
        pg_check_slots(&storm, slots);
        await_descriptors(argv[3], descriptors);
        unsigned long now = resident_kb(argv[3]);
        printf("the server has %lu KB\n", now);
        if (round > 0 && now > memory + GROWTH_KB)
            fail("that is %lu KB more than before", now - memory);
        memory = now;
    }
    puts("1 passed, 0 failed, 0 skipped");
    return 0;
}
