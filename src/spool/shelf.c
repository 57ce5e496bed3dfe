/* shelf.c - the rows of a cursor that scrolls: memory, then a file.
 *
 *     entries   first row │ in memory, or its place in the file
 *
 * An entry per batch, in order, so that a row is found by halving. */
#include "spool/shelf.h"

#include <stdlib.h>

#include "spool/kept.h"
#include "spool/spool_file.h"

struct entry {
    uint64_t first;    /* row, from 1 */
    struct kept *kept; /* NULL: in the file */
    uint64_t at;       /* there */
};

struct shelf {
    struct spool_budget *budget;
    const struct type *const *types;
    size_t column_count;
    uint64_t rows;
    uint64_t bytes; /* of the batches in memory */
    struct entry *entries;
    size_t count, capacity;
    struct spool_file *file; /* NULL: none was needed */
    struct arena read;       /* the batch of the file that was read last … */
    struct batch from_file;
    const struct entry *read_entry; /* … which is this one; NULL: none */
};

struct shelf *shelf_new(struct spool_budget *budget, const struct type *const *types,
                        size_t column_count)
{
    struct shelf *shelf = calloc(1, sizeof *shelf);
    if (!shelf)
        return NULL;
    shelf->budget = budget;
    shelf->types = types;
    shelf->column_count = column_count;
    return shelf;
}

void shelf_free(struct shelf *shelf)
{
    if (!shelf)
        return;
    for (size_t i = 0; i < shelf->count; i++)
        kept_free(shelf->budget, shelf->entries[i].kept);
    free(shelf->entries);
    spool_file_free(shelf->file);
    arena_free(&shelf->read);
    free(shelf);
}

uint64_t shelf_rows(const struct shelf *shelf)
{
    return shelf->rows;
}

uint64_t shelf_bytes(const struct shelf *shelf)
{
    return shelf->bytes + (shelf->file ? spool_file_end(shelf->file) : 0);
}

/* ---- keeping ---- */

static bool has_room(const struct shelf *shelf)
{
    return shelf->bytes < shelf->budget->limits.memory &&
           budget_has_memory(shelf->budget);
}

static bool keep(struct shelf *shelf, const struct batch *batch, struct entry *entry,
                 struct error *err)
{
    if (has_room(shelf)) {
        entry->kept = kept_new(shelf->budget, batch, shelf->types);
        if (!entry->kept)
            return error_no_memory(err);
        shelf->bytes += entry->kept->bytes;
        return true;
    }
    if (!shelf->file)
        shelf->file = spool_file_new(shelf->budget, err);
    if (!shelf->file)
        return false;
    entry->at = spool_file_end(shelf->file);
    return spool_file_append(shelf->file, batch, err);
}

static bool grow(struct shelf *shelf)
{
    size_t capacity = shelf->capacity ? shelf->capacity * 2 : 8;
    size_t read = shelf->read_entry ? (size_t)(shelf->read_entry - shelf->entries) : 0;
    struct entry *entries = realloc(shelf->entries, capacity * sizeof *entries);
    if (!entries)
        return false;
    shelf->entries = entries;
    shelf->capacity = capacity;
    if (shelf->read_entry)
        shelf->read_entry = entries + read;
    return true;
}

bool shelf_append(struct shelf *shelf, const struct batch *batch, struct error *err)
{
    struct entry entry = {.first = shelf->rows + 1};
    if (shelf->count == shelf->capacity && !grow(shelf))
        return error_no_memory(err);
    if (!keep(shelf, batch, &entry, err))
        return false;
    shelf->entries[shelf->count++] = entry;
    shelf->rows += batch->rows;
    return true;
}

/* ---- finding ---- */

static const struct entry *entry_of(const struct shelf *shelf, uint64_t row)
{
    size_t low = 0, high = shelf->count;
    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;
        if (shelf->entries[middle].first <= row)
            low = middle;
        else
            high = middle;
    }
    return &shelf->entries[low];
}

static bool read_back(struct shelf *shelf, const struct entry *entry, struct error *err)
{
    if (shelf->read_entry == entry)
        return true;
    shelf->read_entry = NULL;
    arena_reset(&shelf->read);
    const struct spool_columns columns = {shelf->types, shelf->column_count};
    if (!spool_file_read(shelf->file, entry->at, &columns, &shelf->read,
                         &shelf->from_file, err))
        return false;
    shelf->read_entry = entry;
    return true;
}

bool shelf_find(struct shelf *shelf, uint64_t row, struct batch *out, size_t *place,
                struct error *err)
{
    const struct entry *entry = entry_of(shelf, row);
    if (!entry->kept && !read_back(shelf, entry, err))
        return false;
    *out = entry->kept ? entry->kept->batch : shelf->from_file;
    *place = (size_t)(row - entry->first);
    return true;
}
