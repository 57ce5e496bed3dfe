/* zone_file.c - TZif files: RFC 8536.
 *
 * A file has a block with times of 32 bits and, since version 2, one with 64 bits, then
 * a TZ string for what comes after the last change. Everything is checked against the
 * length of the file before it is read. Names never lead out of the directory: each
 * component is looked up in a listing, and those that start with a dot are left out. */
#include "core/zone_file.h"

#include <dirent.h>
#include <stdlib.h>

#include "core/file.h"

enum { HEADER_BYTES = 44, TYPE_BYTES = 6, FILE_MAX = 1 << 20 };

/* ---- the format ---- */

struct header {
    char version;
    size_t universal_count, standard_count, leap_count, change_count, type_count,
        text_bytes;
};

static uint32_t get32(const uint8_t *from)
{
    return (uint32_t)from[0] << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 |
           from[3];
}

static int64_t get64(const uint8_t *from)
{
    return (int64_t)((uint64_t)get32(from) << 32 | get32(from + 4));
}

/* The bytes of a block with its header; 0: it is not there. */
static size_t read_header(const uint8_t *data, size_t len, size_t time_bytes,
                          struct header *out)
{
    if (len < HEADER_BYTES || memcmp(data, "TZif", 4) != 0)
        return 0;
    *out = (struct header){.version = (char)data[4],
                           .universal_count = get32(data + 20),
                           .standard_count = get32(data + 24),
                           .leap_count = get32(data + 28),
                           .change_count = get32(data + 32),
                           .type_count = get32(data + 36),
                           .text_bytes = get32(data + 40)};
    if (len > FILE_MAX || out->universal_count > len || out->standard_count > len ||
        out->leap_count > len || out->change_count > len || out->type_count > 256 ||
        out->text_bytes > len || out->type_count == 0)
        return 0;
    size_t bytes = HEADER_BYTES + out->change_count * (time_bytes + 1) +
                   out->type_count * TYPE_BYTES + out->text_bytes +
                   out->leap_count * (time_bytes + 4) + out->standard_count +
                   out->universal_count;
    return bytes <= len ? bytes : 0;
}

static bool read_changes(struct arena *arena, const uint8_t *data, size_t time_bytes,
                         struct zone_table *table)
{
    size_t count = table->change_count;
    int64_t *changes = arena_calloc(arena, count, sizeof *changes);
    uint8_t *types = arena_copy(arena, data + count * time_bytes, count);
    if (!changes || !types)
        return false;
    for (size_t i = 0; i < count; i++) {
        changes[i] =
            time_bytes == 8 ? get64(data + i * 8) : (int32_t)get32(data + i * 4);
        if (types[i] >= table->type_count || (i > 0 && changes[i] <= changes[i - 1]))
            return false;
    }
    table->changes = changes;
    table->change_types = types;
    return true;
}

static bool read_types(struct arena *arena, const uint8_t *data, size_t text_bytes,
                       struct zone_table *table)
{
    size_t count = table->type_count;
    struct zone_type *types = arena_calloc(arena, count, sizeof *types);
    const char *text = arena_string(
        arena, (struct slice){(const char *)data + count * TYPE_BYTES, text_bytes});
    if (!types || !text)
        return false;
    for (size_t i = 0; i < count; i++, data += TYPE_BYTES) {
        types[i] = (struct zone_type){.offset = (int32_t)get32(data),
                                      .is_dst = data[4] != 0,
                                      .abbreviation = text + data[5]};
        if (data[5] > text_bytes || types[i].offset <= -604800 ||
            types[i].offset >= 604800)
            return false;
    }
    table->types = types;
    return true;
}

static bool read_block(struct arena *arena, const uint8_t *data,
                       const struct header *header, size_t time_bytes,
                       struct zone_table *table)
{
    data += HEADER_BYTES;
    table->change_count = header->change_count;
    table->type_count = header->type_count;
    table->has_leap_seconds = header->leap_count > 0;
    return read_changes(arena, data, time_bytes, table) &&
           read_types(arena, data + header->change_count * (time_bytes + 1),
                      header->text_bytes, table);
}

/* Between two line feeds; empty: what was last stays. */
static bool read_footer(const uint8_t *data, size_t len, struct zone_table *table)
{
    if (len < 2 || data[0] != '\n')
        return false;
    const uint8_t *end = memchr(data + 1, '\n', len - 1);
    if (!end)
        return false;
    struct slice text = {(const char *)data + 1, (size_t)(end - data) - 1};
    table->has_rule = text.len > 0;
    return text.len == 0 || zone_rule_parse(text, &table->rule);
}

const struct zone_table *zone_file_parse(struct arena *arena, const uint8_t *data,
                                         size_t len)
{
    struct header header;
    struct zone_table *table = arena_calloc(arena, 1, sizeof *table);
    size_t bytes = read_header(data, len, 4, &header);
    if (!table || bytes == 0)
        return NULL;
    if (header.version < '2')
        return read_block(arena, data, &header, 4, table) ? table : NULL;
    data += bytes;
    len -= bytes;
    bytes = read_header(data, len, 8, &header);
    if (bytes == 0 || !read_block(arena, data, &header, 8, table) ||
        !read_footer(data + bytes, len - bytes, table))
        return NULL;
    return table;
}

/* ---- the directory ---- */

/* The entry of a directory that is spelled like this, best with the same case; appended
 * to the path. */
static bool append_entry(struct arena *arena, const char **path, struct slice component)
{
    DIR *directory =
        component.len > 0 && component.data[0] != '.' ? opendir(*path) : NULL;
    const char *found = NULL;
    const struct dirent *entry;
    bool same = false;
    while (directory && !same && (entry = readdir(directory))) {
        struct slice name = slice_of(entry->d_name);
        same = slice_equal(name, component);
        if (same || (!found && slice_equal_nocase(name, component)))
            found = arena_printf(arena, "%s/%s", *path, entry->d_name);
    }
    if (directory)
        closedir(directory);
    if (found)
        *path = found;
    return found != NULL;
}

const struct zone_table *zone_file_load(struct arena *arena, struct slice *name)
{
    const char *directory = getenv("TZDIR");
    if (!directory || !directory[0])
        directory = "/usr/share/zoneinfo";
    const char *path = directory;
    struct slice rest = *name;
    for (bool more = true; more;) {
        const char *slash = memchr(rest.data, '/', rest.len);
        size_t len = slash ? (size_t)(slash - rest.data) : rest.len;
        if (!append_entry(arena, &path, (struct slice){rest.data, len}))
            return NULL;
        more = slash != NULL;
        rest.data += len + more;
        rest.len -= len + more;
    }
    struct slice data;
    bool is_read = file_read(arena, path, FILE_MAX, &data);
    *name = slice_of(path + strlen(directory) + 1);
    return is_read ? zone_file_parse(arena, (const uint8_t *)data.data, data.len)
                   : NULL;
}
