/* cursor_path.h - where FETCH and MOVE go, from where a cursor stands.
 *
 * Source: PostgreSQL documentation, FETCH. A cursor stands in front of the first row
 * (0), on a row (its number, from 1), or behind the last one. Pure arithmetic: how many
 * rows there are need not be known, unless the way counts from the end. */
#ifndef SERVER_CURSOR_PATH_H
#define SERVER_CURSOR_PATH_H

#include <stdbool.h>
#include <stdint.h>

#include "sql/classify.h"

struct cursor_place {
    uint64_t at;    /* behind the last row: their number plus one */
    bool on_row;    /* neither in front of nor behind all */
    bool goes_back; /* rows that were passed can be read again */
};

struct cursor_path {
    bool refused;    /* it would have to go back: 55000 */
    bool to_end;     /* go to the end first, then cursor_path_from_end says the rest */
    uint64_t start;  /* stand there, or behind the last row if there are fewer, … */
    bool backward;   /* … then give the rows before it, or those behind it: */
    uint64_t count;  /* so many, or as many as there are */
    uint64_t counts; /* MOVE alone: rows that it has moved by without moving */
};

struct cursor_path cursor_path(const struct cursor_place *place,
                               const struct sql_cursor *fetch);

/* Of a path that goes to_end: there are so many rows. */
struct cursor_path cursor_path_from_end(uint64_t rows, const struct sql_cursor *fetch);

#endif
