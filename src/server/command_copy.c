/* command_copy.c - COPY from and to the client.
 *
 * The grammar is checked when the statement is prepared; everything else when it is
 * executed, and as PostgreSQL does it: the table first, then the options. */
#include "server/command.h"
#include "server/copy_from.h"
#include "server/copy_to.h"

bool command_copy_prepare(struct query_session *session, struct query *query,
                          struct error *err)
{
    struct copy_statement *copy = arena_calloc(&query->arena, 1, sizeof *copy);
    (void)session;
    query->copy = copy;
    return copy ? copy_statement_parse(query->text, &query->arena, copy, err)
                : error_no_memory(err);
}

enum pgw_status command_copy(struct query_session *session, struct query *query,
                             struct query_result *out, struct error *err)
{
    if (!query->copy->is_from)
        return copy_to_execute(session, query, out, err);
    return copy_from_execute(session, query, out, err);
}
