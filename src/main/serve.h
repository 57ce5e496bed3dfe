/* serve.h - the subcommand that serves: wirehouse serve. */
#ifndef MAIN_SERVE_H
#define MAIN_SERVE_H

#include <stdio.h>

/* Exit codes of the program. */
enum { EXIT_CODE_FAILURE = 1, EXIT_CODE_USAGE = 2 };

/* Arguments behind "serve". Returns the exit code. */
int serve_main(int argc, char **argv);
void serve_help(FILE *out);

#endif
