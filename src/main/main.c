/* main.c - the program: which subcommand is meant. */
#include <stdio.h>
#include <string.h>

#include <pgwire/version.h>

#include "main/serve.h"

static void help(FILE *out)
{
    fprintf(out, "usage: wirehouse serve [OPTION]... [[NAME=]TARGET]...\n"
                 "       wirehouse --help | --version\n\n"
                 "wirehouse serve --help lists the options.\n");
}

static int is_help(const char *argument)
{
    return strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0;
}

int main(int argc, char **argv)
{
    if (argc >= 2 && strcmp(argv[1], "serve") == 0) {
        if (argc >= 3 && is_help(argv[2])) {
            serve_help(stdout);
            return 0;
        }
        return serve_main(argc - 2, argv + 2);
    }
    if (argc >= 2 && is_help(argv[1])) {
        help(stdout);
        return 0;
    }
    if (argc >= 2 && strcmp(argv[1], "--version") == 0) {
        printf("wirehouse %s\n", PGW_VERSION);
        return 0;
    }
    help(stderr);
    return EXIT_CODE_USAGE;
}
