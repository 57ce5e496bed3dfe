/* classify.h - what kind of statement a text is, told from its tokens alone.
 *
 * The kinds that the server answers or guards itself are recognised; everything else
 * goes to the engine with PostgreSQL's command tag. Adding a command is adding a row.
 */
#ifndef SQL_CLASSIFY_H
#define SQL_CLASSIFY_H

#include "core/slice.h"

enum sql_kind {
    SQL_EMPTY,
    SQL_ENGINE, /* the engine executes it */
    SQL_SET,   /* SET [SESSION|LOCAL] name TO|= values; also SET TIME ZONE, SET NAMES */
    SQL_RESET, /* RESET name; name "all" for RESET ALL */
    SQL_SHOW,  /* SHOW name; SHOW ALL; SHOW TIME ZONE */
    SQL_BEGIN, /* BEGIN, START TRANSACTION */
    SQL_COMMIT,      /* COMMIT, END */
    SQL_ROLLBACK,    /* ROLLBACK, ABORT */
    SQL_SAVEPOINT,   /* SAVEPOINT, RELEASE, ROLLBACK TO: refused with 0A000 */
    SQL_DEALLOCATE,  /* DEALLOCATE [PREPARE] name | ALL */
    SQL_DISCARD,     /* DISCARD ALL | PLANS | SEQUENCES | TEMP */
    SQL_COPY_CLIENT, /* COPY … FROM STDIN, COPY … TO STDOUT */
    SQL_UNSUPPORTED, /* PostgreSQL's alone, refused with 0A000: cursors, LISTEN, … */
    SQL_MALFORMED    /* one of the above, but not well said: 42601 */
};

/* What the command tag carries behind its words. */
enum sql_count { SQL_COUNT_NONE, SQL_COUNT_ROWS, SQL_COUNT_AFFECTED };

struct sql_class {
    enum sql_kind kind;
    const char *tag; /* "SELECT", "INSERT 0", "CREATE TABLE"; static */
    enum sql_count count;
    bool local;      /* SET LOCAL */
    bool is_default; /* SET … TO DEFAULT */
    bool read_only;  /* BEGIN READ ONLY */
    bool pins;       /* leaves something behind on its connection: TEMP, USE, PRAGMA */
    struct slice name;  /* setting or statement name as written, quotes included */
    struct slice value; /* SET: everything behind TO or =, as written */
    bool allowed_when_failed; /* may run in a failed transaction block: COMMIT, ROLLBACK
                               */
};

struct sql_class sql_classify(struct slice statement);

enum { SQL_NAME_BYTES = 256 }; /* enough for any name of a setting or statement */

/* An identifier as SQL reads it: unquoted in lower case, quoted as it is. False: longer
 * than size - 1 bytes, empty, or not one identifier (may be dotted: a.b). */
bool sql_identifier(struct slice written, char *out, size_t size);

/* The value list of a SET as text: 'x' → x, on → on, a, b → "a, b", numbers with sign
 * and unit as written. False: malformed (unterminated quote, nothing there, too long).
 */
bool sql_setting_value(struct slice written, char *out, size_t size);

#endif
