/* fuzz_copy_statement.c - any text as a COPY: what is told of it lies in it. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/copy_statement.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_inside(struct slice part, struct slice text)
{
    assert(part.len == 0 ||
           (part.data >= text.data && part.data + part.len <= text.data + text.len));
}

static void check_error(const struct error *err, struct slice text)
{
    assert(err->sqlstate[0] && err->message[0]);
    assert(err->position >= 0 && (size_t)err->position <= text.len + 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = {0};
    struct copy_statement statement;
    struct copy_options options;
    struct error err;
    struct slice text = {(const char *)data, size};
    if (copy_statement_parse(text, &arena, &statement, &err)) {
        check_inside(statement.relation, text);
        check_inside(statement.columns_written, text);
        check_inside(statement.query, text);
        check_inside(statement.where, text);
        assert(statement.is_query == (statement.query.len > 0));
        if (!copy_options_read(&statement, &options, &err))
            check_error(&err, text);
    } else {
        check_error(&err, text);
    }
    arena_free(&arena);
    return 0;
}
