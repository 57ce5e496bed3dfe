#include "unit.h"

#include "sql/copy_statement.h"
#include "sql/string.h"

/* What is wrong with a COPY: PostgreSQL 15's own errors, unless said otherwise. */
static const struct {
    const char *sql, *sqlstate, *message;
    int32_t position;
} faults[] = {
    {"copy t from stdin (format xml)", "22023", "COPY format \"xml\" not recognized",
     20},
    {"copy t from stdin (format csv, format text)", "42601",
     "conflicting or redundant options", 32},
    {"copy t from stdin (format binary, delimiter ',')", "42601",
     "cannot specify DELIMITER in BINARY mode", 0},
    {"copy t from stdin (format binary, null 'x')", "42601",
     "cannot specify NULL in BINARY mode", 0},
    {"copy t from stdin (format binary, header)", "0A000",
     "cannot specify HEADER in BINARY mode", 0},
    {"copy t from stdin (delimiter 'ab')", "0A000",
     "COPY delimiter must be a single one-byte character", 0},
    {"copy t from stdin (delimiter E'\\n')", "22023",
     "COPY delimiter cannot be newline or carriage return", 0},
    {"copy t from stdin (null E'\\n')", "22023",
     "COPY null representation cannot use newline or carriage return", 0},
    {"copy t from stdin (delimiter 'a')", "22023", "COPY delimiter cannot be \"a\"", 0},
    {"copy t from stdin (delimiter '.')", "22023", "COPY delimiter cannot be \".\"", 0},
    {"copy t from stdin (quote '\"')", "0A000", "COPY quote available only in CSV mode",
     0},
    {"copy t from stdin (escape '\"')", "0A000",
     "COPY escape available only in CSV mode", 0},
    {"copy t from stdin (format csv, quote 'ab')", "0A000",
     "COPY quote must be a single one-byte character", 0},
    {"copy t from stdin (format csv, quote '')", "0A000",
     "COPY quote must be a single one-byte character", 0},
    {"copy t from stdin (format csv, escape 'ab')", "0A000",
     "COPY escape must be a single one-byte character", 0},
    {"copy t from stdin (format csv, quote ',')", "22023",
     "COPY delimiter and quote must be different", 0},
    {"copy t from stdin (force_quote *)", "0A000",
     "COPY force quote available only in CSV mode", 0},
    {"copy t from stdin (format csv, force_quote *)", "0A000",
     "COPY force quote only available using COPY TO", 0},
    {"copy t from stdin (format csv, force_quote)", "22023",
     "argument to option \"force_quote\" must be a list of column names", 32},
    {"copy t from stdin (force_not_null (a))", "0A000",
     "COPY force not null available only in CSV mode", 0},
    {"copy t to stdout (format csv, force_not_null (a))", "0A000",
     "COPY force not null only available using COPY FROM", 0},
    {"copy t from stdin (format csv, force_not_null *)", "22023",
     "argument to option \"force_not_null\" must be a list of column names", 32},
    {"copy t from stdin (format csv, force_not_null (zz))", "", "", 0},
    {"copy t (a) from stdin (format csv, force_not_null (b))", "", "", 0},
    {"copy t from stdin (force_null (a))", "0A000",
     "COPY force null available only in CSV mode", 0},
    {"copy t to stdout (format csv, force_null (a))", "0A000",
     "COPY force null only available using COPY FROM", 0},
    {"copy t from stdin (null 'a\tb')", "0A000",
     "COPY delimiter must not appear in the NULL specification", 0},
    {"copy t from stdin (format csv, null 'a\"b')", "0A000",
     "CSV quote character must not appear in the NULL specification", 0},
    {"copy t from stdin (encoding 'xyz')", "22023",
     "argument to option \"encoding\" must be a valid encoding name", 20},
    {"copy t from stdin (encoding 1)", "22023",
     "argument to option \"encoding\" must be a valid encoding name", 20},
    {"copy t from stdin (nonsense 1)", "42601", "option \"nonsense\" not recognized",
     20},
    {"copy t from stdin (header maybe)", "42601",
     "header requires a Boolean value or \"match\"", 0},
    {"copy t from stdin (header 2)", "42601",
     "header requires a Boolean value or \"match\"", 0},
    {"copy t to stdout (header match)", "0A000",
     "cannot use \"match\" with HEADER in COPY TO", 0},
    {"copy t from stdin (freeze maybe)", "42601", "freeze requires a Boolean value", 0},
    {"copy t from stdin (delimiter)", "42601", "delimiter requires a parameter", 0},
    {"copy t from stdin (null)", "42601", "null requires a parameter", 0},
    {"copy t from stdin (format)", "42601", "format requires a parameter", 0},
    {"copy t from stdin (format (a,b))", "22023", "COPY format \"a.b\" not recognized",
     20},
    {"copy t from stdin (freeze (a,b))", "42601", "freeze requires a Boolean value", 0},
    {"copy t to stdout (freeze)", "", "", 0},
    {"copy t from stdin (freeze)", "", "", 0},
    {"copy t to stdout where a>1", "42601", "WHERE clause not allowed with COPY TO",
     18},
    {"copy (select 1) from stdin", "42601", "syntax error at or near \"from\"", 17},
    {"copy t from stdin csv header header", "42601", "conflicting or redundant options",
     30},
    {"copy t from stdin csv nonsense", "42601", "syntax error at or near \"nonsense\"",
     23},
    {"copy t from stdin with csv nonsense", "42601",
     "syntax error at or near \"nonsense\"", 28},
    {"copy t from stdin binary csv", "42601", "conflicting or redundant options", 26},
    {"copy binary t from stdin with csv", "42601", "conflicting or redundant options",
     31},
    {"copy t from stdin delimiters ',' csv", "", "", 0},
    {"copy t from stdin using delimiters ',' csv", "", "", 0},
    {"copy t from stdin (format csv", "42601", "syntax error at end of input", 30},
    {"copy t from stdin (format csv,)", "42601", "syntax error at or near \")\"", 31},
    {"copy t from stdin ()", "42601", "syntax error at or near \")\"", 20},
    {"copy t from", "42601", "syntax error at end of input", 12},
    {"copy t", "42601", "syntax error at end of input", 7},
    {"copy", "42601", "syntax error at end of input", 5},
    {"copy t (a,) from stdin", "42601", "syntax error at or near \")\"", 11},
    {"copy t (a) from stdin where", "42601", "syntax error at end of input", 28},
    {"copy t (a) from stdin where a > 'x'", "", "", 0},
    {"copy t (zz) from stdin", "", "", 0},
    {"copy t (a,a) from stdin", "", "", 0},
    {"copy g (b) from stdin", "", "", 0},
    {"copy v from stdin", "", "", 0},
    {"copy nosuch.t from stdin", "", "", 0},
    {"copy a.b.c.d from stdin", "42601",
     "improper qualified name (too many dotted names): a.b.c.d", 6},
    {"copy pg_class from stdin", "", "", 0},
    {"copy t from stdin csv quote", "42601", "syntax error at end of input", 28},
    {"copy t from stdin csv force quote *", "0A000",
     "COPY force quote only available using COPY TO", 0},
    {"copy t from stdin csv force nonsense", "42601",
     "syntax error at or near \"nonsense\"", 29},
    {"copy t from stdin csv force not null zz", "", "", 0},
    {"copy t from stdin csv null as 'x' null 'y'", "42601",
     "conflicting or redundant options", 35},
    {"copy t from stdin program", "42601", "syntax error at or near \"program\"", 19},
    {"copy t from program stdin", "42601", "STDIN/STDOUT not allowed with PROGRAM", 0},
    {"copy t from stdin csv delimiter as ',' quote as '''' escape as ''''", "", "", 0},
    {"copy t from stdin freeze encoding 'latin1'", "", "", 0},
    {"copy t from stdin (encoding 'sql_ascii')", "", "", 0},
    {"explain copy t from stdin", "42601", "syntax error at or near \"copy\"", 9},
    {"copy t from stdin (header 'on', header 'off')", "42601",
     "conflicting or redundant options", 33},
    {"copy t from stdin (format text, header match)", "", "", 0},
    {"copy t from stdin (delimiter 1)", "22023", "COPY delimiter cannot be \"1\"", 0},
    {"copy t from stdin (delimiter '')", "0A000",
     "COPY delimiter must be a single one-byte character", 0},
    {"copy t from stdin (null '\\N', delimiter '\\')", "22023",
     "COPY delimiter cannot be \"\\\"", 0},
    {"copy t from stdin csv delimiter '\"'", "22023",
     "COPY delimiter and quote must be different", 0},
    {"copy t from stdin (force_quote (a, b), format csv)", "0A000",
     "COPY force quote only available using COPY TO", 0},
    {"copy t from stdin (format csv, quote ';', delimiter ';')", "22023",
     "COPY delimiter and quote must be different", 0},
    {"copy t from stdin (freeze, freeze)", "42601", "conflicting or redundant options",
     28},
    {"copy t from stdin (force_null (a), force_null (b), format csv)", "42601",
     "conflicting or redundant options", 36},
    {"copy t from stdin (escape 'x', escape 'y')", "42601",
     "conflicting or redundant options", 32},
    {"copy t from stdin (encoding 'utf8', encoding 'utf8')", "42601",
     "conflicting or redundant options", 37},
    {"copy t from stdin (format *)", "22023", "COPY format \"*\" not recognized", 20},
    {"copy t from stdin (quote *)", "0A000", "COPY quote available only in CSV mode",
     0},
    {"copy t (a b) from stdin", "42601", "syntax error at or near \"b\"", 11},
    {"copy v to stdout", "", "", 0},
    {"copy (values (1)) to stdout (format nope)", "22023",
     "COPY format \"nope\" not recognized", 30},
    {"copy (select 1) to stdout where true", "42601",
     "syntax error at or near \"where\"", 27},
    /* newer than PostgreSQL 15, or this server's own */
    {"copy t from stdin (default 'x')", "", "", 0},
    {"copy t to stdout (default 'x')", "0A000",
     "COPY DEFAULT only available using COPY FROM", 0},
    {"copy t from stdin (default 'a\tb')", "0A000",
     "COPY delimiter must not appear in the DEFAULT specification", 0},
    {"copy t from stdin (default E'\\n')", "22023",
     "COPY default representation cannot use newline or carriage return", 0},
    {"copy t from stdin (default '\\N')", "0A000",
     "NULL specification and DEFAULT specification cannot be the same", 0},
    {"copy t from stdin (format csv, default '\"')", "0A000",
     "CSV quote character must not appear in the DEFAULT specification", 0},
    {"copy t from stdin (format binary, default 'x')", "42601",
     "cannot specify DEFAULT in BINARY mode", 0},
    {"copy t from stdin (on_error 'IGNORE', log_verbosity verbose, reject_limit 5)", "",
     "", 0},
    {"copy t from stdin (on_error maybe)", "22023",
     "COPY ON_ERROR \"maybe\" not recognized", 20},
    {"copy t to stdout (on_error ignore)", "22023",
     "COPY ON_ERROR cannot be used with COPY TO", 0},
    {"copy t from stdin (on_error ignore, format binary)", "0A000",
     "only ON_ERROR STOP is allowed in BINARY mode", 0},
    {"copy t from stdin (log_verbosity loud)", "22023",
     "COPY LOG_VERBOSITY \"loud\" not recognized", 20},
    {"copy t from stdin (on_error ignore, reject_limit 0)", "22023",
     "REJECT_LIMIT (0) must be greater than zero", 0},
    {"copy t from stdin (on_error ignore, reject_limit x)", "42601",
     "reject_limit requires a numeric value", 0},
    {"copy t from stdin (reject_limit 1)", "22023",
     "COPY REJECT_LIMIT requires ON_ERROR to be set to IGNORE", 0},
    {"copy t to stdout (format parquet, compression zstd, row_group_size 1000)", "", "",
     0},
    {"copy t from stdin (format parquet, header)", "0A000",
     "cannot specify HEADER in PARQUET mode", 0},
    {"copy t from stdin (format arrow, null 'x')", "42601",
     "cannot specify NULL in ARROW mode", 0},
    {"copy t to stdout (format arrow, compression zstd)", "42601",
     "option \"compression\" not recognized", 33},
    {"copy (select (1), ')' from t) to stdout", "", "", 0},
    {"copy (select 1", "42601", "syntax error at end of input", 15},
    {"copy () to stdout", "42601", "syntax error at or near \")\"", 7},
    {"copy t from stdin (null 'x", "42601",
     "unterminated quoted string at or near \"'x\"", 25},
};

static void test_faults(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(faults); i++) {
        struct arena arena = {0};
        struct error err = {0};
        struct copy_statement statement;
        struct copy_options options;
        bool done =
            copy_statement_parse(slice_of(faults[i].sql), &arena, &statement, &err) &&
            (!statement.is_client || copy_options_read(&statement, &options, &err));
        if (strcmp(err.sqlstate, faults[i].sqlstate) != 0 ||
            strcmp(err.message, faults[i].message) != 0 ||
            err.position != faults[i].position)
            fail_msg("%s: %s %s at %d", faults[i].sql, err.sqlstate, err.message,
                     err.position);
        assert_int_equal(done, !faults[i].sqlstate[0]);
        arena_free(&arena);
    }
}

static void test_statements(void **state)
{
    static const struct {
        const char *sql;
        bool is_from, is_client, is_query;
        const char *relation, *schema, *table, *columns, *query, *where;
    } rows[] = {
        {"copy t from stdin", true, true, false, "t", "", "t", "", "", ""},
        {"COPY S.\"T\" (a, \"B\") from stdin where a > 1", true, true, false, "S.\"T\"",
         "s", "T", "(a, \"B\")", "", "a > 1"},
        {"copy d.s.t to stdout", false, true, false, "d.s.t", "s", "t", "", "", ""},
        {"copy (select (1) ) to stdout", false, true, true, "", "", "", "",
         "select (1)", ""},
        {"copy t to stdin", false, true, false, "t", "", "t", "", "", ""},
        {"copy t from 'file.csv' (auto_detect true)", true, false, false, "t", "", "t",
         "", "", ""},
        {"copy binary from stdin", true, true, false, "binary", "", "binary", "", "",
         ""},
        {"copy binary t from stdin", true, true, false, "t", "", "t", "", "", ""},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena arena = {0};
        struct error err;
        struct copy_statement got;
        assert_true(copy_statement_parse(slice_of(rows[i].sql), &arena, &got, &err));
        assert_int_equal(got.is_from, rows[i].is_from);
        assert_int_equal(got.is_client, rows[i].is_client);
        assert_int_equal(got.is_query, rows[i].is_query);
        assert_slice(got.relation, rows[i].relation);
        assert_slice(got.schema, rows[i].schema);
        assert_slice(got.table, rows[i].table);
        assert_slice(got.columns_written, rows[i].columns);
        assert_slice(got.query, rows[i].query);
        assert_slice(got.where, rows[i].where);
        arena_free(&arena);
    }
}

static void read_options(struct arena *arena, const char *sql,
                         struct copy_options *options)
{
    struct error err;
    struct copy_statement statement;
    assert_true(copy_statement_parse(slice_of(sql), arena, &statement, &err));
    assert_true(copy_options_read(&statement, options, &err));
}

static void test_options(void **state)
{
    struct arena arena = {0};
    struct copy_options options;
    (void)state;
    read_options(&arena, "copy t from stdin", &options);
    assert_int_equal(options.format, COPY_FORMAT_TEXT);
    assert_int_equal(options.delimiter, '\t');
    assert_slice(options.null, "\\N");
    read_options(&arena, "copy t from stdin csv quote ''''", &options);
    assert_int_equal(options.delimiter, ',');
    assert_int_equal(options.quote, '\'');
    assert_int_equal(options.escape, '\'');
    assert_slice(options.null, "");
    read_options(&arena,
                 "copy t from stdin (format csv, delimiter E'\\x01', header match, "
                 "force_null (a, \"B\"), encoding latin1, null 'x', freeze)",
                 &options);
    assert_int_equal(options.delimiter, 1);
    assert_int_equal(options.header, COPY_HEADER_MATCH);
    assert_int_equal(options.force_null.count, 2);
    assert_slice(options.force_null.names[1], "B");
    assert_string_equal(copy_encoding(options.encoding), "ISO-8859-1");
    assert_true(options.freeze);
    read_options(&arena, "copy t to stdout csv force quote a, b header", &options);
    assert_int_equal(options.force_quote.count, 2);
    assert_int_equal(options.header, COPY_HEADER_LINE);
    read_options(&arena, "copy t to stdout (format csv, force_quote *)", &options);
    assert_true(options.force_quote_all);
    arena_free(&arena);
}

/* An argument that the option takes. */
static const char *argument_of(const char *option)
{
    static const char *const arguments[][2] = {
        {"format", "csv"},      {"freeze", "on"},          {"header", "on"},
        {"encoding", "utf8"},   {"on_error", "stop"},      {"reject_limit", "1"},
        {"force_quote", "(a)"}, {"force_not_null", "(a)"}, {"force_null", "(a)"}};
    for (size_t i = 0; i < ARRAY_LEN(arguments); i++) {
        if (strcmp(option, arguments[i][0]) == 0)
            return arguments[i][1];
    }
    return "'default'";
}

/* Every option is read, but not twice. */
static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; copy_option_name(i); i++) {
        struct arena arena = {0};
        struct error err;
        struct copy_statement statement;
        struct copy_options options;
        const char *name = copy_option_name(i), *argument = argument_of(name);
        char *sql = arena_printf(&arena, "copy t from stdin (%s %s, %s %s)", name,
                                 argument, name, argument);
        assert_non_null(sql);
        assert_true(copy_statement_parse(slice_of(sql), &arena, &statement, &err));
        assert_false(copy_option_is_engines(statement.options));
        assert_false(copy_options_read(&statement, &options, &err));
        assert_string_equal(err.message, "conflicting or redundant options");
        arena_free(&arena);
    }
}

static void test_strings(void **state)
{
    static const struct {
        const char *sql, *text; /* NULL: malformed */
    } rows[] = {
        {"''", ""},
        {"'a''b'", "a'b"},
        {"'a\\b'", "a\\b"},
        {"E'\\t\\\\\\''", "\t\\'"},
        {"e'\\x41\\101\\u00e4'", "AA\xc3\xa4"},
        {"E'\\U0001F600\\ud83d\\ude00'", "\xf0\x9f\x98\x80\xf0\x9f\x98\x80"},
        {"E'\\x0'", NULL},
        {"E'\\0'", NULL},
        {"E'\\u12'", NULL},
        {"E'\\ud83d'", NULL},
        {"E'\\ud83dx'", NULL},
        {"$$a'b$$", "a'b"},
        {"$x$a$$b$x$", "a$$b"},
        {"'open", NULL},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        char out[128];
        size_t len;
        struct slice rest = slice_of(rows[i].sql);
        struct token token = token_next(&rest);
        assert_int_equal(token.kind, TOKEN_STRING);
        assert_int_equal(sql_string_decode(&token, out, &len), rows[i].text != NULL);
        if (rows[i].text)
            assert_slice((struct slice){out, len}, rows[i].text);
    }
}

static void test_encodings(void **state)
{
    (void)state;
    assert_string_equal(copy_encoding(SLICE("UTF-8")), "");
    assert_string_equal(copy_encoding(SLICE("Latin_1")), "ISO-8859-1");
    assert_string_equal(copy_encoding(SLICE("win1252")), "CP1252");
    assert_null(copy_encoding(SLICE("utf")));
    assert_null(copy_encoding(SLICE("")));
}

UNIT_MAIN(cmocka_unit_test(test_faults), cmocka_unit_test(test_statements),
          cmocka_unit_test(test_options), cmocka_unit_test(test_rows),
          cmocka_unit_test(test_strings), cmocka_unit_test(test_encodings))
