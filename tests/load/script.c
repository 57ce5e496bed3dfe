/* script.c - the batches: a table of small dialogues, drawn by lot. */
#include "load/script.h"

#include <stdio.h>
#include <string.h>

#include "core/attr.h"
#include "lib/client/wire_client.h"
#include "load/writer.h"

/* ---- dialogues: pieces of a pipeline ---- */

static void say_execute(struct writer *writer)
{
    struct ask one = writer_ask(writer);
    writer_bind(writer, "", &one);
    writer_execute_all(writer, "", &one, 0);
}

static void say_described(struct writer *writer)
{
    struct ask one = writer_ask(writer);
    writer_bind(writer, "", &one);
    wire_describe(&writer->batch->out, 'P', "");
    writer_expect_columns(writer, &one);
    writer_execute_all(writer, "", &one, 0);
}

static void say_parsed(struct writer *writer)
{
    struct ask one = writer_ask(writer);
    wire_parse(&writer->batch->out, "", writer_sql(one.name));
    one.name = "";
    (void)writer_expect(writer, '1');
    writer_bind(writer, "", &one);
    wire_describe(&writer->batch->out, 'P', "");
    writer_expect_columns(writer, &one);
    writer_execute_all(writer, "", &one, 0);
}

static void say_limited(struct writer *writer)
{
    struct ask one = writer_ask(writer);
    uint32_t limit = one.rows / 4 + 1, sent = 0;
    writer_bind(writer, "p", &one);
    do
        sent = writer_execute_some(writer, "p", &one, sent, limit);
    while (sent < one.rows);
    wire_close(&writer->batch->out, 'P', "p");
    (void)writer_expect(writer, '3');
}

/* It is suspended, another statement comes, and it is read to its end, or not. */
static void say_interleaved(struct writer *writer)
{
    struct ask one =
        writer_ask_rows(writer, 3000 + (uint32_t)script_draw(writer->script, 100));
    writer_bind(writer, "p", &one);
    uint32_t sent = writer_execute_some(writer, "p", &one, 0, 10);
    say_described(writer);
    if (script_draw(writer->script, 2) == 0)
        writer_execute_all(writer, "p", &one, sent);
    wire_close(&writer->batch->out, 'P', "p");
    (void)writer_expect(writer, '3');
}

static void say_statement(struct writer *writer)
{
    wire_describe(&writer->batch->out, 'S', "plain");
    (void)writer_expect(writer, 't');
    (void)writer_expect(writer, 'T');
}

static void say_named(struct writer *writer)
{
    wire_parse(&writer->batch->out, "own", writer_sql("label"));
    (void)writer_expect(writer, '1');
    struct ask one = writer_ask(writer);
    one.labelled = true;
    one.name = "own";
    writer_bind(writer, "", &one);
    writer_execute_all(writer, "", &one, 0);
    wire_close(&writer->batch->out, 'S', "own");
    (void)writer_expect(writer, '3');
}

static void say_nothing(struct writer *writer)
{
    writer_execute_bare(writer, "");
    (void)writer_expect(writer, 'I');
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
    writer_expect_error(writer, "22P02");
}

static void say_no_table(struct writer *writer)
{
    wire_parse(&writer->batch->out, "", "select * from there_is_none");
    writer_expect_error(writer, "42P01");
}

static void say_failing(struct writer *writer)
{
    uint32_t rows = 1 + (uint32_t)script_draw(writer->script, 5000);
    struct ask one = {.name = "failing",
                      .binary = script_draw(writer->script, 2) == 0,
                      .statement = ++writer->script->statements,
                      .rows = rows};
    writer_bind(writer, "", &one);
    wire_execute(&writer->batch->out, "", 0);
    if (!writer->failed) {
        writer_expect_rows(writer, &one, 0, rows - 1)->cut_short = true;
        writer->batch->rows -= rows - 1;
    }
    writer_expect_error(writer, "22P02");
}

/* ---- dialogues: whole batches ---- */

/* A setting is the session's own, and is told before ReadyForQuery. */
static void say_simple(struct writer *writer)
{
    char sql[3 * SQL_BYTES], one[SQL_BYTES], other[SQL_BYTES], name[EXPECT_TEXT];
    (void)snprintf(name, sizeof name, "client %u.%u", writer->script->client,
                   writer->script->statements);
    struct ask first = writer_literal(writer, one);
    struct ask second = writer_literal(writer, other);
    (void)snprintf(sql, sizeof sql,
                   "set application_name = '%s'; show application_name; %s; %s", name,
                   one, other);
    wire_query(&writer->batch->out, sql);
    writer_expect_text(writer, 'C', "SET");
    writer_expect(writer, 'T')->shown = true;
    struct expect *shown = writer_expect(writer, 'D');
    (void)snprintf(shown->text, sizeof shown->text, "%s", name);
    shown->shown = true;
    shown->end = 1;
    writer_expect_text(writer, 'C', "SHOW");
    writer_expect_literal(writer, &first);
    writer_expect_literal(writer, &second);
    writer_expect_text(writer, 'S', name);
    writer_expect_ready(writer);
}

static void say_simple_error(struct writer *writer)
{
    char sql[3 * SQL_BYTES], one[SQL_BYTES], other[SQL_BYTES];
    struct ask first = writer_literal(writer, one);
    (void)writer_literal(writer, other);
    (void)snprintf(sql, sizeof sql, "%s; select * from there_is_none; %s", one, other);
    wire_query(&writer->batch->out, sql);
    writer_expect_literal(writer, &first);
    writer_expect_error(writer, "42P01");
    writer_expect_ready(writer);
}

static void say_empty(struct writer *writer)
{
    wire_query(&writer->batch->out, " ; ");
    (void)writer_expect(writer, 'I');
    writer_expect_ready(writer);
}

/* A portal lives across Sync in a block, beside another statement. */
static void say_transaction(struct writer *writer)
{
    writer_execute_bare(writer, "begin");
    writer_expect_text(writer, 'C', "BEGIN");
    writer->status = 'T';
    struct ask one = writer_ask_rows(writer, 2500);
    writer_bind(writer, "held", &one);
    uint32_t sent = writer_execute_some(writer, "held", &one, 0, 100);
    writer_sync(writer);
    sent = writer_execute_some(writer, "held", &one, sent, 1000);
    say_described(writer);
    writer_sync(writer);
    writer_execute_all(writer, "held", &one, sent);
    writer_execute_bare(writer, "commit");
    writer_expect_text(writer, 'C', "COMMIT");
    writer->status = 'I';
    writer_sync(writer);
}

static void say_failed_transaction(struct writer *writer)
{
    writer_execute_bare(writer, "begin");
    writer_expect_text(writer, 'C', "BEGIN");
    writer->status = 'T';
    say_execute(writer);
    say_failing(writer);
    writer_sync(writer);
    struct ask refused = writer_ask(writer);
    writer_put_bind(writer, "", &refused);
    writer_expect_error(writer, "25P02");
    writer_sync(writer);
    writer_execute_bare(writer, "rollback");
    writer_expect_text(writer, 'C', "ROLLBACK");
    writer->status = 'I';
    writer_sync(writer);
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
    writer_sync(writer);
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
    uint64_t lot = script_draw(writer->script, total);
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
    uint64_t pieces_wanted = 1 + script_draw(writer->script, 10);
    for (uint64_t i = 0; i < pieces_wanted; i++)
        say_one(writer, pieces, ARRAY_LEN(pieces));
    writer_sync(writer);
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
    static const char *const names[] = {"plain", "label", "failing"};
    struct writer writer = {.script = script, .batch = batch, .status = 'I'};
    begin(batch);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        wire_parse(&batch->out, names[i], writer_sql(names[i]));
        (void)writer_expect(&writer, '1');
    }
    writer_sync(&writer);
    batch->out_first = buf_len(&batch->out);
}

void script_next(struct script *script, struct batch *batch)
{
    struct writer writer = {.script = script, .batch = batch, .status = 'I'};
    begin(batch);
    script->batches++;
    if (script_draw(script, 3) > 0)
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
