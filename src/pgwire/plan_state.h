/* plan_state.h - the inside of a plan: shared by plan.c and plan_copy.c. */
#ifndef PGWIRE_PLAN_STATE_H
#define PGWIRE_PLAN_STATE_H

#include "pgwire/cell.h"
#include "pgwire/plan.h"
#include "pgwire/render.h"
#include "pgwire/row.h"

/* How the text of a column becomes fields of a line. */
enum plan_field {
    FIELD_PLAIN,   /* as it is */
    FIELD_BARE,    /* … by a writer that puts no length */
    FIELD_COPIED,  /* what is special is looked for in the column's own bytes */
    FIELD_SCANNED, /* … in what was written */
    FIELD_FORCED,  /* it is always quoted */
    FIELD_NULL     /* there is none */
};

struct plan {
    const struct type *const *types;
    size_t count;
    const struct copy_out *copy; /* NULL: DataRow messages */
    char message;                /* the type of the messages */
    enum pgw_format *formats;
    struct cell *cells;
    enum plan_field *fields; /* of lines */
    cell_writer **bare;      /* … where they are FIELD_BARE */
    struct cell_memory *memories;
    bool *composites;       /* columns whose structs were declared records */
    struct cell **variable; /* those whose size is the row's */
    size_t variable_count;
    struct rendering *renderings;
    size_t fixed_bytes;           /* of a row at most, without its variable parts */
    size_t stretch;               /* what a byte of a value becomes at most */
    const struct column *columns; /* what the cells point into */
    unsigned style_version;       /* for which they were chosen */
    const char *failure;
};

static inline bool plan_is_null(const struct cell *cell, size_t row)
{
    return cell->validity && !(cell->validity[row / 64] >> (row % 64) & 1);
}

static inline bool plan_is_lines(const struct plan *plan)
{
    return plan->copy && copy_is_lines(plan->copy);
}

/* ---- plan_copy.c ---- */
/* How the fields of a column are made, and the room that it takes. */
void plan_copy_field(struct plan *plan, size_t i, const struct column *column);
/* One CopyData with a line at `to`, where there is room for it. NULL: plan->failure
 * says why. */
uint8_t *plan_copy_line(const struct plan *plan, size_t row, uint8_t *to);

#endif
