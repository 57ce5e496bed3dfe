/* engine.h - the handlers of the simulated server, and what they count. */
#ifndef SIM_ENGINE_H
#define SIM_ENGINE_H

#include <pgwire/pgwire.h>

struct engine_options {
    bool simple;               /* has a handler for simple queries of its own */
    unsigned open_in_thousand; /* how often opening a session blocks for a while */
    unsigned sync_in_thousand; /* likewise the end of a transaction */
};

void engine_begin(const struct engine_options *options);
const struct pgw_handlers *engine_handlers(void);
void engine_check_empty(void); /* nothing that was given out is left */

#endif
