/* test_copy_out.c - rows as CopyData, by puts and by batches: the bytes of both are
 * those of a writer that does it by the book, a byte at a time. */
#include "unit.h"

#include <stdio.h>

#include <pgwire/types.h>

#include "core/chain.h"
#include "pgwire/plan.h"
#include "pgwire/row.h"

enum { COLUMNS = 3, ROWS = 700, TEXT_MAX = 90, OUT_MAX = 1 << 20 };

static const struct type text_type = {.id = TYPE_TEXT}, int_type = {.id = TYPE_INT32};
static const struct type *const types[COLUMNS] = {&text_type, &int_type, &text_type};
static const struct pgw_column declared[COLUMNS] = {
    {.name = "a,b", .type_oid = PGW_TEXTOID},
    {.name = "n\tm", .type_oid = PGW_INT4OID},
    {.name = "\\.", .type_oid = PGW_TEXTOID}};

/* ---- what is written ---- */

static struct data {
    char texts[2][ROWS][TEXT_MAX];
    struct slice slices[2][ROWS];
    int32_t numbers[ROWS];
    uint64_t validity[COLUMNS][ROWS / 64 + 1];
} data;

/* A generator of its own, so that a failure comes again. */
static uint32_t random_below(uint32_t *state, uint32_t limit)
{
    *state = *state * 1664525 + 1013904223;
    return (uint32_t)((uint64_t)(*state >> 8) * limit >> 24);
}

static void fill(uint32_t seed)
{
    static const char special[] = "\b\t\n\v\f\r\\,\"';|N.-";
    uint32_t state = seed;
    memset(&data, 0, sizeof data);
    for (size_t row = 0; row < ROWS; row++) {
        data.numbers[row] = (int32_t)(random_below(&state, 2000) - 1000);
        for (size_t i = 0; i < 2; i++) {
            char *text = data.texts[i][row];
            size_t len = random_below(&state, random_below(&state, 8) ? 20 : TEXT_MAX);
            for (size_t at = 0; at < len; at++)
                text[at] = random_below(&state, 12)
                               ? (char)('a' + random_below(&state, 26))
                               : special[random_below(&state, sizeof special - 1)];
            data.slices[i][row] = (struct slice){text, len};
        }
        for (size_t i = 0; i < COLUMNS; i++)
            data.validity[i][row / 64] |= (uint64_t)(random_below(&state, 6) > 0)
                                          << row % 64;
    }
    data.slices[0][0] = SLICE("\\.");
    data.slices[0][1] = SLICE("\\N");
    data.slices[0][2] = SLICE("");
}

static bool is_null(size_t column, size_t row)
{
    return !(data.validity[column][row / 64] >> row % 64 & 1);
}

/* ---- by the book ---- */

struct book {
    const struct pgw_copy_style *style;
    size_t columns;
    char delimiter, quote, escape;
    struct slice null;
    char out[OUT_MAX];
    size_t len;
};

static void byte(struct book *book, char c)
{
    assert_true(book->len < OUT_MAX);
    book->out[book->len++] = c;
}

static void text_field(struct book *book, struct slice text)
{
    static const char controls[] = "\b\f\n\r\t\v", letters[] = "bfnrtv";
    for (size_t i = 0; i < text.len; i++) {
        const char *control = text.data[i] ? strchr(controls, text.data[i]) : NULL;
        if (control || text.data[i] == '\\' || text.data[i] == book->delimiter)
            byte(book, '\\');
        byte(book, control ? letters[control - controls] : text.data[i]);
    }
}

static void csv_field(struct book *book, struct slice text, bool quoted)
{
    quoted = quoted || slice_equal(text, book->null) ||
             (book->columns == 1 && slice_equal(text, SLICE("\\.")));
    for (size_t i = 0; i < text.len; i++)
        quoted = quoted || text.data[i] == book->delimiter ||
                 text.data[i] == book->quote || text.data[i] == '\n' ||
                 text.data[i] == '\r';
    if (quoted)
        byte(book, book->quote);
    for (size_t i = 0; i < text.len; i++) {
        if (quoted && (text.data[i] == book->quote || text.data[i] == book->escape))
            byte(book, book->escape);
        byte(book, text.data[i]);
    }
    if (quoted)
        byte(book, book->quote);
}

static void field(struct book *book, size_t column, struct slice text, bool is_name)
{
    const bool *force = book->style->force_quote;
    if (column > 0)
        byte(book, book->delimiter);
    if (!text.data)
        text = book->null;
    else if (book->style->format == PGW_COPY_TEXT)
        text_field(book, text), text.len = 0;
    else
        csv_field(book, text, force && force[column] && !is_name), text.len = 0;
    for (size_t i = 0; i < text.len; i++)
        byte(book, text.data[i]);
}

static void end_line(struct book *book, size_t start)
{
    byte(book, '\n');
    size_t len = book->len - start - 1;
    book->out[start] = 'd';
    for (size_t i = 0; i < 4; i++)
        book->out[start + 1 + i] = (char)(len >> (24 - 8 * i));
}

static size_t begin_line(struct book *book)
{
    book->len += 5;
    return book->len - 5;
}

static void write_book(struct book *book, size_t rows)
{
    char number[16];
    size_t line;
    if (book->style->header) {
        line = begin_line(book);
        for (size_t i = 0; i < book->columns; i++)
            field(book, i, slice_of(declared[i].name), true);
        end_line(book, line);
    }
    for (size_t row = 0; row < rows; row++) {
        line = begin_line(book);
        for (size_t i = 0; i < book->columns; i++) {
            (void)snprintf(number, sizeof number, "%d", (int)data.numbers[row]);
            struct slice text = i == 1 ? slice_of(number) : data.slices[i / 2][row];
            field(book, i, is_null(i, row) ? (struct slice){0} : text, false);
        }
        end_line(book, line);
    }
}

/* ---- by the library ---- */

struct sink {
    struct chain chain;
    struct buf scratch;
    struct pgw_reply reply;
    struct copy_out *copy;
    pgw_row row;
};

static void open_sink(struct sink *sink, const struct pgw_copy_style *style,
                      size_t columns)
{
    struct pgw_error err;
    *sink = (struct sink){
        .reply = {.columns = declared, .column_count = columns, .copy_style = style}};
    sink->copy = copy_out_new(&sink->reply, &err);
    assert_non_null(sink->copy);
    sink->row = (pgw_row){.out = &sink->chain,
                          .style = &style_standard,
                          .copy = sink->copy,
                          .columns = declared,
                          .column_count = columns,
                          .limit = SIZE_MAX,
                          .high_water = SIZE_MAX,
                          .scratch = &sink->scratch};
    copy_row_open(&sink->row);
    assert_true(copy_row_names(&sink->row));
}

static void close_sink(struct sink *sink)
{
    chain_free(&sink->chain);
    buf_free(&sink->scratch);
    copy_out_free(sink->copy);
}

static void put_row(pgw_row *row, size_t number)
{
    pgw_row_begin(row);
    for (size_t i = 0; i < row->column_count; i++) {
        struct slice text = data.slices[i / 2][number];
        if (is_null(i, number))
            pgw_put_null(row);
        else if (i == 1)
            pgw_put_int(row, data.numbers[number]);
        else
            pgw_put_text(row, text.data, text.len);
    }
    assert_true(pgw_row_end(row));
}

static void write_batch(struct sink *sink, size_t rows)
{
    struct column columns[COLUMNS];
    struct arena arena = {0};
    struct pgw_error err;
    for (size_t i = 0; i < COLUMNS; i++)
        columns[i] = (struct column){.type = types[i],
                                     .layout = i == 1 ? LAYOUT_FIXED4 : LAYOUT_SLICES,
                                     .validity = data.validity[i],
                                     .data = i == 1 ? (const void *)data.numbers
                                                    : (const void *)data.slices[i / 2]};
    const struct batch batch = {rows, sink->row.column_count, columns};
    struct plan *plan =
        plan_new(&arena, types, sink->row.column_count, &sink->row, &err);
    size_t next = 0;
    assert_non_null(plan);
    assert_int_equal(plan_write(plan, &sink->row, &batch, &next, &err), PGW_OK);
    assert_int_equal(next, rows);
    arena_free(&arena);
}

static void assert_chain(const struct chain *chain, const char *expected, size_t len)
{
    size_t at = 0;
    for (const struct chain_block *block = chain->head; block; block = block->next) {
        assert_true(block->used - block->start <= len - at);
        assert_memory_equal(block->data + block->start, expected + at,
                            block->used - block->start);
        at += block->used - block->start;
    }
    assert_int_equal(at, len);
}

static const bool force_last[COLUMNS] = {false, true, true};

static const struct pgw_copy_style styles[] = {
    {.format = PGW_COPY_TEXT},
    {.format = PGW_COPY_TEXT, .header = true, .delimiter = ','},
    {.format = PGW_COPY_TEXT, .delimiter = '-', .null = {"", 0}},
    {.format = PGW_COPY_TEXT, .delimiter = 'N', .null = {"null", 4}},
    {.format = PGW_COPY_TEXT, .delimiter = '\v', .null = {"a", 1}},
    {.format = PGW_COPY_CSV},
    {.format = PGW_COPY_CSV, .header = true, .delimiter = '\t'},
    {.format = PGW_COPY_CSV, .quote = '\'', .escape = '\\', .null = {"\\N", 2}},
    {.format = PGW_COPY_CSV, .delimiter = '-', .header = true},
    {.format = PGW_COPY_CSV, .quote = '1', .null = {"-7", 2}},
    {.format = PGW_COPY_CSV, .force_quote = force_last, .header = true},
    {.format = PGW_COPY_CSV, .delimiter = 'e', .escape = 'x', .null = {"a", 1}},
};

static void check_lines(const struct pgw_copy_style *style, size_t columns, size_t rows)
{
    static struct book book;
    struct sink sink;
    bool csv = style->format == PGW_COPY_CSV;
    book = (struct book){.style = style, .columns = columns};
    book.delimiter = style->delimiter ? style->delimiter : csv ? ',' : '\t';
    book.quote = style->quote ? style->quote : '"';
    book.escape = style->escape ? style->escape : book.quote;
    book.null = csv ? SLICE("") : SLICE("\\N");
    if (style->null.data)
        book.null = (struct slice){style->null.data, style->null.len};
    write_book(&book, rows);
    open_sink(&sink, style, columns);
    for (size_t row = 0; row < rows; row++)
        put_row(&sink.row, row);
    assert_chain(&sink.chain, book.out, book.len);
    close_sink(&sink);
    open_sink(&sink, style, columns);
    write_batch(&sink, rows);
    assert_chain(&sink.chain, book.out, book.len);
    assert_int_equal(sink.row.written, rows + style->header);
    close_sink(&sink);
}

static void test_lines(void **state)
{
    (void)state;
    for (uint32_t seed = 1; seed <= 12; seed++) {
        fill(seed);
        for (size_t i = 0; i < ARRAY_LEN(styles); i++) {
            check_lines(&styles[i], 1 + seed % COLUMNS, ROWS);
            check_lines(&styles[i], COLUMNS, seed);
        }
    }
}

/* ---- binary ---- */

static void test_binary(void **state)
{
    static const char signature[] =
        "d\0\0\0\x19PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0\377\377";
    static const char row[] = "d\0\0\0\x22PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0"
                              "\0\2\0\0\0\1x\377\377\377\377"
                              "d\0\0\0\x13\0\2\0\0\0\1y\0\0\0\4\0\0\0\7"
                              "d\0\0\0\6\377\377";
    const struct pgw_copy_style style = {.format = PGW_COPY_BINARY};
    struct sink sink;
    (void)state;
    open_sink(&sink, &style, 2);
    assert_true(copy_out_trailer(sink.copy, &sink.chain));
    assert_chain(&sink.chain, signature, sizeof signature - 1);
    close_sink(&sink);
    memset(&data, 0, sizeof data);
    data.slices[0][0] = SLICE("x");
    data.slices[0][1] = SLICE("y");
    data.numbers[1] = 7;
    data.validity[0][0] = 3;
    data.validity[1][0] = 2;
    for (int by_puts = 0; by_puts < 2; by_puts++) {
        open_sink(&sink, &style, 2);
        if (by_puts)
            put_row(&sink.row, 0), put_row(&sink.row, 1);
        else
            write_batch(&sink, 2);
        assert_true(copy_out_trailer(sink.copy, &sink.chain));
        assert_chain(&sink.chain, row, sizeof row - 1);
        close_sink(&sink);
    }
}

static void test_raw(void **state)
{
    const struct pgw_copy_style style = {.format = PGW_COPY_RAW};
    struct sink sink;
    (void)state;
    open_sink(&sink, &style, 1);
    pgw_row_begin(&sink.row);
    pgw_put_raw(&sink.row, "\\a\n", 3);
    assert_true(pgw_row_end(&sink.row));
    assert_true(copy_out_trailer(sink.copy, &sink.chain));
    assert_chain(&sink.chain, "d\0\0\0\7\\a\n", 8);
    close_sink(&sink);
}

/* ---- encodings ---- */

static const struct recoding {
    const char *encoding, *text, *expected, *sqlstate;
} recodings[] = {
    {"ISO-8859-1", "caf\u00e9,\t", "caf\xe9,\\t", NULL},
    {"ISO-8859-1", "a\u20acb", NULL, "22P05"},
    {"CP1252", "a\u20acb",
     "a\x80"
     "b",
     NULL},
    {"SJIS", "\u8868", "\x95\\", NULL}, /* its second byte is no backslash */
    {"GB18030", "\u00e9", "\xa8\xa6", NULL},
    {"ISO-8859-1", "\xff", NULL, "22P05"},
};

static void check_recoding(const struct recoding *recoding)
{
    const struct pgw_copy_style style = {.encoding = recoding->encoding};
    struct chain out = {0};
    struct sink sink;
    struct pgw_error err;
    open_sink(&sink, &style, 1);
    size_t len = strlen(recoding->text);
    for (int row = 0; row < 700; row++) { /* more than a block */
        pgw_row_begin(&sink.row);
        pgw_put_text(&sink.row, recoding->text, len);
        assert_true(pgw_row_end(&sink.row));
    }
    enum pgw_status status = copy_row_close(&sink.row, &out, &err);
    assert_int_equal(status, recoding->sqlstate ? PGW_ERROR : PGW_OK);
    if (recoding->sqlstate) {
        assert_string_equal(err.sqlstate, recoding->sqlstate);
    } else {
        len = strlen(recoding->expected);
        assert_int_equal(out.bytes, 700 * (len + 6));
        assert_int_equal(out.head->data[4], len + 5);
        assert_memory_equal(out.head->data + 5, recoding->expected, len);
        assert_int_equal(out.head->data[5 + len], '\n');
    }
    chain_free(&out);
    close_sink(&sink);
}

static void test_encodings(void **state)
{
    struct pgw_error err;
    const struct pgw_copy_style style = {.encoding = "no such thing"};
    const struct pgw_reply unknown = {.copy_style = &style};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(recodings); i++)
        check_recoding(&recodings[i]);
    assert_null(copy_out_new(&unknown, &err));
    assert_string_equal(err.sqlstate, "0A000");
}

static void test_faults(void **state)
{
    static const struct pgw_copy_style faulty[] = {
        {.delimiter = '\n'},
        {.delimiter = '\\'},
        {.delimiter = 'a'},
        {.null = {"a\tb", 3}},
        {.null = {"\n", 1}},
        {.format = PGW_COPY_CSV, .delimiter = '"'},
        {.format = PGW_COPY_CSV, .null = {"\"", 1}},
    };
    struct pgw_error err;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(faulty); i++) {
        const struct pgw_reply reply = {.copy_style = &faulty[i]};
        assert_null(copy_out_new(&reply, &err));
        assert_string_equal(err.sqlstate, "22023");
    }
}

UNIT_MAIN(cmocka_unit_test(test_lines), cmocka_unit_test(test_binary),
          cmocka_unit_test(test_raw), cmocka_unit_test(test_encodings),
          cmocka_unit_test(test_faults))
