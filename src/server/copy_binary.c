/* copy_binary.c - COPY's binary format: bytes, cut anywhere, to tuples to fields.
 *
 *     SIGNATURE ─> FLAGS ─> EXTENSION ─> SKIP ─> TUPLE ──┬─> TUPLE …
 *                                                        └─ -1 ─> TRAILER
 *
 * A part is understood where it stands in the data, if all of it is there; else its
 * bytes are put together first, never more of them than the part has. */
#include "server/copy_binary.h"

static const char signature[] = "PGCOPY\n\377\r\n"; /* with its zero */

enum { TRAILER_COUNT = -1, FLAG_OIDS = 1 << 16 };

bool copy_binary_init(struct copy_binary *binary, size_t expected, struct arena *arena)
{
    *binary = (struct copy_binary){.expected = expected};
    binary->found = arena_calloc(arena, expected, sizeof *binary->found);
    return binary->found != NULL;
}

void copy_binary_free(struct copy_binary *binary)
{
    buf_free(&binary->kept);
}

static bool fail(struct pgw_error *err, const char *message)
{
    return pgw_fail(err, "22P04", "%s", message) != PGW_ERROR;
}

static int32_t read_int(const char *bytes, size_t width)
{
    uint32_t number = 0;
    for (size_t i = 0; i < width; i++)
        number = number << 8 | (uint8_t)bytes[i];
    return width == 2 ? (int16_t)number : (int32_t)number;
}

/* ---- the header ---- */

static bool read_flags(const char *bytes, struct pgw_error *err)
{
    uint32_t flags = (uint32_t)read_int(bytes, 4);
    if (flags & FLAG_OIDS)
        return fail(err, "invalid COPY file header (WITH OIDS)");
    return flags >> 16 == 0 ||
           fail(err, "unrecognized critical flags in COPY file header");
}

static size_t header_size(const struct copy_binary *binary)
{
    return binary->part == COPY_BINARY_SIGNATURE ? sizeof signature : sizeof(int32_t);
}

/* A part of the header that is all there. */
static bool read_header(struct copy_binary *binary, const char *bytes,
                        struct pgw_error *err)
{
    bool done = true;
    if (binary->part == COPY_BINARY_SIGNATURE) {
        done = memcmp(bytes, signature, sizeof signature) == 0 ||
               fail(err, "COPY file signature not recognized");
    } else if (binary->part == COPY_BINARY_FLAGS) {
        done = read_flags(bytes, err);
    } else {
        int32_t len = read_int(bytes, 4);
        binary->skip = (size_t)(len > 0 ? len : 0);
        done = len >= 0 || fail(err, "invalid COPY file header (missing length)");
    }
    binary->part++;
    return done;
}

/* ---- tuples ---- */

/* The number of fields is there. */
static bool read_count(struct copy_binary *binary, const char *bytes,
                       struct pgw_error *err)
{
    int32_t count = read_int(bytes, 2);
    binary->at = 2;
    binary->line++;
    if (count == TRAILER_COUNT) {
        binary->part = COPY_BINARY_TRAILER;
        return true;
    }
    return count == (int32_t)binary->expected ||
           pgw_fail(err, "22P04", "row field count is %d, expected %d", (int)count,
                    (int)binary->expected) != PGW_ERROR;
}

/* The size of the next field is there. */
static bool read_size(struct copy_binary *binary, const char *bytes,
                      struct pgw_error *err)
{
    struct copy_binary_field *field = &binary->found[binary->fields];
    field->len = read_int(bytes + binary->at, 4);
    binary->at += 4;
    field->start = binary->at;
    if (field->len < -1)
        return fail(err, "invalid field size");
    if (field->len == -1)
        binary->fields++;
    binary->has_size = field->len >= 0;
    return true;
}

/* How many bytes the next step needs from the start of the tuple; 0: it is complete. */
static size_t wanted(const struct copy_binary *binary)
{
    if (binary->at == 0)
        return 2;
    if (binary->part == COPY_BINARY_TRAILER || binary->fields == binary->expected)
        return 0;
    return binary->at + (binary->has_size ? (size_t)binary->found[binary->fields].len
                                          : sizeof(int32_t));
}

/* As many steps as the bytes that are there allow. */
static bool understand(struct copy_binary *binary, struct slice bytes,
                       struct pgw_error *err)
{
    for (size_t needs = wanted(binary); needs > 0 && needs <= bytes.len;
         needs = wanted(binary)) {
        if (binary->at == 0) {
            if (!read_count(binary, bytes.data, err))
                return false;
        } else if (binary->has_size) {
            binary->at = needs;
            binary->has_size = false;
            binary->fields++;
        } else if (!read_size(binary, bytes.data, err)) {
            return false;
        }
    }
    return true;
}

/* Move bytes to what is kept until it has `size` of them, or there are no more. */
static bool gather(struct copy_binary *binary, struct slice *data, size_t size,
                   struct pgw_error *err)
{
    size_t has = buf_len(&binary->kept), more = size > has ? size - has : 0;
    more = more < data->len ? more : data->len;
    if (size > COPY_LINE_MAX)
        return pgw_fail(err, "54000", "a row of COPY data has more than %d bytes",
                        COPY_LINE_MAX) != PGW_ERROR;
    if (more > 0 && !buf_append(&binary->kept, data->data, more))
        return pgw_fail(err, "53200", "out of memory") != PGW_ERROR;
    data->data += more;
    data->len -= more;
    return true;
}

static struct slice kept_bytes(const struct copy_binary *binary)
{
    const uint8_t *bytes = buf_data(&binary->kept);
    return (struct slice){bytes ? (const char *)bytes : "", buf_len(&binary->kept)};
}

static void give(const struct copy_binary *binary, const char *tuple,
                 struct slice *fields)
{
    for (size_t i = 0; i < binary->expected; i++) {
        const struct copy_binary_field *field = &binary->found[i];
        fields[i] = field->len < 0
                        ? (struct slice){NULL, 0}
                        : (struct slice){tuple + field->start, (size_t)field->len};
    }
}

/* Understand the tuple in place, or else what is kept of it and a little more. */
static enum copy_next read_tuple(struct copy_binary *binary, struct slice *data,
                                 struct slice *fields, struct pgw_error *err)
{
    bool is_kept = buf_len(&binary->kept) > 0;
    if (!is_kept && !understand(binary, *data, err))
        return COPY_ERROR;
    for (size_t needs = wanted(binary); needs > 0; needs = wanted(binary)) {
        is_kept = true;
        if (!gather(binary, data, needs, err))
            return COPY_ERROR;
        if (buf_len(&binary->kept) < needs)
            return COPY_MORE;
        if (!understand(binary, kept_bytes(binary), err))
            return COPY_ERROR;
    }
    give(binary, is_kept ? kept_bytes(binary).data : data->data, fields);
    binary->kept_used = is_kept;
    if (!is_kept) {
        data->data += binary->at;
        data->len -= binary->at;
    }
    return binary->part == COPY_BINARY_TRAILER ? COPY_MORE : COPY_ROW;
}

static void begin_part(struct copy_binary *binary)
{
    if (binary->kept_used)
        buf_consume(&binary->kept, buf_len(&binary->kept));
    if (binary->kept_used || buf_len(&binary->kept) == 0) {
        binary->at = binary->fields = 0;
        binary->has_size = false;
    }
    binary->kept_used = false;
}

static bool skip(struct copy_binary *binary, struct slice *data)
{
    size_t bytes = binary->skip < data->len ? binary->skip : data->len;
    data->data += bytes;
    data->len -= bytes;
    binary->skip -= bytes;
    if (binary->skip == 0)
        binary->part = COPY_BINARY_TUPLE;
    return binary->skip == 0;
}

enum copy_next copy_binary_next(struct copy_binary *binary, struct slice *data,
                                struct slice *fields, size_t *column,
                                struct pgw_error *err)
{
    *column = SIZE_MAX;
    begin_part(binary);
    while (binary->part < COPY_BINARY_SKIP) {
        size_t size = header_size(binary);
        if (!gather(binary, data, size, err))
            return COPY_ERROR;
        if (buf_len(&binary->kept) < size)
            return COPY_MORE;
        if (!read_header(binary, kept_bytes(binary).data, err))
            return COPY_ERROR;
        buf_consume(&binary->kept, size);
    }
    if (binary->part == COPY_BINARY_SKIP && !skip(binary, data))
        return COPY_MORE;
    if (binary->part == COPY_BINARY_TUPLE && data->len > 0) {
        enum copy_next next = read_tuple(binary, data, fields, err);
        if (next == COPY_ERROR && binary->at > 2)
            *column = binary->fields;
        if (next != COPY_MORE || data->len == 0)
            return next;
    }
    if (binary->part == COPY_BINARY_TRAILER && data->len > 0) {
        (void)fail(err, "received copy data after EOF marker");
        return COPY_ERROR;
    }
    return COPY_MORE;
}

bool copy_binary_last(const struct copy_binary *binary, size_t *column,
                      struct pgw_error *err)
{
    static const char *const missing[] = {
        [COPY_BINARY_SIGNATURE] = "COPY file signature not recognized",
        [COPY_BINARY_FLAGS] = "invalid COPY file header (missing flags)",
        [COPY_BINARY_EXTENSION] = "invalid COPY file header (missing length)",
        [COPY_BINARY_SKIP] = "invalid COPY file header (wrong length)"};
    *column = SIZE_MAX;
    if (binary->part == COPY_BINARY_SKIP && binary->skip == 0)
        return true;
    if (binary->part <= COPY_BINARY_SKIP)
        return fail(err, missing[binary->part]);
    if (binary->kept_used || binary->at < 2 || buf_len(&binary->kept) == 0)
        return true;
    *column = binary->fields;
    return fail(err, "unexpected EOF in COPY data");
}
