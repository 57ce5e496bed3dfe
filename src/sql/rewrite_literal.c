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

/* A plain literal, without its quotes. */
static bool read_literal(const struct rewrite *rewrite, size_t i, struct slice *inside)
{
    const struct token *token = rewrite_token(rewrite, i);
    if (token->kind != TOKEN_STRING || token->unterminated || token->text.len < 2 ||
        token->text.data[0] != '\'')
        return false;
    *inside = (struct slice){token->text.data + 1, token->text.len - 2};
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
        rewrite_is_symbol(rewrite, type + 1, '[') || !read_literal(rewrite, i, &text) ||
        text.len < 2 || text.len % 2 != 0 || text.data[0] != '\\' ||
        text.data[1] != 'x')
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

/* The digits of a plain decimal number and those behind its point. */
static bool count_digits(struct slice text, int *digits, int *scale)
{
    bool point = false;
    size_t c = text.len > 0 && (text.data[0] == '-' || text.data[0] == '+');
    *digits = *scale = 0;
    for (; c < text.len; c++) {
        if (text.data[c] == '.' && !point) {
            point = true;
            continue;
        }
        if (text.data[c] < '0' || text.data[c] > '9')
            return false;
        ++*digits;
        *scale += point;
    }
    return *digits > 0;
}

bool rewrite_numeric(struct rewrite *rewrite, size_t i)
{
    enum { NARROW = 18, WIDE = 38 }; /* digits of the engine's decimals */
    struct slice text;
    int digits, scale;
    size_t type = type_of(rewrite, i);
    if (type == REWRITE_NONE || !rewrite_is_name(rewrite, type, "numeric") ||
        rewrite_is_symbol(rewrite, type + 1, '(') ||
        rewrite_is_symbol(rewrite, type + 1, '[') || !read_literal(rewrite, i, &text) ||
        !count_digits(text, &digits, &scale) || digits > WIDE)
        return false;
    const char *exact = arena_printf(rewrite->arena, "decimal(%d,%d)",
                                     digits > NARROW ? WIDE : NARROW, scale);
    rewrite->no_memory = rewrite->no_memory || !exact;
    if (exact)
        rewrite_put(rewrite, type, exact);
    return exact != NULL;
}
