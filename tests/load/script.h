/* script.h - what a client of the load test says, and what it must hear.
 *
 * A batch is a pipeline of messages and, in order, all that has to come back. Which
 * batch it is follows from the client's number and the batch's, so that a failure can
 * be had again. Every row tells which client asked for it, with which statement, which
 * of its rows it is, and a checksum of the three that the server has computed. */
#ifndef TESTS_LOAD_SCRIPT_H
#define TESTS_LOAD_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"

enum { EXPECT_MAX = 512, EXPECT_TEXT = 24, LABEL_BYTES = 64 };

/* One message, or the rows of one statement. */
struct expect {
    char type;              /* of the message; 'D' is rows */
    char text[EXPECT_TEXT]; /* C: the tag, E: the SQLSTATE, Z: the status, S and a row
                             * of SHOW: the value */
    bool binary, labelled;  /* D, T: the format; is there a fifth column? */
    bool shown;             /* D, T: one column, of text */
    bool cut_short;         /* D: an error may come instead of what is left */
    uint32_t statement;     /* D: the number in every row */
    uint32_t next, end;     /* D: the rows that are still to come */
};

struct batch {
    struct buf out;
    size_t out_first; /* bytes to be sent at once; the rest … */
    size_t hold;      /* … when so many expectations are met; 0: there is no rest */
    struct expect expects[EXPECT_MAX];
    size_t count, met;
    uint64_t rows; /* that will come at least */
};

struct script {
    uint32_t client;
    bool slow;           /* asks for so much that it cannot be in buffers */
    uint32_t statements; /* asked so far: numbers them */
    uint64_t batches;
    uint64_t random;
};

void script_init(struct script *script, uint32_t client, bool slow);
/* What comes first of all: the statements that are prepared once. */
void script_open(struct script *script, struct batch *batch);
/* The next batch; `batch` is emptied. */
void script_next(struct script *script, struct batch *batch);
void batch_free(struct batch *batch);

int64_t script_checksum(uint32_t client, uint32_t statement, uint32_t row);

#endif
