/* json_object.c - an object of JSON that somebody else has written. */
#include "pgwire/json_object.h"

#include <pgwire/pgwire.h>

#include "pgwire/read.h"

/* As a jsonb: escapes have to be characters, too. */
static bool is_json(struct slice text)
{
    const struct pgw_value value = {
        .raw = {text.data, text.len}, .oid = PGW_JSONBOID, .format = PGW_TEXT_FORMAT};
    struct pgw_slice out;
    struct pgw_error err;
    return pgw_get_json(NULL, &value, &out, &err) == PGW_OK;
}

static bool is_there(const struct json_member *members, size_t count, struct slice name)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_equal(members[i].name, name))
            return true;
    }
    return false;
}

bool json_string_text(struct arena *arena, struct json_value string, struct slice *out)
{
    char *text = arena_alloc(arena, string.text.len);
    *out = (struct slice){text, 0};
    return text && json_unescape(string.text, text, &out->len);
}

enum json_verdict json_object_of(struct arena *arena, struct json_value value,
                                 struct json_object *out)
{
    struct slice name;
    struct json_value member;
    size_t count = 0;
    if (value.kind != JSON_OBJECT)
        return JSON_BAD;
    struct slice inside = json_inside(value);
    while (json_take_member(&inside, &name, &member)) {
        struct slice text;
        if (!json_string_text(arena, (struct json_value){JSON_STRING, name}, &text))
            return JSON_NO_MEMORY;
        if (count == JSON_OBJECT_MEMBERS || is_there(out->members, count, text))
            return JSON_BAD;
        out->members[count++] = (struct json_member){text, member};
    }
    out->members[count] = (struct json_member){{"", 0}, {JSON_NONE, {"", 0}}};
    return JSON_GOOD;
}

enum json_verdict json_object_read(struct arena *arena, struct slice text,
                                   struct json_object *out)
{
    if (!is_json(text))
        return JSON_BAD;
    return json_object_of(arena, json_take(&text), out);
}

struct json_value json_object_get(const struct json_object *object, const char *name)
{
    const struct json_member *member = object->members;
    while (member->value.kind != JSON_NONE &&
           !slice_equal(member->name, slice_of(name)))
        member++;
    return member->value;
}

double json_number(struct json_value number)
{
    struct pgw_error err;
    const struct reading reading = {
        .text = number.text, .type = "double precision", .err = &err};
    double value = 0;
    bool is_read = read_double(&reading, &value);
    return is_read ? value : 0;
}
