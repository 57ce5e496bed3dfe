/* script.h - what a client is going to do, decided by the seed before the first step:
 * its queries, the bytes of each, and what must come back, message by message. */
#ifndef SIM_SCRIPT_H
#define SIM_SCRIPT_H

#include "kernel.h"
#include "statement.h"

enum {
    SCRIPT_QUERIES_MAX = 8,
    SCRIPT_STATEMENTS_MAX = 3,
    SCRIPT_STEPS_MAX = 64,
    SCRIPT_BYTES_MAX = 4096
};

/* A message that must come, or as many DataRows as there are from `row` to `rows`. */
struct script_step {
    char type;
    uint8_t statement;
    int64_t row, rows;
};

struct script_query {
    struct statement_spec statements[SCRIPT_STATEMENTS_MAX];
    unsigned statement_count;
    uint8_t bytes[SCRIPT_BYTES_MAX];
    size_t len;
    struct script_step steps[SCRIPT_STEPS_MAX]; /* the last is ReadyForQuery */
    unsigned step_count;
};

enum script_ending {
    ENDING_TERMINATE, /* says so and waits for the end */
    ENDING_HALF,      /* sends no more, and reads to the end */
    ENDING_CLOSE,     /* closes, perhaps in the midst of it */
    ENDING_RESET,     /* breaks off likewise */
    ENDING_STAY,      /* stays until the server ends */
    ENDING_MUTE,      /* never says anything */
    ENDING_COUNT
};

struct script {
    struct script_query queries[SCRIPT_QUERIES_MAX];
    unsigned query_count;
    enum script_ending ending;
    unsigned ends_after;    /* CLOSE, RESET: … so many bytes have come */
    uint64_t quits_us;      /* … or that much time has passed */
    unsigned ahead;         /* queries that are sent before the first is answered */
    bool is_early;          /* does not wait for the greeting */
    unsigned timeout_ms;    /* of its statements; 0 = none */
    unsigned idle_ms;       /* outside of a block; 0 = none */
    unsigned idle_block_ms; /* within one */
    uint64_t think_us;      /* before each query, at most */
    size_t send_most, read_most; /* bytes at a time */
    uint64_t read_pause_us;      /* between two reads, at most */
    uint64_t patience_us;        /* then it cancels; 0 = it never does */
    bool cancels_at_once;        /* … while the query may not even have been read */
    struct kernel_limits limits;
};

void script_make(struct script *script, unsigned client, unsigned queries_most);
size_t script_startup(uint8_t *bytes); /* at least 64 bytes */
size_t script_terminate(uint8_t *bytes);

#endif
