/* Rows kept for later: every layout comes back as it was, from memory and from the
 * file, whatever fails on the way. */
#include "unit.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "../lib/allocations.h"
#include "batch/copy.h"
#include "batch/layout.h"
#include "spool/spool.h"

enum { ROWS = 150, BATCHES = 6 };

/* ---- columns of every layout, made from a number ---- */

static struct arena made; /* all of them, for one test */

static void *make(size_t size)
{
    void *memory = arena_calloc(&made, 1, size + 1);
    assert_non_null(memory);
    return memory;
}

static uint32_t pick(uint32_t seed, size_t row)
{
    uint64_t mixed = (seed + 1) * UINT64_C(0x9e3779b97f4a7c15) + row * 0x2545f491U;
    return (uint32_t)((mixed ^ mixed >> 29) >> 13);
}

static const uint64_t *make_validity(uint32_t seed, size_t rows)
{
    uint64_t *bits = make((rows + 63) / 64 * 8);
    for (size_t row = 0; row < rows; row++)
        bits[row / 64] |= (uint64_t)(pick(seed, row) % 5 != 0) << row % 64;
    return seed % 3 == 0 ? NULL : bits;
}

static const void *make_noise(uint32_t seed, size_t bytes)
{
    unsigned char *noise = make(bytes);
    for (size_t i = 0; i < bytes; i++)
        noise[i] = (unsigned char)pick(seed, i);
    return noise;
}

static struct slice make_string(uint32_t seed, size_t row)
{
    size_t len = pick(seed, row) % 40;
    return (struct slice){make_noise(seed + (uint32_t)row, len), len};
}

static void make_strings(struct column *out, uint32_t seed, size_t rows)
{
    struct slice *slices = make(rows * sizeof *slices);
    for (size_t row = 0; row < rows; row++) {
        slices[row] = make_string(seed, row);
        if (!column_is_valid(out, row))
            slices[row] = (struct slice){(const char *)(uintptr_t)8, 12345};
    }
    out->data = slices;
}

/* The engine's: twelve bytes inline, or a pointer. */
static void make_entries16(struct column *out, uint32_t seed, size_t rows)
{
    char *entries = make(rows * 16);
    for (size_t row = 0; row < rows; row++) {
        struct slice text = make_string(seed, row);
        uint32_t len = (uint32_t)text.len;
        memcpy(entries + row * 16, &len, 4);
        if (len <= 12)
            memcpy(entries + row * 16 + 4, text.data, len);
        else
            memcpy(entries + row * 16 + 8, &text.data, sizeof text.data);
    }
    out->data = entries;
}

static void make_offsets(struct column *out, uint32_t seed, size_t rows)
{
    int32_t *narrow = make((rows + 1) * sizeof *narrow);
    int64_t *wide = make((rows + 1) * sizeof *wide);
    for (size_t row = 0; row < rows; row++) {
        wide[row + 1] = wide[row] + pick(seed, row) % 20;
        narrow[row + 1] = (int32_t)wide[row + 1];
    }
    out->extra = make_noise(seed, (size_t)wide[rows]);
    out->data = out->layout == LAYOUT_OFFSETS32 ? (const void *)narrow : wide;
}

static size_t make_lists(struct column *out, uint32_t seed, size_t rows)
{
    uint64_t *entries = make(rows * 16);
    uint64_t at = 3; /* the first rows of the child belong to nobody */
    for (size_t row = 0; row < rows; row++) {
        bool valid = column_is_valid(out, row);
        entries[row * 2] = valid ? at : UINT64_MAX / 2;
        entries[row * 2 + 1] = pick(seed, row) % 4;
        at += valid ? entries[row * 2 + 1] : 0;
    }
    out->data = entries;
    return (size_t)at;
}

static struct column make_column(const struct type *type, enum layout layout,
                                 uint32_t seed, size_t rows);

/* What a layout of a type's children looks like, without looking at the engine. */
static enum layout layout_of(const struct type *type)
{
    static const enum layout layouts[] = {
        [TYPE_BOOL] = LAYOUT_BOOL8,        [TYPE_UINT8] = LAYOUT_FIXED1,
        [TYPE_INT64] = LAYOUT_FIXED8,      [TYPE_TEXT] = LAYOUT_STRING16,
        [TYPE_LIST] = LAYOUT_LIST_ENTRIES, [TYPE_ARRAY] = LAYOUT_LIST_FIXED,
        [TYPE_STRUCT] = LAYOUT_STRUCT,     [TYPE_MAP] = LAYOUT_LIST_ENTRIES,
        [TYPE_UNION] = LAYOUT_UNION};
    return layouts[type->id];
}

static void make_children(struct column *out, uint32_t seed, size_t rows)
{
    const struct type *type = out->type;
    size_t count = type->child_count + (type->id == TYPE_UNION);
    size_t child_rows = rows;
    if (out->layout == LAYOUT_LIST_ENTRIES)
        child_rows = make_lists(out, seed, rows);
    else if (out->layout == LAYOUT_LIST_FIXED)
        child_rows = rows * type->array_length;
    struct column *children = make(count * sizeof *children);
    for (size_t i = 0; i < count; i++) {
        const struct type *child = layout_child_type(type, i);
        children[i] = make_column(child, layout_of(child), seed + 7 * (uint32_t)i + 1,
                                  child_rows);
    }
    out->children = children;
    out->child_count = count;
}

static struct column make_column(const struct type *type, enum layout layout,
                                 uint32_t seed, size_t rows)
{
    struct column out = {.type = type, .layout = layout};
    size_t width = layout_width(layout);
    if (layout != LAYOUT_NULL)
        out.validity = make_validity(seed, rows);
    if (type->child_count)
        make_children(&out, seed, rows);
    else if (layout == LAYOUT_SLICES)
        make_strings(&out, seed, rows);
    else if (layout == LAYOUT_STRING16)
        make_entries16(&out, seed, rows);
    else if (layout_is_string(layout))
        make_offsets(&out, seed, rows);
    else
        out.data = make_noise(seed, width ? width * rows : (rows + 7) / 8);
    return out;
}

/* ---- what is tested ---- */

static const struct type text = {.id = TYPE_TEXT}, number = {.id = TYPE_INT64},
                         truth = {.id = TYPE_BOOL};
static const struct type texts = {.id = TYPE_LIST, .child_count = 1, .children = &text};
static const struct type members[] = {
    {.id = TYPE_TEXT}, {.id = TYPE_LIST, .child_count = 1, .children = &text}};
static const struct type record = {
    .id = TYPE_STRUCT, .child_count = 2, .children = members};
static const struct type records = {
    .id = TYPE_LIST, .child_count = 1, .children = &record};
static const struct type deep = {
    .id = TYPE_LIST, .child_count = 1, .children = &records};
static const struct type map = {.id = TYPE_MAP, .child_count = 2, .children = members};
static const struct type array = {
    .id = TYPE_ARRAY, .child_count = 1, .children = &record, .array_length = 3};
static const struct type choice = {
    .id = TYPE_UNION, .child_count = 2, .children = members};
static const struct type choices = {
    .id = TYPE_LIST, .child_count = 1, .children = &choice};

static const struct {
    const struct type *type;
    enum layout layout;
} shapes[] = {{&number, LAYOUT_NULL},          {&truth, LAYOUT_BOOL8},
              {&truth, LAYOUT_BITS},           {&number, LAYOUT_FIXED1},
              {&number, LAYOUT_FIXED2},        {&number, LAYOUT_FIXED4},
              {&number, LAYOUT_FIXED8},        {&number, LAYOUT_FIXED16},
              {&number, LAYOUT_FIXED32},       {&number, LAYOUT_FLOAT4},
              {&number, LAYOUT_FLOAT8},        {&text, LAYOUT_STRING16},
              {&text, LAYOUT_OFFSETS32},       {&text, LAYOUT_OFFSETS64},
              {&text, LAYOUT_SLICES},          {&number, LAYOUT_UUID_BYTES},
              {&number, LAYOUT_UUID_FLIPPED},  {&number, LAYOUT_INTERVAL},
              {&number, LAYOUT_TIMETZ40},      {&texts, LAYOUT_LIST_ENTRIES},
              {&records, LAYOUT_LIST_ENTRIES}, {&deep, LAYOUT_LIST_ENTRIES},
              {&map, LAYOUT_LIST_ENTRIES},     {&array, LAYOUT_LIST_FIXED},
              {&record, LAYOUT_STRUCT},        {&choice, LAYOUT_UNION},
              {&choices, LAYOUT_LIST_ENTRIES}};

static const struct type *types[ARRAY_LEN(shapes)];
static struct batch batches[BATCHES];
static char directory[64];

static void test_every_layout_has_a_shape(void **state)
{
    bool seen[LAYOUT_UNION + 1] = {false};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(shapes); i++)
        seen[shapes[i].layout] = true;
    for (size_t i = 0; i < ARRAY_LEN(seen); i++)
        assert_true(seen[i]);
}

static int make_batches(void **state)
{
    (void)state;
    for (size_t b = 0; b < BATCHES; b++) {
        size_t rows = ROWS - b * 29; /* the last has five */
        struct column *columns = make(ARRAY_LEN(shapes) * sizeof *columns);
        for (size_t i = 0; i < ARRAY_LEN(shapes); i++) {
            types[i] = shapes[i].type;
            columns[i] = make_column(shapes[i].type, shapes[i].layout,
                                     (uint32_t)(b * 101 + i), rows);
        }
        batches[b] = (struct batch){rows, ARRAY_LEN(shapes), columns};
    }
    memcpy(directory, "/tmp/test_spool-XXXXXX", sizeof "/tmp/test_spool-XXXXXX");
    return mkdtemp(directory) ? 0 : -1;
}

static int drop_batches(void **state)
{
    (void)state;
    arena_free(&made);
    return rmdir(directory); /* nothing is left in it */
}

/* ---- comparing values ---- */

static void assert_value(const struct column *a, size_t row, const struct column *b);

static void assert_children(const struct column *a, size_t row, const struct column *b)
{
    assert_int_equal(a->child_count, b->child_count);
    for (size_t i = 0; i < a->child_count; i++)
        assert_value(&a->children[i], row, &b->children[i]);
}

static void assert_list(const struct column *a, size_t row, const struct column *b)
{
    uint64_t start = row * a->type->array_length, count = a->type->array_length;
    if (a->layout == LAYOUT_LIST_ENTRIES) {
        uint64_t entry[2];
        memcpy(entry, (const char *)a->data + row * 16, sizeof entry);
        assert_memory_equal(entry, (const char *)b->data + row * 16, sizeof entry);
        start = entry[0];
        count = entry[1];
    }
    for (uint64_t i = 0; i < count; i++)
        assert_children(a, (size_t)(start + i), b);
}

static void assert_value(const struct column *a, size_t row, const struct column *b)
{
    size_t width = layout_width(a->layout);
    assert_int_equal(column_is_valid(a, row), column_is_valid(b, row));
    if (!column_is_valid(a, row))
        return;
    assert_ptr_equal(a->type, b->type);
    if (layout_is_string(a->layout)) {
        struct slice left = column_slice(a, row), right = column_slice(b, row);
        assert_true(slice_equal(left, right));
        return;
    }
    assert_int_equal(a->layout, b->layout);
    if (a->layout == LAYOUT_LIST_ENTRIES || a->layout == LAYOUT_LIST_FIXED)
        assert_list(a, row, b);
    else if (a->child_count)
        assert_children(a, row, b);
    else if (width)
        assert_memory_equal((const char *)a->data + row * width,
                            (const char *)b->data + row * width, width);
    else
        assert_int_equal(((const char *)a->data)[row / 8] >> row % 8 & 1,
                         ((const char *)b->data)[row / 8] >> row % 8 & 1);
}

static void assert_batch(const struct batch *got, size_t which)
{
    const struct batch *wanted = &batches[which];
    assert_int_equal(got->rows, wanted->rows);
    assert_int_equal(got->column_count, wanted->column_count);
    for (size_t i = 0; i < wanted->column_count; i++) {
        for (size_t row = 0; row < wanted->rows; row++)
            assert_value(&wanted->columns[i], row, &got->columns[i]);
    }
}

/* ---- tests ---- */

static const uint64_t plenty = UINT64_C(1) << 30;

static struct spool_budget budget_of(uint64_t memory, uint64_t disk)
{
    return (struct spool_budget){.limits = {memory, disk, plenty, plenty, directory}};
}

static struct spool *open_spool(struct spool_budget *budget)
{
    struct spool *spool = spool_new(budget, types, ARRAY_LEN(shapes));
    assert_non_null(spool);
    return spool;
}

static void assert_nothing_left(const struct spool_budget *budget)
{
    assert_int_equal(budget->memory, 0);
    assert_int_equal(budget->disk, 0);
}

static void assert_next(struct spool *spool, size_t which)
{
    struct error err;
    struct batch batch;
    assert_int_equal(spool_next(spool, &batch, &err), SPOOL_BATCH);
    assert_batch(&batch, which);
}

static void assert_end(struct spool *spool)
{
    struct error err;
    struct batch batch;
    assert_int_equal(spool_next(spool, &batch, &err), SPOOL_END);
}

/* All in memory, the first there and the rest in the file, all in the file. */
static void test_every_layout(void **state)
{
    static const uint64_t memory[] = {UINT64_C(1) << 30, 1, 0};
    (void)state;
    for (size_t m = 0; m < ARRAY_LEN(memory); m++) {
        struct spool_budget budget = budget_of(memory[m], plenty);
        struct spool *spool = open_spool(&budget);
        struct error err;
        for (size_t i = 0; i < BATCHES; i++)
            assert_true(spool_append(spool, &batches[i], &err));
        assert_int_equal(budget.disk > 0, memory[m] < plenty);
        assert_int_equal(budget.memory > 0, memory[m] > 0);
        for (size_t i = 0; i < BATCHES; i++)
            assert_next(spool, i);
        assert_int_equal(budget.disk, 0); /* read to the end: given back */
        assert_end(spool);
        assert_end(spool);
        spool_free(spool);
        assert_nothing_left(&budget);
    }
}

/* Reading and appending in turn: the order stays. */
static void test_in_turn(void **state)
{
    struct spool_budget budget = budget_of(60000, plenty);
    struct spool *spool = open_spool(&budget);
    struct error err;
    size_t in = 0, out = 0;
    (void)state;
    for (size_t turn = 0; out < 200; turn++) {
        for (size_t i = 0; i < pick(5, turn) % 5 && in < 200; i++, in++)
            assert_true(spool_append(spool, &batches[in % BATCHES], &err));
        for (size_t i = 0; i < pick(9, turn) % 5 && out < in; i++, out++)
            assert_next(spool, out % BATCHES);
        if (in == 200 && out < in)
            assert_next(spool, out++ % BATCHES);
    }
    assert_end(spool);
    spool_free(spool);
    assert_nothing_left(&budget);
}

/* A limit or a disk that is full: what was taken stays readable, then it goes on. */
static void assert_full(struct spool *spool, const char *sqlstate, bool has_hint)
{
    struct error err, again;
    size_t kept = 0;
    while (spool_append(spool, &batches[kept % BATCHES], &err))
        kept++;
    assert_string_equal(err.sqlstate, sqlstate);
    assert_int_equal(err.hint[0] != '\0', has_hint);
    assert_false(spool_takes_more(spool, &again));
    assert_string_equal(again.message, err.message);
    for (size_t i = 0; i <= kept; i++)
        assert_next(spool, i % BATCHES);
    assert_end(spool);
    assert_true(spool_takes_more(spool, &err));
}

static void test_limits(void **state)
{
    struct spool_budget budget = budget_of(1, 100000);
    struct spool *first = open_spool(&budget), *second = open_spool(&budget);
    struct error err;
    (void)state;
    assert_full(first, "53400", true);
    assert_full(first, "53400", true);
    budget.limits.disk = plenty;
    budget.limits.disk_total = 100000;
    assert_true(spool_append(first, &batches[5], &err)); /* memory */
    assert_true(spool_append(first, &batches[5], &err));
    assert_true(budget.disk > 0);
    assert_full(second, "53400", true);
    assert_full(second, "53400", true);
    spool_free(first);
    spool_free(second);
    assert_nothing_left(&budget);
}

/* Memory that others have used up is no failure: the file takes the rows. */
static void test_memory_of_all(void **state)
{
    struct spool_budget budget = budget_of(plenty, plenty);
    struct spool *first = open_spool(&budget), *second = open_spool(&budget);
    struct error err;
    (void)state;
    budget.limits.memory_total = 1;
    assert_true(spool_append(first, &batches[0], &err));
    assert_int_equal(budget.disk, 0);
    assert_true(spool_append(second, &batches[1], &err));
    assert_true(budget.disk > 0);
    assert_next(second, 1);
    assert_next(first, 0);
    spool_free(second);
    spool_free(first);
    assert_nothing_left(&budget);
}

/* A file that may not grow beyond so many bytes is a disk that is full. */
static void test_disk_full(void **state)
{
    static const rlim_t sizes[] = {0, 1, 5000, 50000, 123457};
    struct rlimit before;
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        const struct rlimit small = {sizes[i], before.rlim_max};
        struct spool_budget budget = budget_of(i % 2, plenty);
        struct spool *spool = open_spool(&budget);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
        assert_full(spool, "53100", false);
        assert_full(spool, "53100", false);
        assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
        spool_free(spool);
        assert_nothing_left(&budget);
    }
}

static void test_no_directory(void **state)
{
    struct spool_budget budget = budget_of(1, plenty);
    struct spool *spool = open_spool(&budget);
    char deep_path[128], path[96];
    struct error err;
    (void)state;
    (void)snprintf(path, sizeof path, "%s/made", directory);
    (void)snprintf(deep_path, sizeof deep_path, "%s/not/made", directory);
    budget.limits.directory = deep_path;
    assert_full(spool, "58030", false);
    budget.limits.directory = path;
    assert_true(spool_append(spool, &batches[0], &err));
    assert_true(spool_append(spool, &batches[1], &err));
    assert_next(spool, 0);
    spool_free(spool);
    assert_nothing_left(&budget);
    assert_int_equal(rmdir(path), 0);
}

/* Each allocation fails once, and all from it on: rows are complete or an error says
 * that they are not. */
static bool run_with(size_t allocations, bool for_good)
{
    struct spool_budget budget = budget_of(100000, plenty);
    struct error err;
    struct batch batch;
    size_t in = 0, out = 0;
    enum spool_next got;
    bool exhausted = false;
    allocations_refuse(allocations + 1, true);
    struct spool *spool = spool_new(&budget, types, ARRAY_LEN(shapes));
    bool failed = !spool;
    while (spool && in < BATCHES && spool_takes_more(spool, &err)) {
        failed = !spool_append(spool, &batches[in++], &err) || failed;
        exhausted = exhausted || allocations_refused() > 0;
        if (!for_good && exhausted)
            allocations_refuse(0, false);
    }
    while (spool && (got = spool_next(spool, &batch, &err)) == SPOOL_BATCH) {
        allocations_exempt(true);
        assert_batch(&batch, out++);
        allocations_exempt(false);
    }
    exhausted = exhausted || allocations_refused() > 0;
    allocations_refuse(0, false);
    if (spool && got == SPOOL_ERROR)
        assert_string_equal(err.sqlstate, "53200");
    else if (spool)
        assert_int_equal(out, in);
    spool_free(spool);
    assert_nothing_left(&budget);
    return exhausted || failed;
}

static void test_no_memory(void **state)
{
    (void)state;
    size_t count = 0;
    while (run_with(count, true))
        count++;
    assert_true(count > 20);
    for (size_t i = 0; i < count; i++)
        (void)run_with(i, false);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_every_layout_has_a_shape),
                                       cmocka_unit_test(test_every_layout),
                                       cmocka_unit_test(test_in_turn),
                                       cmocka_unit_test(test_limits),
                                       cmocka_unit_test(test_memory_of_all),
                                       cmocka_unit_test(test_disk_full),
                                       cmocka_unit_test(test_no_directory),
                                       cmocka_unit_test(test_no_memory)};
    return cmocka_run_group_tests(tests, make_batches, drop_batches);
}
