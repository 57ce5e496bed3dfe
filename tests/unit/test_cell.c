#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include <pgwire/types.h>

#include "pgwire/cell.h"
#include "pgwire/pg_type.h"
#include "pgwire/render.h"

/* ---- the tables ---- */

static bool is_compound(enum type_id id)
{
    return id == TYPE_LIST || id == TYPE_ARRAY || id == TYPE_STRUCT || id == TYPE_MAP ||
           id == TYPE_UNION;
}

/* Some layout of every scalar type has a writer, in both formats. */
static void test_every_type_has_writers(void **state)
{
    const char *failure = NULL;
    (void)state;
    for (int id = TYPE_UNKNOWN; id <= TYPE_OTHER; id++) {
        struct type type = {.id = (enum type_id)id};
        unsigned found = 0;
        for (int layout = LAYOUT_BOOL8; layout <= LAYOUT_UNION; layout++) {
            for (int format = 0; format < 2; format++) {
                struct cell_context context = {(enum pgw_format)format, &style_standard,
                                               false, &failure};
                struct column column = {.type = &type, .layout = (enum layout)layout};
                struct cell cell;
                struct cell_memory memory;
                if (cell_choose(&column, &context, &cell, &memory)) {
                    found |= 1u << format;
                    assert_non_null(cell.write);
                }
            }
        }
        assert_int_equal(found, is_compound(type.id) ? 0 : 3);
    }
}

/* Every type, and a list of it, is declared under an OID that PostgreSQL knows. */
static void test_every_type_has_oids(void **state)
{
    struct type child = {.id = TYPE_INT32};
    (void)state;
    for (int id = TYPE_UNKNOWN; id <= TYPE_OTHER; id++) {
        struct type type = {.id = (enum type_id)id};
        if (type.id == TYPE_LIST || type.id == TYPE_ARRAY) {
            type.children = &child;
            type.child_count = 1;
        }
        struct type list = {.id = TYPE_LIST, .children = &type, .child_count = 1};
        for (int composites = 0; composites < 2; composites++) {
            uint32_t oid = pg_type_oid(&type, composites);
            uint32_t array = pg_type_oid(&list, composites);
            assert_non_null(pg_type_element(array));
            if (type.child_count == 0) {
                assert_non_null(pg_type_find(oid));
                assert_int_equal(pg_type_find(oid)->array_oid, array);
            }
        }
        assert_non_null(plan_type_name(&type));
    }
}

static void test_type_names(void **state)
{
    struct type child = {.id = TYPE_DECIMAL, .precision = 10, .scale = 2};
    struct type list = {.id = TYPE_LIST, .children = &child, .child_count = 1};
    struct type deep = {.id = TYPE_ARRAY, .children = &list, .child_count = 1};
    struct type mood = {
        .id = TYPE_ENUM, .oid = 20000, .array_oid = 20001, .name = "mood"};
    struct type moods = {.id = TYPE_LIST, .children = &mood, .child_count = 1};
    (void)state;
    assert_string_equal(plan_type_name(&child), "numeric");
    assert_string_equal(plan_type_name(&deep), "_numeric");
    assert_int_equal(plan_type_oid(&deep, NULL), 1231);
    assert_int_equal(plan_type_typmod(&deep), ((10 << 16) | 2) + 5);
    assert_string_equal(plan_type_name(&mood), "mood");
    assert_int_equal(plan_type_oid(&mood, NULL), 20000);
    assert_int_equal(plan_type_oid(&moods, NULL), 20001);
    assert_int_equal(plan_type_typlen(&mood), 4);
    assert_int_equal(plan_type_typlen(&moods), 0);
}

/* ---- values ---- */

static struct buf written;

/* The value of a row, without its length. */
static struct slice write_cell(const struct column *column, size_t row,
                               enum pgw_format format, const char **failure)
{
    struct cell cell;
    struct cell_memory memory;
    struct cell_context context = {format, &style_standard, false, failure};
    *failure = NULL;
    assert_true(cell_choose(column, &context, &cell, &memory));
    size_t room = cell.max + (cell_varies(&cell) ? cell_size(&cell, row) : 0);
    buf_free(&written);
    uint8_t *to = buf_reserve(&written, room);
    uint8_t *end = cell.write(&cell, row, to);
    assert_true(!end == !!*failure);
    assert_true(!end || (size_t)(end - to) <= room);
    return (struct slice){(char *)to + 4, end ? (size_t)(end - to - 4) : 0};
}

static const struct type type_int = {.id = TYPE_INT32, .name = "INTEGER"};
static const struct type type_string = {.id = TYPE_TEXT, .name = "VARCHAR"};

/* Lists of the first numbers: row r has `counts[r]` of them, from where r - 1 ends. */
static struct column list_of(const struct type *type, const struct column *child,
                             const size_t *counts, size_t rows)
{
    static uint64_t entries[4][16][2];
    static unsigned used;
    uint64_t(*mine)[2] = entries[used++ % 4];
    uint64_t at = 0;
    for (size_t i = 0; i < rows; i++) {
        mine[i][0] = at;
        mine[i][1] = counts[i];
        at += counts[i];
    }
    return (struct column){.type = type,
                           .layout = LAYOUT_LIST_ENTRIES,
                           .data = mine,
                           .children = child,
                           .child_count = 1};
}

/* Seven has a name. */
static size_t write_seven(const struct value_names *names, uint32_t value, char *out,
                          size_t size)
{
    assert_true(names->type_oid == 24 && size >= VALUE_NAME_BYTES);
    return value == 7 ? (size_t)snprintf(out, size, "seven") : 0;
}

/* An OID reads as a name where it has one; in binary it is four bytes. */
static void test_oids(void **state)
{
    static const struct value_names names = {.write = write_seven, .type_oid = 24};
    static const uint32_t values[] = {7, 4294967295};
    struct type plain = {.id = TYPE_OID},
                named = {.id = TYPE_OID, .value_names = &names};
    struct column column = {.type = &plain, .layout = LAYOUT_FIXED4, .data = values};
    const char *failure;
    (void)state;
    assert_slice(write_cell(&column, 0, PGW_TEXT_FORMAT, &failure), "7");
    assert_slice(write_cell(&column, 1, PGW_TEXT_FORMAT, &failure), "4294967295");
    assert_int_equal(write_cell(&column, 1, PGW_BINARY_FORMAT, &failure).len, 4);
    column.type = &named;
    assert_slice(write_cell(&column, 0, PGW_TEXT_FORMAT, &failure), "seven");
    assert_slice(write_cell(&column, 1, PGW_TEXT_FORMAT, &failure), "4294967295");
    struct buf json = {0};
    assert_null(render_json(&json, &column, 0));
    assert_slice((struct slice){(const char *)buf_data(&json), buf_len(&json)},
                 "\"seven\"");
    buf_free(&json);
}

/* The one byte of "char" is zero where its text is empty. */
static void test_char(void **state)
{
    static const struct slice values[] = {{"x", 1}, {"", 0}};
    struct type type = {.id = TYPE_TEXT, .oid = PGW_CHAROID, .array_oid = 1002};
    struct column column = {.type = &type, .layout = LAYOUT_SLICES, .data = values};
    const char *failure;
    (void)state;
    assert_slice(write_cell(&column, 0, PGW_BINARY_FORMAT, &failure), "x");
    assert_slice(write_cell(&column, 1, PGW_TEXT_FORMAT, &failure), "");
    struct slice empty = write_cell(&column, 1, PGW_BINARY_FORMAT, &failure);
    assert_true(empty.len == 1 && empty.data[0] == '\0');
}

static void test_arrays(void **state)
{
    static const int32_t numbers[] = {1, 2, 3, 4, 5, 6};
    static const uint64_t some[] = {0x3d}; /* the second is NULL */
    static const struct type list_type = {
        .id = TYPE_LIST, .children = &type_int, .child_count = 1};
    static const struct type deep_type = {
        .id = TYPE_LIST, .children = &list_type, .child_count = 1};
    const size_t counts[] = {2, 2, 0, 1, 1}, outer[] = {2, 1, 2, 0};
    const char *failure;
    struct column child = {.type = &type_int, .layout = LAYOUT_FIXED4, .data = numbers};
    struct column list = list_of(&list_type, &child, counts, 5);
    struct column deep = list_of(&deep_type, &list, outer, 4);
    (void)state;
    assert_slice(write_cell(&list, 0, PGW_TEXT_FORMAT, &failure), "{1,2}");
    assert_slice(write_cell(&list, 2, PGW_TEXT_FORMAT, &failure), "{}");
    assert_slice(write_cell(&deep, 0, PGW_TEXT_FORMAT, &failure), "{{1,2},{3,4}}");
    assert_slice(write_cell(&deep, 1, PGW_TEXT_FORMAT, &failure), "{}");
    assert_slice(write_cell(&deep, 2, PGW_TEXT_FORMAT, &failure), "{{5},{6}}");
    assert_slice(write_cell(&deep, 3, PGW_TEXT_FORMAT, &failure), "{}");
    child.validity = some;
    assert_slice(write_cell(&list, 0, PGW_TEXT_FORMAT, &failure), "{1,NULL}");
    struct slice binary = write_cell(&list, 0, PGW_BINARY_FORMAT, &failure);
    static const char expected[] = "\0\0\0\1\0\0\0\1\0\0\0\x17\0\0\0\2\0\0\0\1"
                                   "\0\0\0\4\0\0\0\1\xff\xff\xff\xff";
    assert_int_equal(binary.len, sizeof expected - 1);
    assert_memory_equal(binary.data, expected, binary.len);
    binary = write_cell(&list, 2, PGW_BINARY_FORMAT, &failure);
    assert_int_equal(binary.len, 12);
    assert_memory_equal(binary.data, "\0\0\0\0\0\0\0\0\0\0\0\x17", 12);
    buf_free(&written);
}

/* What no array can be: refused, never written askew. */
static void test_no_arrays(void **state)
{
    static const int32_t numbers[] = {1, 2, 3};
    static const uint64_t some[] = {1};
    static const size_t counts[] = {1, 2}, outer[] = {2}, one[] = {1};
    static struct type types[8];
    const char *failure;
    struct column child = {.type = &type_int, .layout = LAYOUT_FIXED4, .data = numbers};
    for (unsigned i = 0; i < ARRAY_LEN(types); i++)
        types[i] = (struct type){.id = TYPE_LIST,
                                 .children = i == 0 ? &type_int : &types[i - 1],
                                 .child_count = 1};
    struct column list = list_of(&types[0], &child, counts, 2);
    struct column ragged = list_of(&types[1], &list, outer, 1);
    (void)state;
    for (int format = 0; format < 2; format++) {
        (void)write_cell(&ragged, 0, (enum pgw_format)format, &failure);
        assert_string_equal(failure, "2202E");
    }
    list = list_of(&types[0], &child, one, 1);
    list.validity = some;
    ragged = list_of(&types[1], &list, outer, 1);
    (void)write_cell(&ragged, 0, PGW_TEXT_FORMAT, &failure);
    assert_string_equal(failure, "2202E");
    struct column levels[8];
    for (unsigned i = 0; i < 7; i++) {
        static const uint64_t entry[] = {0, 1};
        levels[i] = (struct column){.type = &types[i],
                                    .layout = LAYOUT_LIST_ENTRIES,
                                    .data = entry,
                                    .children = i == 0 ? &child : &levels[i - 1],
                                    .child_count = 1};
    }
    assert_slice(write_cell(&levels[5], 0, PGW_TEXT_FORMAT, &failure), "{{{{{{1}}}}}}");
    (void)write_cell(&levels[6], 0, PGW_TEXT_FORMAT, &failure);
    assert_string_equal(failure, "54000");
    buf_free(&written);
}

static void test_array_quotes(void **state)
{
    static const struct {
        const char *text, *element;
    } rows[] = {
        {"a", "{a}"},         {"", "{\"\"}"},       {"null", "{\"null\"}"},
        {"nulls", "{nulls}"}, {"a b", "{\"a b\"}"}, {"a,b", "{\"a,b\"}"},
        {"{", "{\"{\"}"},     {"(", "{(}"},         {"\"", "{\"\\\"\"}"},
        {"\\", "{\"\\\\\"}"}, {"\n", "{\"\n\"}"},   {"a\"b\\c", "{\"a\\\"b\\\\c\"}"},
        {"ä", "{ä}"}};
    static const struct type list_type = {
        .id = TYPE_LIST, .children = &type_string, .child_count = 1};
    const size_t one[] = {1};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const char *failure;
        struct slice text = slice_of(rows[i].text);
        struct column child = {
            .type = &type_string, .layout = LAYOUT_SLICES, .data = &text};
        struct column list = list_of(&list_type, &child, one, 1);
        assert_slice(write_cell(&list, 0, PGW_TEXT_FORMAT, &failure), rows[i].element);
    }
    buf_free(&written);
}

/* ---- records, and arrays of them ---- */

static struct slice render(struct rendering *rendering, const struct column *column,
                           enum pgw_format format, bool composites)
{
    struct cell_context context = {
        .format = format, .style = &style_standard, .composites = composites};
    assert_null(render_column(rendering, column, 1, &context));
    return rendering->slices[0];
}

static void test_records(void **state)
{
    static const int32_t number = 7;
    static const uint64_t none[] = {0};
    static const struct slice text = {"a \"b\"\\", 6}, empty = {"", 0};
    static const struct slice names[] = {{"n", 1}, {"t", 1}, {"e", 1}, {"z", 1}};
    static const struct type fields[] = {
        {.id = TYPE_INT32}, {.id = TYPE_TEXT}, {.id = TYPE_TEXT}, {.id = TYPE_INT32}};
    static const struct type record_type = {
        .id = TYPE_STRUCT, .children = fields, .child_names = names, .child_count = 4};
    static const struct type list_type = {
        .id = TYPE_LIST, .children = &record_type, .child_count = 1};
    const size_t one[] = {1};
    struct column parts[] = {
        {.type = &fields[0], .layout = LAYOUT_FIXED4, .data = &number},
        {.type = &fields[1], .layout = LAYOUT_SLICES, .data = &text},
        {.type = &fields[2], .layout = LAYOUT_SLICES, .data = &empty},
        {.type = &fields[3],
         .layout = LAYOUT_FIXED4,
         .data = &number,
         .validity = none}};
    struct column record = {.type = &record_type,
                            .layout = LAYOUT_STRUCT,
                            .children = parts,
                            .child_count = 4};
    struct column list = list_of(&list_type, &record, one, 1);
    struct rendering rendering = {0};
    (void)state;
    assert_slice(render(&rendering, &record, PGW_TEXT_FORMAT, true),
                 "(7,\"a \"\"b\"\"\\\\\",\"\",)");
    assert_slice(render(&rendering, &record, PGW_TEXT_FORMAT, false),
                 "{\"n\":7,\"t\":\"a \\\"b\\\"\\\\\",\"e\":\"\",\"z\":null}");
    assert_slice(render(&rendering, &list, PGW_TEXT_FORMAT, true),
                 "{\"(7,\\\"a \\\"\\\"b\\\"\\\"\\\\\\\\\\\",\\\"\\\",)\"}");
    static const char expected[] = "\0\0\0\4\0\0\0\x17\0\0\0\4\0\0\0\7"
                                   "\0\0\0\x19\0\0\0\6a \"b\"\\"
                                   "\0\0\0\x19\0\0\0\0\0\0\0\x17\xff\xff\xff\xff";
    struct slice binary = render(&rendering, &record, PGW_BINARY_FORMAT, true);
    assert_int_equal(binary.len, sizeof expected - 1);
    assert_memory_equal(binary.data, expected, binary.len);
    binary = render(&rendering, &list, PGW_BINARY_FORMAT, true);
    assert_memory_equal(binary.data, "\0\0\0\1\0\0\0\0\0\0\x08\xc9\0\0\0\1\0\0\0\1",
                        20);
    assert_memory_equal(binary.data + 24, expected, sizeof expected - 1);
    rendering_free(&rendering);
}

/* More fields than cells are kept for, in every row the right ones. */
static void test_wide_record(void **state)
{
    enum { FIELDS = 40, ROWS = 3 };
    static struct type types[FIELDS];
    static struct slice names[FIELDS];
    static struct column fields[FIELDS];
    static int64_t numbers[FIELDS][ROWS];
    struct type type = {.id = TYPE_STRUCT,
                        .children = types,
                        .child_names = names,
                        .child_count = FIELDS};
    struct column record = {.type = &type,
                            .layout = LAYOUT_STRUCT,
                            .children = fields,
                            .child_count = FIELDS};
    struct cell_context context = {.style = &style_standard};
    struct rendering rendering = {0};
    (void)state;
    for (size_t i = 0; i < FIELDS; i++) {
        types[i] =
            (struct type){.id = i % 3 ? TYPE_INT64 : TYPE_TIME, .unit = UNIT_MICRO};
        names[i] = (struct slice){"f", 1};
        fields[i] = (struct column){
            .type = &types[i], .layout = LAYOUT_FIXED8, .data = numbers[i]};
        for (size_t row = 0; row < ROWS; row++)
            numbers[i][row] = (int64_t)(100 + i * 10 + row) * (i % 3 ? 1 : 1000000);
    }
    assert_null(render_column(&rendering, &record, ROWS, &context));
    for (size_t row = 0; row < ROWS; row++) {
        char expected[FIELDS * 48] = "{";
        size_t len = 1;
        for (size_t i = 0; i < FIELDS; i++) {
            unsigned value = (unsigned)(100 + i * 10 + row);
            char text[16];
            (void)snprintf(text, sizeof text, i % 3 ? "%u" : "\"00:%02u:%02u\"",
                           i % 3 ? value : value / 60, value % 60);
            len += (size_t)snprintf(expected + len, sizeof expected - len, "%s\"f\":%s",
                                    i > 0 ? "," : "", text);
        }
        expected[len++] = '}';
        expected[len] = '\0';
        assert_slice(rendering.slices[row], expected);
    }
    rendering_free(&rendering);
}

UNIT_MAIN(cmocka_unit_test(test_wide_record),
          cmocka_unit_test(test_every_type_has_writers),
          cmocka_unit_test(test_every_type_has_oids), cmocka_unit_test(test_type_names),
          cmocka_unit_test(test_oids), cmocka_unit_test(test_char),
          cmocka_unit_test(test_arrays), cmocka_unit_test(test_no_arrays),
          cmocka_unit_test(test_array_quotes), cmocka_unit_test(test_records))
