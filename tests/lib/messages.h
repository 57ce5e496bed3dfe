/* messages.h - a server's answer as messages, each of them looked at for its form. */
#ifndef TESTS_LIB_MESSAGES_H
#define TESTS_LIB_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct message {
    char type; /* 0: the single byte that answers an SSLRequest */
    const uint8_t *body;
    size_t len;
};

/* From the start of a conversation: one byte answers each SSLRequest. */
struct messages {
    const uint8_t *at, *end;
    bool greeted;       /* no single byte comes any more */
    const char *broken; /* what is wrong with the answer; NULL: nothing */
};

struct messages messages_of(const void *data, size_t len);
/* False at the end, and where it is broken. */
bool messages_next(struct messages *messages, struct message *out);

/* The field of an ErrorResponse or NoticeResponse, NULL = it has none. */
const char *message_field(const struct message *message, char code);
bool message_is_error(const struct message *message, const char *sqlstate);

#endif
