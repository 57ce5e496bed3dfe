/* fuzz_arrow.c - any bytes as a schema of Arrow, and as arrays of it.
 *
 * The first part is a tree of fields: formats, names, metadata, counts. The arrays are
 * of that shape, their numbers and what is in their buffers come from the bytes too;
 * buffers are as long as the interface says they are. Whatever is read is copied, and
 * so is looked at. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "batch/arrow.h"
#include "batch/copy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
    DEPTH_MAX = 6,
    CHILDREN_MAX = 4,
    FORMAT_MAX = 16,
    ROWS_MAX = 20,
    ROW_BYTES = 40
};

struct input {
    const uint8_t *at, *end;
    struct arena arena;
};

static uint8_t take(struct input *in)
{
    return in->at < in->end ? *in->at++ : 0;
}

static void *room(struct input *in, size_t size)
{
    void *memory = arena_calloc(&in->arena, 1, size);
    assert(memory);
    return memory;
}

static void nothing_schema(struct ArrowSchema *schema)
{
    schema->release = NULL;
}

/* ---- schemas ---- */

static const char *const formats[] = {
    "n",     "b",         "c",          "S",       "i",   "l",   "e",   "g",
    "u",     "U",         "z",          "vu",      "vz",  "tdD", "tdm", "tts",
    "ttn",   "tsu:x",     "tDn",        "tiM",     "tiD", "tin", "w:3", "w:16",
    "d:9,2", "d:5,-2,32", "d:3,40,256", "+l",      "+L",  "+vl", "+vL", "+w:2",
    "+s",    "+m",        "+us:0,3",    "+ud:1,2", "+r"};

/* One of the known ones, or anything. */
static const char *take_format(struct input *in)
{
    uint8_t which = take(in);
    if (which < ARRAY_LEN(formats))
        return formats[which];
    char *text = room(in, FORMAT_MAX + 1);
    for (size_t i = 0; i < which % FORMAT_MAX; i++)
        text[i] = (char)take(in);
    return text;
}

static const char *take_metadata(struct input *in)
{
    static const char uuid[] =
        "\1\0\0\0\24\0\0\0ARROW:extension:name\12\0\0\0arrow.uuid";
    static const char json[] =
        "\1\0\0\0\24\0\0\0ARROW:extension:name\12\0\0\0arrow.json";
    static const char bad[] = "\2\0\0\0\0\0\0\0\375\377\377\377";
    static const char *const all[] = {NULL, uuid, json, bad};
    return all[take(in) % ARRAY_LEN(all)];
}

static struct ArrowSchema *take_schema(struct input *in, unsigned depth)
{
    struct ArrowSchema *schema = room(in, sizeof *schema);
    schema->format = depth == 0 ? "+s" : take_format(in);
    schema->name = take(in) % 2 ? "name" : NULL;
    schema->metadata = take_metadata(in);
    schema->release = nothing_schema;
    uint8_t shape = depth < DEPTH_MAX ? take(in) : 0;
    schema->n_children = shape % (CHILDREN_MAX + 1);
    schema->children = room(in, CHILDREN_MAX * sizeof *schema->children);
    for (int64_t i = 0; i < schema->n_children; i++)
        schema->children[i] = take_schema(in, depth + 1);
    if (shape > 200)
        schema->dictionary = take_schema(in, depth + 1);
    return schema;
}

/* ---- arrays ---- */

/* Bytes from the input in memory that ends with them. Numbers are small, so that some
 * of them fit. */
static void *take_buffer(struct input *in, size_t size)
{
    uint8_t kind = take(in);
    uint8_t *bytes = kind < 8 ? NULL : malloc(size);
    if (!bytes)
        return NULL;
    assert(arena_on_reset(&in->arena, free, bytes));
    for (size_t i = 0; i < size; i++)
        bytes[i] = kind < 128 && i % 4 ? 0 : take(in);
    return bytes;
}

/* The most that a row takes in any of the formats, and then some for texts: those are
 * bounded by offsets that come from the bytes, so they are cut to what is there. */
static const void **take_buffers(struct input *in, const struct ArrowArray *array,
                                 const char *format)
{
    size_t rows = (size_t)(array->length + array->offset) + 1;
    const void **buffers = room(in, (size_t)(array->n_buffers + 1) * sizeof *buffers);
    for (int64_t i = 0; i < array->n_buffers; i++)
        buffers[i] = take_buffer(in, rows * ROW_BYTES);
    if (strchr("uUzZ", format[0]) && array->n_buffers == 3 && buffers[1]) {
        size_t width = format[0] == 'u' || format[0] == 'z' ? 4 : 8;
        for (size_t row = 0; row < rows; row++) {
            int64_t end = 0;
            memcpy(&end, (const char *)buffers[1] + row * width, width);
            if (width == 4 ? (int32_t)end > 64 : end > 64)
                memset((char *)(uintptr_t)buffers[1] + row * width, 0, width);
        }
        buffers[2] = room(in, 64);
    }
    if (format[0] == 'v' && array->n_buffers > 2) {
        int64_t *sizes = room(in, (size_t)array->n_buffers * sizeof *sizes);
        for (int64_t i = 2; i + 1 < array->n_buffers; i++)
            sizes[i - 2] = (int64_t)rows * ROW_BYTES;
        buffers[array->n_buffers - 1] = sizes;
    }
    return buffers;
}

static int64_t buffer_count(const char *format)
{
    static const struct {
        const char *prefix;
        int64_t count;
    } counts[] = {{"n", 0},  {"u", 3},  {"U", 3},  {"z", 3},   {"Z", 3}, {"v", 4},
                  {"+v", 3}, {"+w", 1}, {"+s", 1}, {"+us", 1}, {"+r", 0}};
    for (size_t i = 0; i < ARRAY_LEN(counts); i++) {
        if (strncmp(format, counts[i].prefix, strlen(counts[i].prefix)) == 0)
            return counts[i].count;
    }
    return 2;
}

static struct ArrowArray *take_array(struct input *in, const struct ArrowSchema *schema)
{
    struct ArrowArray *array = room(in, sizeof *array);
    uint8_t odd = take(in);
    array->length = take(in) % ROWS_MAX;
    array->offset = take(in) % 4;
    array->null_count = (int64_t)(take(in) % 4) - 1;
    if (strncmp(schema->format, "w:", 2) == 0 &&
        strtol(schema->format + 2, NULL, 10) > ROW_BYTES)
        array->length = array->offset = 0;
    array->n_buffers = buffer_count(schema->format) + (odd == 1);
    array->buffers = take_buffers(in, array, schema->format);
    array->n_children = schema->n_children;
    array->children = room(in, CHILDREN_MAX * sizeof *array->children);
    for (int64_t i = 0; i < array->n_children; i++)
        array->children[i] = take_array(in, schema->children[i]);
    if (schema->dictionary && odd != 2)
        array->dictionary = take_array(in, schema->dictionary);
    if (odd == 3)
        array->length = -1;
    return array;
}

static void read_array(struct input *in, struct arrow_reader *reader,
                       const struct ArrowArray *array)
{
    struct error err;
    struct batch batch, copy;
    size_t bytes = 0;
    if (!arrow_reader_begin(reader, array, &err))
        return;
    while (arrow_reader_next(reader, &batch, &err) && batch.rows > 0)
        assert(batch_copy(&in->arena, &batch, arrow_reader_columns(reader)->types,
                          &copy, &bytes));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input in = {.at = data, .end = data + size};
    struct error err;
    struct ArrowSchema *schema = take_schema(&in, 0);
    struct arrow_reader *reader = arrow_reader_new(schema, &err);
    for (unsigned i = 0; reader && i < 2; i++)
        read_array(&in, reader, take_array(&in, schema));
    arrow_reader_free(reader);
    arena_free(&in.arena);
    return 0;
}
