/* fuzz_cursors.c - DECLARE, FETCH, MOVE, PREPARE, EXECUTE as they are read, and where a
 * cursor goes: every path ends within its rows, as a model that looks at each row. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "server/cursor_path.h"
#include "sql/classify.h"
#include "sql/split.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { ROWS_MAX = 12 };

/* ---- statements ---- */

static void within(struct slice part, struct slice statement)
{
    assert(part.len == 0 || (part.data >= statement.data &&
                             part.data + part.len <= statement.data + statement.len));
}

static void check_class(struct slice statement)
{
    struct sql_class class = sql_classify(statement);
    const struct sql_cursor *cursor = &class.cursor;
    within(class.name, statement);
    within(class.value, statement);
    if (class.kind == SQL_PREPARE)
        within(class.types, statement);
    if (class.kind == SQL_EXECUTE)
        within(class.prefix, statement);
    if (class.kind == SQL_DECLARE || class.kind == SQL_PREPARE)
        assert(class.name.len > 0 && class.value.len > 0);
    if (class.kind != SQL_FETCH)
        return;
    assert(class.name.len > 0);
    assert(cursor->count == SQL_FETCH_ALL ||
           (cursor->count >= -SQL_FETCH_MAX && cursor->count <= SQL_FETCH_MAX));
}

/* ---- paths ---- */

/* A cursor over so many rows, which knows them all. */
struct model {
    int64_t rows, at; /* 0 in front of all … rows + 1 behind them */
};

static int64_t clamp(int64_t at, int64_t rows)
{
    return at < 0 ? 0 : at > rows + 1 ? rows + 1 : at;
}

/* Row by row, as the documentation has it: how many rows are given. */
static int64_t model_fetch(struct model *model, struct sql_cursor fetch)
{
    int64_t rows = model->rows, count = fetch.count, given = 0;
    if (count == SQL_FETCH_ALL)
        count = rows + 1;
    if (fetch.direction == SQL_ABSOLUTE || (fetch.direction == SQL_RELATIVE && count)) {
        int64_t from = fetch.direction == SQL_RELATIVE ? model->at
                       : count < 0                     ? rows + 1
                                                       : 0;
        model->at = clamp(from + count, rows);
        return model->at >= 1 && model->at <= rows;
    }
    if (count == 0)
        return model->at >= 1 && model->at <= rows;
    int step = (fetch.direction == SQL_BACKWARD) == (count < 0) ? 1 : -1;
    for (count = count < 0 ? -count : count; count > 0; count--) {
        model->at = clamp(model->at + step, rows);
        if (model->at < 1 || model->at > rows)
            break;
        given++;
    }
    return given;
}

/* Follow a path over the rows. */
static int64_t follow(struct model *model, const struct cursor_path *path)
{
    int64_t given = 0;
    model->at = clamp((int64_t)path->start, model->rows);
    assert(path->start <= (uint64_t)model->rows + SQL_FETCH_MAX + 1);
    for (uint64_t left = path->count; left > 0; left--) {
        model->at = clamp(model->at + (path->backward ? -1 : 1), model->rows);
        if (model->at < 1 || model->at > model->rows)
            break;
        given++;
    }
    return given + (int64_t)path->counts;
}

static void check_step(struct model *model, struct sql_cursor fetch, bool goes_back)
{
    struct model expected = *model;
    const struct cursor_place place = {.at = (uint64_t)model->at,
                                       .on_row =
                                           model->at >= 1 && model->at <= model->rows,
                                       .goes_back = goes_back};
    struct cursor_path path = cursor_path(&place, &fetch);
    int64_t before = model->at, given = model_fetch(&expected, fetch);
    if (path.refused) {
        assert(!goes_back);
        return;
    }
    if (path.to_end)
        path = cursor_path_from_end((uint64_t)model->rows, &fetch);
    assert(goes_back || (int64_t)path.start >= before || path.counts);
    assert(follow(model, &path) == given);
    assert(model->at == expected.at);
}

static void check_walk(const uint8_t *data, size_t size)
{
    struct model model = {.rows = size ? data[0] % ROWS_MAX : 0};
    for (size_t i = 1; i + 2 < size; i += 3) {
        int64_t count = (int8_t)data[i + 1];
        if (data[i + 2] % 8 == 0)
            count *= SQL_FETCH_MAX / 128;
        struct sql_cursor fetch = {.direction = (enum sql_direction)(data[i] % 4),
                                   .count = count,
                                   .moves = data[i] & 4};
        if (data[i + 2] % 8 == 1 && fetch.direction <= SQL_BACKWARD)
            fetch.count = SQL_FETCH_ALL;
        check_step(&model, fetch, data[i] & 8);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = {(const char *)data, size}, statement;
    while (sql_split(&rest, &statement))
        check_class(statement);
    check_walk(data, size);
    return 0;
}
