/* cursor_path.c - where FETCH and MOVE go.
 *
 * A row that is asked for by number or distance is the one row behind its predecessor,
 * so that a row that does not exist leaves the cursor in front of all or behind all. */
#include "server/cursor_path.h"

/* To stand on a row and give it; row 0 and what is before it give nothing. */
static void to_row(struct cursor_path *path, uint64_t row)
{
    path->start = row > 0 ? row - 1 : 0;
    path->count = row > 0;
}

/* The current row once more. To see it, FETCH goes back to it; MOVE need not. BACKWARD
 * 0 is a way back even where there is no row. */
static struct cursor_path stay(const struct cursor_place *place,
                               const struct sql_cursor *fetch)
{
    struct cursor_path path = {.start = place->at};
    if (fetch->moves) {
        path.counts = place->on_row;
        return path;
    }
    if (place->on_row)
        to_row(&path, place->at);
    path.refused =
        !place->goes_back && (place->on_row || fetch->direction == SQL_BACKWARD);
    return path;
}

static struct cursor_path along(const struct cursor_place *place,
                                const struct sql_cursor *fetch)
{
    bool negative = fetch->count < 0;
    bool backward = (fetch->direction == SQL_BACKWARD) != negative;
    struct cursor_path path = {.start = place->at, .backward = backward};
    path.count = (uint64_t)(negative ? -fetch->count : fetch->count);
    /* MOVE BACKWARD ALL from the start has nothing to do. */
    bool rests = fetch->moves && fetch->count == SQL_FETCH_ALL && place->at == 0;
    path.refused = backward && !place->goes_back && !rests;
    return path;
}

static struct cursor_path absolute(const struct cursor_place *place, int64_t row)
{
    struct cursor_path path = {0};
    if (row < 0) {
        path.refused = !place->goes_back;
        path.to_end = true;
        return path;
    }
    path.refused = !place->goes_back && place->at > 0 && (uint64_t)row <= place->at;
    to_row(&path, (uint64_t)row);
    return path;
}

static struct cursor_path relative(const struct cursor_place *place, int64_t distance)
{
    struct cursor_path path = {0};
    uint64_t back = (uint64_t)-distance;
    if (distance > 0) {
        to_row(&path, place->at + (uint64_t)distance);
        return path;
    }
    path.refused = !place->goes_back;
    to_row(&path, place->at > back ? place->at - back : 0);
    return path;
}

struct cursor_path cursor_path(const struct cursor_place *place,
                               const struct sql_cursor *fetch)
{
    if (fetch->count == 0 && fetch->direction != SQL_ABSOLUTE)
        return stay(place, fetch);
    switch (fetch->direction) {
    case SQL_ABSOLUTE:
        return absolute(place, fetch->count);
    case SQL_RELATIVE:
        return relative(place, fetch->count);
    case SQL_FORWARD:
    case SQL_BACKWARD:
        break;
    }
    return along(place, fetch);
}

struct cursor_path cursor_path_from_end(uint64_t rows, const struct sql_cursor *fetch)
{
    struct cursor_path path = {0};
    uint64_t back = (uint64_t)-fetch->count;
    to_row(&path, rows + 1 > back ? rows + 1 - back : 0);
    return path;
}
