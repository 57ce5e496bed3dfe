/* messages.c - see PostgreSQL's documentation 55.7 for the forms. */
#include "messages.h"

#include <string.h>

#include "core/attr.h"
#include "pgwire/reader.h"

struct messages messages_of(const void *data, size_t len)
{
    return (struct messages){.at = data, .end = (const uint8_t *)data + len};
}

/* ---- forms ---- */

static bool is_empty(struct reader *reader)
{
    (void)reader;
    return true;
}

static bool is_error(struct reader *reader)
{
    while (reader_u8(reader)) {
        if (reader_string(reader).len == 0)
            return false;
    }
    return true;
}

static bool is_row(struct reader *reader)
{
    for (unsigned left = reader_u16(reader); left > 0; left--) {
        int32_t len = reader_i32(reader);
        if (len < -1)
            return false;
        if (len > 0)
            (void)reader_bytes(reader, (size_t)len);
    }
    return true;
}

static bool is_columns(struct reader *reader)
{
    for (unsigned left = reader_u16(reader); left > 0; left--) {
        (void)reader_string(reader);
        (void)reader_bytes(reader, 18);
    }
    return true;
}

static bool is_params(struct reader *reader)
{
    unsigned count = reader_u16(reader);
    (void)reader_bytes(reader, (size_t)count * 4);
    return true;
}

static bool is_copy(struct reader *reader)
{
    (void)reader_u8(reader);
    unsigned count = reader_u16(reader);
    (void)reader_bytes(reader, (size_t)count * 2);
    return true;
}

static bool is_ready(struct reader *reader)
{
    return strchr("ITE", reader_u8(reader)) != NULL;
}

static bool is_string(struct reader *reader)
{
    (void)reader_string(reader);
    return true;
}

static bool is_pair(struct reader *reader)
{
    (void)reader_string(reader);
    (void)reader_string(reader);
    return true;
}

static bool is_notification(struct reader *reader)
{
    (void)reader_i32(reader);
    return is_pair(reader);
}

static bool is_bytes(struct reader *reader)
{
    (void)reader_bytes(reader, (size_t)(reader->end - reader->at));
    return true;
}

static const struct form {
    char type;
    bool (*fits)(struct reader *reader); /* and nothing may be left behind it */
} forms[] = {
    {'A', is_notification}, {'1', is_empty}, {'2', is_empty},   {'3', is_empty},
    {'C', is_string},       {'D', is_row},   {'E', is_error},   {'G', is_copy},
    {'H', is_copy},         {'I', is_empty}, {'K', is_bytes},   {'N', is_error},
    {'R', is_bytes},        {'S', is_pair},  {'T', is_columns}, {'Z', is_ready},
    {'c', is_empty},        {'d', is_bytes}, {'n', is_empty},   {'s', is_empty},
    {'t', is_params},       {'v', is_bytes},
};

static bool has_form(const struct message *message)
{
    struct reader reader = reader_of(message->body, message->len);
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        if (forms[i].type == message->type)
            return forms[i].fits(&reader) && reader_done(&reader);
    }
    return false;
}

/* ---- the stream ---- */

static bool broken(struct messages *messages, const char *what)
{
    messages->broken = what;
    return false;
}

bool messages_next(struct messages *messages, struct message *out)
{
    enum { HEADER = 5 };
    size_t left = (size_t)(messages->end - messages->at);
    if (left == 0 || messages->broken)
        return false;
    char type = (char)messages->at[0];
    if (type == 'N' && !messages->greeted) {
        *out = (struct message){0, messages->at, 1};
        messages->at++;
        return true;
    }
    messages->greeted = true;
    if (left < HEADER)
        return broken(messages, "the last message is cut off");
    struct reader reader = reader_of(messages->at + 1, 4);
    uint32_t size = reader_u32(&reader);
    if (size < 4 || size > left - 1)
        return broken(messages, "a message is longer than what was sent");
    *out = (struct message){type, messages->at + HEADER, size - 4};
    messages->at += size + 1;
    return has_form(out) || broken(messages, "a message has another form");
}

const char *message_field(const struct message *message, char code)
{
    struct reader reader = reader_of(message->body, message->len);
    while (message->type == 'E' || message->type == 'N') {
        char found = (char)reader_u8(&reader);
        const char *text = found ? reader_string(&reader).data : NULL;
        if (!found || found == code)
            return text;
    }
    return NULL;
}

bool message_is_error(const struct message *message, const char *sqlstate)
{
    const char *found = message->type == 'E' ? message_field(message, 'C') : NULL;
    return found && strcmp(found, sqlstate) == 0;
}
