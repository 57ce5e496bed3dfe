/* params.c - parameters in a statement's text. */
#include "sql/params.h"

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

uint32_t sql_param_max(struct slice statement)
{
    uint32_t max = 0;
    for (;;) {
        struct token token = token_next(&statement);
        if (token.kind == TOKEN_END)
            return max;
        if (sql_param_number(&token) > max)
            max = sql_param_number(&token);
    }
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

static const char *cast_of(const struct token *token, const char *const *casts,
                           size_t count)
{
    uint32_t number = sql_param_number(token);
    return number > 0 && number <= count ? casts[number - 1] : NULL;
}

static size_t length_with_casts(struct slice statement, const char *const *casts,
                                size_t count)
{
    size_t len = statement.len;
    for (;;) {
        struct token token = token_next(&statement);
        const char *cast = cast_of(&token, casts, count);
        if (token.kind == TOKEN_END)
            return len;
        if (cast)
            len += 2 + strlen(cast);
    }
}

static char *append(char *to, const char *from, size_t len)
{
    memcpy(to, from, len);
    return to + len;
}

bool sql_params_cast(struct slice statement, const char *const *casts, size_t count,
                     struct arena *arena, struct slice *out)
{
    size_t len = length_with_casts(statement, casts, count);
    if (len == statement.len) {
        *out = statement;
        return true;
    }
    char *text = arena_alloc(arena, len + 1), *end = text;
    if (!text)
        return false;
    struct slice rest = statement;
    const char *copied = statement.data;
    for (struct token token = token_next(&rest); token.kind != TOKEN_END;
         token = token_next(&rest)) {
        const char *cast = cast_of(&token, casts, count);
        if (!cast)
            continue;
        const char *behind = token.text.data + token.text.len;
        end = append(end, copied, (size_t)(behind - copied));
        end = append(end, "::", 2);
        end = append(end, cast, strlen(cast));
        copied = behind;
    }
    end = append(end, copied, (size_t)(statement.data + statement.len - copied));
    *end = '\0';
    *out = (struct slice){text, len};
    return true;
}

static int32_t characters(const char *text, size_t len)
{
    int32_t count = 0;
    for (size_t i = 0; i < len; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

int32_t sql_params_origin(struct slice statement, const char *const *casts,
                          size_t count, int32_t position)
{
    struct slice rest = statement;
    const char *seen = statement.data;
    int32_t behind = 1; /* the character of the statement that is at `seen` */
    for (;;) {
        struct token token = token_next(&rest);
        const char *cast = cast_of(&token, casts, count);
        if (token.kind == TOKEN_END)
            return position;
        if (!cast)
            continue;
        const char *end = token.text.data + token.text.len;
        behind += characters(seen, (size_t)(end - seen));
        seen = end;
        int32_t cast_len = 2 + characters(cast, strlen(cast));
        if (position < behind)
            return position;
        if (position < behind + cast_len)
            return behind - characters(token.text.data, token.text.len);
        position -= cast_len;
    }
}
