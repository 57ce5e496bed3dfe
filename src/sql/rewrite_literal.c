/* rewrite_literal.c - literals whose text the engine reads otherwise than PostgreSQL.
 *
 * '\x00ff'::bytea is two bytes here too; '1.50'::numeric keeps its digits, where the
 * engine's numeric without a scale has three behind the point. */
#include "core/attr.h"
#include "sql/rewrite_rules.h"

size_t rewrite_literal_type(const struct rewrite *rewrite, size_t i)
{
    size_t from = i, to = i;
    while (from > 0 && rewrite_is_symbol(rewrite, from - 1, '(') &&
           rewrite_is_symbol(rewrite, to + 1, ')')) {
        from--;
        to++;
    }
    if (rewrite_is_cast(rewrite, to + 1))
        return rewrite_operand_start(rewrite, to + 1) == from ? to + 3 : REWRITE_NONE;
    if (from > 1 && rewrite_is_symbol(rewrite, from - 1, '(') &&
        rewrite_is_name(rewrite, from - 2, "cast") &&
        rewrite_is_name(rewrite, to + 1, "as"))
        return to + 2;
    return REWRITE_NONE;
}

/* What stands behind a backslash, as in a plain literal; "": of a number. */
static const char *unescaped(char c, char *same)
{
    static const struct {
        char letter;
        const char *text;
    } rows[] = {{'n', "\n"},  {'r', "\r"}, {'t', "\t"}, {'b', "\b"}, {'f', "\f"},
                {'\'', "''"}, {'x', ""},   {'u', ""},   {'U', ""}};
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (rows[i].letter == c)
            return rows[i].text;
    }
    same[0] = c;
    return c >= '0' && c <= '7' ? "" : same;
}

/* E'…' without its E. */
static bool unescape(struct rewrite *rewrite, struct slice text, struct slice *inside)
{
    char *out = arena_alloc(rewrite->arena, text.len + 1), same[2] = "";
    size_t len = 0;
    rewrite->no_memory = rewrite->no_memory || !out;
    for (size_t i = 0; out && i < text.len; i++) {
        if (text.data[i] != '\\' || i + 1 == text.len) {
            out[len++] = text.data[i];
            continue;
        }
        const char *put = unescaped(text.data[++i], same);
        if (!put[0])
            return false;
        while (*put)
            out[len++] = *put++;
    }
    *inside = (struct slice){out, len};
    return out != NULL;
}

bool rewrite_literal_text(struct rewrite *rewrite, size_t i, struct slice *inside)
{
    const struct token *token = rewrite_token(rewrite, i);
    struct slice text = token->text;
    if (token->kind != TOKEN_STRING || token->unterminated || text.data[0] == '$')
        return false;
    if (text.data[0] != '\'')
        return unescape(rewrite, (struct slice){text.data + 2, text.len - 3}, inside);
    *inside = (struct slice){text.data + 1, text.len - 2};
    return true;
}

static size_t type_of(const struct rewrite *rewrite, size_t i)
{
    size_t type = rewrite_literal_type(rewrite, i);
    if (type != REWRITE_NONE && rewrite_is_name(rewrite, type, "pg_catalog"))
        type += 2;
    return type;
}

static bool is_hex_digit(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f');
}

bool rewrite_bytes(struct rewrite *rewrite, size_t i)
{
    struct slice text;
    size_t type = type_of(rewrite, i);
    if (type == REWRITE_NONE || !rewrite_is_name(rewrite, type, "bytea") ||
        rewrite_is_symbol(rewrite, type + 1, '[') ||
        !rewrite_literal_text(rewrite, i, &text) || text.len < 2 || text.len % 2 != 0 ||
        text.data[0] != '\\' || text.data[1] != 'x')
        return false;
    for (size_t c = 2; c < text.len; c++) {
        if (!is_hex_digit(text.data[c]))
            return false;
    }
    const char *call =
        arena_printf(rewrite->arena, "unhex('%.*s')", (int)text.len - 2, text.data + 2);
    rewrite->no_memory = rewrite->no_memory || !call;
    if (call)
        rewrite_put(rewrite, i, call);
    return call != NULL;
}

/* Of e+5 from its letter on; false: it is something else. */
static bool read_exponent(struct slice text, size_t c, int *exponent)
{
    bool negative = c + 1 < text.len && text.data[c + 1] == '-';
    size_t first = c + 1 + (negative || (c + 1 < text.len && text.data[c + 1] == '+'));
    *exponent = 0;
    if (first == text.len || text.len - first > 3)
        return false;
    for (size_t i = first; i < text.len; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return false;
        *exponent = *exponent * 10 + (text.data[i] - '0');
    }
    *exponent = negative ? -*exponent : *exponent;
    return true;
}

bool rewrite_count_digits(struct slice text, int *digits, int *scale)
{
    int exponent = 0, whole;
    bool point = false;
    size_t c = text.len > 0 && (text.data[0] == '-' || text.data[0] == '+');
    *digits = *scale = 0;
    for (; c < text.len && (text.data[c] | 0x20) != 'e'; c++) {
        if (text.data[c] == '.' && !point) {
            point = true;
            continue;
        }
        if (text.data[c] < '0' || text.data[c] > '9')
            return false;
        ++*digits;
        *scale += point;
    }
    if (*digits == 0 || (c < text.len && !read_exponent(text, c, &exponent)))
        return false;
    whole = *digits - *scale + exponent;
    *scale = *scale > exponent ? *scale - exponent : 0;
    *digits = (whole > 0 ? whole : 0) + *scale;
    return true;
}

bool rewrite_decimal(struct rewrite *rewrite, size_t type, int digits, int scale)
{
    enum { NARROW = 18, WIDE = 38 }; /* digits of the engine's decimals */
    if (digits > WIDE)
        return false;
    const char *exact = arena_printf(rewrite->arena, "decimal(%d,%d)",
                                     digits > NARROW ? WIDE : NARROW, scale);
    rewrite->no_memory = rewrite->no_memory || !exact;
    if (exact)
        rewrite_put(rewrite, type, exact);
    return exact != NULL;
}

bool rewrite_numeric(struct rewrite *rewrite, size_t i)
{
    struct slice text;
    int digits, scale;
    size_t type = type_of(rewrite, i);
    if (type == REWRITE_NONE || !rewrite_is_name(rewrite, type, "numeric") ||
        rewrite_is_symbol(rewrite, type + 1, '(') ||
        rewrite_is_symbol(rewrite, type + 1, '[') ||
        !rewrite_literal_text(rewrite, i, &text) ||
        !rewrite_count_digits(text, &digits, &scale))
        return false;
    return rewrite_decimal(rewrite, type, digits, scale);
}
