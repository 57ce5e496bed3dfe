/* test_alloc_session.c - what tests/wire's conversations have not, refused memory at
 * every place: passwords, arrays and records, many columns, long rows, nested values of
 * a batch, COPY in both directions, notices, big messages. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include <pgwire/session.h>

#include "../lib/messages.h"
#include "../lib/starve.h"
#include "batch/batch.h"
#include "core/arena.h"
#include "pgwire/plan.h"

enum {
    INT4_ARRAY_OID = 1007,
    MANY_COLUMNS = 300,
    ROWS = 40,
    LONG = 70000,
    NESTED_ROWS = 3
};

/* ---- a server: one statement a query, found by its text ---- */

struct source {
    enum pgw_status (*put)(struct source *, pgw_row *row, struct pgw_error *err);
    size_t rows, done;
    struct arena arena;
    struct plan *plan;
};

static enum pgw_status next_row(void *self, pgw_row *row, struct pgw_error *err)
{
    struct source *source = self;
    if (source->done == source->rows)
        return PGW_OK;
    return source->put(source, row, err);
}

static void release(void *self)
{
    struct source *source = self;
    arena_free(&source->arena);
    free(source);
}

static const struct pgw_rows_ops source_ops = {.next = next_row, .release = release};

static enum pgw_status end_row(struct source *source, pgw_row *row)
{
    (void)pgw_row_end(row);
    source->done++;
    return source->done == source->rows ? PGW_OK : PGW_MORE;
}

static enum pgw_status put_one(struct source *source, pgw_row *row,
                               struct pgw_error *err)
{
    (void)err;
    pgw_row_begin(row);
    pgw_put_int(row, 1);
    return end_row(source, row);
}

static enum pgw_status put_many(struct source *source, pgw_row *row,
                                struct pgw_error *err)
{
    (void)err;
    pgw_row_begin(row);
    for (int i = 0; i < MANY_COLUMNS; i++)
        pgw_put_int(row, i);
    return end_row(source, row);
}

static enum pgw_status put_long(struct source *source, pgw_row *row,
                                struct pgw_error *err)
{
    static const char text[LONG];
    (void)err;
    pgw_row_begin(row);
    pgw_put_bytea(row, text, sizeof text);
    return end_row(source, row);
}

/* {{1,2},{3,NULL}} and (7,"a b"), the record with an array inside. */
static enum pgw_status put_nested(struct source *source, pgw_row *row,
                                  struct pgw_error *err)
{
    static const int32_t lengths[] = {2, 2}, one[] = {1};
    static const uint32_t fields[] = {PGW_INT4OID, PGW_TEXTOID, INT4_ARRAY_OID};
    (void)err;
    pgw_row_begin(row);
    pgw_put_array_begin(row, PGW_INT4OID, lengths, 2);
    for (int i = 1; i < 4; i++)
        pgw_put_int(row, i);
    pgw_put_null(row);
    pgw_put_array_end(row);
    pgw_put_record_begin(row, fields, ARRAY_LEN(fields));
    pgw_put_int(row, 7);
    pgw_put_text(row, "a b", 3);
    pgw_put_array_begin(row, PGW_INT4OID, one, 1);
    pgw_put_int(row, 9);
    pgw_put_array_end(row);
    pgw_put_record_end(row);
    return end_row(source, row);
}

/* ---- a batch: lists, a struct of a text and a list ---- */

static const struct type type_int = {.id = TYPE_INT32, .name = "INTEGER"};
static const struct type fields[] = {
    {.id = TYPE_TEXT, .name = "VARCHAR"},
    {.id = TYPE_LIST, .name = "INTEGER[]", .child_count = 1, .children = &type_int}};
static const struct slice names[] = {{"name", 4}, {"numbers", 7}};
static const struct type type_struct = {.id = TYPE_STRUCT,
                                        .name = "STRUCT",
                                        .child_count = 2,
                                        .children = fields,
                                        .child_names = names};
static const struct type *const nested_types[] = {&fields[1], &type_struct};
static const int32_t numbers[] = {1, 2, 3, 4, 5};
static const uint64_t entries[] = {0, 2, 2, 0, 2, 3};
static const struct slice texts[] = {{"a", 1}, {"b \"c\"", 5}, {"", 0}};
static const struct column inner = {
    .type = &type_int, .layout = LAYOUT_FIXED4, .data = numbers};
static const struct column members[] = {
    {.type = &fields[0], .layout = LAYOUT_SLICES, .data = texts},
    {.type = &fields[1],
     .layout = LAYOUT_LIST_ENTRIES,
     .data = entries,
     .children = &inner,
     .child_count = 1}};
static const struct column nested_columns[] = {{.type = &fields[1],
                                                .layout = LAYOUT_LIST_ENTRIES,
                                                .data = entries,
                                                .children = &inner,
                                                .child_count = 1},
                                               {.type = &type_struct,
                                                .layout = LAYOUT_STRUCT,
                                                .children = members,
                                                .child_count = 2}};

static enum pgw_status put_batch(struct source *source, pgw_row *row,
                                 struct pgw_error *err)
{
    static const struct batch batch = {NESTED_ROWS, 2, nested_columns};
    (void)pgw_fail(err, "53200", "out of memory");
    if (!source->plan)
        source->plan = plan_new(&source->arena, nested_types, 2, row, err);
    return source->plan ? plan_write(source->plan, row, &batch, &source->done, err)
                        : PGW_ERROR;
}

/* ---- statements ---- */

static const struct pgw_column one_column[] = {{"a", PGW_INT4OID, .typlen = 4}};
static const struct pgw_column long_column[] = {{"a", PGW_BYTEAOID, .typlen = -1}};
static const struct pgw_column nested_column[] = {{"a", INT4_ARRAY_OID, .typlen = -1},
                                                  {"b", PGW_RECORDOID, .typlen = -1}};
static const struct pgw_column batch_column[] = {{"a", INT4_ARRAY_OID, .typlen = -1},
                                                 {"b", PGW_JSONOID, .typlen = -1}};
static struct pgw_column many_columns[MANY_COLUMNS];

static const struct statement {
    const char *sql;
    enum pgw_reply_kind kind;
    enum pgw_status (*put)(struct source *, pgw_row *row, struct pgw_error *err);
    const struct pgw_column *columns;
    size_t column_count, rows;
} statements[] = {
    {"select 1 as a", PGW_REPLY_ROWS, put_one, one_column, 1, 1},
    {"rollback", PGW_REPLY_COMMAND, NULL, NULL, 0, 0},
    {"many columns", PGW_REPLY_ROWS, put_many, many_columns, MANY_COLUMNS, ROWS},
    {"long rows", PGW_REPLY_ROWS, put_long, long_column, 1, 5},
    {"nested values", PGW_REPLY_ROWS, put_nested, nested_column, 2, 3},
    {"a batch", PGW_REPLY_ROWS, put_batch, batch_column, 2, NESTED_ROWS},
    {"copy out", PGW_REPLY_COPY_OUT, put_one, one_column, 1, 2},
    {"copy in", PGW_REPLY_COPY_IN, NULL, one_column, 1, 0},
};

static enum pgw_status reply_with(const struct statement *statement,
                                  struct pgw_reply *reply, struct pgw_error *err)
{
    struct source *source = statement->put ? calloc(1, sizeof *source) : NULL;
    if (statement->put && !source)
        return pgw_fail(err, "53200", "out of memory");
    reply->kind = statement->kind;
    reply->tag = "SELECT";
    reply->columns = statement->columns;
    reply->column_count = statement->column_count;
    reply->copy = &many_columns; /* anything that is there */
    if (source) {
        *source = (struct source){.put = statement->put, .rows = statement->rows};
        reply->rows = (struct pgw_rows){.ops = &source_ops, .self = source};
    }
    return PGW_OK;
}

static enum pgw_status query(void *state, pgw_session *session, struct pgw_slice *sql,
                             struct pgw_reply *reply, struct pgw_error *err)
{
    struct slice text = {sql->data, sql->len};
    (void)state;
    *sql = (struct pgw_slice){sql->data + sql->len, 0};
    pgw_notice(session, PGW_SEVERITY_NOTICE, "00000", "a notice");
    for (size_t i = 0; i < ARRAY_LEN(statements); i++) {
        if (slice_equal(text, slice_of(statements[i].sql)))
            return reply_with(&statements[i], reply, err);
    }
    (void)pgw_fail(err, "XX000", "there is no such statement");
    (void)snprintf(err->detail, sizeof err->detail, "detail");
    (void)snprintf(err->hint, sizeof err->hint, "hint");
    (void)snprintf(err->table, sizeof err->table, "table");
    err->position = 3;
    return PGW_ERROR;
}

static enum pgw_status copy_data(void *copy, struct pgw_slice data,
                                 struct pgw_error *err)
{
    void *kept = malloc(data.len + 1);
    (void)copy;
    free(kept);
    return kept ? PGW_OK : pgw_fail(err, "53200", "out of memory");
}

static enum pgw_status copy_done(void *copy, struct pgw_reply *reply,
                                 struct pgw_error *err)
{
    (void)copy;
    (void)err;
    reply->affected = 2;
    return PGW_OK;
}

static enum pgw_status authenticate(void *ctx, pgw_session *session,
                                    struct pgw_auth *auth, struct pgw_error *err)
{
    (void)session;
    (void)err;
    auth->mechanism = *(const enum pgw_auth_mechanism *)ctx;
    auth->secret = (struct pgw_slice){"secret", 6};
    return PGW_OK;
}

static const struct pgw_startup_ops startup_ops = {.authenticate = authenticate};
static const struct pgw_simple_ops simple_ops = {.query = query};
static const struct pgw_copy_ops copy_ops = {.data = copy_data, .done = copy_done};
static const struct pgw_handlers handlers = {
    .startup = &startup_ops, .simple = &simple_ops, .copy = &copy_ops};

static struct session connect_session(void *mechanism)
{
    return (struct session){&pg_session_ops,
                            pgw_session_new(&handlers, mechanism, NULL)};
}

static void nothing(void *ctx)
{
    (void)ctx;
}

/* ---- conversations ---- */

static void put(struct buf *out, char type, const void *body, size_t len)
{
    const uint32_t size = (uint32_t)len + 4;
    const uint8_t head[] = {(uint8_t)type, (uint8_t)(size >> 24), (uint8_t)(size >> 16),
                            (uint8_t)(size >> 8), (uint8_t)size};
    assert_true(buf_append(out, head, sizeof head) && buf_append(out, body, len));
}

static void put_query(struct buf *out, const char *sql)
{
    put(out, 'Q', sql, strlen(sql) + 1);
}

static void put_opening(struct buf *out)
{
    assert_true(buf_append(out, starve_opening_pg.data, starve_opening_pg.len));
}

/* With memory: how many messages of the type come. */
static size_t count_messages(const struct buf *input, char type)
{
    enum pgw_auth_mechanism mechanism = PGW_AUTH_TRUST;
    struct drive drive = {.session = connect_session(&mechanism)};
    assert_true(drive_feed(&drive, buf_data(input), buf_len(input)));
    struct messages messages =
        messages_of(buf_data(&drive.answer), buf_len(&drive.answer));
    struct message message;
    size_t count = 0;
    while (messages_next(&messages, &message))
        count += message.type == type;
    assert_null(messages.broken);
    drive_end_input(&drive);
    drive_free(&drive);
    return count;
}

static void run(struct buf *input, enum pgw_auth_mechanism mechanism)
{
    struct buf opening = {0};
    put_opening(&opening);
    if (mechanism == PGW_AUTH_CLEARTEXT)
        put(&opening, 'p', "secret", 7);
    const struct starving starving = {
        .open = nothing,
        .close = nothing,
        .connect = connect_session,
        .judge = starve_judge_pg,
        .is_answer = starve_is_answer_pg,
        .ctx = &mechanism,
        .input = {(const char *)buf_data(input), buf_len(input)},
        .opening = {(const char *)buf_data(&opening), buf_len(&opening)},
        .probe = starve_probe_pg};
    struct starved all = starve(&starving);
    assert_int_equal(all.faults, 0);
    assert_true(all.tries > 10);
    buf_free(&opening);
    buf_free(input);
}

static void test_queries(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(statements); i++) {
        struct buf input = {0};
        if (statements[i].kind == PGW_REPLY_COPY_IN)
            continue;
        put_opening(&input);
        put_query(&input, statements[i].sql);
        put_query(&input, "select 1 as a");
        assert_int_equal(count_messages(&input, 'D') + count_messages(&input, 'd'),
                         statements[i].rows + 1);
        assert_int_equal(count_messages(&input, 'E'), 0);
        run(&input, PGW_AUTH_TRUST);
    }
}

static void test_error_fields(void **state)
{
    struct buf input = {0};
    (void)state;
    put_opening(&input);
    put_query(&input, "nothing");
    run(&input, PGW_AUTH_TRUST);
}

static void test_copy_in(void **state)
{
    static const char *const ends[] = {"c", "f"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
        struct buf input = {0};
        put_opening(&input);
        put_query(&input, "copy in");
        put(&input, 'd', "1\n", 2);
        put(&input, 'd', "2\n", 2);
        put(&input, *ends[i], "", *ends[i] == 'f');
        put_query(&input, "select 1 as a");
        run(&input, PGW_AUTH_TRUST);
    }
}

static void test_password(void **state)
{
    struct buf input = {0};
    (void)state;
    put_opening(&input);
    put(&input, 'p', "secret", 7);
    put_query(&input, "select 1 as a");
    run(&input, PGW_AUTH_CLEARTEXT);
    put_opening(&input);
    put(&input, 'p', "wrong", 6);
    run(&input, PGW_AUTH_CLEARTEXT);
}

static void test_long_message(void **state)
{
    struct buf input = {0};
    char *sql = calloc(1, LONG);
    (void)state;
    assert_non_null(sql);
    memset(sql, 'x', LONG - 1);
    put_opening(&input);
    put_query(&input, sql);
    put_query(&input, "select 1 as a");
    free(sql);
    run(&input, PGW_AUTH_TRUST);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_queries), cmocka_unit_test(test_error_fields),
        cmocka_unit_test(test_copy_in), cmocka_unit_test(test_password),
        cmocka_unit_test(test_long_message)};
    for (size_t i = 0; i < MANY_COLUMNS; i++)
        many_columns[i] = one_column[0];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
