/* infer_probe.c - texts that are prepared to learn a type, and never executed. */
#include "core/buf.h"
#include "sql/infer.h"
#include "sql/params.h"
#include "sql/token.h"

enum { SPANS_MAX = 64 };

struct output {
    const struct infer_probe *probe;
    struct buf text;
    uint32_t asked; /* this parameter stays; 0 = none */
    bool opaque;    /* NULLs are not to be folded */
    bool failed;
};

static void put(struct output *out, struct slice text)
{
    out->failed = out->failed || !buf_append(&out->text, text.data, text.len);
}

static void put_param(struct output *out, uint32_t number)
{
    const char *cast = number > 0 && number <= out->probe->count
                           ? out->probe->casts[number - 1]
                           : NULL;
    if (number == out->asked) {
        put(out, SLICE("$1"));
        return;
    }
    bool hides = out->opaque && cast;
    if (hides)
        put(out, SLICE("CASE WHEN random() < 2 THEN "));
    put(out, cast ? SLICE("NULL::") : SLICE("NULL"));
    if (cast)
        put(out, slice_of(cast));
    if (hides)
        put(out, SLICE(" END"));
}

static void put_params(struct output *out, struct slice text)
{
    const char *copied = text.data;
    struct slice rest = text;
    for (struct token token = token_next(&rest); token.kind != TOKEN_END;
         token = token_next(&rest)) {
        if (token.kind != TOKEN_PARAM)
            continue;
        put(out, (struct slice){copied, (size_t)(token.text.data - copied)});
        put_param(out, sql_param_number(&token));
        copied = token.text.data + token.text.len;
    }
    put(out, (struct slice){copied, (size_t)(text.data + text.len - copied)});
}

/* The first stretch in the text that another open parameter shares with its operand. */
static struct slice next_span(const struct output *out, struct slice text)
{
    const struct infer_probe *probe = out->probe;
    struct slice first = {text.data + text.len, 0};
    for (size_t i = 0; probe->count <= SPANS_MAX && i < probe->count; i++) {
        struct slice span = probe->hints[i].span;
        bool operand =
            probe->hints[i].kind == INFER_SAME || probe->hints[i].kind == INFER_ELEMENT;
        if (operand && !probe->casts[i] && i + 1 != probe->number &&
            span.data >= text.data && span.data < first.data &&
            span.data + span.len <= text.data + text.len)
            first = span;
    }
    return first;
}

static void put_text(struct output *out, struct slice text)
{
    const char *end = text.data + text.len;
    for (;;) {
        struct slice span = next_span(out, text);
        put_params(out, (struct slice){text.data, (size_t)(span.data - text.data)});
        if (span.len == 0)
            return;
        put(out, SLICE("NULL"));
        text =
            (struct slice){span.data + span.len, (size_t)(end - span.data) - span.len};
    }
}

/* A comparison says which type the parameter has, a CASE keeps the operand's. */
static void put_comparison(struct output *out, struct slice operand)
{
    uint32_t number = out->asked;
    out->asked = 0;
    put(out, SLICE("(CASE WHEN ("));
    put_params(out, operand);
    put(out, SLICE(") = $1 THEN ("));
    if (out->probe->untyped)
        put(out, SLICE("NULL"));
    else
        put_params(out, operand);
    put(out, SLICE(") END)"));
    out->asked = number;
}

static void put_target(struct output *out, const struct infer_hint *hint)
{
    put(out, SLICE("SELECT "));
    put(out, hint->columns.len ? hint->columns : SLICE("*"));
    put(out, SLICE(" FROM "));
    put(out, hint->table);
}

static bool finish(struct output *out, struct arena *arena, struct slice *text)
{
    struct slice made = {(const char *)buf_data(&out->text), buf_len(&out->text)};
    *text = (struct slice){out->failed ? NULL : arena_string(arena, made), made.len};
    buf_free(&out->text);
    return text->data != NULL;
}

/* What the engine knows to be NULL it folds, and then it may mistake the type of what
 * stands around: 'a' || NULL::int is an integer to it. */
bool sql_infer_nulls(struct slice statement, const char *const *casts, size_t count,
                     struct arena *arena, struct slice *text)
{
    const struct infer_probe probe = {.casts = casts, .count = count};
    struct output out = {.probe = &probe, .opaque = true};
    put_params(&out, statement);
    return finish(&out, arena, text);
}

bool sql_infer_probe(const struct infer_probe *probe, struct arena *arena,
                     struct slice *text)
{
    const struct infer_hint *hint = &probe->hints[probe->number - 1];
    const char *start = probe->statement.data, *end = start + probe->statement.len;
    struct output out = {.probe = probe, .asked = probe->number};
    if (hint->kind == INFER_TARGET) {
        put_target(&out, hint);
    } else if (hint->kind == INFER_COLUMN) {
        out.asked = 0;
        put_text(&out, probe->statement);
    } else {
        const char *behind = hint->span.data + hint->span.len;
        put_text(&out, (struct slice){start, (size_t)(hint->span.data - start)});
        put_comparison(&out, hint->operand);
        if (hint->kind == INFER_ELEMENT) /* a condition stood there */
            put(&out, SLICE(" IS NULL"));
        put_text(&out, (struct slice){behind, (size_t)(end - behind)});
    }
    return finish(&out, arena, text);
}

bool sql_infer_is_open(struct slice operand, const char *const *casts, size_t count)
{
    for (struct token token = token_next(&operand); token.kind != TOKEN_END;
         token = token_next(&operand)) {
        uint32_t number = sql_param_number(&token);
        if (number > 0 && number <= count && !casts[number - 1])
            return true;
    }
    return false;
}
