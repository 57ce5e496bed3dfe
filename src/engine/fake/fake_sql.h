/* fake_sql.h - the fake engine's SQL: parsed once, evaluated a row at a time. */
#ifndef ENGINE_FAKE_SQL_H
#define ENGINE_FAKE_SQL_H

#include "core/arena.h"
#include "engine/engine.h"

enum fake_kind { FAKE_SELECT, FAKE_CREATE, FAKE_DROP, FAKE_CHANGE, FAKE_TRANSACTION };

enum fake_node_kind {
    NODE_CONSTANT,
    NODE_PARAM,
    NODE_SERIES,
    NODE_DIVIDE,
    NODE_ADD,
    NODE_SLEEP
};

/* A value on its way: integers and booleans in `number`. */
struct fake_value {
    enum type_id type; /* TYPE_UNKNOWN: an untyped literal or parameter */
    bool is_null;
    int64_t number;
    double real;
    struct slice text;
};

struct fake_node {
    enum fake_node_kind kind;
    struct fake_value constant;
    uint32_t param;
    const struct fake_node *left, *right;
    enum type_id casts[4];
    size_t cast_count;
};

struct fake_item {
    struct fake_node *node;
    const char *name;
    enum type_id type;
};

struct fake_sql {
    enum fake_kind kind;
    struct fake_item items[16];
    size_t item_count;
    bool has_series, has_limit, from_table;
    int64_t first, last; /* of the series */
    const struct fake_node *limit;
    struct slice table; /* CREATE, DROP, FROM */
    int64_t changed;    /* CHANGE: rows */
    uint32_t param_count;
    enum type_id params[16];
};

/* Everything in the arena. Errors: 42601 with position, 42703. */
bool fake_sql_parse(struct arena *arena, struct slice text, struct fake_sql *out,
                    struct error *err);

/* params: one row, or NULL. `series` is the row's number of the series. Errors: 22012,
 * 22P02, 22003. */
bool fake_sql_eval(const struct fake_node *node, const struct batch *params,
                   int64_t series, struct arena *arena, struct fake_value *out,
                   struct error *err);

const struct type *fake_sql_type(enum type_id id);

#endif
