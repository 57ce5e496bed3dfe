/* split.c - take one statement off a query string. */
#include "sql/split.h"

#include "sql/token.h"

/* Skip blanks, comments and semicolons; true when a statement starts there. */
static bool skip_to_statement(struct slice *sql)
{
    while (token_skip_blank(sql)) {
        if (sql->data[0] != ';')
            return true;
        sql->data++;
        sql->len--;
    }
    return false;
}

bool sql_split(struct slice *sql, struct slice *statement)
{
    if (!skip_to_statement(sql))
        return false;
    const char *start = sql->data, *end = start;
    for (;;) {
        struct token token = token_next(sql);
        if (token.kind == TOKEN_END || token_is_symbol(&token, ';'))
            break;
        end = token.text.data + token.text.len;
    }
    *statement = (struct slice){start, (size_t)(end - start)};
    (void)skip_to_statement(sql);
    return true;
}
