/* style.h - how values look in text: DateStyle, TimeZone and their like.
 *
 * A session has one style, from which its rows are written; binary values depend on
 * nothing but wirehouse.struct_format. The names are those of PostgreSQL's parameters,
 * in any case:
 *
 *     DateStyle                  ISO | SQL | Postgres | German, MDY | DMY | YMD
 *     IntervalStyle              postgres | postgres_verbose | sql_standard | iso_8601
 *     TimeZone                   a name, a POSIX string, hours east of Greenwich
 *     bytea_output               hex | escape
 *     extra_float_digits         -15 to 3; above 0: the shortest exact text
 *     wirehouse.struct_format    json | composite
 *
 * Source: PostgreSQL documentation 20.11. */
#ifndef PGWIRE_STYLE_H
#define PGWIRE_STYLE_H

#include <stdbool.h>
#include <stddef.h>

#include <pgwire/error.h>

PGW_BEGIN_DECLS

/* How values look. NULL means PostgreSQL's defaults, in UTC. */
struct pgw_style;

/* Is this one of the names above? Thread-safe. */
bool pgw_style_has(const char *name);

/* What becomes of a setting that is `current` (NULL: its default) when it is set to
 * `value`, spelled as SHOW has it, NUL-terminated into `kept`, cut to `size` bytes.
 * 22023 for a value that is none, 42704 for an unknown name. Thread-safe. */
enum pgw_status pgw_style_check(const char *name, const char *current,
                                const char *value, char *kept, size_t size,
                                struct pgw_error *err);

PGW_END_DECLS

#endif
