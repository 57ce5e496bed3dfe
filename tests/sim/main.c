/* main.c - sim: explore seeds, replay one, shrink one. See README.md. */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "faults.h"
#include "sched.h"
#include "world.h"

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>

/* Not every compiler brings the header of this one. */
size_t __sanitizer_get_current_allocated_bytes(void);

static size_t memory_in_use(void)
{
    return __sanitizer_get_current_allocated_bytes();
}

static void report_deaths(void)
{
    __sanitizer_set_death_callback(sim_report);
}
#else
static size_t memory_in_use(void)
{
    return mallinfo2().uordblks;
}

static void report_deaths(void)
{
}
#endif

static const unsigned all_clients = 0xffff, all_queries = 8;

struct command {
    struct sim_options options;
    uint64_t first, last; /* seeds */
    bool has_schedule, shrink;
    unsigned seconds; /* 0 = until the last seed */
};

/* ---- running ---- */

static uint64_t run_one(const struct sim_options *options)
{
    size_t before = memory_in_use();
    world_run(options);
    size_t after = memory_in_use();
    if (after > before)
        sim_fail("%zu bytes are left", after - before);
    return sim_digest();
}

/* The same seed twice must be the same run. */
static void check_repeatable(const struct sim_options *options)
{
    uint64_t digest = run_one(options);
    if (run_one(options) != digest)
        sim_fail("the same seed has made two different runs");
}

static bool time_is_up(const struct command *command, time_t begun)
{
    return command->seconds && time(NULL) - begun >= (time_t)command->seconds;
}

static void explore(const struct command *command)
{
    uint64_t seed = command->first, steps = 0;
    time_t begun = time(NULL);
    for (; seed <= command->last && !time_is_up(command, begun); seed++) {
        struct sim_options options = command->options;
        options.seed = seed;
        if (!command->has_schedule)
            options.schedule = seed;
        if (seed % 100 == 0)
            check_repeatable(&options);
        (void)run_one(&options);
        steps += sched_steps();
    }
    (void)printf("%llu seeds, %llu steps\n",
                 (unsigned long long)(seed - command->first),
                 (unsigned long long)steps);
}

/* ---- shrinking ---- */

static bool breaks(const struct sim_options *options)
{
    int status = 0;
    (void)fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        if (!freopen("/dev/null", "w", stderr))
            _exit(0);
        (void)run_one(options);
        _exit(0);
    }
    return child > 0 && waitpid(child, &status, 0) == child && status != 0;
}

/* Less of a scenario has other interleavings: some are tried. */
static bool breaks_somehow(struct sim_options *options)
{
    enum { SCHEDULES = 300 };
    uint64_t first = options->schedule;
    for (unsigned i = 0; i <= SCHEDULES; i++) {
        options->schedule = first + i;
        if (breaks(options))
            return true;
    }
    return false;
}

static void shrink(struct sim_options best)
{
    for (unsigned bit = 1; bit <= all_clients; bit <<= 1) {
        struct sim_options less = best;
        less.clients &= ~bit;
        if (less.clients != best.clients && breaks_somehow(&less))
            best = less;
    }
    while (best.queries > 0) {
        struct sim_options less = best;
        less.queries--;
        if (!breaks_somehow(&less))
            break;
        best = less;
    }
    (void)printf("the least that breaks: --seed %llu --schedule %llu --clients 0x%x "
                 "--queries %u\n",
                 (unsigned long long)best.seed, (unsigned long long)best.schedule,
                 best.clients, best.queries);
}

/* ---- the command line ---- */

static int usage(void)
{
    (void)fprintf(
        stderr,
        "usage: sim [--seeds FIRST LAST] [--seconds N] [--seed N] [--schedule N]"
        "\n           [--clients MASK] [--queries N] [--fault NAME] [--trace]"
        " [--shrink]\n       sim --faults\n");
    return 2;
}

static bool number(char **argument, uint64_t *out)
{
    char *end = NULL;
    if (!*argument)
        return false;
    *out = strtoull(*argument, &end, 0);
    return *end == '\0' && end != *argument;
}

/* How many arguments it takes; 0: it is none. */
static int read_option(struct command *command, char **argument)
{
    uint64_t value = 0;
    struct sim_options *options = &command->options;
    bool one = number(argument + 1, &value);
    if (strcmp(*argument, "--trace") == 0)
        options->trace = true;
    else if (strcmp(*argument, "--shrink") == 0)
        command->shrink = true;
    else if (strcmp(*argument, "--fault") == 0)
        return argument[1] && faults_choose(argument[1]) ? 2 : 0;
    else if (!one)
        return 0;
    else if (strcmp(*argument, "--seeds") == 0)
        return number(argument + 2, &command->last) ? (command->first = value, 3) : 0;
    else if (strcmp(*argument, "--seed") == 0)
        command->first = command->last = value;
    else if (strcmp(*argument, "--schedule") == 0)
        options->schedule = value, command->has_schedule = true;
    else if (strcmp(*argument, "--clients") == 0)
        options->clients = (unsigned)value;
    else if (strcmp(*argument, "--queries") == 0)
        options->queries = (unsigned)value;
    else if (strcmp(*argument, "--seconds") == 0)
        command->seconds = (unsigned)value;
    else
        return 0;
    return strcmp(*argument, "--trace") == 0 || strcmp(*argument, "--shrink") == 0 ? 1
                                                                                   : 2;
}

/* An assertion of the product has failed, in this very thread. */
static void on_abort(int signal_number)
{
    (void)signal_number;
    sim_report(); // NOLINT(bugprone-signal-handler,cert-sig30-c): not asynchronous
    _exit(1);
}

int main(int argc, char **argv)
{
    struct command command = {
        .options = {.clients = all_clients, .queries = all_queries},
        .first = 1,
        .last = 500};
    if (argc == 2 && strcmp(argv[1], "--faults") == 0) {
        faults_list();
        return 0;
    }
    for (int i = 1; i < argc;) {
        int taken = read_option(&command, argv + i);
        if (!taken)
            return usage();
        i += taken;
    }
    report_deaths();
    (void)signal(SIGABRT, on_abort);
    if (command.shrink) {
        command.options.seed = command.first;
        if (!command.has_schedule)
            command.options.schedule = command.first;
        shrink(command.options);
        return 0;
    }
    explore(&command);
    return 0;
}
