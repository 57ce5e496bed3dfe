/* front_list.c - the names of a PostgreSQL client as rows of text: what pg_cursors and
 * pg_prepared_statements are made of. */
#include <inttypes.h>
#include <stdio.h>

#include "core/buf.h"
#include "server/front_parts.h"

/* Rows under way, each of as many cells as the list has. */
struct listing {
    struct arena *arena;
    const char **cells;
    size_t width, rows, capacity;
};

static bool grow(struct listing *listing)
{
    size_t capacity = listing->capacity ? listing->capacity * 2 : 8;
    const char **cells =
        arena_calloc(listing->arena, capacity * listing->width, sizeof *cells);
    if (!cells)
        return false;
    if (listing->rows)
        memcpy(cells, listing->cells, listing->rows * listing->width * sizeof *cells);
    listing->cells = cells;
    listing->capacity = capacity;
    return true;
}

/* The cells are borrowed until the row is there; NULL: out of memory, or NULL. */
static bool add_row(struct listing *listing, const char *const *cells)
{
    if (listing->rows == listing->capacity && !grow(listing))
        return false;
    const char **row = listing->cells + listing->rows * listing->width;
    for (size_t i = 0; i < listing->width; i++) {
        if (!(row[i] = arena_string(listing->arena, slice_of(cells[i]))))
            return false;
    }
    listing->rows++;
    return true;
}

static const char *truth(bool value)
{
    return value ? "true" : "false";
}

static char *number(struct arena *arena, int64_t value)
{
    return arena_printf(arena, "%" PRId64, value);
}

static char *name_of(struct arena *arena, struct pgw_slice name)
{
    return arena_string(arena, (struct slice){name.data, name.len});
}

/* ---- cursors ---- */

static void about_portal(const struct front_portal *portal,
                         struct query_cursor_about *about)
{
    const struct query *query = portal->statement->query;
    *about = (struct query_cursor_about){
        .statement = query->text.data, /* which ends with a NUL */
        .created_us = portal->created_us};
    if (portal->cursor)
        query_cursor_about(portal->cursor, about);
}

static bool list_cursors(const struct front *front, struct listing *listing)
{
    struct pgw_slice name;
    const struct front_portal *portal;
    for (size_t at = 0;
         (portal = pgw_session_portal_next(front->session, &at, &name));) {
        struct query_cursor_about about;
        about_portal(portal, &about);
        const char *cells[] = {
            name_of(listing->arena, name), about.statement,
            truth(about.is_hold),          truth(about.is_binary),
            truth(about.is_scrollable),    number(listing->arena, about.created_us)};
        if (!cells[0] || !cells[5] || !add_row(listing, cells))
            return false;
    }
    return true;
}

/* ---- statements ---- */

/* OIDs with blanks between. */
static const char *param_types(struct arena *arena,
                               const struct front_statement *statement)
{
    struct buf text = {0};
    const char *out = NULL;
    bool done = true;
    for (size_t i = 0; done && i < statement->query->param_count; i++) {
        char written[16];
        int len = snprintf(written, sizeof written, "%s%" PRIu32, i ? " " : "",
                           statement->param_oids[i]);
        done = buf_append(&text, written, (size_t)len);
    }
    if (done)
        out = arena_string(
            arena, (struct slice){buf_len(&text) ? (const char *)buf_data(&text) : "",
                                  buf_len(&text)});
    buf_free(&text);
    return out;
}

/* As in PostgreSQL the unnamed one is not shown. */
static bool list_statements(const struct front *front, struct listing *listing)
{
    struct pgw_slice name;
    const struct front_statement *statement;
    for (size_t at = 0;
         (statement = pgw_session_statement_next(front->session, &at, &name));) {
        if (name.len == 0)
            continue;
        const char *cells[] = {
            name_of(listing->arena, name),
            statement->shown ? statement->shown : statement->query->text.data,
            number(listing->arena, statement->prepared_us),
            param_types(listing->arena, statement), truth(statement->shown)};
        if (!cells[0] || !cells[2] || !cells[3] || !add_row(listing, cells))
            return false;
    }
    return true;
}

bool front_list(void *client, enum engine_list which, struct arena *arena,
                const char *const **cells, size_t *rows)
{
    struct listing listing = {.arena = arena, .width = engine_lists[which].cells};
    bool done = which == ENGINE_CURSORS ? list_cursors(client, &listing)
                                        : list_statements(client, &listing);
    *cells = listing.cells;
    *rows = listing.rows;
    return done;
}
