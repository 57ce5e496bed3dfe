/* json_object.h - an object of JSON that somebody else has written, to the letter.
 *
 * It is checked to be JSON and UTF-8, its names and those of nothing within it to be
 * there once: what one reader sees in a text another must not see otherwise. Names and
 * strings are without their escapes, and have no zero bytes. */
#ifndef PGWIRE_JSON_OBJECT_H
#define PGWIRE_JSON_OBJECT_H

#include "core/arena.h"
#include "core/json_read.h"

enum { JSON_OBJECT_MEMBERS = 128 };

struct json_member {
    struct slice name;
    struct json_value value; /* JSON_NONE behind the last */
};

struct json_object {
    struct json_member members[JSON_OBJECT_MEMBERS + 1];
};

enum json_verdict { JSON_GOOD, JSON_BAD, JSON_NO_MEMORY };

/* Borrows the text and the arena's memory. BAD: it is no object, has a name twice, or
 * more than JSON_OBJECT_MEMBERS of them. */
enum json_verdict json_object_read(struct arena *arena, struct slice text,
                                   struct json_object *out) MUST_CHECK;
/* A value of a checked text, likewise. */
enum json_verdict json_object_of(struct arena *arena, struct json_value value,
                                 struct json_object *out) MUST_CHECK;

/* JSON_NONE: there is none. */
struct json_value json_object_get(const struct json_object *object, const char *name);

/* The characters of a JSON_STRING of a checked text. False: out of memory. */
bool json_string_text(struct arena *arena, struct json_value string,
                      struct slice *out) MUST_CHECK;

/* A number of a checked text. */
double json_number(struct json_value number);

#endif
