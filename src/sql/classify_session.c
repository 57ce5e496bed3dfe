/* classify_session.c - DISCARD, LISTEN, NOTIFY, UNLISTEN. */
#include "sql/classify_parts.h"

void sql_read_discard(struct slice rest, struct sql_class *class)
{
    static const struct {
        const char *word, *tag;
    } targets[] = {{"all", "DISCARD ALL"},
                   {"plans", "DISCARD PLANS"},
                   {"sequences", "DISCARD SEQUENCES"},
                   {"temp", "DISCARD TEMP"},
                   {"temporary", "DISCARD TEMP"}};
    struct token token = token_next(&rest);
    class->kind = SQL_MALFORMED;
    for (size_t i = 0; i < ARRAY_LEN(targets); i++) {
        if (token_is_word(&token, targets[i].word) && sql_at_end(rest)) {
            class->kind = SQL_DISCARD;
            class->tag = targets[i].tag;
            class->name = token.text;
        }
    }
}

void sql_read_unlisten(struct slice rest, struct sql_class *class)
{
    struct token token = token_next(&rest);
    class->name = token.text;
    if (!(sql_is_name(&token) || token_is_symbol(&token, '*')) || !sql_at_end(rest))
        class->kind = SQL_MALFORMED;
}

void sql_read_listen(struct slice rest, struct sql_class *class)
{
    struct token token = token_next(&rest);
    class->name = token.text;
    if (!sql_is_name(&token) || !sql_at_end(rest))
        class->kind = SQL_MALFORMED;
}

void sql_read_notify(struct slice rest, struct sql_class *class)
{
    struct token token = token_next(&rest);
    class->name = token.text;
    if (!sql_is_name(&token))
        class->kind = SQL_MALFORMED;
    if (sql_at_end(rest))
        return;
    token = token_next(&rest);
    class->value = sql_until_end(rest);
    if (!token_is_symbol(&token, ',') || sql_peek(rest).kind != TOKEN_STRING)
        class->kind = SQL_MALFORMED;
}
