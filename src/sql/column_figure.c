/* column_figure.c - what PostgreSQL calls an expression that has no name.
 *
 * A function's call has its name, a cast its operand's, or else that of the type; CASE,
 * ARRAY, ROW, EXISTS have their own; a subquery has that of its column. An expression
 * of operators has none. An operand is read from its first token on, with what may
 * follow it: casts, subscripts, fields, OVER. */
#include "sql/column_figure.h"

#include "core/attr.h"

enum { DEPTH_MAX = 32 };

/* A name, and whether it is only what there is for want of a better one. */
struct figure {
    struct slice name;
    bool is_weak;
};

static const struct figure nothing = {.is_weak = true};
static const char unnamed[] = "?column?";

struct reading {
    const struct infer_text *text;
    size_t at, to;
    struct figure figure;
    unsigned depth;
};

static struct figure figure_of(const struct infer_text *text, struct figure_item item,
                               unsigned depth);

/* ---- lists ---- */

static bool is_any_of(const struct infer_text *text, size_t i, const char *const *words,
                      size_t count)
{
    for (size_t w = 0; w < count; w++) {
        if (infer_is(text, i, words[w]))
            return true;
    }
    return false;
}

/* Over brackets, and to the end of the text or of the bracket around. */
static size_t next_token(const struct infer_text *text, size_t i)
{
    if (infer_is_symbol(text, i, '(') || infer_is_symbol(text, i, '[') ||
        infer_is_symbol(text, i, '{'))
        i = infer_closing(text, i);
    return i + 1;
}

static bool is_closing(const struct infer_text *text, size_t i)
{
    return infer_is_symbol(text, i, ')') || infer_is_symbol(text, i, ']') ||
           infer_is_symbol(text, i, '}');
}

/* The first of some words from i on, outside of brackets; the text's count: none. */
static size_t find_word(const struct infer_text *text, size_t i,
                        const char *const *words, size_t count)
{
    for (; i < text->count && !is_closing(text, i); i = next_token(text, i)) {
        if (is_any_of(text, i, words, count))
            return i;
    }
    return text->count;
}

static size_t skip_distinct(const struct infer_text *text, size_t i)
{
    if (infer_is(text, i, "all"))
        return i + 1;
    if (!infer_is(text, i, "distinct"))
        return i;
    bool has_list = infer_is(text, i + 1, "on") && infer_is_symbol(text, i + 2, '(');
    return has_list ? infer_closing(text, i + 2) + 1 : i + 1;
}

size_t figure_list(const struct infer_text *text, size_t from)
{
    static const char *const verbs[] = {"select", "values", "insert",
                                        "update", "delete", "merge"};
    static const char *const returning[] = {"returning"};
    static const char *const begins[] = {"with", "from"};
    while (infer_is_symbol(text, from, '('))
        from++;
    if (!is_any_of(text, from, verbs, ARRAY_LEN(verbs)) &&
        !is_any_of(text, from, begins, ARRAY_LEN(begins)))
        return text->count;
    size_t verb = find_word(text, from, verbs, ARRAY_LEN(verbs));
    if (infer_is(text, verb, "select"))
        return skip_distinct(text, verb + 1);
    if (verb >= text->count || infer_is(text, verb, "values"))
        return verb < text->count ? verb + 1 : verb;
    size_t list = find_word(text, verb, returning, ARRAY_LEN(returning));
    return list < text->count ? list + 1 : list;
}

/* A word that ends a list, if it is not part of what it looks like: IS DISTINCT FROM,
 * WITHIN GROUP. */
static bool ends_list(const struct infer_text *text, size_t i)
{
    static const char *const words[] = {
        "from",  "where",     "union",  "except",  "intersect", "order",
        "limit", "group",     "having", "offset",  "fetch",     "window",
        "using", "returning", "into",   "qualify", "for"};
    return is_any_of(text, i, words, ARRAY_LEN(words)) &&
           !infer_is(text, i - 1, "distinct") && !infer_is(text, i - 1, "within");
}

struct figure_item figure_item(const struct infer_text *text, size_t from)
{
    size_t i = from;
    for (; i < text->count && !is_closing(text, i); i = next_token(text, i)) {
        if (infer_is_symbol(text, i, ',') || infer_is_symbol(text, i, ';') ||
            ends_list(text, i))
            break;
    }
    return (struct figure_item){from, i < text->count ? i : text->count};
}

/* ---- operands ---- */

static struct figure named(const char *name, bool is_weak)
{
    return (struct figure){slice_of(name), is_weak};
}

static bool is_symbols(const struct infer_text *text, size_t i, char first, char second)
{
    return infer_is_symbol(text, i, first) && infer_is_symbol(text, i + 1, second);
}

static bool is_identifier(const struct infer_text *text, size_t i)
{
    enum token_kind kind = infer_at(text, i)->kind;
    return kind == TOKEN_WORD || kind == TOKEN_QUOTED;
}

static void pass_brackets(struct reading *reading)
{
    reading->at = next_token(reading->text, reading->at);
}

/* PostgreSQL's name of the type that is written from i on. */
static struct figure type_figure(const struct infer_text *text, size_t i)
{
    const char *known = infer_type_name(text, i);
    struct slice written = infer_at(text, i)->text;
    if (infer_is(text, i, "interval"))
        known = "interval";
    if (!known) {
        while (infer_is_symbol(text, i + 1, '.') && is_identifier(text, i + 2))
            i += 2;
        return (struct figure){infer_at(text, i)->text, true};
    }
    bool is_array = known[0] == '_' && written.data[0] != '_';
    return named(known + is_array, true);
}

static void pass_type(struct reading *reading)
{
    static const char *const words[] = {"varying", "precision", "with",
                                        "without", "time",      "zone"};
    const struct infer_text *text = reading->text;
    reading->at++;
    for (;;) {
        if (infer_is_symbol(text, reading->at, '('))
            pass_brackets(reading);
        else if (infer_is_symbol(text, reading->at, '.'))
            reading->at += 2;
        else if (is_any_of(text, reading->at, words, ARRAY_LEN(words)))
            reading->at++;
        else
            return;
    }
}

static void apply_cast(struct reading *reading, size_t type)
{
    if (reading->figure.is_weak)
        reading->figure = type_figure(reading->text, type);
}

/* CAST (x AS type) */
static void read_cast(struct reading *reading)
{
    static const char *const as[] = {"as"};
    const struct infer_text *text = reading->text;
    size_t open = reading->at + 1;
    size_t word = find_word(text, open + 1, as, 1);
    reading->at = open;
    pass_brackets(reading);
    if (word >= text->count)
        return;
    reading->figure =
        figure_of(text, (struct figure_item){open + 1, word}, reading->depth);
    apply_cast(reading, word + 1);
}

/* The name of its ELSE, or "case". */
static void read_case(struct reading *reading)
{
    const struct infer_text *text = reading->text;
    size_t otherwise = 0, i = reading->at;
    int depth = 0;
    for (; i < reading->to; i = next_token(text, i)) {
        depth += infer_is(text, i, "case") - infer_is(text, i, "end");
        if (depth == 0)
            break;
        if (depth == 1 && infer_is(text, i, "else"))
            otherwise = i + 1;
    }
    if (otherwise)
        reading->figure =
            figure_of(text, (struct figure_item){otherwise, i}, reading->depth);
    if (reading->figure.is_weak)
        reading->figure = named("case", true);
    reading->at = i + 1;
}

/* (expression), (subquery), (row, of, several) */
static void read_brackets(struct reading *reading)
{
    const struct infer_text *text = reading->text;
    size_t from = reading->at + 1, list = figure_list(text, from);
    pass_brackets(reading);
    size_t to = reading->at - 1;
    struct figure_item item = figure_item(text, list < to ? list : from);
    if (list >= to && infer_is_symbol(text, item.to, ','))
        reading->figure = named("row", false);
    else if (list < to && infer_is(text, list - 1, "values"))
        reading->figure = named("column1", false);
    else if (list < to && infer_is(text, item.to - 2, "as"))
        reading->figure = (struct figure){infer_at(text, item.to - 1)->text, false};
    else
        reading->figure = figure_of(text, item, reading->depth);
    if (list < to && reading->figure.name.len == 0)
        reading->figure = named(unnamed, false);
    reading->figure.is_weak = reading->figure.is_weak && list >= to;
}

/* ARRAY[…], ARRAY(…), ROW(…), EXISTS(…) */
static bool read_constructor(struct reading *reading)
{
    static const char *const words[] = {"array", "row", "exists"};
    const struct infer_text *text = reading->text;
    if (!infer_is_symbol(text, reading->at + 1, '(') &&
        !infer_is_symbol(text, reading->at + 1, '['))
        return false;
    for (size_t w = 0; w < ARRAY_LEN(words); w++) {
        if (!infer_is(text, reading->at, words[w]))
            continue;
        reading->figure = named(words[w], false);
        reading->at++;
        pass_brackets(reading);
        return true;
    }
    return false;
}

/* TRIM is three functions. */
static struct slice function_name(const struct infer_text *text, size_t word)
{
    if (!infer_is(text, word, "trim"))
        return infer_at(text, word)->text;
    if (infer_is(text, word + 2, "leading"))
        return SLICE("ltrim");
    return infer_is(text, word + 2, "trailing") ? SLICE("rtrim") : SLICE("btrim");
}

/* What may stand behind a call: FILTER (…), WITHIN GROUP (…), OVER (…), OVER name. */
static void pass_clauses(struct reading *reading)
{
    const struct infer_text *text = reading->text;
    for (;;) {
        size_t words = infer_is(text, reading->at, "within") ? 2 : 1;
        bool is_over = infer_is(text, reading->at, "over");
        if (!is_over && words == 1 && !infer_is(text, reading->at, "filter"))
            return;
        reading->at += words;
        pass_brackets(reading);
    }
}

/* a.b.c, and f(…) */
static void read_name(struct reading *reading)
{
    const struct infer_text *text = reading->text;
    while (infer_is_symbol(text, reading->at + 1, '.') &&
           is_identifier(text, reading->at + 2))
        reading->at += 2;
    size_t last = reading->at++;
    reading->figure = (struct figure){infer_at(text, last)->text, false};
    if (!infer_is_symbol(text, reading->at, '('))
        return;
    reading->figure.name = function_name(text, last);
    pass_brackets(reading);
    pass_clauses(reading);
}

/* DATE '…', TIMESTAMP WITH TIME ZONE '…', INTERVAL '…' DAY */
static bool read_typed_literal(struct reading *reading)
{
    const struct infer_text *text = reading->text;
    struct reading ahead = *reading;
    if (infer_at(text, reading->at)->kind != TOKEN_WORD ||
        infer_is_keyword(text, reading->at))
        return false;
    pass_type(&ahead);
    if (infer_at(text, ahead.at)->kind != TOKEN_STRING || ahead.at >= reading->to)
        return false;
    reading->figure = type_figure(text, reading->at);
    bool is_interval = infer_is(text, reading->at, "interval");
    reading->at = ahead.at + 1;
    if (is_interval && infer_at(text, reading->at)->kind == TOKEN_WORD)
        reading->at = reading->to; /* its fields are the last words */
    return true;
}

static void read_operand(struct reading *reading)
{
    const struct infer_text *text = reading->text;
    static const char *const words[] = {"null", "true", "false", "not"};
    size_t at = reading->at;
    reading->figure = nothing;
    if (infer_is_symbol(text, at, '('))
        read_brackets(reading);
    else if (infer_is(text, at, "cast") && infer_is_symbol(text, at + 1, '('))
        read_cast(reading);
    else if (infer_is(text, at, "case"))
        read_case(reading);
    else if (read_constructor(reading) || read_typed_literal(reading))
        return;
    else if (is_identifier(text, at) && !is_any_of(text, at, words, ARRAY_LEN(words)))
        read_name(reading);
    else
        pass_brackets(reading);
}

/* ---- what follows an operand ---- */

static void read_field(struct reading *reading)
{
    reading->at++;
    read_name(reading);
}

/* x AT TIME ZONE y is a call of timezone, which binds more strongly than others. */
static void read_zone(struct reading *reading)
{
    size_t end = infer_operand_end(reading->text, reading->at + 3);
    reading->figure = named("timezone", false);
    reading->at = end > reading->at + 3 ? end : reading->to + 1;
}

static bool read_suffix(struct reading *reading)
{
    const struct infer_text *text = reading->text;
    size_t at = reading->at;
    if (at >= reading->to)
        return false;
    if (infer_is_symbol(text, at, '[')) {
        pass_brackets(reading);
    } else if (is_symbols(text, at, ':', ':')) {
        apply_cast(reading, at + 2);
        reading->at += 2;
        pass_type(reading);
    } else if (infer_is_symbol(text, at, '.') && is_identifier(text, at + 1)) {
        read_field(reading);
    } else if (infer_is(text, at, "collate")) {
        reading->at++;
        pass_type(reading);
    } else if (infer_is(text, at, "at") && infer_is(text, at + 1, "time")) {
        read_zone(reading);
    } else {
        return false;
    }
    return true;
}

/* ---- */

static struct figure figure_of(const struct infer_text *text, struct figure_item item,
                               unsigned depth)
{
    struct reading reading = {
        .text = text, .at = item.from, .to = item.to, .depth = depth + 1};
    if (depth == DEPTH_MAX || item.from >= item.to)
        return nothing;
    read_operand(&reading);
    while (read_suffix(&reading))
        ;
    return reading.at == item.to ? reading.figure : nothing;
}

/* As an identifier is read: in lower case, or without its quotes. */
static const char *fold(struct slice name, struct arena *arena)
{
    bool is_quoted = name.data[0] == '"' && name.len >= 2;
    if (is_quoted)
        name = (struct slice){name.data + 1, name.len - 2};
    char *out = arena_string(arena, name);
    size_t len = 0;
    for (size_t i = 0; out && i < name.len; i++, len++) {
        char c = name.data[i];
        out[len] = !is_quoted && c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
        i += is_quoted && c == '"'; /* written twice */
    }
    if (out)
        out[len] = '\0';
    return out;
}

const char *figure_name(const struct infer_text *text, struct figure_item item,
                        struct arena *arena)
{
    struct figure figure = figure_of(text, item, 0);
    return figure.name.len ? fold(figure.name, arena) : unnamed;
}
