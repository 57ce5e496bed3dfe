/* classify.h - what kind of statement a text is, told from its tokens alone.
 *
 * The kinds that the server answers or guards itself are recognised; everything else
 * goes to the engine with PostgreSQL's command tag. Adding a command is adding a row to
 * the verbs of classify.c, and one to docs/COMMANDS.md.
 */
#ifndef SQL_CLASSIFY_H
#define SQL_CLASSIFY_H

#include "core/slice.h"

enum sql_kind {
    SQL_EMPTY,
    SQL_ENGINE, /* the engine executes it */
    SQL_SET,    /* SET [SESSION|LOCAL] name TO|= values, and its other spellings */
    SQL_RESET,  /* RESET name; name "all" for RESET ALL */
    SQL_SHOW,   /* SHOW name; SHOW ALL; SHOW TIME ZONE */
    SQL_SET_TRANSACTION, /* SET TRANSACTION, SET SESSION CHARACTERISTICS */
    SQL_SET_CONSTRAINTS, /* SET CONSTRAINTS ALL | names */
    SQL_BEGIN,           /* BEGIN, START TRANSACTION */
    SQL_COMMIT,          /* COMMIT, END */
    SQL_ROLLBACK,        /* ROLLBACK, ABORT */
    SQL_SAVEPOINT,       /* SAVEPOINT, RELEASE, ROLLBACK TO: refused with 0A000 */
    SQL_DEALLOCATE,      /* DEALLOCATE [PREPARE] name | ALL */
    SQL_DISCARD,         /* DISCARD ALL | PLANS | SEQUENCES | TEMP */
    SQL_CLOSE,           /* CLOSE name | ALL */
    SQL_LISTEN,          /* LISTEN name */
    SQL_NOTIFY,          /* NOTIFY name [, 'text'] */
    SQL_UNLISTEN,        /* UNLISTEN name | * */
    SQL_LOCK,            /* LOCK … IN ACCESS SHARE MODE */
    SQL_COPY_CLIENT,     /* COPY … FROM STDIN, COPY … TO STDOUT */
    SQL_UNSUPPORTED,     /* PostgreSQL's alone, refused with 0A000: cursors, … */
    SQL_MALFORMED        /* one of the above, but not well said: 42601 */
};

/* What the command tag carries behind its words. */
enum sql_count { SQL_COUNT_NONE, SQL_COUNT_ROWS, SQL_COUNT_AFFECTED };

/* The modes of a transaction, as their settings take them; NULL: not said. */
struct sql_modes {
    const char *isolation;              /* "read committed" … */
    const char *read_only, *deferrable; /* "on", "off" */
};

struct sql_class {
    enum sql_kind kind;
    const char *tag; /* "SELECT", "INSERT 0", "CREATE TABLE"; static */
    enum sql_count count;
    bool local;        /* SET LOCAL */
    bool is_default;   /* SET … TO DEFAULT */
    bool from_current; /* SET … FROM CURRENT */
    bool for_session;  /* SET SESSION CHARACTERISTICS */
    bool chain;        /* COMMIT, ROLLBACK AND CHAIN */
    bool pins; /* leaves something behind on its connection: TEMP, USE, PRAGMA */
    bool ignores_rows;  /* an INSERT of values that reads no table */
    const char *writes; /* what a read-only transaction must refuse, by name; or NULL */
    struct sql_modes modes; /* of BEGIN, SET TRANSACTION */
    struct slice name;      /* setting, statement, or list of tables, as written */
    struct slice value; /* SET: everything behind TO or =, NOTIFY: text; as written */
    bool allowed_when_failed; /* may run in a failed transaction block: COMMIT, ROLLBACK
                               */
};

struct sql_class sql_classify(struct slice statement);

/* The words that begin a statement, one after the other from 0; NULL at the end. */
const char *sql_verb(size_t i, enum sql_kind *kind, const char **tag);

#endif
