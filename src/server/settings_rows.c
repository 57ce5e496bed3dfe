/* settings_rows.c - all settings as rows: SHOW ALL, pg_settings. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server/settings_state.h"

/* A value without its unit. */
static const char *plain(struct arena *arena, const struct setting_spec *spec,
                         const char *value)
{
    char text[SETTING_NUMBER_BYTES];
    struct error ignored;
    double number;
    bool counts = spec && spec->unit != UNIT_NONE;
    if (!counts || !setting_parse_number(spec, value, &number, &ignored))
        return arena_string(arena, slice_of(value));
    setting_print_plain(spec, number, text);
    return arena_string(arena, slice_of(text));
}

static const char *source_of(const struct setting_entry *entry)
{
    if (entry && entry->now && entry->at_start &&
        strcmp(entry->now, entry->at_start) == 0)
        return "client";
    if (entry && entry->now)
        return "session";
    return "default";
}

/* The largest number of a 64-bit float is nobody's bound. */
static const char *bound(struct arena *arena, const struct setting_spec *spec,
                         double value)
{
    char text[SETTING_NUMBER_BYTES];
    setting_print_plain(spec, value, text);
    return arena_string(arena, slice_of(text));
}

static void fill_spec(struct arena *arena, const struct setting_spec *spec,
                      struct setting_row *row)
{
    bool is_number = spec->type == SETTING_INTEGER || spec->type == SETTING_REAL;
    row->unit = setting_unit_name(spec->unit);
    row->category = setting_category_name(spec->category);
    row->description = spec->description;
    row->context = setting_context_name(spec->context);
    row->type = setting_type_name(spec->type);
    row->standard = plain(arena, spec, spec->standard);
    if (is_number) {
        row->min = bound(arena, spec, spec->min);
        row->max = bound(arena, spec, spec->max);
    }
    if (spec->words)
        row->words =
            arena_string(arena, (struct slice){spec->words, strcspn(spec->words, "|")});
}

static bool fill_row(const struct settings *settings, struct arena *arena,
                     const struct setting_ref *ref, struct setting_row *row)
{
    const struct setting_entry *entry = settings_entry(settings, ref);
    const char *value = settings_value(settings, ref);
    *row = (struct setting_row){.name = arena_string(arena, slice_of(ref->name)),
                                .shown = arena_string(arena, slice_of(value)),
                                .setting = plain(arena, ref->spec, value),
                                .category = setting_category_name(CATEGORY_CUSTOM),
                                .description = "",
                                .context = setting_context_name(CONTEXT_USER),
                                .type = setting_type_name(SETTING_STRING),
                                .source = source_of(entry)};
    if (ref->spec)
        fill_spec(arena, ref->spec, row);
    row->start = row->standard;
    if (entry && entry->at_start)
        row->start = plain(arena, ref->spec, entry->at_start);
    return row->name && row->shown && row->setting;
}

static int by_name(const void *a, const void *b)
{
    const struct setting_row *left = a, *right = b;
    return strcasecmp(left->name, right->name);
}

/* The table's, and the client's own. */
static bool fill_rows(const struct settings *settings, struct arena *arena,
                      struct setting_row *rows, size_t *count)
{
    *count = 0;
    for (size_t i = 0; i < settings_table_count(); i++) {
        const struct setting_spec *spec = settings_table_row(i);
        struct setting_ref ref = {spec, spec->name};
        if (!fill_row(settings, arena, &ref, &rows[(*count)++]))
            return false;
    }
    for (size_t i = 0; i < settings->count; i++) {
        struct setting_ref ref = {NULL, settings->entries[i].name};
        if (!settings->entries[i].spec &&
            !fill_row(settings, arena, &ref, &rows[(*count)++]))
            return false;
    }
    return true;
}

bool settings_rows(struct settings *settings, struct arena *arena,
                   const struct setting_row **rows, size_t *count)
{
    pthread_mutex_lock(&settings->lock);
    struct setting_row *all =
        arena_calloc(arena, settings_table_count() + settings->count, sizeof *all);
    bool done = all && fill_rows(settings, arena, all, count);
    pthread_mutex_unlock(&settings->lock);
    if (!done)
        return false;
    qsort(all, *count, sizeof *all, by_name);
    *rows = all;
    return true;
}
