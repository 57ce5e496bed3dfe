/* Rows that stay where they can be read: found at any place and in any order, in memory
 * and in the file, whatever is refused. */
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "../lib/allocations.h"
#include "batch/type.h"
#include "spool/shelf.h"

enum { BATCHES = 40, ROWS = 57, LAST_ROWS = 5 };

static const struct type int32_type = {.id = TYPE_INT32};
static const struct type *const types[] = {&int32_type, &type_text};
static const uint64_t plenty = UINT64_C(1) << 30;
static char directory[64];

static struct spool_budget budget_of(uint64_t memory, uint64_t disk)
{
    return (struct spool_budget){.limits = {memory, disk, plenty, plenty, directory}};
}

/* Row n of all has the number n, and its last digit as text. */
static bool append(struct shelf *shelf, size_t which, struct error *err)
{
    static const char digits[] = "0123456789";
    int32_t numbers[ROWS];
    struct slice texts[ROWS];
    const struct column columns[] = {
        {.type = types[0], .layout = LAYOUT_FIXED4, .data = numbers},
        {.type = types[1], .layout = LAYOUT_SLICES, .data = texts}};
    size_t rows = which == BATCHES - 1 ? LAST_ROWS : ROWS;
    const struct batch batch = {rows, ARRAY_LEN(columns), columns};
    for (size_t i = 0; i < rows; i++) {
        numbers[i] = (int32_t)(which * ROWS + i + 1);
        texts[i] = (struct slice){digits + numbers[i] % 10, 1};
    }
    return shelf_append(shelf, &batch, err);
}

static void assert_row(struct shelf *shelf, uint64_t row)
{
    struct batch batch;
    struct error err;
    size_t place;
    assert_true(shelf_find(shelf, row, &batch, &place, &err));
    assert_in_range(place, 0, batch.rows - 1);
    int32_t number = ((const int32_t *)batch.columns[0].data)[place];
    assert_int_equal(number, row);
    assert_int_equal(*column_slice(&batch.columns[1], place).data, '0' + number % 10);
}

static struct shelf *open_shelf(struct spool_budget *budget)
{
    struct shelf *shelf = shelf_new(budget, types, ARRAY_LEN(types));
    assert_non_null(shelf);
    return shelf;
}

static void close_shelf(struct shelf *shelf, const struct spool_budget *budget)
{
    shelf_free(shelf);
    assert_int_equal(budget->memory, 0);
    assert_int_equal(budget->disk, 0);
}

/* All in memory, some there and the rest in the file, all in the file. */
static void test_any_place(void **state)
{
    static const uint64_t memory[] = {UINT64_C(1) << 30, 10000, 0};
    (void)state;
    for (size_t m = 0; m < ARRAY_LEN(memory); m++) {
        struct spool_budget budget = budget_of(memory[m], plenty);
        struct shelf *shelf = open_shelf(&budget);
        struct error err;
        for (size_t i = 0; i < BATCHES; i++) {
            assert_true(append(shelf, i, &err));
            assert_row(shelf, 1);
            assert_row(shelf, shelf_rows(shelf));
        }
        assert_int_equal(budget.disk > 0, memory[m] < plenty);
        assert_int_equal(budget.memory > 0, memory[m] > 0);
        assert_int_equal(shelf_bytes(shelf), budget.memory + budget.disk);
        uint64_t rows = shelf_rows(shelf);
        assert_int_equal(rows, (BATCHES - 1) * ROWS + LAST_ROWS);
        for (uint64_t row = 1; row <= rows; row++) {
            assert_row(shelf, row);
            assert_row(shelf, rows + 1 - row);
            assert_row(shelf, row * 7919 % rows + 1);
        }
        close_shelf(shelf, &budget);
    }
}

/* What finds no room is not there; all before it is, and what is smaller may follow. */
static void test_limit(void **state)
{
    struct spool_budget budget = budget_of(3000, 3000);
    struct shelf *shelf = open_shelf(&budget);
    struct error err;
    size_t kept = 0;
    (void)state;
    while (append(shelf, kept, &err))
        kept++;
    assert_string_equal(err.sqlstate, "53400");
    assert_in_range(kept, 2, BATCHES - 1);
    assert_false(append(shelf, kept, &err));
    assert_int_equal(shelf_rows(shelf), kept * ROWS);
    for (uint64_t row = 1; row <= shelf_rows(shelf); row++)
        assert_row(shelf, row);
    budget.limits.disk = plenty;
    assert_true(append(shelf, kept, &err));
    assert_row(shelf, kept * ROWS + 1);
    close_shelf(shelf, &budget);
}

/* Allocation n fails, and all behind it: an append says so, and leaves what was there.
 */
static bool run_with(size_t allocations)
{
    struct spool_budget budget = budget_of(10000, plenty);
    struct error err;
    size_t kept = 0;
    allocations_refuse(allocations + 1, true);
    struct shelf *shelf = shelf_new(&budget, types, ARRAY_LEN(types));
    while (shelf && kept < BATCHES && append(shelf, kept, &err))
        kept++;
    bool refused = allocations_refused() > 0;
    allocations_refuse(0, false);
    assert_int_equal(refused, kept < BATCHES);
    if (shelf && refused)
        assert_string_equal(err.sqlstate, "53200");
    for (uint64_t row = 1; shelf && row <= shelf_rows(shelf); row++)
        assert_row(shelf, row);
    if (shelf)
        close_shelf(shelf, &budget);
    return refused;
}

static void test_no_memory(void **state)
{
    size_t count = 0;
    (void)state;
    while (run_with(count))
        count++;
    assert_true(count > 20);
}

static int make_directory(void **state)
{
    (void)state;
    memcpy(directory, "/tmp/test_shelf-XXXXXX", sizeof "/tmp/test_shelf-XXXXXX");
    return mkdtemp(directory) ? 0 : -1;
}

static int drop_directory(void **state)
{
    (void)state;
    return rmdir(directory); /* nothing is left in it */
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_any_place),
                                       cmocka_unit_test(test_limit),
                                       cmocka_unit_test(test_no_memory)};
    return cmocka_run_group_tests(tests, make_directory, drop_directory);
}
