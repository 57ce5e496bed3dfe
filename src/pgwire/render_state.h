/* render_state.h - a rendering on its way: shared by render.c and render_json.c. */
#ifndef PGWIRE_RENDER_STATE_H
#define PGWIRE_RENDER_STATE_H

#include "core/attr.h"
#include "core/buf.h"
#include "pgwire/cell.h"
#include "pgwire/value.h"

enum { RENDER_DEPTH_MAX = 64 };

/* The cells of the scalars within a column, found again by their columns. */
enum { RENDER_CELLS = 16 };

struct render_cells {
    struct render_cell {
        const struct column *column; /* NULL: none yet */
        enum pgw_format format;
        const struct pgw_style *style;
        struct cell cell;
        struct cell_memory memory;
    } cells[RENDER_CELLS];
};

struct render {
    struct buf *out;
    const char *failure; /* the first one */
    unsigned depth;
    bool exact; /* JSON numbers that a double cannot hold are strings */
    struct cell_context context; /* of what is not JSON */
    struct render_cells *cells;  /* NULL: they are chosen anew for each value */
};

static inline void render_fail(struct render *render, const char *sqlstate)
{
    if (!render->failure)
        render->failure = sqlstate;
}

static inline void render_put(struct render *render, const void *data, size_t len)
{
    struct buf *out = render->out;
    if (LIKELY(!render->failure && out->memory && buf_room(out) >= len)) {
        value_copy(out->memory + out->end, data, len);
        out->end += len;
        return;
    }
    if (!render->failure && !buf_append(render->out, data, len))
        render_fail(render, "53200");
}

static inline void render_char(struct render *render, char c)
{
    render_put(render, &c, 1);
}

/* One level deeper; false: too deep. Every true has its leave. */
static inline bool render_enter(struct render *render)
{
    if (++render->depth > RENDER_DEPTH_MAX)
        render_fail(render, "0A000");
    return !render->failure;
}

static inline void render_leave(struct render *render)
{
    render->depth--;
}

/* Is a value made of values? Perhaps of none. */
static inline bool render_is_nested(const struct column *column)
{
    return column->child_count > 0 || column->type->id == TYPE_STRUCT;
}

/* A value that has a cell writer, with its length in front if asked for; false: it has
 * none. */
bool render_cell(struct render *render, const struct column *column, size_t row,
                 const struct cell_context *context, bool with_length);

/* Any value that is not NULL as JSON. */
void render_put_json(struct render *render, const struct column *column, size_t row);

#endif
