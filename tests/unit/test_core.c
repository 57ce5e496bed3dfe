#include "unit.h"

#include <stdio.h>

#include "core/arena.h"
#include "core/buf.h"
#include "core/chain.h"
#include "core/error.h"
#include "core/strmap.h"

static void count(void *object)
{
    ++*(int *)object;
}

static void test_arena(void **state)
{
    (void)state;
    struct arena arena = {0};
    int runs = 0;
    char *first = arena_string(&arena, SLICE("hello"));
    assert_true(arena_on_reset(&arena, count, &runs));
    for (size_t size = 1; size < 100000; size *= 3) {
        char *memory = arena_alloc(&arena, size);
        assert_non_null(memory);
        assert_int_equal((uintptr_t)memory % 16, 0);
        memset(memory, 0xaa, size);
    }
    assert_string_equal(first, "hello");
    assert_null(arena_calloc(&arena, SIZE_MAX / 2, 4));
    arena_reset(&arena);
    assert_int_equal(runs, 1);
    assert_string_equal(arena_printf(&arena, "%d-%s", 7, "x"), "7-x");
    arena_free(&arena);
    assert_int_equal(runs, 1);
}

static void test_buf(void **state)
{
    (void)state;
    struct buf buf = {0};
    for (int i = 0; i < 10000; i++) {
        uint8_t byte = (uint8_t)i;
        assert_true(buf_append(&buf, &byte, 1));
        if (i % 3 == 2) {
            assert_int_equal(*buf_data(&buf), (uint8_t)(i / 3));
            buf_consume(&buf, 1);
        }
    }
    assert_int_equal(buf_len(&buf), 10000 - 3333);
    buf_free(&buf);
    assert_int_equal(buf_len(&buf), 0);
}

static size_t drain(struct chain *chain, uint8_t *out)
{
    struct iovec iov[8];
    size_t total = 0, entries;
    while ((entries = chain_iov(chain, iov, 8)) > 0) {
        size_t bytes = 0;
        for (size_t i = 0; i < entries; i++) {
            memcpy(out + total + bytes, iov[i].iov_base, iov[i].iov_len);
            bytes += iov[i].iov_len;
        }
        size_t part = bytes > 5 ? bytes - 3 : bytes; /* as a socket would */
        chain_consume(chain, part);
        total += part;
    }
    return total;
}

static void test_chain(void **state)
{
    (void)state;
    static uint8_t wrote[400000], got[400000];
    struct chain chain = {0};
    int unrefs = 0;
    for (size_t i = 0; i < sizeof wrote; i++)
        wrote[i] = (uint8_t)(i * 7);
    assert_true(chain_append(&chain, wrote, 100000));
    assert_true(chain_lend(&chain, wrote + 100000, 200000, count, &unrefs));
    assert_true(chain_append(&chain, wrote + 300000, 100000));
    assert_int_equal(chain.bytes, sizeof wrote);
    assert_int_equal(drain(&chain, got), sizeof wrote);
    assert_memory_equal(got, wrote, sizeof wrote);
    assert_int_equal(unrefs, 1);
    chain_free(&chain);
}

static void test_chain_rollback(void **state)
{
    (void)state;
    uint8_t got[64];
    struct chain chain = {0};
    struct chain_mark empty = chain_mark(&chain);
    assert_true(chain_append(&chain, "gone", 4));
    chain_rollback(&chain, empty);
    assert_int_equal(chain.bytes, 0);
    assert_true(chain_append(&chain, "kept", 4));
    struct chain_mark mark = chain_mark(&chain);
    for (int i = 0; i < 50000; i++)
        assert_true(chain_append(&chain, "xyz", 3));
    chain_rollback(&chain, mark);
    assert_int_equal(chain.bytes, 4);
    assert_int_equal(drain(&chain, got), 4);
    assert_memory_equal(got, "kept", 4);
    chain_free(&chain);
}

static void test_strmap(void **state)
{
    (void)state;
    static char values[1000];
    struct strmap map = {0};
    char key[16];
    for (int i = 0; i < 1000; i++) {
        int len = snprintf(key, sizeof key, "key%d", i);
        assert_true(strmap_put(&map, (struct slice){key, (size_t)len}, &values[i]));
    }
    for (int i = 0; i < 1000; i += 2) {
        int len = snprintf(key, sizeof key, "key%d", i);
        assert_ptr_equal(strmap_take(&map, (struct slice){key, (size_t)len}),
                         &values[i]);
    }
    for (int i = 0; i < 1000; i++) {
        int len = snprintf(key, sizeof key, "key%d", i);
        void *expected = i % 2 ? &values[i] : NULL;
        assert_ptr_equal(strmap_get(&map, (struct slice){key, (size_t)len}), expected);
    }
    assert_int_equal(map.count, 500);
    strmap_free(&map);
}

static void test_error_cut(void **state)
{
    (void)state;
    struct error err;
    char text[2000];
    memset(text, 'x', sizeof text);
    memcpy(text + 1022, "\xc3\xa9", 2); /* a character across the end of the message */
    text[1999] = '\0';
    assert_false(error_set(&err, "22023", "%s", text));
    assert_int_equal(strlen(err.message), 1022);
    assert_string_equal(err.sqlstate, "22023");
}

UNIT_MAIN(cmocka_unit_test(test_arena), cmocka_unit_test(test_buf),
          cmocka_unit_test(test_chain), cmocka_unit_test(test_chain_rollback),
          cmocka_unit_test(test_strmap), cmocka_unit_test(test_error_cut))
