/* passwd.h - the subcommand that keeps a users file: wirehouse passwd. */
#ifndef MAIN_PASSWD_H
#define MAIN_PASSWD_H

#include <stdio.h>

/* Arguments behind "passwd". Returns the exit code. */
int passwd_main(int argc, char **argv);
void passwd_help(FILE *out);

#endif
