/* server_cpu.c - CPU time from /proc. */
#include "lib/client/server_cpu.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { NANOSECONDS = 1000000000 };

/* The first line of a file of /proc; "" when there is none. */
static const char *first_line(const char *path, char *line, int size)
{
    FILE *file = fopen(path, "re");
    line[0] = '\0';
    if (file && !fgets(line, size, file))
        line[0] = '\0';
    if (file)
        (void)fclose(file);
    return line;
}

/* The number at a place in a line, counted from 0; 0: the line ends before. */
static uint64_t number_at(const char *line, size_t place)
{
    for (; place > 0 && line; place--) {
        line = strchr(line, ' ');
        line = line ? line + 1 : NULL;
    }
    return line ? strtoull(line, NULL, 10) : 0;
}

/* A process's parent, 0: there is no such process; and what its children that have
 * ended had, which is counted in clock ticks. */
static uint64_t parent_of(unsigned long pid, uint64_t *reaped_ns)
{
    enum { PARENT = 2, CHILDREN_USER = 14, CHILDREN_SYSTEM = 15 };
    char path[64], line[1024];
    (void)snprintf(path, sizeof path, "/proc/%lu/stat", pid);
    const char *fields = strrchr(first_line(path, line, sizeof line), ')');
    if (!fields)
        return 0;
    *reaped_ns =
        (number_at(fields, CHILDREN_USER) + number_at(fields, CHILDREN_SYSTEM)) *
        (NANOSECONDS / (uint64_t)sysconf(_SC_CLK_TCK));
    return number_at(fields, PARENT);
}

/* Of all threads; clock ticks would be too coarse for many short-lived ones. */
static uint64_t cpu_ns_of(unsigned long pid)
{
    char path[300], line[128];
    uint64_t total = 0;
    (void)snprintf(path, sizeof path, "/proc/%lu/task", pid);
    DIR *threads = opendir(path);
    for (struct dirent *entry; threads && (entry = readdir(threads));) {
        (void)snprintf(path, sizeof path, "/proc/%lu/task/%s/schedstat", pid,
                       entry->d_name);
        total += number_at(first_line(path, line, sizeof line), 0);
    }
    if (threads)
        (void)closedir(threads);
    return total;
}

void server_cpu_take(unsigned long pid, struct server_cpu *out)
{
    DIR *processes = opendir("/proc");
    out->count = 0;
    for (struct dirent *entry; processes && (entry = readdir(processes));) {
        unsigned long one = strtoul(entry->d_name, NULL, 10);
        uint64_t reaped_ns = 0;
        uint64_t parent = one ? parent_of(one, &reaped_ns) : 0;
        if (!parent || out->count == SERVER_CPU_MAX || (one != pid && parent != pid))
            continue;
        out->members[out->count].pid = one;
        out->members[out->count++].cpu_ns = cpu_ns_of(one) + reaped_ns;
    }
    if (processes)
        (void)closedir(processes);
}

static uint64_t find(const struct server_cpu *out, unsigned long pid)
{
    for (size_t i = 0; i < out->count; i++) {
        if (out->members[i].pid == pid)
            return out->members[i].cpu_ns;
    }
    return 0;
}

uint64_t server_cpu_since(const struct server_cpu *then, unsigned long pid)
{
    struct server_cpu now;
    uint64_t total = 0;
    server_cpu_take(pid, &now);
    for (size_t i = 0; i < now.count; i++)
        total += now.members[i].cpu_ns - find(then, now.members[i].pid);
    return total;
}
