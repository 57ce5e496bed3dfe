/* echo_server.c - the loop with nothing behind it: the ceiling for small requests.
 *
 *     echo_server ADDRESS    prints the port it listens on, serves until SIGTERM */
#include <signal.h>
#include <stdio.h>

#include "echo_session.h"
#include "net/net.h"

static struct net *server;

static void on_signal(int number)
{
    (void)number;
    net_stop(server);
}

int main(int argc, char **argv)
{
    struct error err;
    uint16_t port = 0;
    const struct net_options options = {0};
    const char *address = argc > 1 ? argv[1] : "127.0.0.1:0";
    server = net_new(&options, &err);
    if (!server || !net_listen(server, address, &echo_factory, &port, &err)) {
        (void)fprintf(stderr, "echo_server: %s\n", err.message);
        net_free(server);
        return 1;
    }
    (void)signal(SIGTERM, on_signal);
    (void)signal(SIGINT, on_signal);
    (void)printf("%u\n", (unsigned)port);
    (void)fflush(stdout);
    bool served = net_run(server, &err);
    net_free(server);
    return served ? 0 : 1;
}
