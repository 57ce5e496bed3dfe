/* written.h - which tables a statement writes, told from its tokens alone. */
#ifndef SQL_WRITTEN_H
#define SQL_WRITTEN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/slice.h"

enum { SQL_WRITTEN_MAX = 16, SQL_RELATION_PARTS = 3 };

/* A name as it is written: database, schema and table, or less of it. */
struct sql_relation {
    size_t count;
    struct slice parts[SQL_RELATION_PARTS]; /* with their quotes */
};

struct sql_written {
    bool more; /* others, too, or nobody knows which */
    size_t count;
    struct sql_relation tables[SQL_WRITTEN_MAX];
};

/* Views count as tables, for they are read like them. What makes neither of them read
 * otherwise (an index, a schema, a setting) writes none. */
void sql_written_tables(struct slice statement, struct sql_written *out);

#endif
