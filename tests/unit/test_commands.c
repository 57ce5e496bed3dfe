/* test_commands.c - docs/COMMANDS.md beside the classifier: each example has the kind
 * and the tag that its row says, and each verb has a row. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>

#include "sql/classify.h"
#include "sql/token.h"

enum { CELLS = 5, LINE_BYTES = 512, VERBS = 128 };

/* The file stands beside this one's directory. */
static FILE *open_doc(const char *name)
{
    static const char here[] = __FILE__;
    char path[1024];
    const char *tests = strstr(here, "tests/unit/");
    assert_non_null(tests);
    (void)snprintf(path, sizeof path, "%.*sdocs/%s", (int)(tests - here), here, name);
    FILE *file = fopen(path, "r");
    if (!file)
        fail_msg("cannot open %s", path);
    return file;
}

/* "| a | b |": the text between the bars, without blanks around it. */
static bool split_row(char *line, struct slice cells[CELLS])
{
    size_t count = 0;
    if (strncmp(line, "| ", 2) != 0)
        return false;
    for (char *at = line + 1; count < CELLS; count++) {
        char *bar = strchr(at, '|');
        if (!bar)
            return false;
        cells[count] = (struct slice){at, (size_t)(bar - at)};
        while (cells[count].len && cells[count].data[0] == ' ')
            cells[count] = (struct slice){cells[count].data + 1, cells[count].len - 1};
        while (cells[count].len && cells[count].data[cells[count].len - 1] == ' ')
            cells[count].len--;
        at = bar + 1;
    }
    return cells[1].len > 2 && cells[1].data[0] == '`';
}

static bool starts_with(struct slice text, const char *with)
{
    return text.len >= strlen(with) && memcmp(text.data, with, strlen(with)) == 0;
}

static void check_row(const struct slice cells[CELLS], struct sql_class class)
{
    struct slice where = cells[4], tag = cells[3];
    bool is_engine = class.kind == SQL_ENGINE || class.kind == SQL_COPY_CLIENT;
    bool is_refused = class.kind == SQL_UNSUPPORTED || class.kind == SQL_SAVEPOINT;
    const char *says = is_engine ? "engine" : is_refused ? "refused" : "server";
    bool is_code = tag.len == 5 && tag.data[0] >= '0' && tag.data[0] <= '9';
    bool shows = starts_with(cells[1], "`show tables"); /* told by asking the engine */
    if (class.kind == SQL_MALFORMED)
        fail_msg("%.*s is malformed", (int)cells[1].len, cells[1].data);
    if (!starts_with(where, says) && !(starts_with(where, "DuckDB") && is_engine) &&
        !shows)
        fail_msg("%.*s: %s", (int)cells[1].len, cells[1].data, says);
    if (!is_code && !starts_with(tag, class.tag))
        fail_msg("%.*s: tag %s", (int)cells[1].len, cells[1].data, class.tag);
}

static void mark_verb(struct slice example, bool seen[VERBS])
{
    enum sql_kind kind;
    const char *verb, *tag;
    struct token token = token_next(&example);
    for (size_t i = 0; (verb = sql_verb(i, &kind, &tag)); i++) {
        if (token_is_word(&token, verb))
            seen[i] = true;
    }
}

static void test_rows(void **state)
{
    FILE *file = open_doc("COMMANDS.md");
    char line[LINE_BYTES];
    struct slice cells[CELLS];
    bool seen[VERBS] = {false};
    size_t rows = 0;
    (void)state;
    while (fgets(line, sizeof line, file)) {
        if (!split_row(line, cells))
            continue;
        struct slice example = {cells[1].data + 1, cells[1].len - 2};
        check_row(cells, sql_classify(example));
        mark_verb(example, seen);
        rows++;
    }
    fclose(file);
    assert_true(rows > 80);
    enum sql_kind kind;
    const char *verb, *tag;
    for (size_t i = 0; (verb = sql_verb(i, &kind, &tag)); i++) {
        if (!seen[i])
            fail_msg("docs/COMMANDS.md has no example that begins with %s", verb);
    }
}

UNIT_MAIN(cmocka_unit_test(test_rows))
