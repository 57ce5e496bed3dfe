/* query_list.c - pg_cursors and pg_prepared_statements: what a session has by name.
 *
 * The engine's threads ask for it while the session's own thread may be sending rows,
 * and closing portals. So it is taken down when a statement that asks begins. */
#include <stdlib.h>

#include "server/query_session.h"

struct query_lists {
    struct arena arena;
    const char *const *cells[ENGINE_LISTS];
    size_t rows[ENGINE_LISTS];
};

static void free_lists(struct query_lists *lists)
{
    if (!lists)
        return;
    arena_free(&lists->arena);
    free(lists);
}

bool query_list_take(struct query_session *session, struct error *err)
{
    static const enum engine_list which[] = {ENGINE_CURSORS, ENGINE_STATEMENTS};
    struct query_lists *lists = calloc(1, sizeof *lists);
    bool done = lists != NULL;
    for (size_t i = 0; done && session->ops->list && i < ARRAY_LEN(which); i++)
        done = session->ops->list(session->client, which[i], &lists->arena,
                                  &lists->cells[which[i]], &lists->rows[which[i]]);
    if (!done) {
        free_lists(lists);
        return error_no_memory(err);
    }
    pthread_mutex_lock(&session->lock);
    struct query_lists *before = session->lists;
    session->lists = lists;
    pthread_mutex_unlock(&session->lock);
    free_lists(before);
    return true;
}

/* Within the lock. */
static bool copy_cells(const struct query_lists *lists, enum engine_list which,
                       struct arena *arena, const char *const **out)
{
    size_t count = lists->rows[which] * engine_lists[which].cells;
    const char **cells = arena_calloc(arena, count, sizeof *cells);
    for (size_t i = 0; cells && i < count; i++) {
        const char *cell = lists->cells[which][i];
        if (cell && !(cells[i] = arena_string(arena, slice_of(cell))))
            return false;
    }
    *out = cells;
    return cells != NULL;
}

bool query_list_copy(struct query_session *session, enum engine_list which,
                     struct arena *arena, const char *const **cells, size_t *rows)
{
    bool done = true;
    *rows = 0;
    pthread_mutex_lock(&session->lock);
    if (session->lists) {
        done = copy_cells(session->lists, which, arena, cells);
        *rows = done ? session->lists->rows[which] : 0;
    }
    pthread_mutex_unlock(&session->lock);
    return done;
}

void query_list_free(struct query_session *session)
{
    free_lists(session->lists);
}
