/* lines.h - files in the form of pg_hba.conf, as fields of words.
 *
 * Source: PostgreSQL documentation 21.1. Fields stand between blanks, the words of one
 * between commas; what is quoted means nothing but itself; # begins a comment; a
 * backslash at its end goes on with a line; @FILE stands for the words in another file,
 * whose name is relative to this one's. */
#ifndef ACCESS_LINES_H
#define ACCESS_LINES_H

#include "core/arena.h"
#include "core/error.h"

struct access_word {
    const char *text;
    bool is_quoted; /* no keyword, no +role, no @file */
    struct access_word *next;
};

struct access_field {
    struct access_word *words; /* at least one, but of an @FILE that is empty */
    struct access_field *next;
};

struct access_line {
    unsigned number;
    struct access_field *fields; /* at least one */
    struct access_line *next;
};

/* How files are read, which tests do otherwise: access_file_read. */
typedef bool access_reader(struct arena *arena, const char *path, bool is_secret,
                           struct slice *out, struct error *err);

/* The lines that hold something. file: its path. reader: of @FILE; NULL: there are
 * none. F0000 with the number of the line, 53200. */
bool access_lines(struct arena *arena, struct slice text, const char *file,
                  access_reader *reader, struct access_line **out,
                  struct error *err) MUST_CHECK;

/* Is it this keyword? */
bool access_word_is(const struct access_word *word, const char *keyword);

#endif
