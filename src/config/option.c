/* option.c - one table of options behind command line, environment, ini file and help.
 */
#include "config/option.h"

#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <strings.h>

enum { HELP_COLUMN = 30, NAME_BYTES = 128 };

bool options_init(struct options *options, const struct option_spec *specs,
                  size_t count, const char *prefix, struct error *err)
{
    *options = (struct options){.specs = specs, .count = count, .prefix = prefix};
    options->values = arena_calloc(&options->arena, count, sizeof *options->values);
    options->sources = arena_calloc(&options->arena, count, sizeof *options->sources);
    return (options->values && options->sources) || error_no_memory(err);
}

void options_free(struct options *options)
{
    arena_free(&options->arena);
}

/* ---- values ---- */

struct unit {
    const char *name;
    uint64_t factor;
};

static const struct unit sizes[] = {{"", 1},          {"B", 1},           {"KB", 1000},
                                    {"MB", 1000000},  {"GB", 1000000000}, {"KiB", 1024},
                                    {"MiB", 1048576}, {"GiB", 1073741824}};
static const struct unit durations[] = {
    {"", 1}, {"ms", 1}, {"s", 1000}, {"min", 60000}, {"h", 3600000}};
static const struct unit plain[] = {{"", 1}};

static bool parse_units(const char *text, const struct unit *units, size_t count,
                        uint64_t *out)
{
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    if (!isdigit((unsigned char)*text) || errno)
        return false;
    while (*end == ' ')
        end++;
    for (size_t i = 0; i < count; i++) {
        if (strcasecmp(end, units[i].name) == 0)
            return !__builtin_mul_overflow(number, units[i].factor, out);
    }
    return false;
}

static bool parse_number(const struct option_spec *spec, const char *text,
                         uint64_t *out)
{
    if (spec->type == OPTION_SIZE)
        return parse_units(text, sizes, ARRAY_LEN(sizes), out);
    if (spec->type == OPTION_DURATION)
        return parse_units(text, durations, ARRAY_LEN(durations), out) &&
               *out <= INT32_MAX;
    return parse_units(text, plain, ARRAY_LEN(plain), out) && *out <= UINT32_MAX;
}

/* Is `text` one of the words of `choices`? */
static bool is_choice(const char *choices, const char *text)
{
    size_t len = strlen(text);
    for (const char *word = choices; *word; word += strspn(word, " ")) {
        size_t word_len = strcspn(word, " ");
        if (word_len == len && strncmp(word, text, len) == 0)
            return true;
        word += word_len;
    }
    return false;
}

static bool check(const struct option_spec *spec, const char *text, const char *source,
                  struct error *err)
{
    uint64_t ignored;
    switch (spec->type) {
    case OPTION_TEXT:
    case OPTION_LIST:
        return true;
    case OPTION_CHOICE:
        return is_choice(spec->choices, text) ||
               error_set(err, "22023", "%s: \"%s\" is not one of: %s", source, text,
                         spec->choices);
    case OPTION_FLAG:
        return is_choice("yes no", text) ||
               error_set(err, "22023", "%s: \"%s\" is neither yes nor no", source,
                         text);
    case OPTION_NUMBER:
    case OPTION_SIZE:
    case OPTION_DURATION:
        break;
    }
    return parse_number(spec, text, &ignored) ||
           error_set(err, "22023", "%s: \"%s\" is not a valid %s", source, text,
                     spec->argument);
}

/* Put a value behind those from the same source; earlier sources win. */
static bool add(struct options *options, const struct option_spec *spec,
                const char *text, const char *source, struct error *err)
{
    size_t i = (size_t)(spec - options->specs);
    if (options->sources[i] && strcmp(options->sources[i], source) != 0)
        return true;
    if (!check(spec, text, source, err))
        return false;
    struct option_value *value = arena_calloc(&options->arena, 1, sizeof *value);
    char *copy = arena_string(&options->arena, slice_of(text));
    options->sources[i] = arena_string(&options->arena, slice_of(source));
    if (!value || !copy || !options->sources[i])
        return error_no_memory(err);
    value->text = copy;
    struct option_value **end = &options->values[i];
    while (spec->type == OPTION_LIST && *end)
        end = &(*end)->next;
    *end = value;
    return true;
}

/* In environment and ini a list is one text. */
static bool add_text(struct options *options, const struct option_spec *spec,
                     const char *text, const char *source, struct error *err)
{
    if (spec->type != OPTION_LIST)
        return add(options, spec, text, source, err);
    while (*text) {
        size_t len = strcspn(text, ",");
        size_t blanks = strspn(text, " ");
        if (blanks < len) {
            struct slice part = {text + blanks, len - blanks};
            char *copy = arena_string(&options->arena, part);
            if (!copy)
                return error_no_memory(err);
            if (!add(options, spec, copy, source, err))
                return false;
        }
        text += len + (text[len] == ',');
    }
    return true;
}

/* ---- sources ---- */

static const struct option_spec *find_spec(const struct options *options,
                                           const char *name, size_t len)
{
    for (size_t i = 0; i < options->count; i++) {
        if (strlen(options->specs[i].name) == len &&
            strncmp(options->specs[i].name, name, len) == 0)
            return &options->specs[i];
    }
    return NULL;
}

/* The value of an option on the command line, which may be the next argument. NULL:
 * there is none. */
static const char *take_value(const struct option_spec *spec, const char *equals,
                              int argc, char **argv, int *i)
{
    if (equals)
        return equals + 1;
    if (spec->type == OPTION_FLAG)
        return "yes";
    return *i + 1 < argc ? argv[++*i] : NULL;
}

bool options_read_arguments(struct options *options, int argc, char **argv,
                            struct error *err)
{
    char source[NAME_BYTES];
    bool ended = false;
    options->arguments =
        arena_calloc(&options->arena, (size_t)argc + 1, sizeof *options->arguments);
    if (!options->arguments)
        return error_no_memory(err);
    for (int i = 0; i < argc; i++) {
        if (ended || strncmp(argv[i], "--", 2) != 0) {
            options->arguments[options->argument_count++] = argv[i];
            continue;
        }
        const char *name = argv[i] + 2, *equals = strchr(name, '=');
        size_t len = equals ? (size_t)(equals - name) : strlen(name);
        ended = len == 0 && !equals;
        if (ended)
            continue;
        const struct option_spec *spec = find_spec(options, name, len);
        if (!spec)
            return error_set(err, "22023", "there is no option --%.*s", (int)len, name);
        const char *value = take_value(spec, equals, argc, argv, &i);
        if (!value)
            return error_set(err, "22023", "option --%s needs a value: %s", spec->name,
                             spec->argument);
        (void)snprintf(source, sizeof source, "--%s", spec->name);
        if (!add(options, spec, value, source, err))
            return false;
    }
    return true;
}

bool options_read_environment(struct options *options, struct error *err)
{
    char name[NAME_BYTES];
    for (size_t i = 0; i < options->count; i++) {
        (void)snprintf(name, sizeof name, "%s%s", options->prefix,
                       options->specs[i].name);
        for (char *c = name; *c; c++)
            *c = *c == '-' ? '_' : (char)toupper((unsigned char)*c);
        const char *text = getenv(name);
        if (text && !add_text(options, &options->specs[i], text, name, err))
            return false;
    }
    return true;
}

struct ini_reader {
    struct options *options;
    const char *path, *section;
    struct error *err;
    bool failed;
};

/* Called by the parser: 0 stops it. */
static int read_ini_line(void *self, const char *section, const char *name,
                         const char *value)
{
    struct ini_reader *reader = self;
    char key[NAME_BYTES], source[1024];
    if (strcmp(section, reader->section) != 0)
        return 1;
    (void)snprintf(key, sizeof key, "%s", name);
    for (char *c = key; *c; c++)
        *c = *c == '_' ? '-' : *c;
    const struct option_spec *spec = find_spec(reader->options, key, strlen(key));
    (void)snprintf(source, sizeof source, "%s: %s", reader->path, name);
    if (!spec)
        error_set(reader->err, "22023", "%s: there is no such option", source);
    reader->failed =
        !spec || !add_text(reader->options, spec, value, source, reader->err);
    return !reader->failed;
}

bool options_read_ini(struct options *options, const char *path, const char *section,
                      struct error *err)
{
    struct ini_reader reader = {options, path, section, err, false};
    int result = ini_parse(path, read_ini_line, &reader);
    if (reader.failed)
        return false;
    if (result < 0)
        return error_set(err, "58P01", "cannot read %s: %s", path, strerror(errno));
    if (result > 0)
        return error_set(err, "22023",
                         "%s:%d: this is neither [section] nor name = value", path,
                         result);
    return true;
}

/* ---- reading ---- */

static size_t index_of(const struct options *options, const char *name)
{
    return (size_t)(find_spec(options, name, strlen(name)) - options->specs);
}

const struct option_value *options_list(const struct options *options, const char *name)
{
    return options->values[index_of(options, name)];
}

const char *options_text(const struct options *options, const char *name)
{
    size_t i = index_of(options, name);
    const char *text =
        options->values[i] ? options->values[i]->text : options->specs[i].standard;
    return *text ? text : NULL;
}

uint64_t options_number(const struct options *options, const char *name)
{
    uint64_t number = 0;
    const char *text = options_text(options, name);
    if (text)
        (void)parse_number(&options->specs[index_of(options, name)], text, &number);
    return number;
}

bool options_is_on(const struct options *options, const char *name)
{
    const char *text = options_text(options, name);
    return text && strcmp(text, "yes") == 0;
}

bool options_agree(const struct options *a, const struct options *b,
                   const struct option_spec *spec)
{
    const struct option_value *left = a->values[spec - a->specs];
    const struct option_value *right = b->values[spec - b->specs];
    while (left && right && strcmp(left->text, right->text) == 0) {
        left = left->next;
        right = right->next;
    }
    return !left && !right;
}

void options_print_help(const struct option_spec *specs, size_t count, FILE *out)
{
    for (size_t i = 0; i < count; i++) {
        int width = fprintf(out, "  --%s %s", specs[i].name, specs[i].argument);
        fprintf(out, "%*s%s", width < HELP_COLUMN ? HELP_COLUMN - width : 1, "",
                specs[i].help);
        if (specs[i].choices)
            fprintf(out, ": %s", specs[i].choices);
        if (*specs[i].standard)
            fprintf(out, " [%s]", specs[i].standard);
        fprintf(out, "\n");
    }
}
