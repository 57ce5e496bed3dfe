/* serve_options.h - the options of wirehouse serve, and the targets it is given. */
#ifndef MAIN_SERVE_OPTIONS_H
#define MAIN_SERVE_OPTIONS_H

#include "config/option.h"
#include "engine/duckdb/duckdb_engine.h"

extern const struct option_spec serve_specs[];
extern const size_t serve_spec_count;

/* Command line over environment over ini file, as the option table says. */
bool serve_options_read(struct options *options, int argc, char **argv,
                        struct error *err);

/* [NAME=]TARGET…: at most one database file, and data files. From the options' arena.
 */
bool serve_targets(struct options *options, struct duckdb_options *out,
                   struct error *err);

#endif
