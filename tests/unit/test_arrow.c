/* The Arrow reader: formats, schemas and arrays, well made and malformed. What the
 * values of every type look like to clients is for tests/arrow. */
#include "unit.h"

#include <stdlib.h>

#include "batch/arrow.h"
#include "batch/arrow_field.h"

/* ---- schemas and arrays by hand; nothing of them is allocated ---- */

static void keep_schema(struct ArrowSchema *schema)
{
    schema->release = NULL;
}

static void keep_array(struct ArrowArray *array)
{
    array->release = NULL;
}

/* A table of one column: {the table, the column}. */
struct table {
    struct ArrowSchema schema, column;
    struct ArrowSchema *columns[1];
    struct ArrowArray array, values;
    struct ArrowArray *arrays[1];
    const void *no_buffers[1];
    struct arrow_reader *reader;
    struct error err;
};

static void make_table(struct table *table, const char *format)
{
    *table = (struct table){0};
    table->columns[0] = &table->column;
    table->arrays[0] = &table->values;
    table->column =
        (struct ArrowSchema){.format = format, .name = "a", .release = keep_schema};
    table->schema = (struct ArrowSchema){.format = "+s",
                                         .n_children = 1,
                                         .children = table->columns,
                                         .release = keep_schema};
    table->array = (struct ArrowArray){.n_buffers = 1,
                                       .buffers = table->no_buffers,
                                       .n_children = 1,
                                       .children = table->arrays,
                                       .release = keep_array};
    table->values.release = keep_array;
}

static void set_values(struct table *table, int64_t length, const void **buffers,
                       int64_t buffer_count)
{
    table->array.length = length;
    table->values.length = length;
    table->values.null_count = -1;
    table->values.buffers = buffers;
    table->values.n_buffers = buffer_count;
}

static const char *open_table(struct table *table)
{
    table->err.sqlstate[0] = '\0';
    arrow_reader_free(table->reader);
    table->reader = arrow_reader_new(&table->schema, &table->err);
    return table->reader ? "" : table->err.sqlstate;
}

/* The first window, of the whole. */
static const char *read_table(struct table *table, struct batch *batch)
{
    *batch = (struct batch){0};
    if (*open_table(table))
        return table->err.sqlstate;
    if (!arrow_reader_begin(table->reader, &table->array, &table->err) ||
        !arrow_reader_next(table->reader, batch, &table->err))
        return table->err.sqlstate;
    return "";
}

static const struct column *column_of(const struct batch *batch)
{
    if (!batch->columns)
        abort();
    return &batch->columns[0];
}

static void close_table(struct table *table)
{
    arrow_reader_free(table->reader);
    table->reader = NULL;
}

/* ---- formats ---- */

static void test_formats(void **state)
{
    static const struct {
        const char *format;
        enum type_id id;
        enum layout layout;
        unsigned precision, scale;
    } rows[] = {
        {"n", TYPE_TEXT, LAYOUT_NULL, 0, 0},
        {"b", TYPE_BOOL, LAYOUT_BITS, 0, 0},
        {"L", TYPE_UINT64, LAYOUT_FIXED8, 0, 0},
        {"e", TYPE_FLOAT32, LAYOUT_FLOAT4, 0, 0},
        {"d:9,2,32", TYPE_DECIMAL, LAYOUT_FIXED4, 9, 2},
        {"d:18,18,64", TYPE_DECIMAL, LAYOUT_FIXED8, 18, 18},
        {"d:38,10", TYPE_DECIMAL, LAYOUT_FIXED16, 38, 10},
        {"d:38,10,128", TYPE_DECIMAL, LAYOUT_FIXED16, 38, 10},
        {"d:5,10", TYPE_DECIMAL, LAYOUT_FIXED32, 5, 10},
        {"d:5,-3", TYPE_DECIMAL, LAYOUT_FIXED32, 8, 0},
        {"d:76,76,256", TYPE_DECIMAL, LAYOUT_FIXED32, 76, 76},
        {"U", TYPE_TEXT, LAYOUT_OFFSETS64, 0, 0},
        {"vz", TYPE_BYTES, LAYOUT_STRING16, 0, 0},
        {"w:0", TYPE_BYTES, LAYOUT_SLICES, 0, 0},
        {"tdm", TYPE_DATE, LAYOUT_FIXED4, 0, 0},
        {"ttn", TYPE_TIME, LAYOUT_FIXED8, 0, 0},
        {"tsn:", TYPE_TIMESTAMP, LAYOUT_FIXED8, 0, 0},
        {"tsn:Europe/Berlin", TYPE_TIMESTAMPTZ, LAYOUT_FIXED8, 0, 0},
        {"tDm", TYPE_INTERVAL, LAYOUT_INTERVAL, 0, 0},
        {"tin", TYPE_INTERVAL, LAYOUT_INTERVAL, 0, 0},
        {"+vL", TYPE_LIST, LAYOUT_LIST_ENTRIES, 0, 0},
        {"+w:3", TYPE_ARRAY, LAYOUT_LIST_FIXED, 0, 0},
        {"+us:5,127,0", TYPE_UNION, LAYOUT_UNION, 0, 0},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arrow_field field = {0};
        assert_true(arrow_format_parse(rows[i].format, &field));
        assert_int_equal(field.type.id, rows[i].id);
        assert_int_equal(field.layout, rows[i].layout);
        assert_int_equal(field.type.precision, rows[i].precision);
        assert_int_equal(field.type.scale, rows[i].scale);
        assert_non_null(field.import);
    }
}

static void test_unknown_formats(void **state)
{
    static const char *const formats[] = {"",
                                          "x",
                                          "bb",
                                          "d:",
                                          "d:10",
                                          "d:10,",
                                          "d:0,0",
                                          "d:39,0",
                                          "d:77,0,256",
                                          "d:10,2,16",
                                          "d:10,2,128,",
                                          "d:10,2 ",
                                          "d:1,77",
                                          "d:1,-76",
                                          "d:9999999999999999999,2",
                                          "w:",
                                          "w:-1",
                                          "w:4x",
                                          "w:99999999999",
                                          "ts",
                                          "tss",
                                          "tsx:",
                                          "tdx",
                                          "tD",
                                          "+",
                                          "+w:",
                                          "+x",
                                          "+us:",
                                          "+us:1,1",
                                          "+us:128",
                                          "+us:-1",
                                          "+us:1,",
                                          "+us:1 2",
                                          "+ud",
                                          "v",
                                          "+v"};
    struct table table;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        make_table(&table, formats[i]);
        assert_string_equal(open_table(&table), "0A000");
        assert_non_null(strstr(table.err.message, formats[i]));
        assert_non_null(strstr(table.err.message, "\"a\""));
    }
}

/* ---- schemas ---- */

static void test_malformed_schemas(void **state)
{
    struct table table;
    struct ArrowSchema child = {.format = "i", .release = keep_schema};
    struct ArrowSchema *children[] = {&child, NULL};
    static const struct {
        const char *format;
        int64_t count;
        const char *sqlstate;
    } rows[] = {
        {"i", 1, "XX001"},   {"+l", 0, "XX001"}, {"+l", 2, "XX001"},
        {"+l", -1, "XX001"}, {"+s", 2, "XX001"}, {"+s", 40000, "XX001"},
        {"+m", 1, "XX001"},  {"+r", 1, "XX001"}, {"+us:1,2", 1, "XX001"},
        {"+us:1", 1, ""},    {"+w:2", 1, ""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        make_table(&table, rows[i].format);
        table.column.children = children;
        table.column.n_children = rows[i].count;
        assert_string_equal(open_table(&table), rows[i].sqlstate);
        close_table(&table);
    }
    make_table(&table, "i");
    table.columns[0] = NULL;
    assert_string_equal(open_table(&table), "XX001");
    make_table(&table, "i");
    table.column.format = NULL;
    assert_string_equal(open_table(&table), "XX001");
    make_table(&table, "u"); /* indexes that are none */
    table.column.dictionary = &child;
    assert_string_equal(open_table(&table), "XX001");
    make_table(&table, "i");
    table.schema.release = NULL;
    assert_string_equal(open_table(&table), "XX001");
    make_table(&table, "i");
    table.schema.format = "i";
    assert_string_equal(open_table(&table), "0A000");
    make_table(&table, "i");
    table.schema.n_children = 32768;
    assert_string_equal(open_table(&table), "54011");
}

/* Lists within lists: as many as are allowed below the table, and one more. */
static void test_depth(void **state)
{
    enum { ALLOWED = ARROW_DEPTH_MAX - 1 };
    struct ArrowSchema levels[ALLOWED + 1];
    struct ArrowSchema *children[ALLOWED + 1];
    struct table table;
    (void)state;
    for (size_t i = 0; i <= ALLOWED; i++) {
        children[i] = &levels[i];
        levels[i] = (struct ArrowSchema){.format = "+l",
                                         .n_children = 1,
                                         .children = &children[i + 1],
                                         .release = keep_schema};
    }
    levels[ALLOWED] = (struct ArrowSchema){.format = "i", .release = keep_schema};
    make_table(&table, "+l");
    table.columns[0] = children[0];
    assert_string_equal(open_table(&table), "0A000");
    table.columns[0] = children[1];
    assert_string_equal(open_table(&table), "");
    close_table(&table);
}

static void test_extensions(void **state)
{
    static const struct {
        const char *format, *metadata;
        enum type_id id;
    } rows[] = {
        {"w:16", "\1\0\0\0\24\0\0\0ARROW:extension:name\12\0\0\0arrow.uuid", TYPE_UUID},
        {"w:15", "\1\0\0\0\24\0\0\0ARROW:extension:name\12\0\0\0arrow.uuid",
         TYPE_BYTES},
        {"u", "\1\0\0\0\24\0\0\0ARROW:extension:name\12\0\0\0arrow.json", TYPE_JSON},
        {"vu",
         "\2\0\0\0\1\0\0\0k\0\0\0\0\24\0\0\0ARROW:extension:name\12\0\0\0arrow.json",
         TYPE_JSON},
        {"c", "\1\0\0\0\24\0\0\0ARROW:extension:name\13\0\0\0arrow.bool8", TYPE_BOOL},
        {"u", "\1\0\0\0\24\0\0\0ARROW:extension:name\12\0\0\0arrow.uuid", TYPE_TEXT},
        {"u", "\0\0\0\0", TYPE_TEXT},
    };
    struct table table;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        make_table(&table, rows[i].format);
        table.column.metadata = rows[i].metadata;
        assert_string_equal(open_table(&table), "");
        assert_int_equal(arrow_reader_columns(table.reader)->types[0]->id, rows[i].id);
        close_table(&table);
    }
    make_table(&table, "u");
    table.column.metadata = "\1\0\0\0\377\377\377\377";
    assert_string_equal(open_table(&table), "XX001");
}

/* ---- arrays ---- */

static void test_nothing_is_copied(void **state)
{
    int64_t numbers[] = {1, 2, 3, 4};
    int32_t ends[] = {0, 1, 3, 6, 6};
    uint64_t validity = 0xffff;
    struct table table;
    struct batch batch;
    const void *fixed[] = {NULL, numbers}, *texts[] = {&validity, ends, "abbccc"};
    (void)state;
    make_table(&table, "l");
    set_values(&table, 3, fixed, 2);
    table.values.offset = 1;
    assert_string_equal(read_table(&table, &batch), "");
    assert_int_equal(batch.rows, 3);
    assert_ptr_equal(column_of(&batch)->data, numbers + 1);
    assert_null(column_of(&batch)->validity);
    close_table(&table);
    make_table(&table, "u");
    set_values(&table, 4, texts, 3);
    assert_string_equal(read_table(&table, &batch), "");
    assert_ptr_equal(column_of(&batch)->data, ends);
    assert_slice(column_slice(column_of(&batch), 2), "ccc");
    close_table(&table);
}

/* Validity and bits at every offset, in memory that ends with the last bit. */
static void test_bits(void **state)
{
    enum { ROWS = 70 };
    struct table table;
    struct batch batch;
    (void)state;
    for (int64_t offset = 0; offset < 65; offset++) {
        size_t bytes = (size_t)(offset + ROWS + 7) / 8;
        uint8_t *validity = malloc(bytes), *bits = malloc(bytes);
        const void *buffers[] = {validity, bits};
        assert_true(validity && bits);
        for (size_t i = 0; i < bytes; i++) {
            validity[i] = (uint8_t)(i * 37 + 5);
            bits[i] = (uint8_t)(i * 91 + 7);
        }
        make_table(&table, "b");
        set_values(&table, ROWS, buffers, 2);
        table.values.offset = offset;
        assert_string_equal(read_table(&table, &batch), "");
        const struct column *column = column_of(&batch);
        for (size_t row = 0; row < ROWS; row++) {
            size_t at = (size_t)offset + row;
            const uint8_t *data = column->data;
            assert_int_equal(column_is_valid(column, row),
                             validity[at / 8] >> (at % 8) & 1);
            assert_int_equal(data[row / 8] >> (row % 8) & 1,
                             bits[at / 8] >> (at % 8) & 1);
        }
        close_table(&table);
        free(validity);
        free(bits);
    }
}

/* A producer need not align; reading is the same. */
static void test_alignment(void **state)
{
    char memory[33];
    int64_t numbers[] = {1, -2, 3};
    struct table table;
    struct batch batch;
    const void *buffers[] = {NULL, memory + 1};
    (void)state;
    memcpy(memory + 1, numbers, sizeof numbers);
    make_table(&table, "l");
    set_values(&table, 3, buffers, 2);
    assert_string_equal(read_table(&table, &batch), "");
    assert_int_equal((uintptr_t)column_of(&batch)->data % 8, 0);
    assert_memory_equal(column_of(&batch)->data, numbers, sizeof numbers);
    close_table(&table);
}

static void test_windows(void **state)
{
    enum { ROWS = 2 * ARROW_WINDOW_ROWS + 3 };
    int32_t *numbers = calloc(ROWS, sizeof *numbers);
    const void *buffers[] = {NULL, numbers};
    struct table table;
    struct batch batch;
    size_t total = 0;
    (void)state;
    assert_non_null(numbers);
    for (int32_t i = 0; i < ROWS; i++)
        numbers[i] = i;
    make_table(&table, "i");
    set_values(&table, ROWS, buffers, 2);
    table.array.length = ROWS - 1;
    table.array.offset = 1; /* of the table: of its columns too */
    assert_string_equal(read_table(&table, &batch), "");
    while (batch.rows > 0) {
        assert_true(batch.rows <= ARROW_WINDOW_ROWS);
        assert_int_equal(((const int32_t *)column_of(&batch)->data)[0], total + 1);
        total += batch.rows;
        assert_true(arrow_reader_next(table.reader, &batch, &table.err));
    }
    assert_int_equal(total, ROWS - 1);
    close_table(&table);
    free(numbers);
}

static void test_empty_arrays(void **state)
{
    static const char *const formats[] = {"n", "b",      "i",   "u",   "vu", "w:3",
                                          "e", "d:5,-1", "tdm", "tts", "tDs"};
    const void *none[3] = {NULL, NULL, NULL};
    struct table table;
    struct batch batch;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(formats); i++) {
        int64_t count = formats[i][0] == 'n' ? 0 : strchr("uv", formats[i][0]) ? 3 : 2;
        make_table(&table, formats[i]);
        set_values(&table, 0, none, count);
        assert_string_equal(read_table(&table, &batch), "");
        assert_int_equal(batch.rows, 0);
        close_table(&table);
    }
}

static void test_malformed_arrays(void **state)
{
    int32_t back[] = {0, 2, 1}, below[] = {-1, 0, 1}, good[] = {0, 1, 2};
    const void *one[] = {NULL, good}, *lacks[] = {NULL, NULL, NULL};
    const void *backwards[] = {NULL, back, "ab"}, *negative[] = {NULL, below, "ab"};
    const void *no_bytes[] = {NULL, good, NULL};
    static const struct {
        const char *format;
        int64_t length, offset, null_count, buffers, children;
        int which;
    } rows[] = {
        {"i", -1, 0, 0, 2, 0, 0},
        {"i", 2, -1, 0, 2, 0, 0},
        {"i", INT64_MAX, 1, 0, 2, 0, 0},
        {"i", 2, 0, -2, 2, 0, 0},
        {"i", 2, INT64_MAX / 2, 0, 2, 0, 0},
        {"i", 2, 0, 1, 2, 0, 0},
        {"i", 2, 0, 0, 1, 0, 0},
        {"i", 2, 0, 0, 3, 0, 0},
        {"i", 2, 0, 0, 2, 1, 0},
        {"i", 2, 0, 0, 2, -1, 0},
        {"i", 2, 0, 0, 2, 0, 1},
        {"u", 2, 0, 0, 3, 0, 1},
        {"u", 2, 0, 0, 3, 0, 2},
        {"u", 2, 0, 0, 3, 0, 3},
        {"u", 2, 0, 0, 3, 0, 4},
        {"vu", 2, 0, 0, 3, 0, 1},
        {"vu", 2, 0, 0, 1, 0, 0},
        {"n", 2, 0, 0, 1, 0, 0},
    };
    const void **buffers[] = {one, lacks, backwards, negative, no_bytes};
    struct table table;
    struct batch batch;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        make_table(&table, rows[i].format);
        set_values(&table, rows[i].length, buffers[rows[i].which], rows[i].buffers);
        table.values.offset = rows[i].offset;
        table.values.null_count = rows[i].null_count;
        table.values.n_children = rows[i].children;
        table.array.length = 2;
        assert_string_equal(read_table(&table, &batch), "XX001");
        close_table(&table);
    }
    make_table(&table, "i"); /* the table is longer than its column */
    set_values(&table, 2, one, 2);
    table.array.length = 3;
    assert_string_equal(read_table(&table, &batch), "XX001");
    close_table(&table);
}

/* Views are the one thing whose bounds are known. */
static void test_views(void **state)
{
    struct {
        int32_t len;
        char prefix[4];
        int32_t buffer, offset;
    } views[] = {{3, "abc", 0, 0}, {13, "0123", 0, 1}};
    static const struct {
        int32_t len, buffer, offset;
    } bad[] = {{-1, 0, 0}, {13, 1, 0},  {13, -1, 0},
               {13, 0, 2}, {13, 0, -1}, {INT32_MAX, 0, 1}};
    const char text[] = "x0123456789abc";
    int64_t sizes[] = {14};
    const void *buffers[] = {NULL, views, text, sizes};
    struct table table;
    struct batch batch;
    (void)state;
    make_table(&table, "vu");
    set_values(&table, 2, buffers, 4);
    assert_string_equal(read_table(&table, &batch), "");
    assert_slice(column_slice(column_of(&batch), 0), "abc");
    assert_slice(column_slice(column_of(&batch), 1), "0123456789abc");
    for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
        views[1].len = bad[i].len;
        views[1].buffer = bad[i].buffer;
        views[1].offset = bad[i].offset;
        assert_string_equal(read_table(&table, &batch), "XX001");
    }
    uint8_t validity = 1; /* what is NULL is not looked at */
    buffers[0] = &validity;
    assert_string_equal(read_table(&table, &batch), "");
    close_table(&table);
}

/* Indirections that point to where nothing is. */
static void test_nested_bounds(void **state)
{
    static const struct {
        const char *format;
        int64_t buffers;
        int32_t first[3], second[2];
        const char *sqlstate;
    } rows[] = {
        {"+l", 2, {0, 1, 3}, {0, 0}, ""},
        {"+l", 2, {0, 1, 4}, {0, 0}, "XX001"},
        {"+l", 2, {0, 2, 1}, {0, 0}, "XX001"},
        {"+l", 2, {-1, 1, 2}, {0, 0}, "XX001"},
        {"+vl", 3, {2, 0, 0}, {1, 3}, ""},
        {"+vl", 3, {2, 0, 0}, {2, 1}, "XX001"},
        {"+vl", 3, {4, 0, 0}, {0, 1}, "XX001"},
        {"+vl", 3, {0, 0, 0}, {-1, 1}, "XX001"},
        {"+w:1", 1, {0, 0, 0}, {0, 0}, ""},
        {"+w:2", 1, {0, 0, 0}, {0, 0}, "XX001"},
        {"+ud:0", 2, {0, 0, 0}, {0, 2}, ""},
        {"+ud:0", 2, {0, 0, 0}, {0, 3}, "XX001"},
        {"+ud:1", 2, {0, 0, 0}, {0, 2}, "XX001"},
        {"+us:0", 1, {0, 0, 0}, {0, 0}, ""},
        {"+us:0", 1, {-1, 0, 0}, {0, 0}, "XX001"},
    };
    int32_t numbers[] = {10, 20, 30};
    const void *number_buffers[] = {NULL, numbers};
    struct ArrowSchema child = {.format = "i", .name = "item", .release = keep_schema};
    struct ArrowSchema *child_schemas[] = {&child};
    struct ArrowArray values = {
        .length = 3, .n_buffers = 2, .buffers = number_buffers, .release = keep_array};
    struct ArrowArray *child_arrays[] = {&values};
    struct table table;
    struct batch batch;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        bool is_union = rows[i].format[1] == 'u';
        const void *with[] = {NULL, rows[i].first, rows[i].second};
        const void *without[] = {rows[i].first, rows[i].second};
        make_table(&table, rows[i].format);
        table.column.children = child_schemas;
        table.column.n_children = 1;
        set_values(&table, 2, is_union ? without : with, rows[i].buffers);
        table.values.n_children = 1;
        table.values.children = child_arrays;
        assert_string_equal(read_table(&table, &batch), rows[i].sqlstate);
        close_table(&table);
    }
}

static void test_dictionary_bounds(void **state)
{
    static const struct {
        const char *format;
        int64_t index;
        const char *sqlstate;
    } rows[] = {{"c", 2, ""},      {"c", -1, "XX001"}, {"C", 0xff, "XX001"},
                {"S", 3, "XX001"}, {"i", 2, ""},       {"L", -1, "XX001"},
                {"l", 2, ""},      {"l", 3, "XX001"}};
    int32_t ends[] = {0, 1, 3, 6};
    const void *texts[] = {NULL, ends, "abbccc"};
    struct ArrowSchema dictionary = {.format = "u", .release = keep_schema};
    struct ArrowArray values = {
        .length = 3, .n_buffers = 3, .buffers = texts, .release = keep_array};
    struct table table;
    struct batch batch;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const void *indexes[] = {NULL, &rows[i].index};
        make_table(&table, rows[i].format);
        table.column.dictionary = &dictionary;
        set_values(&table, 1, indexes, 2);
        table.values.dictionary = &values;
        assert_string_equal(read_table(&table, &batch), rows[i].sqlstate);
        if (!*rows[i].sqlstate) {
            assert_int_equal(column_of(&batch)->type->id, TYPE_TEXT);
            assert_slice(column_slice(column_of(&batch), 0), "ccc");
        }
        table.values.dictionary = NULL;
        assert_string_equal(read_table(&table, &batch), "XX001");
        close_table(&table);
    }
}

static void test_run_bounds(void **state)
{
    static const struct {
        int16_t ends[2];
        int64_t values;
        const char *sqlstate;
    } rows[] = {{{2, 3}, 2, ""},  {{2, 2}, 2, "XX001"}, {{2, 9}, 1, "XX001"},
                {{-1, 3}, 2, ""}, {{9, 3}, 2, ""},      {{0, 0}, 2, "XX001"}};
    int32_t numbers[] = {10, 20};
    const void *number_buffers[] = {NULL, numbers};
    struct ArrowSchema ends_schema = {.format = "s", .release = keep_schema};
    struct ArrowSchema values_schema = {.format = "i", .release = keep_schema};
    struct ArrowSchema *schemas[] = {&ends_schema, &values_schema};
    struct table table;
    struct batch batch;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const void *end_buffers[] = {NULL, rows[i].ends};
        struct ArrowArray ends = {.length = 2, .n_buffers = 2, .buffers = end_buffers};
        struct ArrowArray values = {
            .length = rows[i].values, .n_buffers = 2, .buffers = number_buffers};
        struct ArrowArray *arrays[] = {&ends, &values};
        make_table(&table, "+r");
        table.column.children = schemas;
        table.column.n_children = 2;
        set_values(&table, 3, NULL, 0);
        table.values.n_children = 2;
        table.values.children = arrays;
        assert_string_equal(read_table(&table, &batch), rows[i].sqlstate);
        close_table(&table);
    }
    make_table(&table, "+r");
    ends_schema.format = "C";
    table.column.children = schemas;
    table.column.n_children = 2;
    assert_string_equal(open_table(&table), "XX001");
}

/* Values that PostgreSQL's types do not reach. */
static void test_ranges(void **state)
{
    static const struct {
        const char *format;
        int64_t value[4];
        const char *sqlstate;
    } rows[] = {
        {"tts", {86400, 0}, ""},
        {"tts", {86401, 0}, "22008"},
        {"ttm", {(int64_t)(uint32_t)-1, 0}, "22008"},
        {"ttu", {86400000000, 0}, ""},
        {"ttu", {INT64_MIN, 0}, "22008"},
        {"ttn", {86400000001000, 0}, "22008"},
        {"tdm", {-1, 0}, ""},
        {"tdm", {INT64_MIN, 0}, "22008"},
        {"tDs", {INT64_MAX, 0}, "22008"},
        {"tDn", {INT64_MIN, 0}, ""},
        {"d:1,-75", {1, 0}, ""},
        {"d:1,-75,256", {0, 0, 0, 1}, "22003"},
    };
    struct table table;
    struct batch batch;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const void *buffers[] = {NULL, rows[i].value};
        make_table(&table, rows[i].format);
        set_values(&table, 1, buffers, 2);
        assert_string_equal(read_table(&table, &batch), rows[i].sqlstate);
        if (*rows[i].sqlstate) {
            uint8_t nothing = 0; /* a NULL has no range */
            buffers[0] = &nothing;
            assert_string_equal(read_table(&table, &batch), "");
        }
        close_table(&table);
    }
}

/* Of months, of days and milliseconds, of all three with nanoseconds. */
static void test_intervals(void **state)
{
    static const struct {
        const char *format;
        int32_t value[4];
        int32_t months, days;
        int64_t us;
    } rows[] = {
        {"tiM", {-14, 7, 7, 7}, -14, 0, 0},
        {"tiD", {3, -1, 7, 7}, 0, 3, -1000},
        {"tin", {14, -3, 1999, 0}, 14, -3, 1},
        {"tin", {0, 0, -1, -1}, 0, 0, -1},
    };
    struct table table;
    struct batch batch;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        const void *buffers[] = {NULL, rows[i].value};
        struct {
            int32_t months, days;
            int64_t us;
        } value;
        make_table(&table, rows[i].format);
        set_values(&table, 1, buffers, 2);
        assert_string_equal(read_table(&table, &batch), "");
        memcpy(&value, column_of(&batch)->data, sizeof value);
        assert_int_equal(value.months, rows[i].months);
        assert_int_equal(value.days, rows[i].days);
        assert_int_equal(value.us, rows[i].us);
        close_table(&table);
    }
}

static void test_table_row_is_null(void **state)
{
    int32_t numbers[] = {1, 2};
    uint8_t validity = 1;
    const void *buffers[] = {NULL, numbers}, *table_buffers[] = {&validity};
    struct table table;
    struct batch batch;
    (void)state;
    make_table(&table, "i");
    set_values(&table, 2, buffers, 2);
    table.array.buffers = table_buffers;
    table.array.null_count = 1;
    assert_string_equal(read_table(&table, &batch), "0A000");
    validity = 3;
    assert_string_equal(read_table(&table, &batch), "");
    close_table(&table);
}

UNIT_MAIN(cmocka_unit_test(test_formats), cmocka_unit_test(test_unknown_formats),
          cmocka_unit_test(test_malformed_schemas), cmocka_unit_test(test_depth),
          cmocka_unit_test(test_extensions), cmocka_unit_test(test_nothing_is_copied),
          cmocka_unit_test(test_bits), cmocka_unit_test(test_alignment),
          cmocka_unit_test(test_windows), cmocka_unit_test(test_empty_arrays),
          cmocka_unit_test(test_malformed_arrays), cmocka_unit_test(test_views),
          cmocka_unit_test(test_nested_bounds),
          cmocka_unit_test(test_dictionary_bounds), cmocka_unit_test(test_run_bounds),
          cmocka_unit_test(test_ranges), cmocka_unit_test(test_intervals),
          cmocka_unit_test(test_table_row_is_null))
