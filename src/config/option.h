/* option.h - one table of options behind command line, environment, ini file and help.
 *
 * Precedence: command line, then PREFIX_* environment, then the ini file, then the
 * default. An option that may be given more than once is a list; its first source that
 * has any value gives all of them. Errors have SQLSTATE 22023 and say where the value
 * stands. */
#ifndef CONFIG_OPTION_H
#define CONFIG_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/arena.h"
#include "core/error.h"

enum option_type {
    OPTION_TEXT,
    OPTION_LIST,     /* text, repeatable; comma-separated in environment and ini */
    OPTION_NUMBER,   /* 0 … 4294967295 */
    OPTION_SIZE,     /* bytes; KB, MB, GB, KiB, MiB, GiB */
    OPTION_DURATION, /* milliseconds; ms, s, min, h */
    OPTION_CHOICE,   /* one of `choices` */
    OPTION_FLAG      /* on the command line its name alone; elsewhere yes or no */
};

struct option_spec {
    const char *name; /* "statement-timeout": --name, PREFIX_STATEMENT_TIMEOUT */
    enum option_type type;
    const char *argument; /* "DURATION", for the help */
    const char *standard; /* the default, for parsing and for the help; "" = unset */
    const char *help;
    const char *choices; /* OPTION_CHOICE: "text json" */
    bool reloadable;     /* it may change while the program runs */
};

struct option_value {
    const char *text;
    struct option_value *next;
};

struct options {
    const struct option_spec *specs;
    size_t count;
    const char *prefix; /* of environment variables: "WIREHOUSE_" */
    struct arena arena;
    struct option_value **values; /* by spec, NULL = the default holds */
    const char **sources;         /* where they stand, for errors */
    const char **arguments;       /* what is no option, in order */
    size_t argument_count;
};

bool options_init(struct options *options, const struct option_spec *specs,
                  size_t count, const char *prefix, struct error *err) MUST_CHECK;
void options_free(struct options *options);

/* In the order of precedence; a value that is there already stays. argv without the
 * program's name. "--" ends the options. */
bool options_read_arguments(struct options *options, int argc, char **argv,
                            struct error *err) MUST_CHECK;
bool options_read_environment(struct options *options, struct error *err) MUST_CHECK;
/* Section [section] of an ini file; 58P01 when it cannot be read. */
bool options_read_ini(struct options *options, const char *path, const char *section,
                      struct error *err) MUST_CHECK;

/* Values have been checked when they were read. */
const char *options_text(const struct options *options,
                         const char *name); /* NULL: unset */
const struct option_value *options_list(const struct options *options,
                                        const char *name);
uint64_t options_number(const struct options *options, const char *name);

/* Have two readings of one table the same values for this option? */
bool options_agree(const struct options *a, const struct options *b,
                   const struct option_spec *spec);

bool options_is_on(const struct options *options, const char *name); /* OPTION_FLAG */

void options_print_help(const struct option_spec *specs, size_t count, FILE *out);

#endif
