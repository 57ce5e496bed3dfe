/* rights.h - which right a statement asks for, as far as its tokens tell.
 *
 * Tokens are the quick answer; what kind of statement it is the engine says, too
 * (engine_effect), and the stricter of the two counts. A verb or kind of object without
 * a row asks for the most. */
#ifndef SQL_RIGHTS_H
#define SQL_RIGHTS_H

#include "sql/classify.h"

enum sql_right { SQL_READS, SQL_WRITES, SQL_ADMINISTERS };

struct sql_need {
    enum sql_right right;
    struct slice function; /* the function that asks for it; none: the statement does */
    bool is_own;           /* what it sets is the session's alone: USE, SET VARIABLE */
};

/* Of a statement that the engine executes, or a COPY with the client. */
struct sql_need sql_needs(struct slice statement, const struct sql_class *class);

/* What a statement writes, for the text of an error. */
struct sql_target {
    const char *kind;  /* "table", "schema" …; NULL: it cannot be told */
    struct slice name; /* as written */
    bool is_owners;    /* it is for the owner to do: DROP, ALTER, COMMENT */
};
struct sql_target sql_target_of(struct slice statement);

/* The rows, one after the other from 0; NULL at the end. */
const char *sql_right_verb(size_t i, enum sql_right *right);

#endif
