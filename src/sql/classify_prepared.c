/* classify_prepared.c - PREPARE, EXECUTE, DEALLOCATE. */
#include "sql/classify_parts.h"

/* What stands in the parentheses that come next, if they do; false: they do not end. */
static bool take_parentheses(struct slice *rest, struct slice *inside)
{
    struct slice behind = *rest;
    struct token token = token_next(&behind);
    *inside = (struct slice){rest->data, 0};
    if (!token_is_symbol(&token, '('))
        return true;
    inside->data = behind.data;
    for (int depth = 1; depth > 0;) {
        token = token_next(&behind);
        if (token.kind == TOKEN_END)
            return false;
        depth += token_is_symbol(&token, '(') - token_is_symbol(&token, ')');
    }
    inside->len = (size_t)(token.text.data - inside->data);
    *rest = behind;
    return true;
}

void sql_read_prepare(struct slice rest, struct sql_class *class)
{
    class->name = sql_take_word(&rest);
    bool well_said = class->name.len > 0 && take_parentheses(&rest, &class->types) &&
                     sql_take(&rest, "as");
    class->value = sql_until_end(rest);
    if (!well_said || class->value.len == 0)
        class->kind = SQL_MALFORMED;
}

void sql_read_execute(struct slice rest, struct sql_class *class)
{
    class->name = sql_take_word(&rest);
    if (!class->name.len || !take_parentheses(&rest, &class->value) ||
        !sql_at_end(rest))
        class->kind = SQL_MALFORMED;
}

void sql_read_deallocate(struct slice rest, struct sql_class *class)
{
    (void)sql_take(&rest, "prepare");
    class->name = sql_take_name(&rest);
    if (slice_equal_nocase(class->name, SLICE("all")))
        class->tag = "DEALLOCATE ALL";
    if (!class->name.len || !sql_at_end(rest))
        class->kind = SQL_MALFORMED;
}
