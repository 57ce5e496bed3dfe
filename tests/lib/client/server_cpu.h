/* server_cpu.h - the CPU time of a server, of its processes and their children, by the
 * scheduler's clock. */
#ifndef TESTS_SERVER_CPU_H
#define TESTS_SERVER_CPU_H

#include <stddef.h>
#include <stdint.h>

enum { SERVER_CPU_MAX = 1024 };

/* A process and its children, and the CPU nanoseconds each has had. */
struct server_cpu {
    struct {
        unsigned long pid;
        uint64_t cpu_ns;
    } members[SERVER_CPU_MAX];
    size_t count;
};

void server_cpu_take(unsigned long pid, struct server_cpu *out);
/* What those that live now have had since then. */
uint64_t server_cpu_since(const struct server_cpu *then, unsigned long pid);

#endif
