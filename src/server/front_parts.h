/* front_parts.h - the PostgreSQL front: its parts among themselves. */
#ifndef SERVER_FRONT_PARTS_H
#define SERVER_FRONT_PARTS_H

#include <pgwire/pgwire.h>

#include "server/front_rows.h"

/* ---- pg_front.c ---- */

struct front_statement {
    struct front *front;
    struct query *query;
    const uint32_t *param_oids;
    const struct pgw_column *columns;
    int32_t lead; /* characters of the client's text in front of the statement */
    /* What pg_prepared_statements tells: the PREPARE, or NULL: the text itself. */
    const char *shown;
    int64_t prepared_us; /* since 1970 */
};

/* Prepare a statement as Parse does, its text without blanks around it; moved out. */
enum pgw_status front_parse(struct front *front, struct slice text,
                            const struct pgw_parse *parse, struct front_statement **out,
                            struct pgw_error *err);
/* The same of a query that is prepared, which is moved in, also on failure. NULL: out
 * of memory. */
struct front_statement *front_statement_new(struct front *front, struct query *query,
                                            const struct pgw_parse *parse);

/* ---- front_cursor.c ---- */

/* A portal: of Bind, or a cursor of DECLARE. */
struct front_portal {
    struct arena arena; /* holds this, the parameters, and what its rows need */
    struct front_statement *statement;
    struct batch params;
    struct front_rows *rows;     /* once it is executed, if there are any */
    struct query_cursor *cursor; /* NULL: SQL has not looked at it; owned */
    bool is_busy;                /* it is being executed */
    int64_t created_us;          /* since 1970 */
};

extern const struct query_portal_ops front_portal_ops;
/* Execute of a portal that has a cursor. */
enum pgw_status front_cursor_reply(struct front_portal *portal, struct pgw_reply *reply,
                                   struct pgw_error *err);

/* ---- front_prepared.c: struct query_client_ops ---- */

enum pgw_status front_add_statement(void *client, struct slice name, struct slice types,
                                    struct slice text, struct slice shown,
                                    struct error *err);
struct query *front_find_statement(void *client, struct slice name);

/* ---- front_list.c: struct query_client_ops ---- */

bool front_list(void *client, enum engine_list which, struct arena *arena,
                const char *const **cells, size_t *rows);

#endif
