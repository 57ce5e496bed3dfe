/* front_rows.h - what a statement has answered, as libpgwire takes it: columns, rows,
 * errors. */
#ifndef SERVER_FRONT_ROWS_H
#define SERVER_FRONT_ROWS_H

#include <pgwire/pgwire.h>

#include "server/front_startup.h"
#include "server/query.h"
#include "server/query_cursor.h"

struct plan;

/* Lives in the arena of its execution: the portal's, or that of a simple query. */
struct front_rows {
    struct arena *arena;
    struct query_rows *rows;     /* NULL: they are the cursor's, or closed */
    struct query_cursor *cursor; /* of the portal, which FETCH moves too; or NULL */
    struct query *own;    /* a simple query's, which ends with its rows; or NULL */
    struct copy_to *copy; /* NULL: the rows are no data of COPY … TO STDOUT; owned */
    int64_t file_rows;    /* that the file of the copy holds, until that is told */
    const struct type **types;
    size_t column_count;
    struct plan *plan;         /* made at the first batch, when the formats are known */
    const struct batch *batch; /* NULL: none yet */
    size_t next;               /* first row of the batch that is not yet written */
    uint64_t passed;           /* rows of the batches before it */
    struct batch taken;        /* what the cursor gave last */
};

/* An error of the query layer as the protocol's, and the other way round; other
 * statuses as they are. */
enum pgw_status front_error(enum pgw_status status, const struct error *from,
                            struct pgw_error *to);
enum pgw_status front_error_back(enum pgw_status status, const struct pgw_error *from,
                                 struct error *to);

/* The columns as the client is told of them; in the arena of the query. NULL: out of
 * memory. */
const struct pgw_column *front_columns(const struct front *front, struct query *query);

/* Where an answer lives. */
struct front_answer {
    struct arena *arena;
    struct query *own;                /* moved in with the rows, if there are any */
    const struct pgw_column *columns; /* NULL: those of `own` */
    struct query_cursor *cursor; /* in place of the result's rows; or NULL; borrowed */
    struct front_rows **rows;    /* NULL, or where to say what the rows became */
};

/* Hand a result to the library; on failure what it holds is closed here. */
enum pgw_status front_reply(const struct front *front,
                            const struct front_answer *answer,
                            const struct query_result *result, struct pgw_reply *reply,
                            struct pgw_error *err);

/* The next batch, if all of the last one is written: MORE, or how the rows end. */
enum pgw_status front_rows_fetch(struct front_rows *rows, struct pgw_error *err);
void front_rows_release(void *rows);

/* front_copy_to.c: the rows as the data of COPY … TO STDOUT. False: out of memory. */
bool front_copy_to(struct front_rows *rows, struct pgw_reply *reply) MUST_CHECK;

/* front_copy_from.c: ask the client for the data of COPY … FROM STDIN. */
void front_copy_from(const struct front *front, struct copy_from *copy,
                     struct pgw_reply *reply);
extern const struct pgw_copy_ops front_copy_ops;

#endif
