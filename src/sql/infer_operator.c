/* infer_operator.c - operators among tokens, and the operands that they bind. */
#include "core/attr.h"
#include "sql/infer_rules.h"

enum { OPERANDS_MAX = 100 }; /* in one expression without brackets */

static bool is_operator(const struct infer_text *text, size_t i)
{
    const struct token *token = infer_at(text, i);
    return token->kind == TOKEN_SYMBOL && strchr("+-*/<>=~!@#%^&|?", *token->text.data);
}

static bool touches(const struct infer_text *text, size_t i)
{
    return infer_at(text, i)->text.data + infer_at(text, i)->text.len ==
           infer_at(text, i + 1)->text.data;
}

static bool is_like(const struct infer_text *text, size_t i)
{
    return infer_is(text, i, "like") || infer_is(text, i, "ilike") ||
           infer_is(text, i, "similar");
}

/* The first token of the operator that ends in front of `end`; `end`: there is none. */
size_t infer_operator_start(const struct infer_text *text, size_t end)
{
    size_t i = end;
    if (i >= 1 && is_like(text, i - 1))
        return i - 1 - (i >= 2 && infer_is(text, i - 2, "not"));
    if (i >= 2 && infer_is(text, i - 1, "to") && infer_is(text, i - 2, "similar"))
        return i - 2 - (i >= 3 && infer_is(text, i - 3, "not"));
    while (i > 0 && is_operator(text, i - 1) && (i == end || touches(text, i - 1)))
        i--;
    return i;
}

size_t infer_operator_end(const struct infer_text *text, size_t start)
{
    size_t i = start + infer_is(text, start, "not");
    if (is_like(text, i))
        return i + 1 + infer_is(text, i + 1, "to");
    for (i = start; is_operator(text, i) && (i == start || touches(text, i - 1));)
        i++;
    return i;
}

struct slice infer_operator_name(const struct infer_text *text, size_t from, size_t to)
{
    if (from < to && infer_is(text, from, "not"))
        from++;
    if (from < to && is_like(text, from))
        to = from + 1;
    return from < to ? infer_slice(text, from, to) : SLICE("");
}

size_t infer_left_operand(const struct infer_text *text, size_t op, int binds)
{
    size_t left = infer_operand_start(text, op);
    for (unsigned i = 0; left < op && i < OPERANDS_MAX; i++) {
        size_t before = infer_operator_start(text, left);
        size_t further = infer_operand_start(text, before);
        if (before == left ||
            infer_precedence(infer_operator_name(text, before, left)) < binds)
            return left;
        left = further < before ? further : before; /* or it is a sign */
        if (further == before)
            return left;
    }
    return left;
}

size_t infer_right_operand(const struct infer_text *text, size_t behind, int binds)
{
    size_t right = infer_operand_end(text, behind);
    for (unsigned i = 0; right > behind && i < OPERANDS_MAX; i++) {
        size_t op = infer_operator_end(text, right);
        size_t further = infer_operand_end(text, op);
        if (op == right || further == op ||
            infer_precedence(infer_operator_name(text, right, op)) <= binds)
            return right;
        right = further;
    }
    return right;
}
