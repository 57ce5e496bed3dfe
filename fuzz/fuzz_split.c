/* fuzz_split.c - any text: statements lie in it, in order, and split no further. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/classify.h"
#include "sql/params.h"
#include "sql/rewrite.h"
#include "sql/split.h"
#include "sql/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_short(struct slice name)
{
    return name.len < 8;
}

static bool is_even(struct slice type, struct slice literal)
{
    return (type.len + literal.len) % 2 == 0;
}

/* Positions in what is made come from the statement. */
static void check_rewrite(struct slice statement)
{
    static const struct sql_catalog catalog = {.schema = "w",
                                               .own = "w",
                                               .database = "main",
                                               .has_relation = is_short,
                                               .has_function = is_short,
                                               .is_builtin = is_even};
    struct arena arena = {0};
    struct sql_rewritten out;
    assert(sql_rewrite(statement, &catalog, &arena, &out));
    for (size_t at = 0; at <= out.text.len; at += 1 + out.text.len / 16) {
        int32_t origin = sql_rewrite_origin(&out, statement, (int32_t)at + 1);
        assert(origin >= 1 && (size_t)origin <= statement.len + 1);
    }
    arena_free(&arena);
}

/* What SET would make of it ends within what there is, whatever the setting. */
static void check_value(const struct sql_class *class)
{
    char name[SQL_NAME_BYTES];
    struct arena arena = {0};
    for (enum sql_list list = SQL_SINGLE; list <= SQL_NAMES; list++) {
        char *value = NULL;
        if (sql_setting_value(class->value, list, &arena, &value) == SQL_VALUE_OK)
            assert(strlen(value) <= class->value.len * 2 + 32);
    }
    if (sql_identifier(class->name, name, sizeof name))
        assert(strlen(name) < sizeof name);
    arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = {(const char *)data, size}, statement;
    const char *behind = rest.data;
    while (sql_split(&rest, &statement)) {
        assert(statement.len > 0 && statement.data >= behind);
        behind = statement.data + statement.len;
        assert(behind <= (const char *)data + size);
        struct slice again = statement, same;
        assert(sql_split(&again, &same) && again.len == 0);
        assert(same.data == statement.data && same.len == statement.len);
        struct sql_class class = sql_classify(statement);
        assert(class.tag && class.kind != SQL_EMPTY);
        (void)sql_param_max(statement);
        check_rewrite(statement);
        check_value(&class);
    }
    assert(rest.len == 0);
    return 0;
}
