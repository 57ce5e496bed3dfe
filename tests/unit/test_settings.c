#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "server/settings.h"
#include "server/settings_table.h"

/* ---- what each setting takes ---- */

static void set_up(struct settings *settings)
{
    struct error err;
    assert_true(settings_init(settings, NULL));
    assert_true(settings_preset(settings, "session_authorization", "tester", &err));
}

static const char *show(const struct settings *settings, const char *name)
{
    const char *spelled, *value;
    struct error err;
    return settings_show(settings, name, &spelled, &value, &err) ? value : "(none)";
}

/* Outside of a transaction; NULL: the default. "": it was set. */
static const char *set(struct settings *settings, const char *name, const char *value)
{
    static struct error err;
    return settings_set(settings, name, value, SETTINGS_SESSION, false, &err)
               ? ""
               : err.sqlstate;
}

/* PostgreSQL's answers, where it has one. */
static const struct {
    const char *name, *written, *shown, *sqlstate;
} values[] = {
    {"application_name", "psql", "psql", ""},
    {"application_name", "a\xc3\xa9\nb", "a???b", ""},
    {"application_name",
     "0123456789012345678901234567890123456789012345678901234567890123456789",
     "012345678901234567890123456789012345678901234567890123456789012", ""},
    {"client_encoding", "UTF-8", "UTF8", ""},
    {"client_encoding", "unicode", "UTF8", ""},
    {"client_encoding", "sql_ascii", "SQL_ASCII", ""},
    {"client_encoding", "latin1", NULL, "0A000"},
    {"client_encoding", "windows-1252", NULL, "0A000"},
    {"client_encoding", "nonsense", NULL, "22023"},
    {"client_encoding", "", NULL, "22023"},
    {"client_min_messages", "DEBUG", "debug2", ""},
    {"client_min_messages", "info", "info", ""},
    {"client_min_messages", "fatal", NULL, "22023"},
    {"datestyle", "german", "German, DMY", ""},
    {"datestyle", "sql, iso", NULL, "22023"},
    {"intervalstyle", "ISO_8601", "iso_8601", ""},
    {"intervalstyle", "x", NULL, "22023"},
    {"bytea_output", "escape", "escape", ""},
    {"extra_float_digits", "3", "3", ""},
    {"extra_float_digits", "2.5", "2", ""},
    {"extra_float_digits", "4", NULL, "22023"},
    {"extra_float_digits", "x", NULL, "22023"},
    {"timezone", "europe/berlin", "Europe/Berlin", ""},
    {"timezone", "5.5", "<+05:30>-05:30", ""},
    {"timezone", "interval '-08:00'", "<-08>+08", ""},
    {"timezone", "interval '1 month'", NULL, "22023"},
    {"timezone", "nowhere", NULL, "22023"},
    {"wirehouse.struct_format", "composite", "composite", ""},
    {"wirehouse.struct_format", "xml", NULL, "22023"},
    {"search_path", " a , B ", " a , B ", ""},
    {"search_path", "\"a\"\"b\", c", "\"a\"\"b\", c", ""},
    {"search_path", "", "", ""},
    {"search_path", "a,,b", NULL, "22023"},
    {"search_path", "a,", NULL, "22023"},
    {"search_path", "\"a", NULL, "22023"},
    {"statement_timeout", "90000", "90s", ""},
    {"statement_timeout", "1.5s", "1500ms", ""},
    {"statement_timeout", " 10 min ", "10min", ""},
    {"statement_timeout", "0.6ms", "1ms", ""},
    {"statement_timeout", "100us", "0", ""},
    {"statement_timeout", "1d", "1d", ""},
    {"statement_timeout", "0x3e8", "1s", ""},
    {"statement_timeout", "-1", NULL, "22023"},
    {"statement_timeout", "2147483648", NULL, "22023"},
    {"statement_timeout", "1 fortnight", NULL, "22023"},
    {"statement_timeout", "1 s s", NULL, "22023"},
    {"work_mem", "1.5MB", "1536kB", ""},
    {"work_mem", "1e3", "1000kB", ""},
    {"work_mem", "100.7kB", "101kB", ""},
    {"work_mem", "65536", "64MB", ""},
    {"work_mem", "010000", "4MB", ""},
    {"work_mem", "10", NULL, "22023"},
    {"work_mem", "5 parsecs", NULL, "22023"},
    {"work_mem", "", NULL, "22023"},
    {"sort_mem", "1MB", "1MB", ""},
    {"temp_buffers", "1024", "8MB", ""},
    {"geqo_seed", "0.5", "0.5", ""},
    {"geqo_seed", "2", NULL, "22023"},
    {"random_page_cost", "1.25e3", "1250", ""},
    {"random_page_cost", "NaN", NULL, "22023"},
    {"cpu_tuple_cost", "1e300", "1e+300", ""},
    {"vacuum_cost_delay", "1500us", "1500us", ""},
    {"vacuum_cost_delay", "0.02s", "20ms", ""},
    {"jit", "of", "off", ""},
    {"jit", "YES", "on", ""},
    {"jit", "o", NULL, "22023"},
    {"jit", "maybe", NULL, "22023"},
    {"constraint_exclusion", "Partition", "partition", ""},
    {"constraint_exclusion", "true", "on", ""},
    {"default_transaction_isolation", "read committed", "read committed", ""},
    {"default_transaction_isolation", "serializable", NULL, "0A000"},
    {"default_transaction_isolation", "x", NULL, "22023"},
    {"default_transaction_read_only", "on", "on", ""},
    {"standard_conforming_strings", "on", "on", ""},
    {"standard_conforming_strings", "off", NULL, "0A000"},
    {"session_replication_role", "replica", NULL, "0A000"},
    {"array_nulls", "0", NULL, "0A000"},
    {"temp_file_limit", "1GB", NULL, "0A000"},
    {"default_tablespace", "pg_default", "pg_default", ""},
    {"default_tablespace", "x", NULL, "22023"},
    {"temp_tablespaces", "pg_default, \"\"", "pg_default, \"\"", ""},
    {"temp_tablespaces", "x", NULL, "42704"},
    {"default_table_access_method", "heap", "heap", ""},
    {"default_table_access_method", "x", NULL, "22023"},
    {"lc_monetary", "POSIX", "POSIX", ""},
    {"lc_monetary", "de_DE", NULL, "0A000"},
    {"lc_messages", "en_US.UTF-8", "en_US.UTF-8", ""},
    {"role", "none", "none", ""},
    {"role", "tester", "tester", ""},
    {"role", "x", NULL, "22023"},
    {"session_authorization", "tester", "tester", ""},
    {"session_authorization", "x", NULL, "22023"},
    {"server_version", "1", NULL, "55P02"},
    {"max_connections", "1", NULL, "55P02"},
    {"autovacuum", "off", NULL, "55P02"},
    {"log_connections", "on", NULL, "55P02"},
    {"nosuch", "1", NULL, "42704"},
    {"my.setting", "1", "1", ""},
    {"my.setting.x$1", "1", "1", ""},
    {"my.b c", "1", NULL, "42602"},
    {"my.", "1", NULL, "42602"},
    {".my", "1", NULL, "42602"},
    {"my.1", "1", NULL, "42602"},
    {"wirehouse.nosuch", "1", NULL, "42602"},
};

static void test_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        struct settings settings;
        set_up(&settings);
        const char *sqlstate = set(&settings, values[i].name, values[i].written);
        if (strcmp(sqlstate, values[i].sqlstate) != 0)
            fail_msg("%s = %s: %s", values[i].name, values[i].written, sqlstate);
        if (values[i].shown &&
            strcmp(show(&settings, values[i].name), values[i].shown) != 0)
            fail_msg("%s = %s shows %s", values[i].name, values[i].written,
                     show(&settings, values[i].name));
        settings_free(&settings);
    }
}

/* Every row takes its own default and spells it as it is; names are said once; what
 * only the server sets is refused. */
static void test_table(void **state)
{
    (void)state;
    for (size_t i = 0; i < settings_table_count(); i++) {
        const struct setting_spec *spec = settings_table_row(i);
        struct settings settings;
        struct error err;
        char *kept;
        size_t found;
        set_up(&settings);
        assert_true(settings_table_find(spec->name, &found));
        assert_int_equal(found, i);
        assert_true(strlen(spec->description) > 0);
        if (!setting_check_value(spec, spec->standard, NULL, &kept, &err))
            fail_msg("%s: %s", spec->name, err.message);
        if (strcmp(kept, spec->standard) != 0)
            fail_msg("%s: %s is kept as %s", spec->name, spec->standard, kept);
        bool own = spec->flags & FLAG_OWN_USER;
        const char *sqlstate =
            set(&settings, spec->name, own ? "tester" : spec->standard);
        assert_string_equal(sqlstate, spec->context < CONTEXT_SUPERUSER ? "55P02" : "");
        free(kept);
        settings_free(&settings);
    }
}

/* ---- transactions ---- */

static void step(struct settings *settings, const char *what)
{
    struct error err;
    enum settings_scope scope =
        what[0] == 'l' ? SETTINGS_LOCAL : SETTINGS_SESSION; /* local, set, reset */
    const char *value = what[0] == 'r' ? NULL : what + 1;
    if (what[0] == '+' || what[0] == '-')
        settings_end_transaction(settings, what[0] == '+');
    else
        assert_true(settings_set(settings, "my.x", value, scope, true, &err));
}

static void test_transactions(void **state)
{
    /* s = SET, l = SET LOCAL, r = RESET, + = COMMIT, - = ROLLBACK */
    static const struct {
        const char *steps[5], *shown;
    } rows[] = {
        {{"s1", "+"}, "1"},
        {{"s1", "-"}, "0"},
        {{"l1"}, "1"},
        {{"l1", "+"}, "0"},
        {{"l1", "-"}, "0"},
        {{"s1", "l2"}, "2"},
        {{"s1", "l2", "+"}, "1"},
        {{"s1", "l2", "-"}, "0"},
        {{"l1", "s2", "+"}, "2"},
        {{"l1", "s2", "-"}, "0"},
        {{"r"}, ""},
        {{"r", "+"}, ""},
        {{"r", "-"}, "0"},
        {{"s1", "+", "s2", "-"}, "1"},
    };
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct settings settings;
        set_up(&settings);
        assert_string_equal(set(&settings, "my.x", "0"), "");
        for (size_t j = 0; rows[i].steps[j]; j++)
            step(&settings, rows[i].steps[j]);
        if (strcmp(show(&settings, "my.x"), rows[i].shown) != 0)
            fail_msg("row %zu: %s", i, show(&settings, "my.x"));
        settings_free(&settings);
    }
}

/* A transaction's modes begin as the defaults, and end with it. */
static void test_modes(void **state)
{
    struct settings settings;
    struct error err;
    (void)state;
    set_up(&settings);
    assert_string_equal(set(&settings, "transaction_read_only", "on"), "");
    assert_string_equal(show(&settings, "transaction_read_only"), "off");
    assert_string_equal(set(&settings, "default_transaction_read_only", "on"), "");
    assert_string_equal(show(&settings, "transaction_read_only"), "on");
    assert_true(settings_set(&settings, "default_transaction_read_only", "off",
                             SETTINGS_SESSION, true, &err));
    assert_string_equal(show(&settings, "transaction_read_only"), "on");
    settings_end_transaction(&settings, true);
    assert_string_equal(show(&settings, "transaction_read_only"), "off");
    assert_true(settings_set(&settings, "transaction_isolation", "read committed",
                             SETTINGS_SESSION, true, &err));
    assert_string_equal(show(&settings, "transaction_isolation"), "read committed");
    settings_end_transaction(&settings, true);
    assert_string_equal(show(&settings, "transaction_isolation"), "repeatable read");
    settings_free(&settings);
}

/* ---- what is told ---- */

struct told {
    char reported[256], styled[256];
};

static void add(char *out, const char *name, const char *value)
{
    size_t len = strlen(out);
    (void)snprintf(out + len, 256 - len, "%s=%s;", name, value);
}

static void reported(void *self, const char *name, const char *value)
{
    add(((struct told *)self)->reported, name, value);
}

static void styled(void *self, const char *name, const char *value)
{
    add(((struct told *)self)->styled, name, value);
}

static void test_listener(void **state)
{
    struct settings settings;
    struct told told = {"", ""};
    struct error err;
    (void)state;
    assert_true(
        settings_init(&settings, &(struct settings_listener){reported, styled, &told}));
    assert_true(settings_set(&settings, "timezone", "europe/paris", SETTINGS_SESSION,
                             true, &err));
    assert_true(
        settings_set(&settings, "bytea_output", "escape", SETTINGS_LOCAL, true, &err));
    assert_true(settings_set(&settings, "jit", "off", SETTINGS_SESSION, true, &err));
    settings_end_transaction(&settings, false);
    assert_string_equal(told.reported, "TimeZone=Europe/Paris;TimeZone=UTC;");
    assert_string_equal(told.styled, "TimeZone=Europe/Paris;bytea_output=escape;"
                                     "TimeZone=UTC;bytea_output=hex;");
    memset(&told, 0, sizeof told);
    assert_true(settings_preset(&settings, "application_name", "a", &err));
    assert_string_equal(set(&settings, "application_name", "b"), "");
    assert_true(settings_reset_all(&settings, false, &err));
    assert_string_equal(told.reported,
                        "application_name=a;application_name=b;application_name=a;");
    settings_free(&settings);
}

static void test_start(void **state)
{
    struct settings settings;
    struct error err;
    (void)state;
    set_up(&settings);
    assert_true(settings_start(&settings, "log_connections", "on", &err));
    assert_false(settings_start(&settings, "server_version", "1", &err));
    assert_string_equal(err.sqlstate, "55P02");
    assert_false(settings_start(&settings, "session_authorization", "x", &err));
    assert_string_equal(err.sqlstate, "22023");
    assert_true(settings_start(&settings, "my.x", "1", &err));
    assert_string_equal(set(&settings, "my.x", "2"), "");
    assert_string_equal(set(&settings, "my.x", NULL), "");
    assert_string_equal(show(&settings, "MY.X"), "1");
    settings_free(&settings);
}

/* ---- within statements ---- */

static void test_deferred(void **state)
{
    struct settings settings;
    struct told told = {"", ""};
    struct error err;
    char *value;
    (void)state;
    assert_true(
        settings_init(&settings, &(struct settings_listener){reported, styled, &told}));
    assert_true(
        settings_defer(&settings, "timezone", "europe/paris", false, &value, &err));
    assert_string_equal(value, "Europe/Paris");
    free(value);
    assert_true(settings_copy(&settings, "TimeZone", &value, &err));
    assert_string_equal(value, "Europe/Paris");
    free(value);
    assert_string_equal(show(&settings, "timezone"), "UTC");
    assert_string_equal(told.reported, "");
    settings_settle(&settings, false, false);
    assert_string_equal(show(&settings, "timezone"), "UTC");
    assert_true(settings_defer(&settings, "my.x", "1", false, &value, &err));
    free(value);
    assert_true(settings_defer(&settings, "my.y", "1", true, &value, &err));
    free(value);
    settings_settle(&settings, true, false);
    assert_string_equal(show(&settings, "my.x"), "1");
    assert_string_equal(show(&settings, "my.y"), "(none)");
    assert_false(settings_defer(&settings, "jit", "maybe", false, &value, &err));
    assert_string_equal(err.sqlstate, "22023");
    assert_false(settings_copy(&settings, "my.z", &value, &err));
    assert_string_equal(err.sqlstate, "42704");
    settings_free(&settings);
}

/* ---- rows ---- */

static void test_rows(void **state)
{
    struct settings settings;
    struct arena arena = {0};
    const struct setting_row *rows;
    size_t count;
    (void)state;
    set_up(&settings);
    assert_string_equal(set(&settings, "work_mem", "64MB"), "");
    assert_string_equal(set(&settings, "my.x", "1"), "");
    assert_true(settings_rows(&settings, &arena, &rows, &count));
    assert_int_equal(count, settings_table_count() + 1);
    for (size_t i = 1; i < count; i++)
        assert_true(strcasecmp(rows[i - 1].name, rows[i].name) < 0);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rows[i].name, "work_mem") != 0)
            continue;
        assert_string_equal(rows[i].shown, "64MB");
        assert_string_equal(rows[i].setting, "65536");
        assert_string_equal(rows[i].unit, "kB");
        assert_string_equal(rows[i].standard, "4096");
        assert_string_equal(rows[i].min, "64");
        assert_string_equal(rows[i].source, "session");
    }
    arena_free(&arena);
    settings_free(&settings);
}

/* ---- docs/SETTINGS.md ---- */

/* What may be written, in one cell. */
static void describe_values(const struct setting_spec *spec, char *out, size_t size)
{
    char min[SETTING_NUMBER_BYTES], max[SETTING_NUMBER_BYTES];
    const char *unit = setting_unit_name(spec->unit);
    if (spec->type == SETTING_ENUM) {
        (void)snprintf(out, size, "%.*s", (int)strcspn(spec->words, "|"), spec->words);
    } else if (spec->type == SETTING_INTEGER || spec->type == SETTING_REAL) {
        setting_print_plain(spec, spec->min, min);
        setting_print_plain(spec, spec->max, max);
        (void)snprintf(out, size, "%s to %s%s%s", min, max, unit ? " " : "",
                       unit ? unit : "");
    } else {
        (void)snprintf(out, size, "%s", setting_type_name(spec->type));
    }
}

/* What becomes of it. */
static const char *describe_effect(size_t row, const struct setting_spec *spec)
{
    if (spec->context < CONTEXT_SUPERUSER)
        return "fixed";
    if (row < SETTING_COUNT)
        return "followed";
    return spec->check == check_only_standard ? "only so" : "kept";
}

static void describe_row(size_t row, char *out, size_t size)
{
    const struct setting_spec *spec = settings_table_row(row);
    char values_cell[256];
    describe_values(spec, values_cell, sizeof values_cell);
    (void)snprintf(out, size, "| %s | %s | %s | %s%s%s | %s |\n", spec->name,
                   spec->standard, values_cell, describe_effect(row, spec),
                   spec->flags & FLAG_ENGINE ? " by the engine" : "",
                   spec->flags & FLAG_REPORT ? ", reported" : "", spec->description);
}

/* WIREHOUSE_WRITE_DOCS=1 writes them anew. */
static void test_docs(void **state)
{
    static const char here[] = __FILE__;
    char path[1024], expected[1024], line[1024];
    (void)state;
    const char *tests = strstr(here, "tests/unit/");
    assert_non_null(tests);
    (void)snprintf(path, sizeof path, "%.*sdocs/SETTINGS.md", (int)(tests - here),
                   here);
    FILE *file = fopen(path, getenv("WIREHOUSE_WRITE_DOCS") ? "a+" : "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file) && strncmp(line, "|---", 4) != 0)
        continue;
    for (size_t i = 0; i < settings_table_count(); i++) {
        describe_row(i, expected, sizeof expected);
        if (getenv("WIREHOUSE_WRITE_DOCS"))
            assert_true(fputs(expected, file) >= 0);
        else if (!fgets(line, sizeof line, file) || strcmp(line, expected) != 0)
            fail_msg("docs/SETTINGS.md lacks: %s", expected);
    }
    if (!getenv("WIREHOUSE_WRITE_DOCS"))
        assert_null(fgets(line, sizeof line, file));
    fclose(file);
}

UNIT_MAIN(cmocka_unit_test(test_values), cmocka_unit_test(test_table),
          cmocka_unit_test(test_transactions), cmocka_unit_test(test_modes),
          cmocka_unit_test(test_listener), cmocka_unit_test(test_start),
          cmocka_unit_test(test_deferred), cmocka_unit_test(test_rows),
          cmocka_unit_test(test_docs))
