/* rewrite_syntax.c - operators and collations that are written otherwise here. */
#include "core/attr.h"
#include "sql/rewrite_rules.h"

/* OPERATOR(pg_catalog.=) is =. */
bool rewrite_operator(struct rewrite *rewrite, size_t i)
{
    if (!rewrite_is_name(rewrite, i, "operator") ||
        !rewrite_is_symbol(rewrite, i + 1, '('))
        return false;
    size_t sign = i + 2, end;
    while (rewrite_is_any_name(rewrite, sign) &&
           rewrite_is_symbol(rewrite, sign + 1, '.'))
        sign += 2;
    for (end = sign; rewrite_token(rewrite, end)->kind == TOKEN_SYMBOL &&
                     !rewrite_is_symbol(rewrite, end, ')');)
        end++;
    if (end == sign || !rewrite_is_symbol(rewrite, end, ')'))
        return false;
    rewrite_drop(rewrite, i, sign);
    rewrite_drop(rewrite, end, end + 1);
    return true;
}

/* The engine compares bytes, as these collations do. */
bool rewrite_collation(struct rewrite *rewrite, size_t i)
{
    static const char *const plain[] = {"default", "C", "POSIX", "ucs_basic"};
    size_t name = i + 1;
    if (!token_is_word(rewrite_token(rewrite, i), "collate"))
        return false;
    if (rewrite_is_name(rewrite, name, "pg_catalog") &&
        rewrite_is_symbol(rewrite, name + 1, '.'))
        name += 2;
    for (size_t p = 0; p < ARRAY_LEN(plain); p++) {
        if (rewrite_is_name(rewrite, name, plain[p])) {
            rewrite_drop(rewrite, i, name + 1);
            return true;
        }
    }
    return false;
}

/* Does another kind of name stand behind this word? */
static bool names_other(const struct rewrite *rewrite, size_t i)
{
    static const char *const words[] = {"as",     "from",  "join", "into",
                                        "update", "table", "only"};
    for (size_t w = 0; i < rewrite->count && w < ARRAY_LEN(words); w++) {
        if (token_is_word(rewrite_token(rewrite, i), words[w]))
            return true;
    }
    return false;
}

/* Where a row is: the engine's number of it, which its tables have as a column. */
bool rewrite_ctid(struct rewrite *rewrite, size_t i)
{
    const struct sql_catalog *catalog = rewrite->catalog;
    if (!catalog->system_columns || !rewrite_is_name(rewrite, i, "ctid") ||
        rewrite_is_symbol(rewrite, i + 1, '(') ||
        rewrite_is_symbol(rewrite, i + 1, '.') || names_other(rewrite, i - 1))
        return false;
    size_t start = i;
    while (start >= 2 && rewrite_is_symbol(rewrite, start - 1, '.') &&
           rewrite_is_any_name(rewrite, start - 2))
        start -= 2;
    rewrite_before(rewrite, start,
                   arena_printf(rewrite->arena, "%s.ctid(", catalog->schema));
    rewrite_put(rewrite, i, "rowid");
    rewrite_after(rewrite, i, ")");
    return true;
}

/* ---- regular expressions ---- */

static bool touches(const struct rewrite *rewrite, size_t i)
{
    const struct token *a = rewrite_token(rewrite, i),
                       *b = rewrite_token(rewrite, i + 1);
    return a->text.data + a->text.len == b->text.data;
}

/* A tilde alone, not one of LIKE's. */
static bool is_tilde(const struct rewrite *rewrite, size_t i)
{
    return rewrite_is_symbol(rewrite, i, '~') &&
           !(i > 0 && rewrite_is_symbol(rewrite, i - 1, '~') &&
             touches(rewrite, i - 1)) &&
           !(rewrite_is_symbol(rewrite, i + 1, '~') && touches(rewrite, i));
}

static bool is_gone(const struct rewrite *rewrite, size_t i)
{
    return i < rewrite->count && rewrite->pieces[i].text.len == 0;
}

/* PostgreSQL's ~ looks for the pattern anywhere, the engine's wants all of the text to
 * be like it. In the user's own statements ~ is the engine's; in those over the
 * catalogue it is PostgreSQL's. */
bool rewrite_regex(struct rewrite *rewrite, size_t i)
{
    if (!rewrite->of_catalog || !is_tilde(rewrite, i))
        return false;
    bool any_case = rewrite_is_symbol(rewrite, i + 1, '*') && touches(rewrite, i);
    size_t start = i + 1 + any_case;
    while (is_gone(rewrite, start) || rewrite_is_symbol(rewrite, start, ')'))
        start++; /* what is left of OPERATOR(…) */
    if (start >= rewrite->count)
        return false;
    size_t end = rewrite_operand_end(rewrite, start);
    if (any_case)
        rewrite_drop(rewrite, i + 1, i + 2);
    rewrite_before(rewrite, start, any_case ? "('(?si).*(?:' || " : "('(?s).*(?:' || ");
    rewrite_after(rewrite, end - 1, " || ').*')");
    return true;
}
