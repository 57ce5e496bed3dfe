/* rewrite_array.c - arrays as PostgreSQL writes them: '{a,"b c",NULL}' as a list.
 *
 * Source: PostgreSQL documentation 8.15.6. */
#include "core/attr.h"
#include "core/buf.h"
#include "sql/rewrite_rules.h"

enum { DEPTH_MAX = 6 }; /* dimensions, as in PostgreSQL */

struct reader {
    struct slice rest; /* between the quotes of the literal and the outer braces */
    struct buf out;
    size_t depth;     /* of the deepest element */
    int whole, scale; /* digits before and behind the point, at most */
    bool is_numeric;  /* all elements so far are plain decimal numbers */
    bool of_bytes;    /* the elements are bytea, in hexadecimal */
    bool failed;      /* out of memory */
};

static void put(struct reader *reader, const char *text, size_t len)
{
    reader->failed = reader->failed || !buf_append(&reader->out, text, len);
}

static char peek(const struct reader *reader)
{
    return reader->rest.len > 0 ? reader->rest.data[0] : '\0';
}

static void take(struct reader *reader, size_t count)
{
    reader->rest.data += count;
    reader->rest.len -= count;
}

static void skip_blanks(struct reader *reader)
{
    while (peek(reader) == ' ')
        take(reader, 1);
}

/* "\\x…": its backslash is escaped. */
static bool is_hex(const struct reader *reader)
{
    return reader->of_bytes && reader->rest.len > 4 &&
           memcmp(reader->rest.data, "\"\\\\x", 4) == 0;
}

/* The doubled quotes of the literal stay doubled: a literal is made of them again. */
static bool read_quoted(struct reader *reader)
{
    bool hex = is_hex(reader);
    reader->is_numeric = false;
    put(reader, hex ? "unhex('" : "'", hex ? 7 : 1);
    for (take(reader, hex ? 4 : 1); peek(reader) != '"'; take(reader, 1)) {
        if (peek(reader) == '\\')
            take(reader, reader->rest.len > 0);
        if (reader->rest.len == 0)
            return false;
        put(reader, reader->rest.data, 1);
    }
    take(reader, 1);
    put(reader, "')", hex ? 2 : 1);
    return true;
}

static void measure(struct reader *reader, struct slice word)
{
    int digits, scale;
    if (!rewrite_count_digits(word, &digits, &scale)) {
        reader->is_numeric = false;
        return;
    }
    if (digits - scale > reader->whole)
        reader->whole = digits - scale;
    if (scale > reader->scale)
        reader->scale = scale;
}

static bool read_plain(struct reader *reader)
{
    struct slice word = {reader->rest.data, 0};
    while (word.len < reader->rest.len && word.data[word.len] != ',' &&
           word.data[word.len] != '}')
        word.len++;
    take(reader, word.len);
    while (word.len > 0 && word.data[word.len - 1] == ' ')
        word.len--;
    for (size_t i = 0; i < word.len; i++) {
        if (word.data[i] == '{' || word.data[i] == '"' || word.data[i] == '\\')
            return false;
    }
    if (slice_equal_nocase(word, SLICE("null"))) {
        put(reader, "NULL", 4);
        return true;
    }
    measure(reader, word);
    put(reader, "'", 1);
    put(reader, word.data, word.len);
    put(reader, "'", 1);
    return word.len > 0;
}

static bool read_elements(struct reader *reader, int depth);

static bool read_element(struct reader *reader, int depth)
{
    if (peek(reader) == '"')
        return read_quoted(reader);
    if (peek(reader) != '{')
        return read_plain(reader);
    if (depth == DEPTH_MAX)
        return false;
    reader->depth = reader->depth > (size_t)depth ? reader->depth : (size_t)depth;
    take(reader, 1);
    put(reader, "[", 1);
    bool done = read_elements(reader, depth + 1) && peek(reader) == '}';
    take(reader, done);
    put(reader, "]", 1);
    return done;
}

/* Up to the end, or to the brace that closes an inner one. */
static bool read_elements(struct reader *reader, int depth)
{
    skip_blanks(reader);
    if (reader->rest.len == 0 && depth == 1)
        return true;
    for (;;) {
        skip_blanks(reader);
        if (!read_element(reader, depth))
            return false;
        skip_blanks(reader);
        if (reader->rest.len == 0 || peek(reader) == '}')
            return (reader->rest.len == 0) == (depth == 1);
        if (peek(reader) != ',')
            return false;
        take(reader, 1);
        put(reader, ",", 1);
    }
}

/* The elements within braces, between two brackets. NULL: not an array. */
static const char *list_of(struct rewrite *rewrite, struct reader *reader,
                           const char *brackets)
{
    const char *list = NULL;
    put(reader, &brackets[0], 1);
    bool done = read_elements(reader, 1);
    put(reader, &brackets[1], 1);
    if (done && !reader->failed)
        list = arena_string(rewrite->arena,
                            (struct slice){(const char *)buf_data(&reader->out),
                                           buf_len(&reader->out)});
    rewrite->no_memory = rewrite->no_memory || reader->failed || (done && !list);
    buf_free(&reader->out);
    return list;
}

/* The first token of a type's name, schema aside. */
static size_t type_name(const struct rewrite *rewrite, size_t i)
{
    return rewrite_is_name(rewrite, i, "pg_catalog") ? i + 2 : i;
}

/* The dimensions that the type says, 0 if it is no array's; its last token. */
static size_t type_dimensions(const struct rewrite *rewrite, size_t type, size_t *last)
{
    size_t dimensions = 0, at = type_name(rewrite, type);
    struct slice name = rewrite_name(rewrite, at);
    *last = at;
    if (name.len > 1 && name.data[0] == '_')
        return 1;
    for (at++; rewrite_token(rewrite, at)->kind == TOKEN_WORD;)
        at++;                                /* character varying */
    if (rewrite_is_symbol(rewrite, at, '(')) /* numeric(10, 2) */
        at = rewrite->pieces[at].partner + 1;
    while (rewrite_is_symbol(rewrite, at, '[') &&
           rewrite->pieces[at].partner != REWRITE_NONE) {
        *last = rewrite->pieces[at].partner;
        at = *last + 1;
        dimensions++;
    }
    return dimensions;
}

/* int[] is the type of every integer array in PostgreSQL, however many dimensions it
 * has; the engine's lists of lists say so in their type. */
static void widen_type(struct rewrite *rewrite, size_t last, size_t dimensions,
                       size_t depth)
{
    for (; dimensions <= depth; dimensions++)
        rewrite_after(rewrite, last, "[]");
}

/* numeric[] keeps every digit, the engine's numeric without a scale does not. */
static bool is_open_numeric(const struct rewrite *rewrite, size_t type)
{
    size_t at = type_name(rewrite, type);
    return rewrite_is_name(rewrite, at, "numeric") &&
           rewrite_is_symbol(rewrite, at + 1, '[');
}

static bool is_bytes(const struct rewrite *rewrite, size_t type)
{
    size_t at = type_name(rewrite, type);
    return rewrite_is_name(rewrite, at, "bytea") ||
           rewrite_is_name(rewrite, at, "_bytea");
}

/* The any, all or some whose operand the literal is, through brackets around it;
 * REWRITE_NONE: it is not. *end is behind the last bracket. */
static size_t find_any(const struct rewrite *rewrite, size_t i, size_t *end)
{
    size_t from = i, to = i;
    while (from > 0 && rewrite_is_symbol(rewrite, from - 1, '(') &&
           rewrite_is_symbol(rewrite, to + 1, ')')) {
        from--;
        to++;
    }
    *end = to + 1;
    bool found = from > 0 && from < i &&
                 (rewrite_is_name(rewrite, from - 1, "any") ||
                  rewrite_is_name(rewrite, from - 1, "all") ||
                  rewrite_is_name(rewrite, from - 1, "some"));
    return found ? from - 1 : REWRITE_NONE;
}

/* coalesce(array_agg(…), '{}') */
static bool is_empty_default(const struct rewrite *rewrite, size_t i)
{
    return rewrite->of_catalog && rewrite_token(rewrite, i)->text.len == 4 && i > 0 &&
           rewrite_is_symbol(rewrite, i - 1, ',') &&
           rewrite_is_symbol(rewrite, i + 1, ')');
}

/* The sign in front of any or all at `any`: what IN or NOT IN says of the elements,
 * which take the type of what they are compared with. NULL: neither. */
static const char *in_for(const struct rewrite *rewrite, size_t any, size_t *sign)
{
    bool equal = any > 0 && rewrite_is_symbol(rewrite, any - 1, '=');
    bool unequal = any > 1 && rewrite_is_symbol(rewrite, any - 1, '>') &&
                   rewrite_is_symbol(rewrite, any - 2, '<');
    *sign = any - (unequal ? 2 : 1);
    if (equal && !rewrite_is_name(rewrite, any, "all") &&
        (rewrite_token(rewrite, any - 2)->kind != TOKEN_SYMBOL ||
         rewrite_is_symbol(rewrite, any - 2, ')') ||
         rewrite_is_symbol(rewrite, any - 2, ']')))
        return " in";
    return unequal && rewrite_is_name(rewrite, any, "all") ? " not in" : NULL;
}

/* x = any ('{a,b}') */
static bool rewrite_any(struct rewrite *rewrite, size_t i, struct slice inside)
{
    size_t sign, end, any = find_any(rewrite, i, &end);
    struct reader reader = {.rest = inside};
    const char *in = any == REWRITE_NONE ? NULL : in_for(rewrite, any, &sign);
    const char *elements =
        in && inside.len > 0 ? list_of(rewrite, &reader, "()") : NULL;
    if (!elements)
        return false;
    rewrite_drop(rewrite, sign, end);
    rewrite_put(rewrite, any, in);
    rewrite_put(rewrite, i, elements);
    return true;
}

/* Between the braces of a literal that may be an array. */
static bool braces(struct rewrite *rewrite, size_t i, struct slice *inside)
{
    if (!rewrite_literal_text(rewrite, i, inside) || inside->len < 2 ||
        inside->data[0] != '{' || inside->data[inside->len - 1] != '}')
        return false;
    *inside = (struct slice){inside->data + 1, inside->len - 2};
    return true;
}

bool rewrite_array(struct rewrite *rewrite, size_t i)
{
    struct slice inside;
    size_t end, last = i, type = rewrite_literal_type(rewrite, i);
    size_t dimensions =
        type == REWRITE_NONE ? 0 : type_dimensions(rewrite, type, &last);
    if (!braces(rewrite, i, &inside) ||
        (dimensions == 0 && find_any(rewrite, i, &end) == REWRITE_NONE &&
         !is_empty_default(rewrite, i)))
        return false;
    if (dimensions == 0 && rewrite_any(rewrite, i, inside))
        return true;
    struct reader reader = {.rest = inside,
                            .is_numeric =
                                dimensions > 0 && is_open_numeric(rewrite, type),
                            .of_bytes = dimensions > 0 && is_bytes(rewrite, type)};
    const char *list = list_of(rewrite, &reader, "[]");
    if (!list)
        return false;
    rewrite_put(rewrite, i, list);
    if (reader.is_numeric)
        (void)rewrite_decimal(rewrite, type_name(rewrite, type),
                              reader.whole + reader.scale, reader.scale);
    if (dimensions > 0)
        widen_type(rewrite, last, dimensions, reader.depth);
    return true;
}
