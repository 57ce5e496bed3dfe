/* serve_reload.h - what may change while the server runs. */
#ifndef MAIN_SERVE_RELOAD_H
#define MAIN_SERVE_RELOAD_H

#include "core/attr.h"
#include "core/error.h"

struct options;
struct server;

/* Let the server follow the options that may change: when it starts (false: *err says
 * why), and at a reload. A row of the table in serve_reload.c for each thing. */
bool serve_apply(struct server *server, const struct options *options,
                 struct error *err) MUST_CHECK;

/* SIGHUP: read the options, and the files they name, again. What is wrong is logged,
 * and stays as it was. On the control's thread, so it may take its time, and while
 * clients are served: what it replaces must be safe from other threads. */
void serve_reload(struct server *server);

#endif
