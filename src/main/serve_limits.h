/* serve_limits.h - the options that say how many clients there may be, and who. */
#ifndef MAIN_SERVE_LIMITS_H
#define MAIN_SERVE_LIMITS_H

#include "core/attr.h"
#include "core/error.h"

struct options;
struct server;

/* A reload's part (serve_reload.c), once the loop is made. Each of the lists has
 * numbers and NAME=NUMBER: 22023 for what is neither. */
bool serve_limits_apply(struct server *server, const struct options *options,
                        struct error *err) MUST_CHECK;

#endif
