/* json_read.h - JSON text, value by value; nothing is copied, and nothing allocated.
 *
 * A value is taken off the front of a slice. Of an object or array that is its whole
 * text, whose inside is gone through likewise. It is seen to that nothing outside of
 * the text is looked at, not that it is JSON to the letter: pgw_get_json does that. */
#ifndef CORE_JSON_READ_H
#define CORE_JSON_READ_H

#include <stdbool.h>

#include "core/attr.h"
#include "core/slice.h"

enum json_kind {
    JSON_NONE, /* there is none, or it is malformed */
    JSON_OBJECT,
    JSON_ARRAY,
    JSON_STRING,
    JSON_NUMBER,
    JSON_WORD /* true, false, null */
};

struct json_value {
    enum json_kind kind;
    struct slice text; /* as it is written, with its quotes or brackets */
};

struct json_value json_take(struct slice *rest);

/* What is between the brackets, to be gone through by the next two; false: no more. A
 * name has its quotes. */
struct slice json_inside(struct json_value value);
bool json_take_element(struct slice *inside, struct json_value *out) MUST_CHECK;
bool json_take_member(struct slice *inside, struct slice *name,
                      struct json_value *out) MUST_CHECK;

/* The characters of a string, to where its length has room. False: an escape is none,
 * or half of a surrogate pair. */
bool json_unescape(struct slice string, char *to, size_t *len) MUST_CHECK;

#endif
