/* ident.h - which user of the system, or certificate, may be which user here: files in
 * the form of pg_ident.conf.
 *
 * Source: PostgreSQL documentation 21.2. A line is MAP SYSTEM-NAME USER; a system name
 * that begins with a slash is a regular expression (POSIX extended), and \1 in USER
 * what its first parentheses matched. */
#ifndef ACCESS_IDENT_H
#define ACCESS_IDENT_H

#include "access/lines.h"

struct ident_line;

struct ident {
    struct ident_line *lines;
};

/* All is in the arena, whose end frees the expressions. F0000, 53200. */
bool ident_parse(struct arena *arena, struct slice text, const char *file,
                 access_reader *reader, struct ident *out,
                 struct error *err) MUST_CHECK;

/* May `system` be `user` by this map? NULL: they must be equal. */
bool ident_allows(const struct ident *ident, const char *map, const char *system,
                  const char *user);

#endif
