/* classify.h - what kind of statement a text is, told from its tokens alone.
 *
 * The kinds that the server answers or guards itself are recognised; everything else
 * goes to the engine with PostgreSQL's command tag. Adding a command is adding a row to
 * the verbs of classify.c, and one to docs/COMMANDS.md.
 */
#ifndef SQL_CLASSIFY_H
#define SQL_CLASSIFY_H

#include <stdint.h>

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
    SQL_PREPARE,         /* PREPARE name [(types)] AS statement */
    SQL_EXECUTE,         /* [EXPLAIN …] EXECUTE name [(values)] */
    SQL_DECLARE,         /* DECLARE name … CURSOR … FOR query */
    SQL_FETCH,           /* FETCH, MOVE */
    SQL_CLOSE,           /* CLOSE name | ALL */
    SQL_LISTEN,          /* LISTEN name */
    SQL_NOTIFY,          /* NOTIFY name [, 'text'] */
    SQL_UNLISTEN,        /* UNLISTEN name | * */
    SQL_LOCK,            /* LOCK … IN ACCESS SHARE MODE */
    SQL_COPY_CLIENT,     /* COPY … FROM STDIN, COPY … TO STDOUT */
    SQL_UNSUPPORTED,     /* PostgreSQL's alone, refused with 0A000: GRANT, DO, … */
    SQL_MALFORMED        /* one of the above, but not well said: 42601 */
};

/* What the command tag carries behind its words. */
enum sql_count { SQL_COUNT_NONE, SQL_COUNT_ROWS, SQL_COUNT_AFFECTED };

/* The modes of a transaction, as their settings take them; NULL: not said. */
struct sql_modes {
    const char *isolation;              /* "read committed" … */
    const char *read_only, *deferrable; /* "on", "off" */
};

/* Where FETCH goes: NEXT is FORWARD 1, FIRST is ABSOLUTE 1, LAST is ABSOLUTE -1. */
enum sql_direction { SQL_FORWARD, SQL_BACKWARD, SQL_ABSOLUTE, SQL_RELATIVE };

enum { SQL_FETCH_MAX = INT32_MAX }; /* a count that is written is no larger */
#define SQL_FETCH_ALL INT64_MAX

/* What DECLARE, FETCH and MOVE say. */
struct sql_cursor {
    int64_t count; /* rows, a row's number, or a distance; SQL_FETCH_ALL */
    enum sql_direction direction;
    bool moves; /* MOVE */
    bool is_binary, is_scroll, is_no_scroll, is_asensitive, is_insensitive, is_hold;
};

struct sql_class {
    enum sql_kind kind;
    enum sql_count count;
    const char *tag;    /* "SELECT", "INSERT 0", "CREATE TABLE"; static */
    const char *writes; /* what a read-only transaction must refuse, by name; or NULL */
    bool allowed_when_failed; /* may run in a failed block: COMMIT, ROLLBACK */
    bool local;               /* SET LOCAL */
    bool is_default;          /* SET … TO DEFAULT */
    bool from_current;        /* SET … FROM CURRENT */
    bool for_session;         /* SET SESSION CHARACTERISTICS */
    bool is_with;             /* WITH … in front of the verb */
    bool chain;               /* COMMIT, ROLLBACK AND CHAIN */
    bool pins; /* leaves something behind on its connection: TEMP, USE, PRAGMA */
    bool ignores_rows;  /* an INSERT of values that reads no table */
    struct slice name;  /* setting, statement, cursor, or list of tables, as written */
    struct slice value; /* SET: everything behind TO or =; NOTIFY: text; DECLARE,
                           PREPARE: the statement; EXECUTE: the values; as written */
    union {             /* by kind */
        struct sql_modes modes;   /* BEGIN, SET TRANSACTION */
        struct sql_cursor cursor; /* DECLARE, FETCH */
        struct slice types;       /* PREPARE: those of its parameters */
        struct slice prefix;      /* EXECUTE: what stands behind EXPLAIN; or nothing */
    };
};

struct sql_class sql_classify(struct slice statement);

/* The words that begin a statement, one after the other from 0; NULL at the end. */
const char *sql_verb(size_t i, enum sql_kind *kind, const char **tag);

#endif
