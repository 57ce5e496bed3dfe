/* ident.c - which user of the system, or certificate, may be which user here. */
#include "access/ident.h"

#include <regex.h>
#include <string.h>

#include "access/access_file.h"

struct ident_line {
    const char *map, *system, *user;
    regex_t *expression; /* NULL: the names are compared */
    struct ident_line *next;
};

static void free_expression(void *object)
{
    regfree(object);
}

static bool compile(struct arena *arena, struct ident_line *out, const char **fault)
{
    regex_t *expression = arena_calloc(arena, 1, sizeof *expression);
    if (!expression)
        return false;
    int code = regcomp(expression, out->system + 1, REG_EXTENDED);
    if (code == REG_ESPACE)
        return false;
    if (code) {
        *fault = "the regular expression is malformed";
    } else if (strstr(out->user, "\\1") && expression->re_nsub < 1) {
        *fault = "there is a \\1, but the expression has no parentheses";
        regfree(expression);
    } else if (arena_on_reset(arena, free_expression, expression)) {
        out->expression = expression;
    } else {
        regfree(expression);
        return false;
    }
    return true;
}

static bool read_line(struct arena *arena, const struct access_line *line,
                      struct ident_line *out, const char **fault)
{
    const char **const parts[] = {&out->map, &out->system, &out->user};
    const struct access_field *field = line->fields;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++, field = field->next) {
        if (!field || !field->words || field->words->next) {
            *fault = "a line is MAP SYSTEM-NAME USER, a word each";
            return true;
        }
        *parts[i] = field->words->text;
    }
    if (field)
        *fault = "something stands behind the user";
    return *fault || out->system[0] != '/' || compile(arena, out, fault);
}

bool ident_parse(struct arena *arena, struct slice text, const char *file,
                 access_reader *reader, struct ident *out, struct error *err)
{
    struct access_line *line;
    struct ident_line **end = &out->lines;
    out->lines = NULL;
    if (!access_lines(arena, text, file, reader, &line, err))
        return false;
    for (; line; line = line->next, end = &(*end)->next) {
        const char *fault = NULL;
        *end = arena_calloc(arena, 1, sizeof **end);
        if (!*end || !read_line(arena, line, *end, &fault))
            return error_no_memory(err);
        if (fault)
            return access_fault(err, file, line->number, "%s", fault);
    }
    return true;
}

/* The user as the line has it, \1 being `part`, is it this one? */
static bool is_user(const char *written, struct slice part, const char *user)
{
    const char *at = strstr(written, "\\1");
    struct slice rest = slice_of(user);
    if (!at)
        return strcmp(written, user) == 0;
    struct slice before = {written, (size_t)(at - written)}, behind = slice_of(at + 2);
    return rest.len == before.len + part.len + behind.len &&
           slice_equal((struct slice){rest.data, before.len}, before) &&
           slice_equal((struct slice){rest.data + before.len, part.len}, part) &&
           slice_equal((struct slice){rest.data + before.len + part.len, behind.len},
                       behind);
}

static bool line_allows(const struct ident_line *line, const char *system,
                        const char *user)
{
    regmatch_t matches[2] = {{0}, {0}};
    if (!line->expression)
        return strcmp(line->system, system) == 0 && strcmp(line->user, user) == 0;
    if (regexec(line->expression, system, ARRAY_LEN(matches), matches, 0) != 0)
        return false;
    struct slice part = {system, 0};
    if (matches[1].rm_so >= 0)
        part = (struct slice){system + matches[1].rm_so,
                              (size_t)(matches[1].rm_eo - matches[1].rm_so)};
    return is_user(line->user, part, user);
}

bool ident_allows(const struct ident *ident, const char *map, const char *system,
                  const char *user)
{
    if (!map)
        return strcmp(system, user) == 0;
    for (const struct ident_line *line = ident->lines; line; line = line->next) {
        if (strcmp(line->map, map) == 0 && line_allows(line, system, user))
            return true;
    }
    return false;
}
