/* script.c - the batches: a table of small dialogues, drawn by lot. */
#include "load/script.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "core/attr.h"
#include "lib/wire_client.h"

#define COLUMNS(client, statement)                                                     \
    client " as client, " statement " as statement, i::int4 as row, mod((" client      \
           "::int8 * 1000003 + " statement ") * 1000003 + i, 2147483647) as checksum"
#define LABEL(client, statement)                                                       \
    ", 'client ' || " client " || ' statement ' || " statement                         \
    " || ' row ' || i as label"
#define SERIES(rows) " from generate_series(0, " rows " - 1) as t(i)"

static const char plain_sql[] =
    "select " COLUMNS("$1::int4", "$2::int4") SERIES("$3::int4");
static const char label_sql[] = "select " COLUMNS("$1::int4", "$2::int4")
    LABEL("$1::int4", "$2::int4") SERIES("$3::int4");
/* The last row cannot be computed. */
static const char failing_sql[] = "select " COLUMNS("$1::int4", "$2::int4") SERIES(
    "$3::int4") " where case when i = $3::int4 - 1 then 'x' else '1' end::int4 > 0";
static const char literal_sql[] =
    "select " COLUMNS("%u::int4", "%u::int4") SERIES("%u");

int64_t script_checksum(uint32_t client, uint32_t statement, uint32_t row)
{
    return (((int64_t)client * 1000003 + statement) * 1000003 + row) % 2147483647;
}

/* ---- what is expected ---- */

/* The dialogue being written: behind an error nothing comes until Sync. */
struct writer {
    struct script *script;
    struct batch *batch;
    bool failed;
    char status;           /* of the transaction */
    struct expect ignored; /* what an error has made void */
};

static struct expect *expect(struct writer *writer, char type)
{
    struct batch *batch = writer->batch;
    if (writer->failed)
        return &writer->ignored;
    assert(batch->count < EXPECT_MAX);
    struct expect *one = &batch->expects[batch->count++];
    *one = (struct expect){.type = type};
    return one;
}

static void expect_text(struct writer *writer, char type, const char *text)
{
    struct expect *one = expect(writer, type);
    (void)snprintf(one->text, sizeof one->text, "%s", text);
}

static void expect_error(struct writer *writer, const char *sqlstate)
{
    expect_text(writer, 'E', sqlstate);
    writer->failed = true;
}

static void expect_tag(struct writer *writer, const char *verb, uint32_t rows)
{
    struct expect *one = expect(writer, 'C');
    (void)snprintf(one->text, sizeof one->text, "%s %u", verb, rows);
}

/* ---- statements of which one execution is asked ---- */

struct ask {
    const char *name; /* of the prepared statement */
    bool labelled, binary, binary_values;
    uint32_t statement, rows;
};

static uint64_t draw(struct script *script, uint64_t below)
{
    uint64_t x = script->random += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */
    x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
    return (x ^ x >> 31) % below;
}

static uint32_t draw_rows(struct script *script)
{
    static const uint32_t counts[] = {0, 1, 1, 3, 3, 3, 3, 200, 200, 200, 200, 200};
    if (draw(script, 40) == 0)
        return script->slow ? 50000 : 5000;
    return counts[draw(script, ARRAY_LEN(counts))];
}

static struct ask ask_rows(struct writer *writer, uint32_t rows)
{
    struct script *script = writer->script;
    bool labelled = script->slow || draw(script, 2) == 0;
    struct ask ask = {.name = labelled ? "label" : "plain",
                      .labelled = labelled,
                      .binary = draw(script, 2) == 0,
                      .binary_values = draw(script, 2) == 0,
                      .statement = ++script->statements,
                      .rows = rows};
    return ask;
}

static struct ask ask(struct writer *writer)
{
    return ask_rows(writer, draw_rows(writer->script));
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

static void put_bind(struct writer *writer, const char *portal, const struct ask *ask)
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

static void bind(struct writer *writer, const char *portal, const struct ask *ask)
{
    put_bind(writer, portal, ask);
    (void)expect(writer, '2');
}

static void expect_columns(struct writer *writer, const struct ask *ask)
{
    struct expect *columns = expect(writer, 'T');
    columns->binary = ask->binary;
    columns->labelled = ask->labelled;
}

static struct expect *expect_rows(struct writer *writer, const struct ask *ask,
                                  uint32_t first, uint32_t end)
{
    struct expect *rows = expect(writer, 'D');
    rows->binary = ask->binary;
    rows->labelled = ask->labelled;
    rows->statement = ask->statement;
    rows->next = first;
    rows->end = end;
    if (!writer->failed)
        writer->batch->rows += end - first;
    return rows;
}

static void execute_all(struct writer *writer, const char *portal,
                        const struct ask *ask, uint32_t first)
{
    wire_execute(&writer->batch->out, portal, 0);
    (void)expect_rows(writer, ask, first, ask->rows);
    expect_tag(writer, "SELECT", ask->rows - first);
}

/* A portal that has given all of them is only found empty the next time. */
static uint32_t execute_some(struct writer *writer, const char *portal,
                             const struct ask *ask, uint32_t first, uint32_t limit)
{
    uint32_t end = ask->rows - first < limit ? ask->rows : first + limit;
    wire_execute(&writer->batch->out, portal, limit);
    (void)expect_rows(writer, ask, first, end);
    if (end - first == limit)
        (void)expect(writer, 's');
    else
        expect_tag(writer, "SELECT", end - first);
    return end;
}

static void sync(struct writer *writer)
{
    wire_bare(&writer->batch->out, 'S');
    if (writer->failed && writer->status == 'T')
        writer->status = 'E';
    writer->failed = false;
    expect_text(writer, 'Z', (char[]){writer->status, '\0'});
}

/* ---- dialogues: pieces of a pipeline ---- */

static void say_execute(struct writer *writer)
{
    struct ask one = ask(writer);
    bind(writer, "", &one);
    execute_all(writer, "", &one, 0);
}

static void say_described(struct writer *writer)
{
    struct ask one = ask(writer);
    bind(writer, "", &one);
    wire_describe(&writer->batch->out, 'P', "");
    expect_columns(writer, &one);
    execute_all(writer, "", &one, 0);
}

static void say_parsed(struct writer *writer)
{
    struct ask one = ask(writer);
    wire_parse(&writer->batch->out, "", one.labelled ? label_sql : plain_sql);
    one.name = "";
    (void)expect(writer, '1');
    bind(writer, "", &one);
    wire_describe(&writer->batch->out, 'P', "");
    expect_columns(writer, &one);
    execute_all(writer, "", &one, 0);
}

static void say_limited(struct writer *writer)
{
    struct ask one = ask(writer);
    uint32_t limit = one.rows / 4 + 1, sent = 0;
    bind(writer, "p", &one);
    do
        sent = execute_some(writer, "p", &one, sent, limit);
    while (sent < one.rows);
    wire_close(&writer->batch->out, 'P', "p");
    (void)expect(writer, '3');
}

/* It is suspended, another statement comes, and it is read to its end, or not. */
static void say_interleaved(struct writer *writer)
{
    struct ask one = ask_rows(writer, 3000 + (uint32_t)draw(writer->script, 100));
    bind(writer, "p", &one);
    uint32_t sent = execute_some(writer, "p", &one, 0, 10);
    say_described(writer);
    if (draw(writer->script, 2) == 0)
        execute_all(writer, "p", &one, sent);
    wire_close(&writer->batch->out, 'P', "p");
    (void)expect(writer, '3');
}

static void say_statement(struct writer *writer)
{
    wire_describe(&writer->batch->out, 'S', "plain");
    (void)expect(writer, 't');
    (void)expect(writer, 'T');
}

static void say_named(struct writer *writer)
{
    wire_parse(&writer->batch->out, "own", label_sql);
    (void)expect(writer, '1');
    struct ask one = ask(writer);
    one.labelled = true;
    one.name = "own";
    bind(writer, "", &one);
    execute_all(writer, "", &one, 0);
    wire_close(&writer->batch->out, 'S', "own");
    (void)expect(writer, '3');
}

static void execute_bare(struct writer *writer, const char *sql)
{
    struct buf *out = &writer->batch->out;
    wire_parse(out, "", sql);
    (void)expect(writer, '1');
    size_t begun = wire_begin(out, 'B');
    wire_put(out, "\0\0\0\0\0\0\0", 8); /* names, formats, values */
    wire_end(out, begun);
    (void)expect(writer, '2');
    wire_execute(out, "", 0);
}

static void say_nothing(struct writer *writer)
{
    execute_bare(writer, "");
    (void)expect(writer, 'I');
}

/* ---- dialogues: errors, behind which the rest is skipped ---- */

static void say_wrong_value(struct writer *writer)
{
    struct buf *out = &writer->batch->out;
    size_t begun = wire_begin(out, 'B');
    wire_put_string(out, "");
    wire_put_string(out, "plain");
    wire_put(out, "\0\0\0\3", 4);
    for (int i = 0; i < 3; i++)
        wire_put(out, "\0\0\0\5wrong", 9);
    wire_put_number(out, 0, 2);
    wire_end(out, begun);
    expect_error(writer, "22P02");
}

static void say_no_table(struct writer *writer)
{
    wire_parse(&writer->batch->out, "", "select * from there_is_none");
    expect_error(writer, "42P01");
}

static void say_failing(struct writer *writer)
{
    uint32_t rows = 1 + (uint32_t)draw(writer->script, 5000);
    struct ask one = {.name = "failing",
                      .binary = draw(writer->script, 2) == 0,
                      .statement = ++writer->script->statements,
                      .rows = rows};
    bind(writer, "", &one);
    wire_execute(&writer->batch->out, "", 0);
    if (!writer->failed) {
        expect_rows(writer, &one, 0, rows - 1)->cut_short = true;
        writer->batch->rows -= rows - 1;
    }
    expect_error(writer, "22P02");
}

/* ---- dialogues: whole batches ---- */

static void put_literal(char *sql, size_t size, struct writer *writer, struct ask *one)
{
    *one = (struct ask){.statement = ++writer->script->statements,
                        .rows = draw_rows(writer->script)};
    size_t len = strlen(sql);
    (void)snprintf(sql + len, size - len, literal_sql, writer->script->client,
                   one->statement, writer->script->client, one->statement, one->rows);
}

static void expect_literal(struct writer *writer, const struct ask *one)
{
    expect_columns(writer, one);
    (void)expect_rows(writer, one, 0, one->rows);
    expect_tag(writer, "SELECT", one->rows);
}

static void expect_ready(struct writer *writer)
{
    writer->failed = false;
    expect_text(writer, 'Z', "I");
}

/* A setting is the session's own, and is told before ReadyForQuery. */
static void say_simple(struct writer *writer)
{
    char sql[2048], name[EXPECT_TEXT];
    struct ask first, second;
    (void)snprintf(name, sizeof name, "client %u.%u", writer->script->client,
                   writer->script->statements);
    (void)snprintf(sql, sizeof sql,
                   "set application_name = '%s'; show application_name; ", name);
    put_literal(sql, sizeof sql, writer, &first);
    (void)strncat(sql, "; ", sizeof sql - strlen(sql) - 1);
    put_literal(sql, sizeof sql, writer, &second);
    wire_query(&writer->batch->out, sql);
    expect_text(writer, 'C', "SET");
    expect(writer, 'T')->shown = true;
    struct expect *shown = expect(writer, 'D');
    (void)snprintf(shown->text, sizeof shown->text, "%s", name);
    shown->shown = true;
    shown->end = 1;
    expect_text(writer, 'C', "SHOW");
    expect_literal(writer, &first);
    expect_literal(writer, &second);
    expect_text(writer, 'S', name);
    expect_ready(writer);
}

static void say_simple_error(struct writer *writer)
{
    char sql[2048] = "";
    struct ask first, second;
    put_literal(sql, sizeof sql, writer, &first);
    (void)strncat(sql, "; select * from there_is_none; ", sizeof sql - strlen(sql) - 1);
    put_literal(sql, sizeof sql, writer, &second);
    wire_query(&writer->batch->out, sql);
    expect_literal(writer, &first);
    expect_error(writer, "42P01");
    expect_ready(writer);
}

static void say_empty(struct writer *writer)
{
    wire_query(&writer->batch->out, " ; ");
    (void)expect(writer, 'I');
    expect_ready(writer);
}

/* A portal lives across Sync in a block, beside another statement. */
static void say_transaction(struct writer *writer)
{
    execute_bare(writer, "begin");
    expect_text(writer, 'C', "BEGIN");
    writer->status = 'T';
    struct ask one = ask_rows(writer, 2500);
    bind(writer, "held", &one);
    uint32_t sent = execute_some(writer, "held", &one, 0, 100);
    sync(writer);
    sent = execute_some(writer, "held", &one, sent, 1000);
    say_described(writer);
    sync(writer);
    execute_all(writer, "held", &one, sent);
    execute_bare(writer, "commit");
    expect_text(writer, 'C', "COMMIT");
    writer->status = 'I';
    sync(writer);
}

static void say_failed_transaction(struct writer *writer)
{
    execute_bare(writer, "begin");
    expect_text(writer, 'C', "BEGIN");
    writer->status = 'T';
    say_execute(writer);
    say_failing(writer);
    sync(writer);
    struct ask refused = ask(writer);
    put_bind(writer, "", &refused);
    expect_error(writer, "25P02");
    sync(writer);
    execute_bare(writer, "rollback");
    expect_text(writer, 'C', "ROLLBACK");
    writer->status = 'I';
    sync(writer);
}

/* What was asked for comes without Sync, and then Sync. */
static void say_flushed(struct writer *writer)
{
    struct batch *batch = writer->batch;
    say_described(writer);
    wire_bare(&batch->out, 'H');
    batch->out_first = buf_len(&batch->out);
    batch->hold = batch->count;
    say_execute(writer);
    sync(writer);
}

/* ---- the lot ---- */

struct dialogue {
    unsigned weight;
    void (*say)(struct writer *);
};

static const struct dialogue pieces[] = {
    {12, say_execute},    {6, say_described},   {3, say_parsed},   {4, say_limited},
    {1, say_interleaved}, {2, say_statement},   {2, say_named},    {1, say_nothing},
    {1, say_failing},     {1, say_wrong_value}, {1, say_no_table},
};

static const struct dialogue batches[] = {
    {0, NULL}, /* a pipeline of pieces, drawn first */
    {3, say_simple},
    {1, say_simple_error},
    {1, say_empty},
    {1, say_transaction},
    {1, say_failed_transaction},
    {3, say_flushed},
};

static void say_one(struct writer *writer, const struct dialogue *dialogues,
                    size_t count)
{
    unsigned total = 0;
    for (size_t i = 0; i < count; i++)
        total += dialogues[i].weight;
    uint64_t lot = draw(writer->script, total);
    for (size_t i = 0; i < count; i++) {
        if (lot < dialogues[i].weight) {
            dialogues[i].say(writer);
            return;
        }
        lot -= dialogues[i].weight;
    }
}

static void say_pipeline(struct writer *writer)
{
    uint64_t pieces_wanted = 1 + draw(writer->script, 10);
    for (uint64_t i = 0; i < pieces_wanted; i++)
        say_one(writer, pieces, ARRAY_LEN(pieces));
    sync(writer);
}

static void begin(struct batch *batch)
{
    buf_consume(&batch->out, buf_len(&batch->out));
    batch->out_first = batch->hold = batch->count = batch->met = 0;
    batch->rows = 0;
}

void script_init(struct script *script, uint32_t client, bool slow)
{
    *script = (struct script){.client = client, .slow = slow, .random = client};
}

void script_open(struct script *script, struct batch *batch)
{
    struct writer writer = {.script = script, .batch = batch, .status = 'I'};
    begin(batch);
    wire_parse(&batch->out, "plain", plain_sql);
    wire_parse(&batch->out, "label", label_sql);
    wire_parse(&batch->out, "failing", failing_sql);
    for (int i = 0; i < 3; i++)
        (void)expect(&writer, '1');
    sync(&writer);
    batch->out_first = buf_len(&batch->out);
}

void script_next(struct script *script, struct batch *batch)
{
    struct writer writer = {.script = script, .batch = batch, .status = 'I'};
    begin(batch);
    script->batches++;
    if (draw(script, 3) > 0)
        say_pipeline(&writer);
    else
        say_one(&writer, batches, ARRAY_LEN(batches));
    if (batch->hold == 0)
        batch->out_first = buf_len(&batch->out);
}

void batch_free(struct batch *batch)
{
    buf_free(&batch->out);
}
