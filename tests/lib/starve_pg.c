/* starve_pg.c - the judge of PostgreSQL's protocol, and what is said around a
 * conversation. */
#include <string.h>

#include "messages.h"
#include "starve.h"

static const char opening[] = "\0\0\0\x25\0\3\0\0user\0postgres\0database\0main\0";
static const char probe[] = "S\0\0\0\4"
                            "Q\0\0\0\x0drollback\0"
                            "Q\0\0\0\x12select 1 as a";

/* The NUL at the end of a literal is the last byte of its packet. */
const struct slice starve_opening_pg = {opening, sizeof opening};
const struct slice starve_probe_pg = {probe, sizeof probe};

static struct messages messages_in(const struct buf *buf)
{
    return messages_of(buf_data(buf), buf_len(buf));
}

static bool next_but_notices(struct messages *messages, struct message *out)
{
    while (messages_next(messages, out)) {
        if (out->type != 'N')
            return true;
    }
    return false;
}

/* The secret key is another one each time. */
static bool is_same(const struct message *a, const struct message *b)
{
    return a->type == b->type && a->len == b->len &&
           (a->type == 'K' || memcmp(a->body, b->body, a->len) == 0);
}

static size_t count_ready(struct messages messages)
{
    struct message message;
    size_t count = 0;
    while (messages_next(&messages, &message))
        count += message.type == 'Z';
    return count;
}

/* Behind an error 53200: NULL, or what is wrong. */
static const char *judge_rest(struct messages *got, bool fatal, size_t ready_missing)
{
    struct message message;
    while (messages_next(got, &message)) {
        if (fatal)
            return "something was said behind the last words";
        const char *severity = message_field(&message, 'S');
        fatal = severity && strcmp(severity, "FATAL") == 0;
        if (fatal && !message_is_error(&message, "53200"))
            return "the session closed for another reason";
        ready_missing -= message.type == 'Z';
    }
    if (!fatal && ready_missing != 0)
        return "the number of ReadyForQuery is another one";
    return got->broken;
}

const char *starve_judge_pg(const struct outcome *whole, const struct outcome *got)
{
    struct messages expected = messages_in(&whole->answer);
    struct messages messages = messages_in(&got->answer);
    struct message a, b;
    size_t ready = count_ready(expected);
    while (next_but_notices(&messages, &b)) {
        if (message_is_error(&b, "53200"))
            return judge_rest(&messages, strcmp(message_field(&b, 'S'), "FATAL") == 0,
                              ready);
        if (!next_but_notices(&expected, &a) || !is_same(&a, &b))
            return "another answer, and no error says why";
        ready -= b.type == 'Z';
    }
    if (messages.broken)
        return messages.broken;
    if (next_but_notices(&expected, &a) || got->closed != whole->closed)
        return "the answer ends, and no error says why";
    return NULL;
}

bool starve_is_answer_pg(const struct buf *answer)
{
    static const uint8_t one[] = {0, 1, 0, 0, 0, 1, '1'};
    struct messages messages = messages_in(answer);
    struct message message;
    messages.greeted = true;
    bool found = false;
    while (messages_next(&messages, &message))
        found = found || (message.type == 'D' && message.len == sizeof one &&
                          memcmp(message.body, one, sizeof one) == 0);
    return found && !messages.broken;
}
