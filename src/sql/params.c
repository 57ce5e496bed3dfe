/* params.c - parameters in a statement's text. */
#include "sql/params.h"

#include "core/attr.h"
#include "core/text.h"
#include "sql/token.h"

enum { TOO_MANY = 65536 };

uint32_t sql_param_number(const struct token *token)
{
    uint32_t number = 0;
    if (token->kind != TOKEN_PARAM)
        return 0;
    for (size_t i = 1; i < token->text.len; i++) {
        number = number * 10 + (uint32_t)(token->text.data[i] - '0');
        if (number > TOO_MANY)
            return TOO_MANY;
    }
    return number;
}

/* Most statements have none, which is seen without reading their tokens. */
static bool may_have_params(struct slice statement)
{
    return statement.len > 0 && memchr(statement.data, '$', statement.len);
}

uint32_t sql_param_max(struct slice statement)
{
    uint32_t max = 0;
    if (!may_have_params(statement))
        return 0;
    for (;;) {
        struct token token = token_next(&statement);
        if (token.kind == TOKEN_END)
            return max;
        if (sql_param_number(&token) > max)
            max = sql_param_number(&token);
    }
}

int32_t sql_param_first(struct slice statement, uint32_t *number)
{
    struct slice rest = statement;
    struct token token = token_next(&rest);
    while (token.kind != TOKEN_END && token.kind != TOKEN_PARAM)
        token = token_next(&rest);
    *number = sql_param_number(&token);
    return *number ? 1 + text_characters(statement.data, token.text.data) : 0;
}

uint32_t sql_param_gap(struct slice statement)
{
    uint64_t seen[TOO_MANY / 64 + 1] = {1};
    uint32_t max = sql_param_max(statement);
    for (;;) {
        struct token token = token_next(&statement);
        uint32_t number = sql_param_number(&token);
        if (token.kind == TOKEN_END)
            break;
        seen[number / 64] |= UINT64_C(1) << number % 64;
    }
    for (uint32_t number = 1; number < max; number++) {
        if (!(seen[number / 64] >> number % 64 & 1))
            return number;
    }
    return 0;
}

/* ---- casts ---- */

/* What is changed in a statement: bytes taken out of it, and put in their place. */
struct edit {
    struct slice out; /* may be empty: where something is put in */
    const char *prefix;
    struct slice in;
};

struct edits {
    struct slice rest;
    const char *const *casts;
    size_t count;
    unsigned opened; /* 1 behind `cast`, 2 behind `cast (` */
};

static const char *cast_of(const struct edits *edits, const struct token *token)
{
    uint32_t number = sql_param_number(token);
    return number > 0 && number <= edits->count ? edits->casts[number - 1] : NULL;
}

static bool is_numeric(const struct token *token)
{
    return token_is_word(token, "numeric") || token_is_word(token, "decimal") ||
           token_is_word(token, "dec");
}

/* The type that the statement itself casts a parameter to. */
struct spelled {
    struct token word;
    bool has_modifier;     /* numeric(10, 2) */
    struct slice brackets; /* of an array: "[]", "[3][]"; empty: it is none */
};

static bool continues_type(const struct token *token)
{
    static const char *const words[] = {"precision", "varying", "with",
                                        "without",   "time",    "zone"};
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (token_is_word(token, words[i]))
            return true;
    }
    return false;
}

/* `(10, 2)` behind a type's name: what follows it. */
static struct token skip_modifier(struct slice *rest, bool *has_modifier)
{
    struct token token = token_next(rest);
    *has_modifier = token_is_symbol(&token, '(');
    if (!*has_modifier)
        return token;
    while (token.kind != TOKEN_END && !token_is_symbol(&token, ')'))
        token = token_next(rest);
    return token_next(rest);
}

/* Behind a parameter: `::type`, or in a cast `as type`. */
static bool read_spelled(struct slice rest, bool in_cast, struct spelled *out)
{
    struct token token = token_next(&rest);
    if (token_is_symbol(&token, ':'))
        token = token_next(&rest);
    else if (!in_cast || !token_is_word(&token, "as"))
        return false;
    *out = (struct spelled){.word = token_next(&rest)};
    token = skip_modifier(&rest, &out->has_modifier);
    while (continues_type(&token))
        token = token_next(&rest);
    const char *start = token.text.data;
    while (token_is_symbol(&token, '[')) {
        token = token_next(&rest);
        if (token.kind == TOKEN_NUMBER)
            token = token_next(&rest);
        if (!token_is_symbol(&token, ']'))
            return true;
        out->brackets = (struct slice){start, (size_t)(token.text.data + 1 - start)};
        token = token_next(&rest);
    }
    return true;
}

/* A cast that was made for a numeric value. */
static bool is_exact(const char *cast)
{
    return strncmp(cast, "decimal(", 8) == 0 || strncmp(cast, "bignum", 6) == 0;
}

/* The brackets at a cast's end. */
static struct slice brackets_of(const char *cast)
{
    size_t len = strlen(cast), start = len;
    while (start >= 2 && cast[start - 2] == '[' && cast[start - 1] == ']')
        start -= 2;
    return (struct slice){cast + start, len - start};
}

static size_t dimensions(struct slice brackets)
{
    size_t count = 0;
    for (size_t i = 0; i < brackets.len; i++)
        count += brackets.data[i] == '[';
    return count;
}

/* What the value knows better than the statement: the scale of a numeric that has none,
 * and how many dimensions an array has, which PostgreSQL's types do not tell. */
static bool correct_spelled(const struct spelled *spelled, const char *cast,
                            struct edit *edit)
{
    struct slice brackets = brackets_of(cast);
    const char *word = spelled->word.text.data;
    size_t element = (size_t)(brackets.data - cast);
    if (is_exact(cast) && is_numeric(&spelled->word) && !spelled->has_modifier) {
        const char *end = word + spelled->word.text.len;
        bool is_array = spelled->brackets.len > 0;
        if (is_array)
            end = spelled->brackets.data + spelled->brackets.len;
        *edit = (struct edit){{word, (size_t)(end - word)},
                              "",
                              {cast, is_array ? element + brackets.len : element}};
        return true;
    }
    if (!spelled->brackets.len || dimensions(brackets) <= dimensions(spelled->brackets))
        return false;
    *edit = (struct edit){spelled->brackets, "", brackets};
    return true;
}

/* The next parameter that gets a cast: `$1::cast`, or, if the statement casts it
 * already, that cast as the value needs it. False: there is none. */
static bool next_edit(struct edits *edits, struct edit *edit)
{
    for (;;) {
        struct token token = token_next(&edits->rest);
        const char *cast = cast_of(edits, &token);
        struct spelled spelled;
        bool in_cast = edits->opened == 2;
        if (token.kind == TOKEN_END)
            return false;
        if (token_is_word(&token, "cast") || token_is_word(&token, "try_cast"))
            edits->opened = 1;
        else
            edits->opened = edits->opened == 1 && token_is_symbol(&token, '(') ? 2 : 0;
        if (!cast)
            continue;
        if (read_spelled(edits->rest, in_cast, &spelled) &&
            correct_spelled(&spelled, cast, edit))
            return true;
        struct slice behind = {token.text.data + token.text.len, 0};
        *edit = (struct edit){behind, "::", slice_of(cast)};
        return true;
    }
}

static size_t edited_length(struct slice statement, struct edits edits)
{
    struct edit edit;
    size_t len = statement.len;
    while (next_edit(&edits, &edit))
        len += strlen(edit.prefix) + edit.in.len - edit.out.len;
    return len;
}

static char *append(char *to, const char *from, size_t len)
{
    memcpy(to, from, len);
    return to + len;
}

bool sql_params_cast(struct slice statement, const char *const *casts, size_t count,
                     struct arena *arena, struct slice *out)
{
    struct edits edits = {statement, casts, count, 0};
    struct edit edit;
    *out = statement;
    if (!may_have_params(statement))
        return true;
    size_t len = edited_length(statement, edits);
    const char *copied = statement.data;
    if (!next_edit(&edits, &edit))
        return true;
    char *text = arena_alloc(arena, len + 1), *end = text;
    if (!text)
        return false;
    do {
        end = append(end, copied, (size_t)(edit.out.data - copied));
        end = append(end, edit.prefix, strlen(edit.prefix));
        end = append(end, edit.in.data, edit.in.len);
        copied = edit.out.data + edit.out.len;
    } while (next_edit(&edits, &edit));
    end = append(end, copied, (size_t)(statement.data + statement.len - copied));
    *end = '\0';
    *out = (struct slice){text, len};
    return true;
}

static int32_t slice_characters(struct slice text)
{
    return text_characters(text.data, text.data + text.len);
}

/* Where what stands in an edit comes from: the parameter in front of it, or the word
 * that it replaces. */
static int32_t origin_of(const struct edit *edit, struct slice statement)
{
    const char *from = edit->out.data;
    if (edit->out.len == 0) {
        do
            from--;
        while (*from != '$');
    }
    return 1 + text_characters(statement.data, from);
}

int32_t sql_params_origin(struct slice statement, const char *const *casts,
                          size_t count, int32_t position)
{
    struct edits edits = {statement, casts, count, 0};
    struct edit edit;
    const char *seen = statement.data;
    int32_t at = 1; /* the character that is at `seen`; position counts with it */
    while (next_edit(&edits, &edit)) {
        at += text_characters(seen, edit.out.data);
        if (position < at)
            return position;
        int32_t in =
            slice_characters(slice_of(edit.prefix)) + slice_characters(edit.in);
        if (position < at + in)
            return origin_of(&edit, statement);
        int32_t out = slice_characters(edit.out);
        position += out - in;
        at += out;
        seen = edit.out.data + edit.out.len;
    }
    return position;
}
