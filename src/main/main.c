/* main.c - the program: which subcommand is meant. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pgwire/version.h>

#include "core/attr.h"
#include "main/passwd.h"
#include "main/serve.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv); /* with what stands behind the name */
    void (*help)(FILE *out);
} subcommands[] = {{"serve", serve_main, serve_help},
                   {"passwd", passwd_main, passwd_help}};

static void help(FILE *out)
{
    fprintf(out, "usage: wirehouse serve [OPTION]... [[NAME=]TARGET]...\n"
                 "       wirehouse passwd --users FILE [OPTION]... NAME\n"
                 "       wirehouse --help | --version\n\n"
                 "wirehouse serve --help lists the options.\n");
}

static int is_help(const char *argument)
{
    return strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0;
}

static int run(size_t i, int argc, char **argv)
{
    if (argc == 0 || !is_help(argv[0]))
        return subcommands[i].run(argc, argv);
    subcommands[i].help(stdout);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    const char *first = argc >= 2 ? argv[1] : "";
    for (size_t i = 0; i < ARRAY_LEN(subcommands); i++) {
        if (strcmp(first, subcommands[i].name) == 0)
            return run(i, argc - 2, argv + 2);
    }
    if (is_help(first)) {
        help(stdout);
        return EXIT_SUCCESS;
    }
    if (strcmp(first, "--version") == 0) {
        printf("wirehouse %s\n", PGW_VERSION);
        return EXIT_SUCCESS;
    }
    help(stderr);
    return EXIT_CODE_USAGE;
}
