#include "unit.h"

#include <pgwire/types.h>

#include "core/chain.h"
#include "pgwire/plan.h"
#include "pgwire/row.h"
#include "pgwire/value.h"

/* Texts of all lengths up to some beyond what a plan keeps room for; every fifth is
 * NULL, and what is behind a NULL must not be looked at. */
enum { TEXTS = 1200 };

struct entry { /* LAYOUT_STRING16 */
    uint32_t len;
    char start[4];
    union {
        char rest[8];
        const char *pointer;
    } u;
};

static struct texts {
    char bytes[TEXTS];
    struct entry entries[TEXTS];
    struct slice slices[TEXTS];
    uint64_t validity[TEXTS / 64 + 1];
} texts;

static bool is_null(size_t row)
{
    return row % 5 == 3;
}

static void make_texts(void)
{
    for (size_t i = 0; i < TEXTS; i++)
        texts.bytes[i] = (char)('a' + i % 26);
    for (size_t i = 0; i < TEXTS; i++) {
        struct entry *entry = &texts.entries[i];
        *entry = (struct entry){.len = (uint32_t)i};
        memcpy(entry->start, texts.bytes, i < 4 ? i : 4);
        if (i > 12)
            entry->u.pointer = texts.bytes;
        else if (i > 4)
            memcpy(entry->u.rest, texts.bytes + 4, i - 4);
        texts.slices[i] = (struct slice){texts.bytes, i};
        texts.validity[i / 64] |= (uint64_t)!is_null(i) << i % 64;
        if (is_null(i)) {
            memset(entry, 0xff, sizeof *entry);
            texts.slices[i] = (struct slice){NULL, SIZE_MAX};
        }
    }
}

static const struct type text_type = {.id = TYPE_TEXT}, int_type = {.id = TYPE_INT32};
static const struct type *const types[] = {&text_type, &int_type, &text_type};
static const struct pgw_column declared[] = {
    {.type_oid = PGW_TEXTOID}, {.type_oid = PGW_INT4OID}, {.type_oid = PGW_TEXTOID}};

static uint8_t *put_text(uint8_t *to, size_t row)
{
    if (is_null(row))
        return value_put32(to, UINT32_MAX);
    to = value_put32(to, (uint32_t)row);
    memcpy(to, texts.bytes, row);
    return to + row;
}

/* The message as it should be. */
static size_t expect_row(uint8_t *to, size_t row)
{
    uint8_t *end = value_put16(to + 5, 3);
    end = put_text(end, row);
    end = value_put32(value_put32(end, 4), (uint32_t)row);
    end = put_text(end, row);
    to[0] = 'D';
    (void)value_put32(to + 1, (uint32_t)(end - to - 1));
    return (size_t)(end - to);
}

static void assert_rows(const struct chain *chain, size_t rows)
{
    struct iovec iov[64];
    uint8_t expected[2 * TEXTS + 64];
    size_t count = chain_iov(chain, iov, 64), piece = 0, at = 0;
    for (size_t row = 0; row < rows; row++) {
        size_t len = expect_row(expected, row);
        assert_true(piece < count && at + len <= iov[piece].iov_len);
        assert_memory_equal((uint8_t *)iov[piece].iov_base + at, expected, len);
        at += len;
        if (at == iov[piece].iov_len) {
            piece++;
            at = 0;
        }
    }
    assert_int_equal(piece, count);
}

/* The first `rows` texts, in steps of `limit`. */
static void check(size_t rows, size_t limit)
{
    int32_t numbers[TEXTS];
    const int16_t format = PGW_BINARY_FORMAT;
    struct arena arena = {0};
    struct chain chain = {0};
    struct pgw_error err;
    for (size_t i = 0; i < TEXTS; i++)
        numbers[i] = (int32_t)i;
    const struct column columns[] = {
        {.type = &text_type,
         .layout = LAYOUT_STRING16,
         .validity = texts.validity,
         .data = texts.entries},
        {.type = &int_type, .layout = LAYOUT_FIXED4, .data = numbers},
        {.type = &text_type,
         .layout = LAYOUT_SLICES,
         .validity = texts.validity,
         .data = texts.slices}};
    const struct batch batch = {rows, 3, columns};
    pgw_row row = {.out = &chain,
                   .style = &style_standard,
                   .columns = declared,
                   .column_count = 3,
                   .formats = &format,
                   .format_count = 1,
                   .high_water = SIZE_MAX};
    struct plan *plan = plan_new(&arena, types, 3, &row, &err);
    size_t next = 0;
    enum pgw_status status;
    do {
        row.limit = row.written + limit;
        status = plan_write(plan, &row, &batch, &next, &err);
        assert_true(status == PGW_OK || (status == PGW_MORE && next == row.limit));
    } while (status == PGW_MORE);
    assert_int_equal(status, PGW_OK);
    assert_int_equal(row.written, rows);
    assert_rows(&chain, rows);
    chain_free(&chain);
    arena_free(&arena);
}

static void test_texts(void **state)
{
    static const size_t limits[] = {1, 7, TEXTS};
    (void)state;
    make_texts();
    for (size_t i = 0; i < ARRAY_LEN(limits); i++) {
        check(1, limits[i]);
        check(13, limits[i]);
        check(100, limits[i]);
        check(TEXTS, limits[i]); /* too long to be given room unmeasured */
    }
}

UNIT_MAIN(cmocka_unit_test(test_texts))
