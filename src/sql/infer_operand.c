/* infer_operand.c - where an operand begins and ends, by its tokens.
 *
 * An operand is a name, a literal, something in brackets, or a call, with casts and
 * subscripts behind it; what stands on the other side of an operator. */
#include "core/attr.h"
#include "sql/infer_rules.h"

const struct token *infer_at(const struct infer_text *text, size_t i)
{
    static const struct token none = {.kind = TOKEN_END, .text = {"", 0}};
    return i < text->count ? &text->tokens[i] : &none;
}

bool infer_is(const struct infer_text *text, size_t i, const char *word)
{
    return token_is_word(infer_at(text, i), word);
}

bool infer_is_symbol(const struct infer_text *text, size_t i, char symbol)
{
    return token_is_symbol(infer_at(text, i), symbol);
}

bool infer_is_keyword(const struct infer_text *text, size_t i)
{
    static const char *const words[] = {
        "select",   "where",     "and",     "or",        "not",    "on",      "when",
        "then",     "else",      "case",    "in",        "any",    "all",     "some",
        "between",  "like",      "ilike",   "from",      "having", "by",      "limit",
        "offset",   "values",    "set",     "as",        "is",     "union",   "except",
        "exists",   "returning", "using",   "over",      "filter", "array",   "row",
        "with",     "join",      "group",   "order",     "end",    "similar", "to",
        "distinct", "escape",    "collate", "intersect", "window", "qualify", "fetch",
        "into",     "into",      "update",  "insert",    "delete", "cast"};
    if (infer_at(text, i)->kind != TOKEN_WORD)
        return false;
    for (size_t w = 0; w < ARRAY_LEN(words); w++) {
        if (infer_is(text, i, words[w]))
            return true;
    }
    return false;
}

struct slice infer_slice(const struct infer_text *text, size_t from, size_t to)
{
    if (to > text->count)
        to = text->count;
    if (from >= to)
        return SLICE("");
    const char *start = infer_at(text, from)->text.data;
    const struct token *last = infer_at(text, to - 1);
    return (struct slice){start, (size_t)(last->text.data + last->text.len - start)};
}

/* ---- brackets ---- */

size_t infer_closing(const struct infer_text *text, size_t open)
{
    return open < text->count ? text->matches[open] : text->count;
}

size_t infer_opening(const struct infer_text *text, size_t close)
{
    return close < text->count ? text->matches[close] : text->count;
}

static int direction(const struct token *token)
{
    if (token->kind != TOKEN_SYMBOL)
        return 0;
    char c = token->text.data[0];
    return (c == '(' || c == '[' || c == '{') - (c == ')' || c == ']' || c == '}');
}

/* What is open is a stack, whose links are kept where the matches will be. */
static void match_brackets(const struct token *tokens, size_t count, size_t *matches)
{
    size_t top = count;
    for (size_t i = 0; i < count; i++) {
        int way = direction(&tokens[i]);
        matches[i] = count;
        if (way > 0) {
            matches[i] = top;
            top = i;
        } else if (way < 0 && top < count) {
            size_t open = top;
            top = matches[open];
            matches[open] = i;
            matches[i] = open;
        }
    }
    while (top < count) { /* never closed */
        size_t open = top;
        top = matches[open];
        matches[open] = count;
    }
}

static size_t count_tokens(struct slice statement)
{
    size_t count = 0;
    while (token_next(&statement).kind != TOKEN_END)
        count++;
    return count;
}

bool infer_text_init(struct infer_text *text, struct slice statement,
                     struct arena *arena)
{
    size_t count = count_tokens(statement);
    struct token *tokens = arena_calloc(arena, count, sizeof *tokens);
    size_t *matches = arena_calloc(arena, count, sizeof *matches);
    if (!tokens || !matches)
        return false;
    *text = (struct infer_text){tokens, count, matches, false, count};
    for (size_t i = 0; i < count; i++) {
        tokens[i] = token_next(&statement);
        text->has_set_operation = text->has_set_operation ||
                                  token_is_word(&tokens[i], "union") ||
                                  token_is_word(&tokens[i], "except") ||
                                  token_is_word(&tokens[i], "intersect");
        if (text->into == count && token_is_word(&tokens[i], "into"))
            text->into = i;
    }
    match_brackets(tokens, count, matches);
    return true;
}

/* ---- CASE ---- */

static size_t opening_case(const struct infer_text *text, size_t end)
{
    int depth = 0;
    for (size_t i = end + 1; i-- > 0 && end - i < INFER_REACH;) {
        depth += infer_is(text, i, "end") - infer_is(text, i, "case");
        if (depth == 0)
            return i;
    }
    return end + 1;
}

static size_t closing_case(const struct infer_text *text, size_t start)
{
    int depth = 0;
    for (size_t i = start; i < text->count && i - start < INFER_REACH; i++) {
        depth += infer_is(text, i, "case") - infer_is(text, i, "end");
        if (depth == 0)
            return i;
    }
    return text->count;
}

/* ---- backwards ---- */

static bool is_name(const struct infer_text *text, size_t i)
{
    const struct token *token = infer_at(text, i);
    return token->kind == TOKEN_QUOTED ||
           (token->kind == TOKEN_WORD && !infer_is_keyword(text, i));
}

static bool is_value(const struct infer_text *text, size_t i)
{
    enum token_kind kind = infer_at(text, i)->kind;
    return kind == TOKEN_NUMBER || kind == TOKEN_STRING || kind == TOKEN_PARAM ||
           is_name(text, i);
}

static bool is_cast(const struct infer_text *text, size_t i)
{
    return infer_is_symbol(text, i, ':') && infer_is_symbol(text, i + 1, ':');
}

/* a.b.c: the first of the names that end at i. */
static size_t first_of_names(const struct infer_text *text, size_t i)
{
    while (i >= 2 && infer_is_symbol(text, i - 1, '.') && is_name(text, i - 2))
        i -= 2;
    return i;
}

/* sum(x) OVER (…): the end of the call. */
static size_t before_window(const struct infer_text *text, size_t end)
{
    size_t open =
        infer_is_symbol(text, end - 1, ')') ? infer_opening(text, end - 1) : 0;
    bool is_window = open > 1 && open < text->count && infer_is(text, open - 1, "over");
    return is_window && infer_is_symbol(text, open - 2, ')') ? open - 1 : end;
}

/* One step: a value or something in brackets, with the name in front of it. */
static size_t step_back(const struct infer_text *text, size_t end)
{
    size_t last = before_window(text, end) - 1;
    if (infer_is(text, last, "end"))
        return opening_case(text, last);
    if (infer_is_symbol(text, last, ')') || infer_is_symbol(text, last, ']')) {
        size_t open = infer_opening(text, last);
        if (open >= text->count)
            return end;
        bool is_call =
            open > 0 && (is_name(text, open - 1) || infer_is(text, open - 1, "cast"));
        if (infer_is_symbol(text, open, '['))
            return open > 0 && infer_is(text, open - 1, "array") ? open - 1 : open;
        return is_call ? first_of_names(text, open - 1) : open;
    }
    if (!is_value(text, last))
        return end;
    size_t first = first_of_names(text, last);
    bool is_typed = infer_at(text, last)->kind == TOKEN_STRING && last > 0 &&
                    infer_at(text, last - 1)->kind == TOKEN_WORD &&
                    infer_type_name(text, last - 1);
    return is_typed ? last - 1 : first;
}

/* The words of a type in front of `end`, down to the two colons; `end`: it is none. */
static size_t cast_start(const struct infer_text *text, size_t end)
{
    for (size_t i = end, words = 0; i >= 2 && words < 5; i--, words++) {
        if (is_cast(text, i - 2) && i < end)
            return i - 2;
        if (infer_at(text, i - 1)->kind != TOKEN_WORD)
            break;
    }
    return end;
}

size_t infer_operand_start(const struct infer_text *text, size_t end)
{
    while (end > 0) {
        size_t start = step_back(text, end);
        if (start == end)
            return end;
        size_t colons = cast_start(text, start);
        if (colons == start && start >= 2 && is_cast(text, start - 2))
            colons = start - 2;
        if (colons != start)
            end = colons; /* what is cast comes before it */
        else if (infer_is_symbol(text, start, '[') && start > 0)
            end = start; /* what is subscribed */
        else
            return start;
    }
    return end;
}

/* ---- forwards ---- */

static size_t skip_type(const struct infer_text *text, size_t i)
{
    for (i++; infer_is(text, i, "varying") || infer_is(text, i, "precision");)
        i++;
    if (infer_is_symbol(text, i, '('))
        i = infer_closing(text, i) + 1;
    if ((infer_is(text, i, "with") || infer_is(text, i, "without")) &&
        infer_is(text, i + 1, "time"))
        i += 3;
    return i;
}

static size_t skip_suffixes(const struct infer_text *text, size_t i)
{
    for (;;) {
        if (infer_is_symbol(text, i, '['))
            i = infer_closing(text, i) + 1;
        else if (is_cast(text, i))
            i = skip_type(text, i + 2);
        else if (infer_is(text, i, "over") && infer_is_symbol(text, i + 1, '('))
            i = infer_closing(text, i + 1) + 1;
        else
            return i;
    }
}

size_t infer_operand_end(const struct infer_text *text, size_t start)
{
    size_t i = start;
    while (infer_is_symbol(text, i, '-') || infer_is_symbol(text, i, '+'))
        i++;
    if (infer_is(text, i, "case"))
        return skip_suffixes(text, closing_case(text, i) + 1);
    if (infer_is(text, i, "array") || infer_is(text, i, "cast"))
        i++;
    if (infer_is_symbol(text, i, '(') || infer_is_symbol(text, i, '['))
        return skip_suffixes(text, infer_closing(text, i) + 1);
    if (!is_value(text, i))
        return start;
    bool is_word = is_name(text, i++);
    while (is_word && infer_is_symbol(text, i, '.') && is_name(text, i + 1))
        i += 2;
    if (is_word && infer_is_symbol(text, i, '('))
        i = infer_closing(text, i) + 1;
    else if (is_word && infer_at(text, i)->kind == TOKEN_STRING)
        i++;
    return skip_suffixes(text, i);
}
