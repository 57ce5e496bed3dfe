/* column_names.c - from the items of a select list to the columns of its result.
 *
 * Which item makes which column is known as long as each makes one. A star makes any
 * number: what stands in front of the first is counted from the front, what stands
 * behind the last from the end. */
#include "sql/column_names.h"

#include <stdint.h>
#include <string.h>

#include "core/attr.h"
#include "sql/column_figure.h"

enum { ENGINE_NAME_MAX = 7 /* "col" and a number */ };

/* ---- does the engine's name need another look? ---- */

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           (unsigned char)c >= 0x80;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The engine's names of the columns of VALUES. */
static bool is_numbered(const char *name)
{
    return strncmp(name, "col", 3) == 0 && is_digit(name[3]) &&
           strlen(name) <= ENGINE_NAME_MAX;
}

/* A name that looks like a user's is one, but for a few. */
static bool is_suspect(const char *name)
{
    if (!is_letter(name[0]) || strcmp(name, "NULL") == 0 || is_numbered(name))
        return true;
    for (const char *at = name; *at; at++) {
        if (!is_letter(*at) && !is_digit(*at))
            return true;
    }
    return false;
}

static bool any_is_suspect(const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (is_suspect(names[i]))
            return true;
    }
    return false;
}

/* ---- items ---- */

/* Has the user written this name, as the last word of the item, or in front of it? */
static bool is_written(const struct infer_text *text, struct figure_item item,
                       const char *name)
{
    const struct token *last = infer_at(text, item.to - 1);
    struct slice written = last->text;
    if (infer_is(text, item.to - 2, "as") && item.to - item.from > 2)
        return true;
    if (infer_is_symbol(text, item.from + 1, ':') &&
        !infer_is_symbol(text, item.from + 2, ':'))
        return true;
    if (last->kind == TOKEN_QUOTED && written.len >= 2)
        written = (struct slice){written.data + 1, written.len - 2};
    else if (last->kind != TOKEN_WORD || infer_is(text, item.to - 1, "null"))
        return false;
    return slice_equal_nocase(slice_of(name), written);
}

/* It makes any number of columns: a star, and what the engine has besides. */
static bool is_star(const struct infer_text *text, struct figure_item item)
{
    for (size_t i = item.from; i < item.to; i++) {
        if (infer_is(text, i, "columns"))
            return true;
        bool starts = i == item.from || infer_is_symbol(text, i - 1, '.');
        if (starts && infer_is_symbol(text, i, '*'))
            return true;
        if (infer_is_symbol(text, i, '('))
            i = infer_closing(text, i);
    }
    return false;
}

static bool name_item(const struct infer_text *text, struct figure_item item,
                      struct arena *arena, const char **name)
{
    if (item.from == item.to || is_written(text, item, *name))
        return true;
    const char *better = figure_name(text, item, arena);
    if (better)
        *name = better;
    return better != NULL;
}

/* UNNEST of a structure makes a column of each field. */
static bool is_unnest(const struct infer_text *text, struct figure_item item)
{
    return infer_is(text, item.from, "unnest");
}

struct list {
    size_t items, before, behind; /* in all, in front of the first star, … */
    bool has_star, has_unnest;
};

static struct list survey(const struct infer_text *text, size_t from)
{
    struct list list = {0};
    struct figure_item item = figure_item(text, from);
    for (;; item = figure_item(text, item.to + 1)) {
        bool unnest = is_unnest(text, item);
        bool star = unnest || is_star(text, item);
        list.has_unnest = list.has_unnest || unnest;
        list.items++;
        list.before += !star && list.before + 1 == list.items;
        list.behind = star ? 0 : list.behind + 1;
        list.has_star = list.has_star || (star && !unnest);
        if (!infer_is_symbol(text, item.to, ','))
            return list;
    }
}

static bool name_items(const struct infer_text *text, size_t from, struct arena *arena,
                       const char **names, size_t count)
{
    struct list list = survey(text, from);
    if (!list.has_star && list.items == count)
        list.before = count;
    else if (!(list.has_star || list.has_unnest) || list.before + list.behind > count)
        return true;
    struct figure_item item = figure_item(text, from);
    for (size_t i = 0; i < list.items; i++, item = figure_item(text, item.to + 1)) {
        size_t column = SIZE_MAX;
        if (i < list.before)
            column = i;
        else if (i >= list.items - list.behind)
            column = count - (list.items - i);
        if (column < count && !name_item(text, item, arena, &names[column]))
            return false;
    }
    return true;
}

/* ---- the list ---- */

static bool number_values(struct arena *arena, const char **names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!(names[i] = arena_printf(arena, "column%zu", i + 1)))
            return false;
    }
    return true;
}

bool sql_column_names(struct slice statement, struct arena *arena, const char **names,
                      size_t count)
{
    struct infer_text text;
    if (!any_is_suspect(names, count))
        return true;
    if (!infer_text_init(&text, statement, arena))
        return false;
    size_t list = figure_list(&text, 0);
    if (list < text.count && infer_is(&text, list - 1, "values"))
        return number_values(arena, names, count);
    return list >= text.count || name_items(&text, list, arena, names, count);
}
