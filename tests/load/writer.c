/* writer.c - messages, and with each of them what has to come back: see writer.h. */
#include "load/writer.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/attr.h"
#include "lib/client/wire_client.h"

#define COLUMNS(client, statement)                                                     \
    client " as client, " statement " as statement, i::int4 as row, mod((" client      \
           "::int8 * 1000003 + " statement ") * 1000003 + i, 2147483647) as checksum"
#define LABEL(client, statement)                                                       \
    ", 'client ' || " client " || ' statement ' || " statement                         \
    " || ' row ' || i as label"
#define SERIES(rows) " from generate_series(0, " rows " - 1) as t(i)"

static const struct {
    const char *name, *sql;
} statements[] = {
    {"plain", "select " COLUMNS("$1::int4", "$2::int4") SERIES("$3::int4")},
    {"label", "select " COLUMNS("$1::int4", "$2::int4") LABEL("$1::int4", "$2::int4")
                  SERIES("$3::int4")},
    {"failing", "select " COLUMNS("$1::int4", "$2::int4")
                    SERIES("$3::int4") " where case when i = $3::int4 - 1 then 'x' "
                                       "else '1' end::int4 > 0"},
};
static const char literal_sql[] =
    "select " COLUMNS("%u::int4", "%u::int4") SERIES("%u");

const char *writer_sql(const char *name)
{
    size_t i = 0;
    while (strcmp(statements[i].name, name) != 0) {
        i++;
        assert(i < ARRAY_LEN(statements));
    }
    return statements[i].sql;
}

int64_t script_checksum(uint32_t client, uint32_t statement, uint32_t row)
{
    return (((int64_t)client * 1000003 + statement) * 1000003 + row) % 2147483647;
}

/* ---- what is expected ---- */

struct expect *writer_expect(struct writer *writer, char type)
{
    struct batch *batch = writer->batch;
    if (writer->failed)
        return &writer->ignored;
    assert(batch->count < EXPECT_MAX);
    struct expect *one = &batch->expects[batch->count++];
    *one = (struct expect){.type = type};
    return one;
}

void writer_expect_text(struct writer *writer, char type, const char *text)
{
    struct expect *one = writer_expect(writer, type);
    (void)snprintf(one->text, sizeof one->text, "%s", text);
}

void writer_expect_error(struct writer *writer, const char *sqlstate)
{
    writer_expect_text(writer, 'E', sqlstate);
    writer->failed = true;
}

static void writer_expect_tag(struct writer *writer, const char *verb, uint32_t rows)
{
    struct expect *one = writer_expect(writer, 'C');
    (void)snprintf(one->text, sizeof one->text, "%s %u", verb, rows);
}

/* ---- statements of which one execution is asked ---- */

uint64_t script_draw(struct script *script, uint64_t below)
{
    uint64_t x = script->random += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return (x ^ x >> 31) % below;
}

static uint32_t draw_rows(struct script *script)
{
    static const uint32_t counts[] = {0, 1, 1, 3, 3, 3, 3, 200, 200, 200, 200, 200};
    if (script_draw(script, 40) == 0)
        return script->slow ? 50000 : 5000;
    return counts[script_draw(script, ARRAY_LEN(counts))];
}

struct ask writer_ask_rows(struct writer *writer, uint32_t rows)
{
    struct script *script = writer->script;
    bool labelled = script->slow || script_draw(script, 2) == 0;
    struct ask ask = {.name = labelled ? "label" : "plain",
                      .labelled = labelled,
                      .binary = script_draw(script, 2) == 0,
                      .binary_values = script_draw(script, 2) == 0,
                      .statement = ++script->statements,
                      .rows = rows};
    return ask;
}

struct ask writer_ask(struct writer *writer)
{
    return writer_ask_rows(writer, draw_rows(writer->script));
}

static void put_value(struct buf *out, uint32_t value, bool binary)
{
    char text[16];
    int len = snprintf(text, sizeof text, "%u", value);
    wire_put_number(out, binary ? 4 : (uint64_t)len, 4);
    if (binary)
        wire_put_number(out, value, 4);
    else
        wire_put(out, text, (size_t)len);
}

void writer_put_bind(struct writer *writer, const char *portal, const struct ask *ask)
{
    struct buf *out = &writer->batch->out;
    size_t begun = wire_begin(out, 'B');
    wire_put_string(out, portal);
    wire_put_string(out, ask->name);
    wire_put_number(out, 1, 2);
    wire_put_number(out, ask->binary_values, 2);
    wire_put_number(out, 3, 2);
    put_value(out, writer->script->client, ask->binary_values);
    put_value(out, ask->statement, ask->binary_values);
    put_value(out, ask->rows, ask->binary_values);
    wire_put_number(out, 1, 2);
    wire_put_number(out, ask->binary, 2);
    wire_end(out, begun);
}

void writer_bind(struct writer *writer, const char *portal, const struct ask *ask)
{
    writer_put_bind(writer, portal, ask);
    (void)writer_expect(writer, '2');
}

void writer_expect_columns(struct writer *writer, const struct ask *ask)
{
    struct expect *columns = writer_expect(writer, 'T');
    columns->binary = ask->binary;
    columns->labelled = ask->labelled;
}

struct expect *writer_expect_rows(struct writer *writer, const struct ask *ask,
                                  uint32_t first, uint32_t end)
{
    struct expect *rows = writer_expect(writer, 'D');
    rows->binary = ask->binary;
    rows->labelled = ask->labelled;
    rows->statement = ask->statement;
    rows->next = first;
    rows->end = end;
    if (!writer->failed)
        writer->batch->rows += end - first;
    return rows;
}

void writer_execute_all(struct writer *writer, const char *portal,
                        const struct ask *ask, uint32_t first)
{
    wire_execute(&writer->batch->out, portal, 0);
    (void)writer_expect_rows(writer, ask, first, ask->rows);
    writer_expect_tag(writer, "SELECT", ask->rows - first);
}

/* A portal that has given all of them is only found empty the next time. */
uint32_t writer_execute_some(struct writer *writer, const char *portal,
                             const struct ask *ask, uint32_t first, uint32_t limit)
{
    uint32_t end = ask->rows - first < limit ? ask->rows : first + limit;
    wire_execute(&writer->batch->out, portal, limit);
    (void)writer_expect_rows(writer, ask, first, end);
    if (end - first == limit)
        (void)writer_expect(writer, 's');
    else
        writer_expect_tag(writer, "SELECT", end - first);
    return end;
}

void writer_sync(struct writer *writer)
{
    wire_bare(&writer->batch->out, 'S');
    if (writer->failed && writer->status == 'T')
        writer->status = 'E';
    writer->failed = false;
    writer_expect_text(writer, 'Z', (char[]){writer->status, '\0'});
}

void writer_execute_bare(struct writer *writer, const char *sql)
{
    struct buf *out = &writer->batch->out;
    wire_parse(out, "", sql);
    (void)writer_expect(writer, '1');
    size_t begun = wire_begin(out, 'B');
    wire_put(out, "\0\0\0\0\0\0\0", 8); /* names, formats, values */
    wire_end(out, begun);
    (void)writer_expect(writer, '2');
    wire_execute(out, "", 0);
}

/* ---- query strings ---- */

struct ask writer_literal(struct writer *writer, char sql[SQL_BYTES])
{
    struct script *script = writer->script;
    struct ask ask = {.statement = ++script->statements, .rows = draw_rows(script)};
    (void)snprintf(sql, SQL_BYTES, literal_sql, script->client, ask.statement,
                   script->client, ask.statement, ask.rows);
    return ask;
}

void writer_expect_literal(struct writer *writer, const struct ask *one)
{
    writer_expect_columns(writer, one);
    (void)writer_expect_rows(writer, one, 0, one->rows);
    writer_expect_tag(writer, "SELECT", one->rows);
}

void writer_expect_ready(struct writer *writer)
{
    writer->failed = false;
    writer_expect_text(writer, 'Z', "I");
}
