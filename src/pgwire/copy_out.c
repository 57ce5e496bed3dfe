/* copy_out.c - COPY … TO STDOUT: fields and their style.
 *
 *     text    a\tb\\c\t\N     what is special gets a backslash
 *     csv     a,"b ""c""",    what is special gets quotes around it
 *
 * Fields come from all types: those whose text has nothing special in it by its nature
 * are not looked at (is_plain), the others are scanned. */
#include "pgwire/copy_out.h"

#include <stdlib.h>
#include <string.h>

#include "pgwire/value.h"

/* ---- fields ---- */

typedef uint8_t block VECTOR_OF_BYTES(16);
typedef uint64_t halves VECTOR_OF_BYTES(16);

enum { BLOCK = sizeof(block) };

static inline block load(const uint8_t *at)
{
    block bytes;
    memcpy(&bytes, at, sizeof bytes);
    return bytes;
}

/* What bytes may be special, for a block at a time. */
struct marks {
    block delimiters, quotes, first, span;
};

static inline struct marks marks_of(const struct copy_out *copy)
{
    const block zero = {0};
    return (struct marks){zero + copy->delimiter, zero + copy->quote,
                          zero + copy->first, zero + copy->span};
}

static inline block special(const struct marks *marks, block bytes)
{
    return (block)(bytes == marks->delimiters) | (block)(bytes == marks->quotes) |
           (block)(bytes - marks->first <= marks->span);
}

static inline bool is_any(block found)
{
    halves all = (halves)found;
    return (all[0] | all[1]) != 0;
}

/* Has [at, end) a byte that may be special? Looks at whole blocks, beyond the end too.
 */
static inline bool may_be_special(const struct copy_out *copy, const uint8_t *at,
                                  const uint8_t *end)
{
    static const block places = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const struct marks marks = marks_of(copy);
    block found = {0};
    if (at == end)
        return false;
    for (; end - at > BLOCK; at += BLOCK)
        found |= special(&marks, load(at));
    found |=
        special(&marks, load(at)) & (block)(places < (uint8_t)(end - at) + (block){0});
    return is_any(found);
}

/* Pieces from both ends of what is shorter than a block, which overlap. */
static inline block copy_short(const char *from, size_t len, uint8_t *to)
{
    uint64_t low = 0, high = 0;
    if (len >= 8) {
        memcpy(&low, from, 8);
        memcpy(&high, from + len - 8, 8);
        memcpy(to, &low, 8);
        memcpy(to + len - 8, &high, 8);
    } else if (len >= 4) {
        memcpy(&low, from, 4);
        memcpy(&high, from + len - 4, 4);
        memcpy(to, &low, 4);
        memcpy(to + len - 4, &high, 4);
    } else if (len > 0) {
        low = (uint8_t)from[0] | (uint64_t)(uint8_t)from[len / 2] << 8 |
              (uint64_t)(uint8_t)from[len - 1] << 16;
        to[0] = (uint8_t)from[0];
        to[len / 2] = (uint8_t)from[len / 2];
        to[len - 1] = (uint8_t)from[len - 1];
    }
    return (block)(halves){low, high}; /* zeros are nothing special */
}

/* Copy and look at once, the last block again from the end. */
static inline bool copy_special(const struct copy_out *copy, struct slice text,
                                uint8_t *to)
{
    const struct marks marks = marks_of(copy);
    block found = {0}, bytes;
    if (text.len < BLOCK)
        return is_any(special(&marks, copy_short(text.data, text.len, to)));
    for (size_t at = 0; at + BLOCK <= text.len; at += BLOCK) {
        memcpy(&bytes, text.data + at, BLOCK);
        memcpy(to + at, &bytes, BLOCK);
        found |= special(&marks, bytes);
    }
    memcpy(&bytes, text.data + text.len - BLOCK, BLOCK);
    memcpy(to + text.len - BLOCK, &bytes, BLOCK);
    return is_any(found | special(&marks, bytes));
}

/* From the end, so that nothing is overwritten before it has been moved. */
static uint8_t *escape_text(const struct copy_out *copy, const uint8_t *start,
                            uint8_t *end)
{
    size_t escaped = 0;
    for (const uint8_t *at = start; at < end; at++)
        escaped += copy->marks[*at] != 0;
    uint8_t *out = end + escaped, *result = out;
    while (out > end) { /* what is in front of the first one stays */
        uint8_t byte = *--end, mark = copy->marks[byte];
        *--out = mark ? mark : byte;
        if (mark)
            *--out = '\\';
    }
    return result;
}

static uint8_t *quote_text(const struct copy_out *copy, const uint8_t *start,
                           uint8_t *end)
{
    size_t escaped = 0;
    for (const uint8_t *at = start; at < end; at++)
        escaped += copy->marks[*at] >> 1;
    uint8_t *out = end + escaped + 2, *result = out;
    *--out = copy->quote;
    while (end > start) {
        uint8_t byte = *--end;
        *--out = byte;
        if (copy->marks[byte] & COPY_ESCAPED)
            *--out = copy->escape;
    }
    *--out = copy->quote;
    return result;
}

/* What would be read as a NULL, or as the end of the data, when it stood alone. */
static bool reads_otherwise(const struct copy_out *copy, const uint8_t *start,
                            size_t len)
{
    return (len == copy->null.len && memcmp(start, copy->null.data, len) == 0) ||
           (copy->is_alone && len == 2 && memcmp(start, "\\.", 2) == 0);
}

static bool asks_for_quotes(const struct copy_out *copy, const uint8_t *start,
                            const uint8_t *end)
{
    unsigned found = 0;
    if (reads_otherwise(copy, start, (size_t)(end - start)))
        return true;
    if (!may_be_special(copy, start, end))
        return false;
    while (start < end)
        found |= copy->marks[*start++];
    return (found & COPY_QUOTES) != 0;
}

uint8_t *copy_field(const struct copy_out *copy, bool forced, uint8_t *start,
                    uint8_t *end)
{
    if (copy->format == PGW_COPY_TEXT)
        return may_be_special(copy, start, end) ? escape_text(copy, start, end) : end;
    return forced || asks_for_quotes(copy, start, end) ? quote_text(copy, start, end)
                                                       : end;
}

uint8_t *copy_text(const struct copy_out *copy, struct slice text, uint8_t *to)
{
    bool found = copy_special(copy, text, to);
    uint8_t *end = to + text.len;
    if (copy->format == PGW_COPY_TEXT)
        return UNLIKELY(found) ? escape_text(copy, to, end) : end;
    return found || reads_otherwise(copy, to, text.len)
               ? copy_field(copy, false, to, end)
               : end;
}

uint8_t *copy_put_signature(uint8_t *to)
{
    static const uint8_t signature[COPY_SIGNATURE_BYTES] = "PGCOPY\n\377\r\n";
    memcpy(to, signature, sizeof signature); /* then flags and extension, both zero */
    return to + sizeof signature;
}

bool copy_out_trailer(struct copy_out *copy, struct chain *out)
{
    uint8_t message[5 + COPY_SIGNATURE_BYTES + 2] = {'d'}, *end = message + 5;
    if (copy->format != PGW_COPY_BINARY)
        return true;
    if (copy->signature_due)
        end = copy_put_signature(end);
    end = value_put16(end, UINT16_MAX); /* -1 columns */
    (void)value_put32(message + 1, (uint32_t)(end - message - 1));
    return chain_append(out, message, (size_t)(end - message));
}

/* ---- the style ---- */

/* Is it in the text of a number, a time or a boolean? */
static bool is_in_values(uint8_t byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= 'a' && byte <= 'z') || (byte && strchr(" +-./:@", byte));
}

static void mark_text(struct copy_out *copy)
{
    static const char controls[] = "btnvfr";
    copy->first = '\b';
    copy->span = '\r' - '\b';
    copy->quote = '\\'; /* not a quote, but what else is looked for */
    copy->marks['\\'] = '\\';
    copy->marks[copy->delimiter] = copy->delimiter;
    for (size_t i = 0; i < sizeof controls - 1; i++)
        copy->marks['\b' + i] = (uint8_t)controls[i];
    copy->is_plain = !is_in_values(copy->delimiter);
}

static void mark_csv(struct copy_out *copy)
{
    bool null_is_value = copy->null.len > 0;
    copy->first = '\n';
    copy->span = '\r' - '\n';
    copy->marks['\n'] = copy->marks['\r'] = COPY_QUOTES;
    copy->marks[copy->delimiter] = COPY_QUOTES;
    copy->marks[copy->quote] = COPY_QUOTES | COPY_ESCAPED;
    copy->marks[copy->escape] |= COPY_ESCAPED;
    for (size_t i = 0; i < copy->null.len; i++)
        null_is_value = null_is_value && is_in_values((uint8_t)copy->null.data[i]);
    copy->is_plain =
        !is_in_values(copy->delimiter) && !is_in_values(copy->quote) && !null_is_value;
}

static bool is_line_end(uint8_t byte)
{
    return byte == '\n' || byte == '\r';
}

/* What no reader could tell apart. */
static const char *find_fault(const struct copy_out *copy)
{
    bool csv = copy->format == PGW_COPY_CSV;
    if (is_line_end(copy->delimiter))
        return "COPY delimiter cannot be newline or carriage return";
    for (size_t i = 0; i < copy->null.len; i++) {
        if (is_line_end((uint8_t)copy->null.data[i]))
            return "COPY null representation cannot use newline or carriage return";
        if ((uint8_t)copy->null.data[i] == copy->delimiter)
            return "COPY delimiter must not appear in the NULL specification";
        if (csv && (uint8_t)copy->null.data[i] == copy->quote)
            return "CSV quote character must not appear in the NULL specification";
    }
    if (csv && copy->delimiter == copy->quote)
        return "COPY delimiter and quote must be different";
    if (!csv && copy->delimiter &&
        strchr("\\.abcdefghijklmnopqrstuvwxyz0123456789", copy->delimiter))
        return "COPY delimiter cannot be a backslash, a point, a lower-case letter or "
               "a "
               "digit";
    return NULL;
}

static void choose_lines(struct copy_out *copy, const struct pgw_copy_style *style)
{
    bool csv = style->format == PGW_COPY_CSV;
    copy->delimiter = (uint8_t)(csv ? ',' : '\t');
    if (style->delimiter)
        copy->delimiter = (uint8_t)style->delimiter;
    copy->quote = style->quote ? (uint8_t)style->quote : '"';
    copy->escape = style->escape ? (uint8_t)style->escape : copy->quote;
    copy->null = csv ? SLICE("") : SLICE("\\N");
    if (style->null.data)
        copy->null = (struct slice){style->null.data, style->null.len};
    if (csv)
        copy->force_quote = style->force_quote;
}

struct copy_out *copy_out_new(const struct pgw_reply *reply, struct pgw_error *err)
{
    static const struct pgw_copy_style text = {0};
    const struct pgw_copy_style *style = reply->copy_style ? reply->copy_style : &text;
    struct copy_out *copy = calloc(1, sizeof *copy);
    if (!copy) {
        (void)pgw_fail(err, "53200", "out of memory");
        return NULL;
    }
    copy->format = style->format;
    copy->has_names = style->header;
    copy->is_alone = reply->column_count == 1;
    copy->signature_due = style->format == PGW_COPY_BINARY;
    copy->values = style->format == PGW_COPY_RAW ? (int16_t)reply->copy_format : 0;
    if (style->format == PGW_COPY_BINARY)
        copy->values = PGW_BINARY_FORMAT;
    if (!copy_is_lines(copy))
        return copy;
    choose_lines(copy, style);
    const char *fault = find_fault(copy);
    if (fault) {
        (void)pgw_fail(err, "22023", "%s", fault);
    } else {
        (style->format == PGW_COPY_CSV ? mark_csv : mark_text)(copy);
        if (!style->encoding ||
            (copy->recoder = copy_recoder_new(style->encoding, err)))
            return copy;
    }
    copy_out_free(copy);
    return NULL;
}

void copy_out_free(struct copy_out *copy)
{
    if (!copy)
        return;
    copy_recoder_free(copy->recoder);
    free(copy);
}
