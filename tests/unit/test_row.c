#include "unit.h"

#include <pgwire/types.h>

#include "pgwire/row.h"

/* A sink for one row, and what came out of it. */
struct sink {
    struct chain chain;
    struct buf scratch;
    struct pgw_row row;
    int16_t format;
    struct pgw_column columns[4];
};

static void open_sink(struct sink *sink, enum pgw_format format, uint32_t oid)
{
    *sink = (struct sink){.format = (int16_t)format};
    sink->columns[0] = (struct pgw_column){.name = "a", .type_oid = oid};
    sink->row = (struct pgw_row){.out = &sink->chain,
                                 .style = &style_standard,
                                 .columns = sink->columns,
                                 .column_count = 1,
                                 .formats = &sink->format,
                                 .format_count = 1,
                                 .limit = 10,
                                 .high_water = 1 << 20,
                                 .scratch = &sink->scratch};
    pgw_row_begin(&sink->row);
}

/* The one cell, without its length. */
static struct slice close_sink(struct sink *sink)
{
    (void)pgw_row_end(&sink->row);
    assert_false(sink->row.failed);
    const uint8_t *message = sink->chain.head->data + sink->chain.head->start;
    return (struct slice){(const char *)message + 11, sink->chain.bytes - 11};
}

static void free_sink(struct sink *sink)
{
    chain_free(&sink->chain);
    buf_free(&sink->scratch);
}

static void assert_bytes(struct slice got, const char *expected, size_t len)
{
    assert_int_equal(got.len, len);
    assert_memory_equal(got.data, expected, len);
}

static void test_times(void **state)
{
    struct sink sink;
    (void)state;
    open_sink(&sink, PGW_TEXT_FORMAT, PGW_TIMEOID);
    pgw_put_time(&sink.row, 45296500000);
    assert_slice(close_sink(&sink), "12:34:56.5");
    free_sink(&sink);
    open_sink(&sink, PGW_TEXT_FORMAT, PGW_TIMETZOID);
    pgw_put_timetz(&sink.row, 3723000000, -28800);
    assert_slice(close_sink(&sink), "01:02:03-08");
    free_sink(&sink);
    open_sink(&sink, PGW_BINARY_FORMAT, PGW_TIMETZOID);
    pgw_put_timetz(&sink.row, 3723000000, -28800);
    assert_bytes(close_sink(&sink), "\0\0\0\0\xdd\xe8\x78\xc0\0\0\x70\x80", 12);
    free_sink(&sink);
    open_sink(&sink, PGW_TEXT_FORMAT, PGW_INTERVALOID);
    pgw_put_interval(&sink.row, (struct pgw_interval){.months = 12, .days = -1});
    assert_slice(close_sink(&sink), "1 year -1 days");
    free_sink(&sink);
    open_sink(&sink, PGW_TEXT_FORMAT, PGW_TIMEOID);
    pgw_put_time(&sink.row, -1);
    assert_false(pgw_row_end(&sink.row));
    assert_string_equal(sink.row.error.sqlstate, "22008");
    free_sink(&sink);
}

static void test_bytes(void **state)
{
    struct sink sink;
    (void)state;
    open_sink(&sink, PGW_BINARY_FORMAT, PGW_JSONBOID);
    pgw_put_text(&sink.row, "{}", 2);
    assert_bytes(close_sink(&sink), "\1{}", 3);
    free_sink(&sink);
    open_sink(&sink, PGW_TEXT_FORMAT, PGW_VARBITOID);
    pgw_put_bits(&sink.row, "\xa8", 5);
    assert_slice(close_sink(&sink), "10101");
    free_sink(&sink);
    open_sink(&sink, PGW_BINARY_FORMAT, 99999);
    pgw_put_raw(&sink.row, "\0x", 2);
    assert_bytes(close_sink(&sink), "\0x", 2);
    free_sink(&sink);
}

static void put_numbers(struct sink *sink)
{
    pgw_put_array_begin(&sink->row, PGW_INT4OID, (int32_t[]){2, 2}, 2);
    pgw_put_int(&sink->row, 1);
    pgw_put_null(&sink->row);
    pgw_put_int(&sink->row, 3);
    pgw_put_int(&sink->row, 4);
    pgw_put_array_end(&sink->row);
}

static void test_arrays(void **state)
{
    static const char binary[] =
        "\0\0\0\2\0\0\0\1\0\0\0\x17\0\0\0\2\0\0\0\1\0\0\0\2\0\0\0\1"
        "\0\0\0\4\0\0\0\1\xff\xff\xff\xff\0\0\0\4\0\0\0\3\0\0\0\4\0\0\0\4";
    struct sink sink;
    (void)state;
    open_sink(&sink, PGW_TEXT_FORMAT, 1007);
    put_numbers(&sink);
    assert_slice(close_sink(&sink), "{{1,NULL},{3,4}}");
    free_sink(&sink);
    open_sink(&sink, PGW_BINARY_FORMAT, 1007);
    put_numbers(&sink);
    assert_bytes(close_sink(&sink), binary, sizeof binary - 1);
    free_sink(&sink);
    open_sink(&sink, PGW_TEXT_FORMAT, 1009);
    pgw_put_array_begin(&sink.row, PGW_TEXTOID, NULL, 0);
    pgw_put_array_end(&sink.row);
    assert_slice(close_sink(&sink), "{}");
    free_sink(&sink);
}

/* An array of records, in which there is an array. */
static void test_records(void **state)
{
    static const uint32_t fields[] = {PGW_INT4OID, 1009, PGW_TEXTOID, PGW_TEXTOID};
    struct sink sink;
    (void)state;
    open_sink(&sink, PGW_TEXT_FORMAT, 2287);
    pgw_put_array_begin(&sink.row, PGW_RECORDOID, (int32_t[]){1}, 1);
    pgw_put_record_begin(&sink.row, fields, 4);
    pgw_put_int(&sink.row, 7);
    pgw_put_array_begin(&sink.row, PGW_TEXTOID, (int32_t[]){2}, 1);
    pgw_put_text(&sink.row, "a b", 3);
    pgw_put_text(&sink.row, "c", 1);
    pgw_put_array_end(&sink.row);
    pgw_put_null(&sink.row);
    pgw_put_text(&sink.row, "", 0);
    pgw_put_record_end(&sink.row);
    pgw_put_array_end(&sink.row);
    assert_slice(close_sink(&sink),
                 "{\"(7,\\\"{\\\"\\\"a b\\\"\\\",c}\\\",,\\\"\\\")\"}");
    free_sink(&sink);
    open_sink(&sink, PGW_BINARY_FORMAT, PGW_RECORDOID);
    pgw_put_record_begin(&sink.row, fields + 2, 2);
    pgw_put_null(&sink.row);
    pgw_put_text(&sink.row, "x", 1);
    pgw_put_record_end(&sink.row);
    assert_bytes(close_sink(&sink),
                 "\0\0\0\2\0\0\0\x19\xff\xff\xff\xff\0\0\0\x19\0\0\0\1x", 21);
    free_sink(&sink);
}

/* Too few, too many, of another type: refused when the row ends. */
static void test_misuse(void **state)
{
    struct sink sink;
    (void)state;
    open_sink(&sink, PGW_TEXT_FORMAT, 1007);
    pgw_put_array_begin(&sink.row, PGW_INT4OID, (int32_t[]){2}, 1);
    pgw_put_int(&sink.row, 1);
    pgw_put_array_end(&sink.row);
    assert_false(pgw_row_end(&sink.row));
    assert_string_equal(sink.row.error.sqlstate, "XX000");
    free_sink(&sink);
    open_sink(&sink, PGW_TEXT_FORMAT, 1007);
    pgw_put_array_begin(&sink.row, PGW_INT4OID, (int32_t[]){1}, 1);
    pgw_put_int(&sink.row, 1);
    pgw_put_int(&sink.row, 2);
    assert_false(pgw_row_end(&sink.row));
    assert_true(sink.row.failed);
    free_sink(&sink);
    open_sink(&sink, PGW_TEXT_FORMAT, 1007);
    pgw_put_array_begin(&sink.row, PGW_TEXTOID, (int32_t[]){1}, 1);
    assert_string_equal(sink.row.error.sqlstate, "42804");
    free_sink(&sink);
    open_sink(&sink, PGW_TEXT_FORMAT, 1007);
    pgw_put_array_begin(&sink.row, PGW_INT4OID, (int32_t[]){1}, 1);
    assert_false(pgw_row_end(&sink.row));
    free_sink(&sink);
    open_sink(&sink, PGW_TEXT_FORMAT, PGW_TEXTOID);
    pgw_put_record_begin(&sink.row, NULL, 0);
    assert_string_equal(sink.row.error.sqlstate, "42804");
    free_sink(&sink);
}

/* Many rows: values are written in place, wherever a block of the chain ends. */
static void test_blocks(void **state)
{
    enum { ROWS = 20000, ROW_BYTES = 7 + 4 + 8 + 4 + 6 };
    static uint8_t got[ROWS * ROW_BYTES];
    struct iovec iov[64];
    struct sink sink;
    size_t at = 0;
    (void)state;
    open_sink(&sink, PGW_BINARY_FORMAT, PGW_INT8OID);
    chain_free(&sink.chain);
    sink.columns[1] = (struct pgw_column){.name = "b", .type_oid = PGW_TEXTOID};
    sink.row.column_count = 2;
    sink.row.limit = SIZE_MAX;
    for (int64_t i = 0; i < ROWS; i++) {
        pgw_row_begin(&sink.row);
        pgw_put_int(&sink.row, i);
        pgw_put_text(&sink.row, "string", 6);
        (void)pgw_row_end(&sink.row);
    }
    assert_false(sink.row.failed);
    assert_int_equal(sink.chain.bytes, sizeof got);
    size_t count = chain_iov(&sink.chain, iov, ARRAY_LEN(iov));
    for (size_t i = 0; i < count; at += iov[i++].iov_len)
        memcpy(got + at, iov[i].iov_base, iov[i].iov_len);
    assert_int_equal(at, sizeof got);
    for (size_t i = 0; i < ROWS; i++) {
        uint8_t row[] = {'D', 0,   0,   0,   ROW_BYTES - 1,
                         0,   2,   0,   0,   0,
                         8,   0,   0,   0,   0,
                         0,   0,   0,   0,   0,
                         0,   0,   6,   's', 't',
                         'r', 'i', 'n', 'g'};
        row[17] = (uint8_t)(i >> 8);
        row[18] = (uint8_t)i;
        assert_memory_equal(got + i * ROW_BYTES, row, sizeof row);
    }
    chain_free(&sink.chain);
    buf_free(&sink.scratch);
}

UNIT_MAIN(cmocka_unit_test(test_blocks), cmocka_unit_test(test_times),
          cmocka_unit_test(test_bytes), cmocka_unit_test(test_arrays),
          cmocka_unit_test(test_records), cmocka_unit_test(test_misuse))
