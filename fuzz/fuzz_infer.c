/* fuzz_infer.c - any text: the rules of inference stay within it, and every column
 * keeps a name. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/column_names.h"
#include "sql/infer.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { COUNT = 4 };

static void check_slice(struct slice inner, struct slice outer)
{
    if (inner.len > 0)
        assert(inner.data >= outer.data &&
               inner.data + inner.len <= outer.data + outer.len);
}

static void check_names(struct slice statement, struct arena *arena)
{
    for (size_t count = 1; count <= COUNT; count++) {
        const char *names[COUNT] = {"1", "1", "1", "1"};
        assert(sql_column_names(statement, arena, names, count));
        for (size_t i = 0; i < count; i++)
            assert(names[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const casts[COUNT] = {NULL, "int4", NULL, "text"};
    struct slice statement = {(const char *)data, size}, text;
    struct infer_hint hints[COUNT];
    struct arena arena = {0};
    assert(sql_infer(statement, &arena, hints, COUNT));
    for (uint32_t i = 0; i < COUNT; i++) {
        check_slice(hints[i].operand, statement);
        check_slice(hints[i].span, statement);
        check_slice(hints[i].table, statement);
        check_slice(hints[i].columns, statement);
        assert(hints[i].kind != INFER_TYPE || hints[i].type);
        const struct infer_probe probe = {statement, hints, i + 1, i % 2, casts, COUNT};
        if (hints[i].kind > INFER_TYPE)
            assert(sql_infer_probe(&probe, &arena, &text));
    }
    check_names(statement, &arena);
    arena_free(&arena);
    return 0;
}
