#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "server/copy_column.h"

/* What a short cut takes, the long way takes too, and to the same cell. */

static const struct type types[] = {
    {.id = TYPE_BOOL, .name = "bool"},
    {.id = TYPE_INT8, .name = "tinyint"},
    {.id = TYPE_INT16, .name = "int2"},
    {.id = TYPE_INT32, .name = "int4"},
    {.id = TYPE_INT64, .name = "int8"},
    {.id = TYPE_UINT32, .name = "uinteger"},
    {.id = TYPE_FLOAT32, .name = "float4"},
    {.id = TYPE_FLOAT64, .name = "float8"},
    {.id = TYPE_DECIMAL, .precision = 4, .scale = 2, .name = "decimal(4,2)"},
    {.id = TYPE_DECIMAL, .precision = 9, .scale = 0, .name = "decimal(9,0)"},
    {.id = TYPE_DECIMAL, .precision = 18, .scale = 6, .name = "decimal(18,6)"},
    {.id = TYPE_DECIMAL, .precision = 38, .scale = 10, .name = "decimal(38,10)"},
    {.id = TYPE_TEXT, .name = "text"},
    {.id = TYPE_DATE, .name = "date"},
    {.id = TYPE_TIMESTAMP, .unit = UNIT_MICRO, .name = "timestamp"},
    {.id = TYPE_TIMESTAMPTZ, .unit = UNIT_MICRO, .name = "timestamptz"},
};

static uint32_t seed = 20417;

static unsigned pick(unsigned below)
{
    seed = seed * 1103515245 + 12345;
    return (seed >> 8) % below;
}

/* Numbers, dates and times, now and then with a character that does not belong. */
static size_t make_value(enum type_id id, char *out, size_t size)
{
    static const char alphabet[] = "0123456789.-+eE :tf";
    bool is_time = id == TYPE_TIMESTAMP || id == TYPE_TIMESTAMPTZ;
    int len;
    if (id == TYPE_DATE || is_time)
        len = snprintf(out, size, "%04u-%02u-%02u%s", 1898 + pick(204), pick(14),
                       pick(33), "");
    else if (id == TYPE_BOOL || id == TYPE_TEXT)
        len = snprintf(out, size, "%.*s", (int)pick(18), "true false and longer");
    else if (pick(2))
        len = snprintf(out, size, "%s%u", pick(2) ? "-" : "", pick(100));
    else
        len = snprintf(out, size, "%s%u%s%.*u", pick(2) ? "-" : "",
                       pick(pick(2) ? 100 : 4000000), pick(2) ? "." : "", (int)pick(9),
                       pick(100000));
    if (is_time)
        len += snprintf(out + len, size - (size_t)len, " %02u:%02u:%02u%s%s", pick(26),
                        pick(62), pick(62), pick(2) ? ".125" : "",
                        id == TYPE_TIMESTAMPTZ && pick(4) ? "+00" : "");
    if (len > 0 && pick(4) == 0)
        out[pick((unsigned)len)] = alphabet[pick(sizeof alphabet - 1)];
    return (size_t)len;
}

/* Strings that are not inside are the same if what they point to is. */
static void compare(const struct copy_column *column, const char *quick,
                    const char *slow, const char *value)
{
    uint32_t len;
    memcpy(&len, quick, sizeof len);
    if (column->layout == LAYOUT_STRING16 && len > 12) {
        const char *a, *b;
        assert_memory_equal(quick, slow, 8);
        memcpy(&a, quick + 8, sizeof a);
        memcpy(&b, slow + 8, sizeof b);
        assert_memory_equal(a, b, len);
    } else if (memcmp(quick, slow, column->width) != 0) {
        fail_msg("%s: \"%s\" is not the same both ways", column->type->name, value);
    }
}

static void test_short_cuts(void **state)
{
    enum { ROUNDS = 20000 };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        struct arena arena = {0}, heap = {0};
        struct error err;
        struct copy_column column = {.name = "a"};
        const struct param_source source = {&heap, NULL};
        unsigned taken = 0;
        assert_true(copy_column_init(&column, &types[i], &arena, &err));
        assert_non_null(column.quick);
        for (int round = 0; round < ROUNDS; round++) {
            char text[96], quick[16] = {0}, slow[16] = {0};
            struct pgw_error fault;
            size_t len = make_value(types[i].id, text, sizeof text);
            const struct pgw_value value = {.raw = {text, len}, .oid = column.oid};
            if (!column.quick(&column, (struct slice){text, len}, &heap, quick))
                continue;
            taken++;
            if (types[i].id == TYPE_DECIMAL) /* its long way needs a session's memory */
                assert_true(copy_decimal(&column, (struct slice){text, len},
                                         &(bool){false}, slow));
            else
                assert_int_equal(column.read(&column, &source, &value, slow, &fault),
                                 PGW_OK);
            compare(&column, quick, slow, text);
            arena_reset(&heap);
        }
        /* decimals of more than 18 digits go the long way alone */
        if (taken <= 20 && types[i].precision <= 18)
            fail_msg("%s: only %u were taken", types[i].name, taken);
        arena_free(&heap);
        arena_free(&arena);
    }
}

/* Rounded half away from zero; what is too large is said to be. */
static void test_decimals(void **state)
{
    static const struct {
        uint8_t precision, scale;
        const char *text;
        bool done, overflow;
        int64_t number;
    } rows[] = {
        {4, 2, "1.005", true, false, 101},
        {4, 2, "-1.005", true, false, -101},
        {4, 2, "1.0049", true, false, 100},
        {4, 2, "99.99", true, false, 9999},
        {4, 2, "99.994", true, false, 9999},
        {4, 2, "99.995", false, true, 0},
        {4, 2, "100", false, true, 0},
        {4, 2, "0.001", true, false, 0},
        {4, 4, "0.9999", true, false, 9999},
        {4, 4, "1", false, true, 0},
        {18, 0, "999999999999999999", true, false, 999999999999999999},
        {18, 0, "1000000000000000000", false, true, 0},
        {4, 2, "NaN", false, false, 0},
        {4, 2, "Infinity", false, false, 0},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena arena = {0};
        struct error err;
        const struct type type = {.id = TYPE_DECIMAL,
                                  .precision = rows[i].precision,
                                  .scale = rows[i].scale,
                                  .name = "decimal"};
        struct copy_column column = {.name = "a"};
        bool overflow;
        int64_t cell = 0;
        assert_true(copy_column_init(&column, &type, &arena, &err));
        assert_int_equal(
            copy_decimal(&column, slice_of(rows[i].text), &overflow, &cell),
            rows[i].done);
        assert_int_equal(overflow, rows[i].overflow);
        if (rows[i].done)
            assert_int_equal(memcmp(&cell, &rows[i].number, column.width), 0);
        arena_free(&arena);
    }
}

UNIT_MAIN(cmocka_unit_test(test_short_cuts), cmocka_unit_test(test_decimals))
