/* frame.c - where a frontend message ends.
 *
 * The table holds every message a client may send, whatever the state; which of them a
 * state takes is the session's to say. The most frequent ones stand in front. */
#include "pgwire/frame.h"

#include "core/attr.h"

enum { AUTH_MAX = 65535 };

static const struct frame_rule rules[] = {
    {'B', SIZE_MAX}, /* Bind */
    {'E', SIZE_MAX}, /* Execute */
    {'S', 0},        /* Sync */
    {'Q', SIZE_MAX}, /* Query */
    {'P', SIZE_MAX}, /* Parse */
    {'D', SIZE_MAX}, /* Describe */
    {'C', SIZE_MAX}, /* Close */
    {'F', SIZE_MAX}, /* FunctionCall */
    {'H', 0},        /* Flush */
    {'X', 0},        /* Terminate */
    {'c', 0},        /* CopyDone */
    {'d', SIZE_MAX}, /* CopyData */
    {'f', SIZE_MAX}, /* CopyFail */
    {'p', AUTH_MAX}, /* password, SASL */
};

static uint32_t read_u32(const uint8_t *from)
{
    return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 |
           (uint32_t)from[3];
}

static const struct frame_rule *rule_of(char type)
{
    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        if (rules[i].type == type)
            return &rules[i];
    }
    return NULL;
}

enum frame_status frame_peek(const uint8_t *input, size_t len, size_t limit,
                             struct frame *out)
{
    *out = (struct frame){0};
    if (len == 0)
        return FRAME_NEED_MORE;
    out->type = (char)input[0];
    const struct frame_rule *rule = rule_of(out->type);
    if (!rule)
        return FRAME_BAD_TYPE;
    if (len < FRAME_HEADER)
        return FRAME_NEED_MORE;
    uint32_t length = read_u32(input + 1);
    size_t max = rule->max == SIZE_MAX ? limit : rule->max;
    if (length < 4 || length - 4 > max)
        return FRAME_BAD_LENGTH;
    out->len = length - 4;
    out->size = out->len + FRAME_HEADER;
    out->body = input + FRAME_HEADER;
    return len < out->size ? FRAME_NEED_MORE : FRAME_COMPLETE;
}

enum frame_status frame_peek_startup(const uint8_t *input, size_t len,
                                     struct frame *out)
{
    *out = (struct frame){0};
    if (len < 4)
        return FRAME_NEED_MORE;
    uint32_t length = read_u32(input);
    if (length < 8 || length - 4 > FRAME_STARTUP_MAX)
        return FRAME_BAD_LENGTH;
    out->len = length - 4;
    out->size = length;
    out->body = input + 4;
    return len < out->size ? FRAME_NEED_MORE : FRAME_COMPLETE;
}
