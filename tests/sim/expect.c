/* expect.c - every message that comes is the one that must come; errors have a cause.
 */
#include "expect.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sched.h"
#include "world.h"

struct message {
    char type;
    const uint8_t *body;
    size_t len;
};

void expect_begin(struct expect *expect, const char *name, const struct script *script)
{
    *expect = (struct expect){.name = name, .script = script, .transaction = 'I'};
}

static const struct script_query *query_of(const struct expect *expect)
{
    SIM_CHECK(expect->query < expect->script->query_count &&
                  expect->begun_at[expect->query],
              "%s is answered what it has not asked", expect->name);
    return &expect->script->queries[expect->query];
}

static uint32_t read_u32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* ---- errors ---- */

static const char *field(const struct message *message, char wanted)
{
    for (size_t i = 0; i < message->len && message->body[i];) {
        const char *value = (const char *)message->body + i + 1;
        if ((char)message->body[i] == wanted)
            return value;
        i += strlen(value) + 2;
    }
    return "";
}

static bool has_passed(uint64_t since, uint64_t ms)
{
    return since && sched_now_us() >= since + ms * 1000;
}

/* The row before which the statement says that it fails. */
static bool may_divide(const struct expect *expect, const char *text)
{
    const struct script_query *query = query_of(expect);
    const struct script_step *step = &query->steps[expect->step];
    const struct statement_spec *spec = &query->statements[step->statement];
    (void)text;
    return step->type == 'D' && spec->fails_at == expect->row;
}

static bool may_cancel(const struct expect *expect, const char *text)
{
    const struct script *script = expect->script;
    (void)query_of(expect);
    if (strstr(text, "user request"))
        return expect->cancels > 0;
    if (strstr(text, "statement timeout"))
        return script->timeout_ms &&
               has_passed(expect->begun_at[expect->query], script->timeout_ms);
    return world_is_cut() || expect->has_ended; /* the engine's own words */
}

/* While the server drains, only between queries and outside of a block. */
static bool may_stop(const struct expect *expect, const char *text)
{
    bool is_idle = !expect->ready || (expect->step == 0 && expect->transaction == 'I');
    (void)text;
    return world_is_cut() || (world_is_stopping() && is_idle);
}

static bool may_be_too_late(const struct expect *expect, const char *text)
{
    (void)text;
    return world_is_stopping() && !expect->ready;
}

static bool may_be_full(const struct expect *expect, const char *text)
{
    (void)text;
    return !expect->ready;
}

static bool may_end_idle(const struct expect *expect, const char *text)
{
    uint64_t since = expect->query ? expect->sent_at[expect->query - 1] : 0;
    (void)text;
    return expect->script->idle_ms && has_passed(since, expect->script->idle_ms);
}

static bool may_end_idle_block(const struct expect *expect, const char *text)
{
    uint64_t since = expect->query ? expect->sent_at[expect->query - 1] : 0;
    (void)text;
    return expect->script->idle_block_ms && expect->transaction != 'I' &&
           has_passed(since, expect->script->idle_block_ms);
}

bool expect_may_end(const struct expect *expect)
{
    return may_end_idle(expect, "") || may_end_idle_block(expect, "");
}

static bool may_abort(const struct expect *expect, const char *text)
{
    (void)text;
    return expect->transaction == 'E';
}

/* Which errors there are, whether they close, and when they are in place. */
static const struct error_rule {
    const char *code;
    bool fatal;
    bool (*fits)(const struct expect *expect, const char *text);
} error_rules[] = {
    {"57P01", true, may_stop},           {"57P05", true, may_end_idle},
    {"25P03", true, may_end_idle_block}, {"57014", false, may_cancel},
    {"22012", false, may_divide},        {"25P02", false, may_abort},
    {"57P03", true, may_be_too_late},    {"53300", true, may_be_full},
};

static void check_error(struct expect *expect, const struct message *message)
{
    const char *code = field(message, 'C'), *text = field(message, 'M');
    bool fits = false;
    sim_trace("%s: error %s %s", expect->name, code, text);
    expect->fatal = strcmp(field(message, 'S'), "FATAL") == 0;
    for (size_t i = 0; i < ARRAY_LEN(error_rules); i++) {
        const struct error_rule *rule = &error_rules[i];
        if (strcmp(rule->code, code) == 0)
            fits = rule->fatal == expect->fatal && (rule->fatal || !expect->failed) &&
                   rule->fits(expect, text);
    }
    SIM_CHECK(fits, "%s: error without a cause: %s %s", expect->name, code, text);
    if (expect->fatal)
        return;
    expect->failed = true;
    expect->step = query_of(expect)->step_count - 1;
}

/* ---- rows and tags ---- */

static void check_row(const struct expect *expect, const struct message *message,
                      const struct statement_spec *spec)
{
    char wanted[512], filler[256];
    int used;
    memset(filler, 'a' + (int)(expect->row % 26), sizeof filler);
    char id[24], number[24];
    int id_len = snprintf(id, sizeof id, "%lld", (long long)spec->id);
    int number_len = snprintf(number, sizeof number, "%lld", (long long)expect->row);
    used = snprintf(wanted, sizeof wanted, "%c%c%c%c%c%c%s%c%c%c%c%s%c%c%c%c%.*s", 0, 3,
                    0, 0, 0, id_len, id, 0, 0, 0, number_len, number, 0, 0, 0,
                    (int)spec->width, (int)spec->width, filler);
    SIM_CHECK(message->len == (size_t)used &&
                  memcmp(message->body, wanted, message->len) == 0,
              "%s: row %lld of statement %lld is another", expect->name,
              (long long)expect->row, (long long)spec->id);
}

static void check_tag(const struct expect *expect, const struct message *message,
                      const struct script_step *step, const struct statement_spec *spec)
{
    char wanted[32];
    if (spec->kind == STATEMENT_ROWS)
        (void)snprintf(wanted, sizeof wanted, "SELECT %lld",
                       (long long)(step->rows - step->row));
    else
        (void)snprintf(wanted, sizeof wanted, "%s", statement_tag(spec));
    SIM_CHECK(message->len == strlen(wanted) + 1 &&
                  memcmp(message->body, wanted, message->len) == 0,
              "%s: the tag is \"%s\" instead of \"%s\"", expect->name,
              (const char *)message->body, wanted);
}

static void end_query(struct expect *expect, const struct message *message)
{
    if (expect->failed && expect->transaction == 'T')
        expect->transaction = 'E';
    SIM_CHECK(message->len == 1 && (char)message->body[0] == expect->transaction,
              "%s: ReadyForQuery says %c instead of %c", expect->name, message->body[0],
              expect->transaction);
    sim_trace("%s: query %u is answered", expect->name, expect->query);
    expect->query++;
    expect->step = 0;
    expect->failed = false;
}

static void advance(struct expect *expect)
{
    const struct script_query *query = query_of(expect);
    expect->step++;
    expect->row = query->steps[expect->step].row;
}

static void take_step(struct expect *expect, const struct message *message)
{
    const struct script_query *query = query_of(expect);
    const struct script_step *step = &query->steps[expect->step];
    const struct statement_spec *spec = &query->statements[step->statement];
    if (step->type == 'D' && message->type != 'D' && expect->row == step->rows) {
        advance(expect);
        step = &query->steps[expect->step];
    }
    SIM_CHECK(step->type == message->type && !expect->fatal,
              "%s: query %u, step %u, row %lld: %c came instead of %c", expect->name,
              expect->query, expect->step, (long long)expect->row, message->type,
              step->type);
    if (step->type == 'D') {
        SIM_CHECK(expect->row < step->rows, "%s: too many rows", expect->name);
        check_row(expect, message, spec);
        expect->row++;
        return;
    }
    if (step->type == 'Z') {
        end_query(expect, message);
        return;
    }
    if (step->type == 'C') {
        check_tag(expect, message, step, spec);
        if (spec->kind == STATEMENT_BEGIN)
            expect->transaction = 'T';
        if (spec->kind == STATEMENT_COMMIT)
            expect->transaction = 'I';
    }
    advance(expect);
}

/* ---- messages ---- */

static void take_greeting(struct expect *expect, const struct message *message)
{
    SIM_CHECK(strchr("RSKZ", message->type), "%s: %c came while logging in",
              expect->name, message->type);
    if (message->type == 'K') {
        SIM_CHECK(message->len == 8, "BackendKeyData has %zu bytes", message->len);
        memcpy(expect->cancel_key, message->body, 8);
        expect->has_key = true;
    }
    expect->ready = message->type == 'Z';
}

static void take_message(struct expect *expect, const struct message *message)
{
    if (message->type == 'E')
        check_error(expect, message);
    else if (!expect->ready)
        take_greeting(expect, message);
    else
        take_step(expect, message);
}

void expect_bytes(struct expect *expect, const uint8_t *bytes, size_t len)
{
    size_t at = 0;
    SIM_CHECK(expect->len + len <= EXPECT_BYTES_MAX, "a message is too long");
    memcpy(expect->bytes + expect->len, bytes, len);
    expect->len += len;
    expect->total += len;
    while (expect->len - at >= 5) {
        size_t size = (size_t)read_u32(expect->bytes + at + 1) + 1;
        const struct message message = {(char)expect->bytes[at], expect->bytes + at + 5,
                                        size - 5};
        SIM_CHECK(size >= 5 && size <= EXPECT_BYTES_MAX, "a message of %zu bytes",
                  size);
        if (expect->len - at < size)
            break;
        take_message(expect, &message);
        at += size;
    }
    expect->len -= at;
    memmove(expect->bytes, expect->bytes + at, expect->len);
}
