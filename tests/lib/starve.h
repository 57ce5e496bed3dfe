/* starve.h - a conversation, again and again, each time refused memory somewhere else.
 *
 * First with memory, to see what is answered and how often memory is asked for; then,
 * for each n, with the n-th allocation refused, and with that one and all behind it. A
 * judge compares what was answered. Then, with memory again, the session that still
 * lives answers a probe, and so does a new one; and nothing is left over when all have
 * gone. In the end memory is refused only to a session that closes. */
#ifndef TESTS_LIB_STARVE_H
#define TESTS_LIB_STARVE_H

#include "core/slice.h"
#include "drive.h"

/* What a conversation came to. */
struct outcome {
    struct buf answer, probe; /* to the input, and to the probe behind it */
    bool closed;
    bool no_session; /* it was not even begun */
    bool probed;
    size_t asked; /* how often memory was, for the answer */
};

struct starving {
    void (*open)(void *ctx), (*close)(void *ctx); /* around every try; or NULL */
    struct session (*connect)(void *ctx);         /* self NULL: no memory */
    /* NULL, or what is wrong. */
    const char *(*judge)(const struct outcome *whole, const struct outcome *got);
    bool (*is_answer)(const struct buf *probe);
    void *ctx;
    struct slice input, opening, probe; /* opening: a new session's, before the probe */
};

struct starved {
    size_t tries, faults; /* faults are printed, the first one with its stack */
};

struct starved starve(const struct starving *starving);

/* The judge of PostgreSQL's protocol: up to the first error 53200 the answer is the
 * whole one, but for notices, which may be lost; a fatal one is the last message, and
 * behind one that is not there are as many ReadyForQuery as in the whole. */
const char *starve_judge_pg(const struct outcome *whole, const struct outcome *got);

/* What a client says to begin with, and a query whose answer is the row "1". */
extern const struct slice starve_opening_pg, starve_probe_pg;
bool starve_is_answer_pg(const struct buf *probe);

#endif
