/* check.c - every message is held against the next expectation, cell by cell. */
#include "load/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/attr.h"

enum { NUMBERS = 4, OID_INT4 = 23, OID_INT8 = 20, OID_TEXT = 25 };

struct cell {
    const uint8_t *data;
    size_t len;
};

/* ---- reading ---- */

/* The end of a string within the message, or NULL. */
static const uint8_t *string_end(const uint8_t *from, const uint8_t *end)
{
    return from < end ? memchr(from, '\0', (size_t)(end - from)) : NULL;
}

/* As PostgreSQL writes it: nothing but digits, none too many. */
static bool read_text(const struct cell *cell, uint64_t *out)
{
    *out = 0;
    for (size_t i = 0; i < cell->len; i++) {
        unsigned digit = cell->data[i] - (unsigned)'0';
        if (digit > 9 || (i > 0 && *out == 0))
            return false;
        *out = *out * 10 + digit;
    }
    return cell->len > 0 && cell->len < 19;
}

static bool read_number(const struct cell *cell, bool binary, size_t bytes,
                        uint64_t *out)
{
    if (!binary)
        return read_text(cell, out);
    *out = cell->len == bytes ? wire_number(cell->data, bytes) : 0;
    return cell->len == bytes;
}

/* All cells and nothing behind them; NULL is never expected. */
static bool read_cells(const struct wire_message *message, struct cell *cells,
                       size_t count)
{
    const uint8_t *at = message->body + 2, *end = message->body + message->len;
    if (message->len < 2 || wire_number(message->body, 2) != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        size_t len = end - at < 4 ? SIZE_MAX : (size_t)wire_number(at, 4);
        if (len > (size_t)(end - at) - 4)
            return false;
        cells[i] = (struct cell){at + 4, len};
        at += 4 + len;
    }
    return at == end;
}

/* ---- rows ---- */

static bool is_text(const struct cell *cell, const char *text)
{
    return cell->len == strlen(text) && memcmp(cell->data, text, cell->len) == 0;
}

static bool is_label(const struct cell *cell, const uint64_t *numbers)
{
    char text[LABEL_BYTES];
    (void)snprintf(text, sizeof text, "client %u statement %u row %u",
                   (unsigned)numbers[0], (unsigned)numbers[1], (unsigned)numbers[2]);
    return is_text(cell, text);
}

static bool is_row(const struct script *script, const struct expect *expect,
                   const struct wire_message *message)
{
    struct cell cells[NUMBERS + 1];
    const uint64_t numbers[NUMBERS] = {
        script->client, expect->statement, expect->next,
        (uint64_t)script_checksum(script->client, expect->statement, expect->next)};
    size_t count = NUMBERS + (expect->labelled ? 1 : 0);
    if (expect->shown)
        return read_cells(message, cells, 1) && is_text(&cells[0], expect->text);
    if (!read_cells(message, cells, count))
        return false;
    for (size_t i = 0; i < NUMBERS; i++) {
        uint64_t number;
        if (!read_number(&cells[i], expect->binary, i < NUMBERS - 1 ? 4 : 8, &number) ||
            number != numbers[i])
            return false;
    }
    return !expect->labelled || is_label(&cells[NUMBERS], numbers);
}

/* ---- other messages ---- */

static bool are_columns(const struct expect *expect, const struct wire_message *message)
{
    static const struct {
        const char *name;
        uint32_t oid;
    } all[] = {{"client", OID_INT4},
               {"statement", OID_INT4},
               {"row", OID_INT4},
               {"checksum", OID_INT8},
               {"label", OID_TEXT}};
    const uint8_t *at = message->body + 2, *end = message->body + message->len;
    size_t count = expect->shown ? 1 : expect->labelled ? NUMBERS + 1 : NUMBERS;
    if (message->len < 2 || wire_number(message->body, 2) != count)
        return false;
    for (size_t i = 0; i < count; i++) {
        const char *name = expect->shown ? "application_name" : all[i].name;
        const uint8_t *nul = string_end(at, end);
        if (!nul || end - nul < 19 || strcmp((const char *)at, name) != 0 ||
            wire_number(nul + 7, 4) != (expect->shown ? OID_TEXT : all[i].oid) ||
            wire_number(nul + 17, 2) != expect->binary)
            return false;
        at = nul + 19;
    }
    return at == end;
}

static bool is_string(const struct expect *expect, const struct wire_message *message)
{
    return message->len == strlen(expect->text) + 1 &&
           memcmp(message->body, expect->text, message->len) == 0;
}

static bool is_status(const struct expect *expect, const struct wire_message *message)
{
    return message->len == 1 && message->body[0] == (uint8_t)expect->text[0];
}

static bool is_error(const struct expect *expect, const struct wire_message *message)
{
    const uint8_t *at = message->body, *end = at + message->len;
    for (const uint8_t *nul; at < end && *at; at = nul + 1) {
        nul = string_end(at, end);
        if (!nul)
            return false;
        if (*at == 'C')
            return strcmp((const char *)at + 1, expect->text) == 0;
    }
    return false;
}

static bool is_parameter(const struct expect *expect,
                         const struct wire_message *message)
{
    static const char name[] = "application_name";
    size_t len = strlen(expect->text) + 1;
    return message->len == sizeof name + len &&
           memcmp(message->body, name, sizeof name) == 0 &&
           memcmp(message->body + sizeof name, expect->text, len) == 0;
}

static bool are_parameters(const struct expect *expect,
                           const struct wire_message *message)
{
    (void)expect;
    return message->len == 14 && wire_number(message->body, 2) == 3;
}

static bool is_bare(const struct expect *expect, const struct wire_message *message)
{
    (void)expect;
    return message->len == 0;
}

static const struct {
    char type;
    bool (*fits)(const struct expect *, const struct wire_message *);
} rules[] = {
    {'C', is_string},   {'E', is_error},       {'I', is_bare}, {'S', is_parameter},
    {'T', are_columns}, {'Z', is_status},      {'1', is_bare}, {'2', is_bare},
    {'3', is_bare},     {'t', are_parameters}, {'s', is_bare},
};

static bool fits(const struct expect *expect, const struct wire_message *message)
{
    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        if (rules[i].type == message->type)
            return rules[i].fits(expect, message);
    }
    return false;
}

/* ---- the next message ---- */

/* Rows that have all come, or none of them, are behind. */
static struct expect *current(struct batch *batch)
{
    while (batch->met < batch->count && batch->expects[batch->met].type == 'D' &&
           batch->expects[batch->met].next == batch->expects[batch->met].end)
        batch->met++;
    return batch->met < batch->count ? &batch->expects[batch->met] : NULL;
}

int check_describe(const struct script *script, const struct batch *batch, char *out,
                   size_t size)
{
    static const struct expect nothing = {.type = '-'};
    const struct expect *expect =
        batch->met < batch->count ? &batch->expects[batch->met] : &nothing;
    return snprintf(
        out, size,
        "client %u, batch %llu, %zu of %zu: %c %s is expected, of statement "
        "%u rows %u to %u",
        script->client, (unsigned long long)script->batches, batch->met, batch->count,
        expect->type, expect->text, expect->statement, expect->next, expect->end);
}

static bool say_why(const struct script *script, const struct batch *batch,
                    const struct wire_message *message, char *why, size_t size)
{
    size_t at = (size_t)check_describe(script, batch, why, size);
    at += (size_t)snprintf(why + at, size - at, "; %c came: ", message->type);
    for (size_t i = 0; i < message->len && at + 1 < size; i++, at++)
        why[at] = message->body[i] < ' ' ? '.' : (char)message->body[i];
    why[at] = '\0';
    return false;
}

bool check_message(const struct script *script, struct batch *batch,
                   const struct wire_message *message, char *why, size_t size)
{
    struct expect *expect = current(batch);
    if (expect && expect->type == 'D' && expect->cut_short && message->type == 'E') {
        batch->met++;
        expect = current(batch);
    }
    if (!expect || expect->type != message->type)
        return say_why(script, batch, message, why, size);
    if (expect->type == 'D') {
        if (!is_row(script, expect, message))
            return say_why(script, batch, message, why, size);
        expect->next++;
        return true;
    }
    if (!fits(expect, message))
        return say_why(script, batch, message, why, size);
    batch->met++;
    return true;
}

bool check_is_done(struct batch *batch)
{
    return current(batch) == NULL;
}
