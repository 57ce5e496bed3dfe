/* rewrite_array.c - arrays as PostgreSQL writes them: '{a,"b c",NULL}' as a list.
 *
 * Source: PostgreSQL documentation 8.15.6. One dimension; others stay as they are. */
#include "core/attr.h"
#include "core/buf.h"
#include "sql/rewrite_rules.h"

struct reader {
    struct slice rest; /* between the quotes of the literal and the braces */
    struct buf out;
    bool failed; /* out of memory */
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

/* The doubled quotes of the literal stay doubled: a literal is made of them again. */
static bool read_quoted(struct reader *reader)
{
    put(reader, "'", 1);
    for (take(reader, 1); peek(reader) != '"'; take(reader, 1)) {
        if (peek(reader) == '\\')
            take(reader, reader->rest.len > 0);
        if (reader->rest.len == 0)
            return false;
        put(reader, reader->rest.data, 1);
    }
    take(reader, 1);
    put(reader, "'", 1);
    return true;
}

static bool read_plain(struct reader *reader)
{
    struct slice word = {reader->rest.data, 0};
    while (word.len < reader->rest.len && word.data[word.len] != ',')
        word.len++;
    take(reader, word.len);
    while (word.len > 0 && word.data[word.len - 1] == ' ')
        word.len--;
    for (size_t i = 0; i < word.len; i++) {
        if (word.data[i] == '{' || word.data[i] == '}' || word.data[i] == '"' ||
            word.data[i] == '\\')
            return false;
    }
    if (slice_equal_nocase(word, SLICE("null"))) {
        put(reader, "NULL", 4);
        return true;
    }
    put(reader, "'", 1);
    put(reader, word.data, word.len);
    put(reader, "'", 1);
    return word.len > 0;
}

static bool read_elements(struct reader *reader)
{
    skip_blanks(reader);
    if (reader->rest.len == 0)
        return true;
    for (;;) {
        skip_blanks(reader);
        if (!(peek(reader) == '"' ? read_quoted(reader) : read_plain(reader)))
            return false;
        skip_blanks(reader);
        if (reader->rest.len == 0)
            return true;
        if (peek(reader) != ',')
            return false;
        take(reader, 1);
        put(reader, ",", 1);
    }
}

/* The elements between two brackets. NULL: not an array of one dimension. */
static const char *list_of(struct rewrite *rewrite, struct slice literal, char open,
                           char close)
{
    struct reader reader = {.rest = {literal.data + 2, literal.len - 4}};
    const char *list = NULL;
    put(&reader, &open, 1);
    bool done = read_elements(&reader);
    put(&reader, &close, 1);
    if (done && !reader.failed)
        list = arena_string(
            rewrite->arena,
            (struct slice){(const char *)buf_data(&reader.out), buf_len(&reader.out)});
    rewrite->no_memory = rewrite->no_memory || reader.failed || (done && !list);
    buf_free(&reader.out);
    return list;
}

/* Behind the type's name: [] or ARRAY. */
static bool is_array_type(const struct rewrite *rewrite, size_t i)
{
    size_t at = i;
    if (rewrite_is_name(rewrite, at, "pg_catalog"))
        at += 2;
    struct slice name = rewrite_name(rewrite, at);
    if (name.len > 1 && name.data[0] == '_')
        return true;
    for (at++; rewrite_token(rewrite, at)->kind == TOKEN_WORD;)
        at++; /* character varying */
    return rewrite_is_symbol(rewrite, at, '[');
}

static bool is_operand_of_any(const struct rewrite *rewrite, size_t i)
{
    return i >= 2 && rewrite_is_symbol(rewrite, i - 1, '(') &&
           rewrite_is_symbol(rewrite, i + 1, ')') &&
           (rewrite_is_name(rewrite, i - 2, "any") ||
            rewrite_is_name(rewrite, i - 2, "all") ||
            rewrite_is_name(rewrite, i - 2, "some"));
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
static bool rewrite_any(struct rewrite *rewrite, size_t i)
{
    size_t sign;
    struct slice literal = rewrite_token(rewrite, i)->text;
    const char *in = in_for(rewrite, i - 2, &sign);
    const char *elements =
        in && literal.len > 4 ? list_of(rewrite, literal, '(', ')') : NULL;
    if (!elements)
        return false;
    rewrite_drop(rewrite, sign, i + 2);
    rewrite_put(rewrite, i - 2, in);
    rewrite_put(rewrite, i, elements);
    return true;
}

bool rewrite_array(struct rewrite *rewrite, size_t i)
{
    const struct token *token = rewrite_token(rewrite, i);
    struct slice text = token->text;
    if (token->kind != TOKEN_STRING || token->unterminated || text.len < 4 ||
        text.data[0] != '\'' || text.data[1] != '{' || text.data[text.len - 2] != '}')
        return false;
    if (!(rewrite_is_cast(rewrite, i + 1) && is_array_type(rewrite, i + 3)) &&
        !is_operand_of_any(rewrite, i) && !is_empty_default(rewrite, i))
        return false;
    if (is_operand_of_any(rewrite, i) && rewrite_any(rewrite, i))
        return true;
    const char *list = list_of(rewrite, text, '[', ']');
    if (list)
        rewrite_put(rewrite, i, list);
    return list != NULL;
}
