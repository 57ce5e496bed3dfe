/* expect.h - a client's reading: bytes to messages, messages against the script. */
#ifndef SIM_EXPECT_H
#define SIM_EXPECT_H

#include "script.h"

enum { EXPECT_BYTES_MAX = 16384 };

struct expect {
    const char *name;
    const struct script *script;
    uint8_t bytes[EXPECT_BYTES_MAX]; /* of a message that is not whole */
    size_t len, total;

    bool has_key;
    uint8_t cancel_key[8]; /* process id and secret, as BackendKeyData has them */
    bool ready;            /* ReadyForQuery has come once */
    unsigned query, step;  /* what comes next */
    int64_t row;
    bool failed; /* an error in this query */
    bool fatal;
    char transaction;

    /* what the client has done, from which follows what may come */
    unsigned cancels;                      /* sent for it */
    uint64_t begun_at[SCRIPT_QUERIES_MAX]; /* its first byte sent; 0 = not yet */
    uint64_t sent_at[SCRIPT_QUERIES_MAX];  /* its last */
    bool has_ended; /* it sends no more: its statements may be broken off */
};

void expect_begin(struct expect *expect, const char *name, const struct script *script);
void expect_bytes(struct expect *expect, const uint8_t *bytes, size_t len);
/* Has it been idle for too long? Who does not read is not told. */
bool expect_may_end(const struct expect *expect);
/* The queries that have been answered are those before expect->query. */

#endif
