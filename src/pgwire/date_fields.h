/* date_fields.h - a date, time or interval in words, cut into its fields.
 *
 * Source: PostgreSQL 15 documentation, appendix B.1, steps 1 to 3. */
#ifndef PGWIRE_DATE_FIELDS_H
#define PGWIRE_DATE_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/slice.h"

enum date_field_kind {
    FIELD_NUMBER, /* digits, at most one point */
    FIELD_WORD,   /* letters */
    FIELD_DATE,   /* with -, / or . inside; also the name of a zone */
    FIELD_TIME,   /* with : inside */
    FIELD_ZONE,   /* a sign and digits */
    FIELD_SIGNED  /* a sign and letters */
};

struct date_field {
    enum date_field_kind kind;
    char *text; /* lower case, NUL-terminated, in the buffer; its owner may cut it */
};

enum { DATE_FIELDS_MAX = 25, DATE_TEXT_MAX = 153 };

struct date_fields {
    size_t count;
    struct date_field at[DATE_FIELDS_MAX];
    char buffer[DATE_TEXT_MAX + DATE_FIELDS_MAX];
};

/* False: too long, or a character that has no place in it. */
bool date_fields_split(struct slice text, struct date_fields *out);

#endif
