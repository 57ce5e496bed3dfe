/* statement.h - the one language that client and engine of the simulation speak: a
 * statement says what the engine is to do, so the client knows what must come back. */
#ifndef SIM_STATEMENT_H
#define SIM_STATEMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum statement_kind {
    STATEMENT_ROWS,  /* SELECT: rows of (id, number, filler) */
    STATEMENT_BEGIN, /* … a transaction block */
    STATEMENT_COMMIT,
    STATEMENT_TIMEOUT, /* a: the statement timeout from now on, in ms */
    STATEMENT_IDLE     /* a, b: the idle timeouts, outside and inside of a block */
};

enum { STATEMENT_TEXT_MAX = 160, STATEMENT_FIELDS = 11, STATEMENT_NEVER = -1 };

/* All numbers, so that the text is a list of them. */
struct statement_spec {
    int64_t kind, id;
    int64_t a, b;
    int64_t rows, width; /* of the filler */
    int64_t chunk;       /* rows that one call of the source yields at most */
    int64_t slot;        /* 1: it asks for one before it works */
    int64_t work_us;     /* before the first row; NEVER: until it is interrupted */
    int64_t row_us;      /* before each further chunk, with a slot */
    int64_t fails_at;    /* the row at which it fails; NEVER */
};

size_t statement_write(const struct statement_spec *spec, char *text, size_t size);
/* Take one off the front of the text; false: it is none. */
bool statement_read(const char **text, size_t *len, struct statement_spec *spec);
const char *statement_tag(const struct statement_spec *spec);

#endif
