/* fuzz_message.c - well-framed messages with any bodies, for a host that behaves.
 *
 * The input is a conversation as in fuzz_session.c, but lengths are put right, so that
 * the readers of Parse, Bind, Describe, Execute, Close and of the start-up packet are
 * reached. A model of the session says which messages must be accepted. What an
 * accepted message has told the host is encoded again and must be the message, and the
 * answers must be those of the model, down to the cells of the rows. */
#include <stdio.h>

#include "message_host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { THINGS_MAX = 1024 };

/* ---- the model ---- */

struct thing { /* a statement or a portal */
    char *name;
    size_t param_count, column_count, rows;
    struct formats formats; /* of a portal's results */
    size_t sent;
    bool executed, finished;
};

struct model {
    pgw_session *session;
    struct thing *statements[THINGS_MAX], *portals[THINGS_MAX];
    bool skipping, closed;
    struct bytes body, encoded;
    uint8_t answer[1 << 16];
    size_t answer_len;
};

static struct thing **find(struct thing **things, const char *name)
{
    for (size_t i = 0; i < THINGS_MAX; i++) {
        if (things[i] && strcmp(things[i]->name, name) == 0)
            return &things[i];
    }
    return NULL;
}

static void drop(struct thing **things, const char *name)
{
    struct thing **found = find(things, name);
    if (!found)
        return;
    free((*found)->name);
    free(*found);
    *found = NULL;
}

static void drop_all(struct thing **things)
{
    for (size_t i = 0; i < THINGS_MAX; i++) {
        if (things[i])
            drop(things, things[i]->name);
    }
}

static struct thing *add(struct thing **things, const char *name)
{
    size_t i = 0;
    drop(things, name);
    while (things[i])
        i++;
    things[i] = calloc(1, sizeof **things);
    assert(things[i]);
    things[i]->name = strdup(name);
    assert(things[i]->name);
    return things[i];
}

/* ---- driving ---- */

/* Serve until more input is wanted; what is sent is kept. */
static void serve(struct model *model)
{
    pgw_session *session = model->session;
    for (;;) {
        unsigned want = pgw_session_want(session);
        model->closed = want & PGW_WANT_CLOSE;
        if (want & PGW_WANT_WORK) {
            pgw_session_run(session);
        } else if (want & PGW_WANT_SEND) {
            struct iovec iov[1];
            assert(pgw_session_send_iov(session, iov, 1) == 1);
            assert(model->answer_len + iov->iov_len <= sizeof model->answer);
            memcpy(model->answer + model->answer_len, iov->iov_base, iov->iov_len);
            model->answer_len += iov->iov_len;
            pgw_session_send_ack(session, iov->iov_len);
        } else {
            return;
        }
    }
}

static void feed(struct model *model, const uint8_t *data, size_t size)
{
    model->answer_len = 0;
    while (size > 0 && !model->closed) {
        size_t room;
        uint8_t *to = pgw_session_recv_buf(model->session, &room);
        size_t part = size < room ? size : room;
        assert(to && part > 0);
        memcpy(to, data, part);
        pgw_session_recv_ack(model->session, part);
        data += part;
        size -= part;
        serve(model);
    }
}

/* What a message would have held back until Sync or Flush leaves at once. */
static void feed_message(struct model *model, char type)
{
    static const uint8_t flush[] = {'H', 0, 0, 0, 4};
    struct bytes *frame = calloc(1, sizeof *frame);
    assert(frame);
    put(frame, &type, 1);
    put_number(frame, (uint32_t)model->body.len + 4, 4);
    put(frame, model->body.data, model->body.len);
    put(frame, flush, sizeof flush);
    calls = 0;
    feed(model, frame->data, frame->len);
    free(frame);
}

/* The next message of the answer; false at its end. */
static bool next_answer(struct cursor *answer, char *type, struct cursor *body)
{
    if (answer->at == answer->end)
        return false;
    *type = (char)take_number(answer, 1);
    uint32_t len = take_number(answer, 4);
    assert(!answer->failed && len >= 4);
    const uint8_t *data = take(answer, len - 4);
    assert(!answer->failed);
    *body = (struct cursor){data, data + len - 4, false};
    return true;
}

static struct cursor answer_of(const struct model *model)
{
    return (struct cursor){model->answer, model->answer + model->answer_len, false};
}

/* Exactly these messages. */
static void expect(struct model *model, const char *types)
{
    struct cursor answer = answer_of(model), body;
    char type;
    for (; *types; types++)
        assert(next_answer(&answer, &type, &body) && type == *types);
    assert(!next_answer(&answer, &type, &body));
}

static void expect_error(struct model *model)
{
    expect(model, "E");
    model->skipping = true;
}

static void assert_encoded(const struct model *model)
{
    assert(model->encoded.len == model->body.len);
    assert(memcmp(model->encoded.data, model->body.data, model->body.len) == 0);
}

static struct cursor body_of(const struct model *model)
{
    return (struct cursor){model->body.data, model->body.data + model->body.len, false};
}

/* ---- messages ---- */

static void on_parse(struct model *model)
{
    struct cursor body = body_of(model);
    const char *name = take_string(&body);
    const char *sql = take_string(&body);
    uint32_t oids = take_number(&body, 2);
    (void)take(&body, (size_t)oids * 4);
    put(&model->encoded, name, body.failed ? 0 : strlen(name) + 1);
    bool known = !is_done(&body) || (*name && find(model->statements, name));
    feed_message(model, 'P');
    if (!known && !*name)
        drop(model->statements, "");
    if (known || refuses((struct pgw_slice){sql, strlen(sql)})) {
        assert(calls == !known);
        expect_error(model);
        return;
    }
    expect(model, "1");
    assert(calls == 1);
    assert_encoded(model);
    struct thing *statement = add(model->statements, name);
    statement->param_count = count_params((struct pgw_slice){sql, strlen(sql)}, oids);
    statement->column_count = strlen(sql) % 4;
    statement->rows = strlen(sql) % 7;
}

static void take_formats(struct cursor *body, struct formats *out)
{
    out->count = take_number(body, 2);
    out->valid = true;
    for (size_t i = 0; i < out->count && !body->failed; i++) {
        uint16_t code = (uint16_t)take_number(body, 2);
        if (i < FORMATS_MAX)
            out->codes[i] = code;
        out->valid = out->valid && code <= 1;
    }
}

static size_t take_values(struct cursor *body)
{
    size_t count = take_number(body, 2);
    for (size_t i = 0; i < count && !body->failed; i++) {
        uint32_t len = take_number(body, 4);
        if (len != UINT32_MAX)
            (void)take(body, len > INT32_MAX ? SIZE_MAX : len);
    }
    return count;
}

static void on_bind(struct model *model)
{
    struct cursor body = body_of(model);
    struct formats params = {0}, results = {0};
    const char *name = take_string(&body), *statement_name = take_string(&body);
    take_formats(&body, &params);
    size_t prefix = (size_t)(body.at - model->body.data);
    size_t values = take_values(&body);
    const uint8_t *tail = body.at;
    take_formats(&body, &results);
    struct thing **found = body.failed ? NULL : find(model->statements, statement_name);
    bool good = is_done(&body) && found && params.valid &&
                (params.count <= 1 || params.count == values) &&
                values == (*found)->param_count &&
                (results.count <= 1 || (*found)->column_count == 0 ||
                 results.count == (*found)->column_count) &&
                !(*name && find(model->portals, name));
    if (good)
        put(&model->encoded, model->body.data, prefix);
    value_formats = &params;
    feed_message(model, 'B');
    assert(calls == good);
    if (!good) {
        expect_error(model);
        return;
    }
    put(&model->encoded, tail, (size_t)(body.end - tail));
    assert_encoded(model);
    expect(model, "2");
    struct thing *portal = add(model->portals, name);
    portal->column_count = (*found)->column_count;
    portal->rows = (*found)->rows;
    portal->formats = results;
}

/* Do the columns have the formats of the portal's Bind? */
static void check_columns(struct model *model, const struct thing *portal)
{
    struct cursor answer = answer_of(model), body;
    char type;
    while (next_answer(&answer, &type, &body)) {
        size_t count = type == 'T' ? take_number(&body, 2) : 0;
        for (size_t i = 0; i < count; i++) {
            (void)take_string(&body);
            (void)take(&body, 16);
            assert(take_number(&body, 2) == (uint32_t)code_of(&portal->formats, i));
        }
        assert(type != 'T' || (is_done(&body) && count == portal->column_count));
    }
}

static void on_describe(struct model *model)
{
    struct cursor body = body_of(model);
    char kind = (char)take_number(&body, 1);
    const char *name = take_string(&body);
    struct thing **found = NULL;
    if (is_done(&body) && (kind == 'S' || kind == 'P'))
        found = find(kind == 'S' ? model->statements : model->portals, name);
    feed_message(model, 'D');
    if (!found || (kind == 'P' && !(*found)->formats.valid)) {
        expect_error(model);
        return;
    }
    bool has_columns = (*found)->column_count > 0;
    if (kind == 'S') {
        const struct thing plain = {.column_count = (*found)->column_count};
        expect(model, has_columns ? "tT" : "tn");
        check_columns(model, &plain);
    } else {
        expect(model, has_columns ? "T" : "n");
        check_columns(model, *found);
    }
}

static void check_row(const struct thing *portal, struct cursor *body)
{
    assert(take_number(body, 2) == portal->column_count);
    for (size_t i = 0; i < portal->column_count; i++) {
        uint32_t len = take_number(body, 4);
        const char *cell = (const char *)take(body, len);
        char number[12];
        (void)snprintf(number, sizeof number, "%zu", portal->sent);
        assert(cell);
        if (i % 2)
            assert(len == 4 && memcmp(cell, "text", 4) == 0);
        else if (code_of(&portal->formats, i) == 0)
            assert(len == strlen(number) && memcmp(cell, number, len) == 0);
        else
            assert(len == 4 && cell[3] == (char)portal->sent);
    }
    assert(is_done(body));
}

/* So many rows, then suspended or complete. */
static void expect_rows(struct model *model, struct thing *portal, size_t limit)
{
    struct cursor answer = answer_of(model), body;
    size_t left = portal->finished ? 0 : portal->rows - portal->sent;
    size_t count = limit > 0 && limit < left ? limit : left;
    bool suspended = !portal->finished && limit > 0 && count == limit;
    char type;
    for (size_t i = 0; i < count; i++) {
        assert(next_answer(&answer, &type, &body) && type == 'D');
        check_row(portal, &body);
        portal->sent++;
    }
    assert(next_answer(&answer, &type, &body) && type == (suspended ? 's' : 'C'));
    assert(!next_answer(&answer, &type, &body));
    portal->finished = portal->finished || !suspended;
}

static void on_execute(struct model *model)
{
    struct cursor body = body_of(model);
    const char *name = take_string(&body);
    int32_t limit = (int32_t)take_number(&body, 4);
    struct thing **found = is_done(&body) ? find(model->portals, name) : NULL;
    feed_message(model, 'E');
    if (!found || !(*found)->formats.valid ||
        ((*found)->finished && (*found)->column_count == 0)) {
        assert(calls == 0);
        expect_error(model);
        return;
    }
    struct thing *portal = *found;
    assert(calls == !portal->executed); /* what it does is done once */
    portal->executed = true;
    if (portal->column_count > 0) {
        expect_rows(model, portal, limit > 0 ? (size_t)limit : 0);
        return;
    }
    expect(model, "C");
    portal->finished = true;
}

static void on_close(struct model *model)
{
    struct cursor body = body_of(model);
    char kind = (char)take_number(&body, 1);
    const char *name = take_string(&body);
    bool good = is_done(&body) && (kind == 'S' || kind == 'P');
    feed_message(model, 'C');
    if (!good) {
        expect_error(model);
        return;
    }
    expect(model, "3");
    drop(kind == 'S' ? model->statements : model->portals, name);
}

static void on_sync(struct model *model)
{
    model->body.len = 0;
    feed_message(model, 'S');
    expect(model, "Z");
    assert(model->answer[5] == 'I');
    model->skipping = false;
    drop_all(model->portals);
}

/* A body that is shorter than any can be is a matter of frames: it is filled up. */
static const struct {
    char type;
    size_t body_min;
    void (*serve)(struct model *);
} messages[] = {{'P', 4, on_parse},   {'B', 8, on_bind},  {'D', 2, on_describe},
                {'E', 5, on_execute}, {'C', 2, on_close}, {'S', 0, on_sync}};

/* Other messages are for fuzz_session. */
static void serve_message(struct model *model, char type)
{
    model->encoded.len = 0;
    for (size_t i = 0; i < sizeof messages / sizeof *messages; i++) {
        if (messages[i].type != type)
            continue;
        while (model->body.len < messages[i].body_min)
            put_number(&model->body, 0, 1);
        if (!model->skipping || type == 'S') {
            messages[i].serve(model);
            return;
        }
        feed_message(model, type);
        assert(calls == 0 && model->answer_len == 0);
    }
}

/* ---- the start-up packet ---- */

static void serve_startup(struct model *model)
{
    struct bytes *packet = calloc(1, sizeof *packet);
    assert(packet);
    while (model->body.len < 4)
        put_number(&model->body, 0, 1);
    put_number(packet, (uint32_t)model->body.len + 4, 4);
    put(packet, model->body.data, model->body.len);
    model->encoded.len = 0;
    put(&model->encoded, model->body.data, 4); /* the version */
    feed(model, packet->data, packet->len);
    free(packet);
    if (opened)
        assert_encoded(model);
    else if (model->answer_len > 0) /* versions are agreed upon before parameters */
        assert(model->answer[0] == 'N' ||
               (model->closed && (model->answer[0] == 'E' || model->answer[0] == 'v')));
    else
        assert(model->closed); /* a cancel, or a packet without a layout */
}

/* The body of the next message: its length as said, if there is so much. */
static bool next_body(struct model *model, struct cursor *input)
{
    size_t left = (size_t)(input->end - input->at);
    if (left < 4)
        return false;
    uint32_t len = take_number(input, 4);
    left -= 4;
    len = len < 4 ? 0 : len - 4;
    if (len > left)
        len = (uint32_t)left;
    model->body.len = 0;
    put(&model->body, take(input, len), len);
    return true;
}

static void converse(struct model *model, struct cursor *input, bool greeted)
{
    static const char hello[] = "\0\3\0\0user\0u\0";
    if (greeted) {
        model->body.len = 0;
        put(&model->body, hello, sizeof hello);
        serve_startup(model);
        assert(opened);
    }
    while (!opened && !model->closed && next_body(model, input))
        serve_startup(model);
    while (opened && !model->closed && input->at < input->end) {
        char type = (char)take_number(input, 1);
        if (!next_body(model, input))
            return;
        serve_message(model, type);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || size > BYTES_MAX / 2)
        return 0;
    struct model *model = calloc(1, sizeof *model);
    struct cursor input = {data + 1, data + size, false};
    assert(model);
    encoding = &model->encoded;
    opened = false;
    model->session = pgw_session_new(&handlers, NULL, NULL);
    assert(model->session);
    converse(model, &input, data[0] & 1);
    pgw_session_free(model->session);
    drop_all(model->statements);
    drop_all(model->portals);
    free(model);
    return 0;
}
