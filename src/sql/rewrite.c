/* rewrite.c - a statement in PostgreSQL's words as the engine reads it: tokens in,
 * rules over them, text out.
 *
 *     trigger? ── no ──> as it came
 *        └ yes ─> pieces ── every rule at every token ──> text and stretches */
#include "sql/rewrite.h"

#include <strings.h>

#include "core/attr.h"
#include "core/buf.h"
#include "core/text.h"
#include "sql/rewrite_rules.h"

static rewrite_rule *const rules[] = {
    rewrite_operator,  rewrite_collation, rewrite_regex, rewrite_array,
    rewrite_qualified, rewrite_public,    rewrite_type,  rewrite_reg,
    rewrite_bytes,     rewrite_numeric,   rewrite_ctid,
};

/* ---- is there anything to do? ---- */

static bool begins(struct slice text, const char *with)
{
    size_t len = strlen(with);
    return text.len >= len && strncasecmp(text.data, with, len) == 0;
}

static bool is_trigger(const struct token *token)
{
    static const char *const words[] = {"pg_",      "reg",     "oid",     "public",
                                        "operator", "collate", "jsonb",   "char",
                                        "varbit",   "drop",    "numeric", "ctid"};
    struct slice text = token->text;
    if (token->kind == TOKEN_STRING)
        return begins(text, "'{") || begins(text, "'\\x") || begins(text, "e'{") ||
               begins(text, "e'\\\\x");
    if (token->kind == TOKEN_QUOTED)
        text = (struct slice){text.data + 1, text.len - 1};
    else if (token->kind != TOKEN_WORD)
        return false;
    if (text.len == 0)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if ((text.data[0] | 0x20) == words[i][0] && begins(text, words[i]))
            return true;
    }
    return text.data[0] == '_';
}

/* Rules look at so many tokens at most. What goes beyond are rows of values. */
enum { TOKENS_MAX = 65536, CASTS_MAX = 8 };

/* The number of tokens, 0 if none of them concerns a rule. */
static size_t count_if_triggered(struct slice sql)
{
    bool triggered = false;
    size_t count = 0;
    for (;;) {
        struct token token = token_next(&sql);
        if (token.kind == TOKEN_END || count == TOKENS_MAX)
            return triggered ? count : 0;
        count++;
        triggered = triggered || is_trigger(&token);
    }
}

/* ---- tokens ---- */

const struct token *rewrite_token(const struct rewrite *rewrite, size_t i)
{
    static const struct token nothing = {.kind = TOKEN_END, .text = {"", 0}};
    return i < rewrite->count ? &rewrite->pieces[i].token : &nothing;
}

bool rewrite_is_symbol(const struct rewrite *rewrite, size_t i, char symbol)
{
    return token_is_symbol(rewrite_token(rewrite, i), symbol);
}

bool rewrite_is_any_name(const struct rewrite *rewrite, size_t i)
{
    enum token_kind kind = rewrite_token(rewrite, i)->kind;
    return kind == TOKEN_WORD || kind == TOKEN_QUOTED;
}

struct slice rewrite_name(const struct rewrite *rewrite, size_t i)
{
    const struct token *token = rewrite_token(rewrite, i);
    struct slice text = token->text;
    if (token->kind == TOKEN_QUOTED && !token->unterminated)
        text = (struct slice){text.data + 1, text.len - 2};
    return text;
}

bool rewrite_is_name(const struct rewrite *rewrite, size_t i, const char *name)
{
    struct slice text = rewrite_name(rewrite, i);
    if (rewrite_token(rewrite, i)->kind == TOKEN_QUOTED)
        return slice_equal(text, slice_of(name));
    return token_is_word(rewrite_token(rewrite, i), name);
}

/* Are these two tokens written without a blank between them? */
static bool touch(const struct rewrite *rewrite, size_t i)
{
    const struct token *a = rewrite_token(rewrite, i),
                       *b = rewrite_token(rewrite, i + 1);
    return a->text.data + a->text.len == b->text.data;
}

bool rewrite_is_cast(const struct rewrite *rewrite, size_t i)
{
    return rewrite_is_symbol(rewrite, i, ':') &&
           rewrite_is_symbol(rewrite, i + 1, ':') && touch(rewrite, i);
}

static bool opens(const struct rewrite *rewrite, size_t i)
{
    return rewrite_is_symbol(rewrite, i, '(') || rewrite_is_symbol(rewrite, i, '[');
}

static bool closes(const struct rewrite *rewrite, size_t i)
{
    return rewrite_is_symbol(rewrite, i, ')') || rewrite_is_symbol(rewrite, i, ']');
}

/* Of CAST ( … AS type. */
static bool is_cast_as(const struct rewrite *rewrite, size_t as)
{
    size_t open = rewrite->pieces[as].parent;
    return token_is_word(rewrite_token(rewrite, as), "as") && open != REWRITE_NONE &&
           open > 0 &&
           (rewrite_is_name(rewrite, open - 1, "cast") ||
            rewrite_is_name(rewrite, open - 1, "try_cast"));
}

bool rewrite_is_type(const struct rewrite *rewrite, size_t i)
{
    return (i >= 2 && rewrite_is_cast(rewrite, i - 2)) ||
           (i >= 1 && is_cast_as(rewrite, i - 1));
}

/* Back over a.b.c */
static size_t name_start(const struct rewrite *rewrite, size_t last)
{
    while (last >= 2 && rewrite_is_symbol(rewrite, last - 1, '.') &&
           rewrite_is_any_name(rewrite, last - 2))
        last -= 2;
    return last;
}

/* What stands in front of brackets and is no function. */
static bool is_keyword(const struct rewrite *rewrite, size_t i)
{
    static const char *const words[] = {
        "select", "distinct", "all",   "from",  "where",   "on",     "using",    "and",
        "or",     "not",      "in",    "like",  "between", "is",     "case",     "when",
        "then",   "else",     "group", "by",    "having",  "limit",  "offset",   "as",
        "union",  "except",   "with",  "order", "values",  "return", "returning"};
    for (size_t w = 0; w < ARRAY_LEN(words); w++) {
        if (token_is_word(rewrite_token(rewrite, i), words[w]))
            return true;
    }
    return false;
}

static bool has_front(const struct rewrite *rewrite, size_t open)
{
    return (rewrite_is_any_name(rewrite, open - 1) && !is_keyword(rewrite, open - 1)) ||
           closes(rewrite, open - 1) ||
           rewrite_token(rewrite, open - 1)->kind == TOKEN_PARAM;
}

/* Back over brackets, and the name or the value in front of them. */
static size_t primary_start(const struct rewrite *rewrite, size_t end)
{
    size_t at = end - 1;
    while (closes(rewrite, at)) {
        size_t open = rewrite->pieces[at].partner;
        if (open == REWRITE_NONE)
            return at;
        if (open == 0)
            return open;
        if (!has_front(rewrite, open))
            return open;
        at = open - 1;
    }
    return rewrite_is_any_name(rewrite, at) ? name_start(rewrite, at) : at;
}

size_t rewrite_operand_start(const struct rewrite *rewrite, size_t end)
{
    size_t start = end > 0 ? primary_start(rewrite, end) : 0;
    for (int casts = 0; start >= 3 && rewrite_is_cast(rewrite, start - 2); casts++) {
        if (casts == CASTS_MAX)
            return start;
        start = primary_start(rewrite, start - 2);
    }
    return start;
}

/* Over a.b.c */
static size_t name_end(const struct rewrite *rewrite, size_t at)
{
    at++;
    while (rewrite_is_symbol(rewrite, at, '.') && rewrite_is_any_name(rewrite, at + 1))
        at += 2;
    return at;
}

/* Over (…) and […]; one that nothing closes ends at the end. */
static size_t groups_end(const struct rewrite *rewrite, size_t at)
{
    while (opens(rewrite, at)) {
        size_t close = rewrite->pieces[at].partner;
        at = close == REWRITE_NONE ? rewrite->count : close + 1;
    }
    return at;
}

size_t rewrite_operand_end(const struct rewrite *rewrite, size_t start)
{
    size_t at = start;
    if (rewrite_is_any_name(rewrite, at))
        at = name_end(rewrite, at);
    else if (!opens(rewrite, at))
        at++;
    at = groups_end(rewrite, at);
    for (int casts = 0; casts < CASTS_MAX && rewrite_is_cast(rewrite, at); casts++)
        at = groups_end(rewrite, name_end(rewrite, at + 2));
    return at < rewrite->count ? at : rewrite->count;
}

/* ---- changes ---- */

void rewrite_drop(struct rewrite *rewrite, size_t from, size_t to)
{
    for (size_t i = from; i < to && i < rewrite->count; i++)
        rewrite->pieces[i].text = (struct slice){"", 0};
}

void rewrite_put(struct rewrite *rewrite, size_t i, const char *text)
{
    if (text)
        rewrite->pieces[i].text = slice_of(text);
    else
        rewrite->no_memory = true;
}

static void put_joined(struct rewrite *rewrite, struct slice *out, struct slice a,
                       struct slice b)
{
    char *text = arena_printf(rewrite->arena, "%.*s%.*s", (int)a.len, a.data,
                              (int)b.len, b.data);
    if (text)
        *out = (struct slice){text, a.len + b.len};
    else
        rewrite->no_memory = true;
}

void rewrite_before(struct rewrite *rewrite, size_t i, const char *text)
{
    struct slice *before = &rewrite->pieces[i].before;
    if (text)
        put_joined(rewrite, before, slice_of(text), *before);
    else
        rewrite->no_memory = true;
}

void rewrite_after(struct rewrite *rewrite, size_t i, const char *text)
{
    struct slice *after = &rewrite->pieces[i].after;
    put_joined(rewrite, after, *after, slice_of(text));
}

/* ---- from text to pieces and back ---- */

static bool read_pieces(struct slice sql, struct rewrite *rewrite)
{
    rewrite->pieces =
        arena_calloc(rewrite->arena, rewrite->count, sizeof(struct piece));
    if (!rewrite->pieces)
        return false;
    for (size_t i = 0; i < rewrite->count; i++) {
        struct piece *piece = &rewrite->pieces[i];
        piece->token = token_next(&sql);
        piece->before = piece->after = (struct slice){"", 0};
        piece->text = piece->token.text;
    }
    return true;
}

/* Which brackets belong together; the kinds are not compared. */
static void match_brackets(struct rewrite *rewrite)
{
    size_t open = REWRITE_NONE;
    for (size_t i = 0; i < rewrite->count; i++) {
        struct piece *piece = &rewrite->pieces[i];
        piece->partner = REWRITE_NONE;
        if (closes(rewrite, i) && open != REWRITE_NONE) {
            piece->partner = open;
            rewrite->pieces[open].partner = i;
            open = rewrite->pieces[open].parent;
        }
        piece->parent = open;
        if (opens(rewrite, i))
            open = i;
    }
}

/* What rules ask of the whole statement. */
static void look_around(struct rewrite *rewrite)
{
    for (size_t i = 0; i < rewrite->count; i++) {
        if (!rewrite_is_any_name(rewrite, i))
            continue;
        struct slice name = rewrite_name(rewrite, i);
        if (begins(name, "pg_"))
            rewrite->of_catalog = rewrite->of_catalog ||
                                  slice_equal_nocase(name, SLICE("pg_catalog")) ||
                                  rewrite->catalog->has_relation(name) ||
                                  rewrite->catalog->has_function(name);
        if (rewrite_is_name(rewrite, i, "public") && i > 0 &&
            !rewrite_is_symbol(rewrite, i + 1, '.') &&
            !rewrite_is_name(rewrite, i - 1, "schema") &&
            !rewrite_is_name(rewrite, i - 1, "exists"))
            rewrite->public_is_own = true;
    }
}

struct writer {
    struct buf buf;
    struct sql_stretch *stretches;
    size_t count;
    const char *original;
    bool failed;
};

static void write(struct writer *writer, struct slice text, const char *from,
                  bool copied)
{
    if (text.len == 0)
        return;
    writer->stretches[writer->count++] = (struct sql_stretch){
        buf_len(&writer->buf), (size_t)(from - writer->original), copied};
    writer->failed = writer->failed || !buf_append(&writer->buf, text.data, text.len);
}

static void write_pieces(struct writer *writer, struct slice sql,
                         const struct rewrite *rewrite)
{
    const char *at = sql.data;
    for (size_t i = 0; i < rewrite->count; i++) {
        const struct piece *piece = &rewrite->pieces[i];
        const char *start = piece->token.text.data;
        write(writer, (struct slice){at, (size_t)(start - at)}, at, true);
        write(writer, piece->before, start, false);
        write(writer, piece->text, start, piece->text.data == start);
        write(writer, piece->after, start, false);
        at = start + piece->token.text.len;
    }
    write(writer, (struct slice){at, (size_t)(sql.data + sql.len - at)}, at, true);
}

static bool write_text(struct slice sql, const struct rewrite *rewrite,
                       struct sql_rewritten *out)
{
    struct writer writer = {.original = sql.data};
    writer.stretches =
        arena_calloc(rewrite->arena, rewrite->count * 4 + 1, sizeof *writer.stretches);
    if (!writer.stretches)
        return false;
    write_pieces(&writer, sql, rewrite);
    struct slice made = {(const char *)buf_data(&writer.buf), buf_len(&writer.buf)};
    const char *text = writer.failed ? NULL : arena_string(rewrite->arena, made);
    buf_free(&writer.buf);
    *out = (struct sql_rewritten){
        .text = {text, made.len}, .stretches = writer.stretches, .count = writer.count};
    return text != NULL;
}

bool sql_rewrite(struct slice statement, const struct sql_catalog *catalog,
                 struct arena *arena, struct sql_rewritten *out)
{
    struct rewrite rewrite = {.arena = arena, .catalog = catalog};
    bool changed = false;
    *out = (struct sql_rewritten){.text = statement};
    rewrite.count = count_if_triggered(statement);
    if (rewrite.count == 0)
        return true;
    if (!read_pieces(statement, &rewrite))
        return false;
    match_brackets(&rewrite);
    look_around(&rewrite);
    if (rewrite_refuses(&rewrite, &out->refused))
        return true;
    for (size_t i = 0; i < rewrite.count; i++) {
        for (size_t rule = 0; rule < ARRAY_LEN(rules); rule++)
            changed = rules[rule](&rewrite, i) || changed;
    }
    if (rewrite.no_memory)
        return false;
    return !changed || write_text(statement, &rewrite, out);
}

/* ---- positions ---- */

static size_t byte_of(struct slice text, int32_t character)
{
    size_t byte = 0;
    for (; character > 1 && byte < text.len; character--) {
        byte++;
        while (byte < text.len && ((unsigned char)text.data[byte] & 0xc0) == 0x80)
            byte++;
    }
    return byte;
}

static int32_t character_of(struct slice text, size_t byte)
{
    size_t len = byte < text.len ? byte : text.len;
    return 1 + text_characters(text.data, text.data + len);
}

int32_t sql_rewrite_origin(const struct sql_rewritten *rewritten,
                           struct slice statement, int32_t position)
{
    if (!rewritten->stretches || position <= 0)
        return position;
    size_t byte = byte_of(rewritten->text, position), origin = 0;
    for (size_t i = 0; i < rewritten->count && rewritten->stretches[i].to <= byte;
         i++) {
        const struct sql_stretch *stretch = &rewritten->stretches[i];
        origin = stretch->from + (stretch->copied ? byte - stretch->to : 0);
    }
    return character_of(statement, origin);
}
