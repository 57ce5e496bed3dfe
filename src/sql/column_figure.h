/* column_figure.h - the name of an expression in a select list, by its tokens. */
#ifndef SQL_COLUMN_FIGURE_H
#define SQL_COLUMN_FIGURE_H

#include "sql/infer_rules.h"

/* Tokens [from, to). */
struct figure_item {
    size_t from, to;
};

/* The first token of the list of what a query answers, which begins at `from`: behind
 * SELECT, VALUES or RETURNING; the text's count: there is none. */
size_t figure_list(const struct infer_text *text, size_t from);

/* The item of a list that begins at `from`. */
struct figure_item figure_item(const struct infer_text *text, size_t from);

/* Its name, "?column?" if there is no better one; NULL: out of memory. */
const char *figure_name(const struct infer_text *text, struct figure_item item,
                        struct arena *arena);

#endif
