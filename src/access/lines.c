/* lines.c - files in the form of pg_hba.conf, as fields of words.
 *
 * A text is cut into logical lines, a line into fields, a field into words. What a file
 * includes may include others, INCLUDE_DEPTH deep. */
#include "access/lines.h"

#include <string.h>

#include "access/access_file.h"

enum { WORD_MAX = 1023, INCLUDE_DEPTH = 8 };

struct scan {
    struct arena *arena;
    const char *file;
    access_reader *reader;
    unsigned depth;
    size_t *budget;    /* bytes that may yet be included, over all files */
    unsigned number;   /* of the line */
    struct slice rest; /* of the line */
    struct error *err;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

bool access_word_is(const struct access_word *word, const char *keyword)
{
    return !word->is_quoted && strcmp(word->text, keyword) == 0;
}

static bool fault(const struct scan *scan, const char *why)
{
    return access_fault(scan->err, scan->file, scan->number, "%s", why);
}

/* ---- words ---- */

static void skip(struct slice *rest, const char *what)
{
    while (rest->len > 0 && rest->data[0] && strchr(what, rest->data[0])) {
        rest->data++;
        rest->len--;
    }
}

/* Up to a blank or comma outside of quotes, which stay in *raw. */
static bool cut_word(struct scan *scan, struct slice *raw)
{
    struct slice *rest = &scan->rest;
    bool in_quote = false;
    size_t len = 0;
    for (; len < rest->len; len++) {
        char c = rest->data[len];
        if (c == '\0')
            return fault(scan, "there is a zero byte");
        if (!in_quote && (is_blank(c) || c == ',' || c == '#'))
            break;
        in_quote ^= c == '"';
    }
    *raw = (struct slice){rest->data, len};
    if (in_quote)
        return fault(scan, "a quote is not closed");
    rest->data += len;
    rest->len -= len;
    return true;
}

/* Without its quotes; two of them within quotes are one. */
static bool unquote(struct scan *scan, struct slice raw, struct access_word *out)
{
    char *text = arena_alloc(scan->arena, raw.len + 1);
    bool in_quote = false;
    size_t len = 0;
    if (!text)
        return error_no_memory(scan->err);
    for (size_t i = 0; i < raw.len; i++) {
        if (raw.data[i] != '"')
            text[len++] = raw.data[i];
        else if (in_quote && i + 1 < raw.len && raw.data[i + 1] == '"')
            text[len++] = raw.data[i++];
        else
            in_quote = !in_quote;
    }
    text[len] = '\0';
    *out = (struct access_word){.text = text,
                                .is_quoted = raw.len > 0 && raw.data[0] == '"'};
    return len <= WORD_MAX || fault(scan, "a word is too long");
}

/* ---- other files ---- */

static bool read_text(struct scan *scan, struct slice text, struct access_line **out);

/* DIRECTORY of the file that names it, unless it is absolute. */
static const char *path_of(const struct scan *scan, const char *name)
{
    const char *slash = strrchr(scan->file, '/');
    if (name[0] == '/' || !slash)
        return arena_string(scan->arena, slice_of(name));
    return arena_printf(scan->arena, "%.*s/%s", (int)(slash - scan->file), scan->file,
                        name);
}

static void append_words(struct access_line *line, struct access_word ***end)
{
    for (; line; line = line->next) {
        for (struct access_field *field = line->fields; field; field = field->next) {
            **end = field->words;
            while (**end)
                *end = &(**end)->next;
        }
    }
}

/* The words of all its lines, behind *end, which moves on. */
static bool include(struct scan *scan, const char *name, struct access_word ***end)
{
    struct scan inner = {.arena = scan->arena,
                         .reader = scan->reader,
                         .depth = scan->depth + 1,
                         .budget = scan->budget,
                         .err = scan->err};
    struct slice text;
    struct access_line *line;
    if (!scan->reader)
        return fault(scan, "other files cannot be included here");
    if (inner.depth > INCLUDE_DEPTH)
        return fault(scan, "files include each other too deeply");
    inner.file = path_of(scan, name);
    if (!inner.file)
        return error_no_memory(scan->err);
    if (!scan->reader(scan->arena, inner.file, false, &text, scan->err)) {
        const struct error why = *scan->err;
        return access_fault(scan->err, scan->file, scan->number, "%s", why.message);
    }
    if (text.len > *scan->budget)
        return fault(scan, "too much is included");
    *scan->budget -= text.len;
    if (!read_text(&inner, text, &line))
        return false;
    append_words(line, end);
    return true;
}

/* ---- fields and lines ---- */

static bool take_word(struct scan *scan, struct access_word ***end)
{
    struct slice raw = {"", 0};
    struct access_word *word = arena_calloc(scan->arena, 1, sizeof *word);
    if (!word)
        return error_no_memory(scan->err);
    if (!cut_word(scan, &raw) || !unquote(scan, raw, word))
        return false;
    if (!word->is_quoted && word->text[0] == '@' && word->text[1])
        return include(scan, word->text + 1, end);
    **end = word;
    *end = &word->next;
    return true;
}

/* Words with commas between them; blanks may follow a comma. NULL: *err says why. */
static struct access_field *take_field(struct scan *scan)
{
    struct access_field *field = arena_calloc(scan->arena, 1, sizeof *field);
    bool goes_on = true;
    if (!field) {
        error_no_memory(scan->err);
        return NULL;
    }
    for (struct access_word **end = &field->words; goes_on;) {
        if (!take_word(scan, &end))
            return NULL;
        goes_on = scan->rest.len > 0 && scan->rest.data[0] == ',';
        if (goes_on)
            skip(&scan->rest, " \t\r,");
        goes_on = goes_on && scan->rest.len > 0 && scan->rest.data[0] != '#';
    }
    return field;
}

static bool read_fields(struct scan *scan, struct access_field **out)
{
    for (*out = NULL;; out = &(*out)->next) {
        skip(&scan->rest, " \t\r,");
        if (scan->rest.len == 0 || scan->rest.data[0] == '#')
            return true;
        if (!(*out = take_field(scan)))
            return false;
    }
}

/* How many bytes of this line are its own, and with *taken the line's end behind them;
 * true: a backslash says that it goes on. */
static bool measure(struct slice text, size_t *len, size_t *taken)
{
    const char *end = memchr(text.data, '\n', text.len);
    *len = end ? (size_t)(end - text.data) : text.len;
    *taken = end ? *len + 1 : *len;
    if (*len > 0 && text.data[*len - 1] == '\r')
        (*len)--;
    if (*len == 0 || text.data[*len - 1] != '\\')
        return false;
    (*len)--;
    return *taken < text.len;
}

/* Take a line, and those that it goes on with; where there are none it is not copied.
 */
static bool take_line(struct scan *scan, struct slice *text, unsigned *lines)
{
    size_t len, taken, total = 0;
    bool goes_on = measure(*text, &len, &taken);
    char *joined = goes_on ? arena_alloc(scan->arena, text->len) : NULL;
    if (goes_on && !joined)
        return error_no_memory(scan->err);
    scan->rest = (struct slice){text->data, len};
    for (*lines = 1;; (*lines)++) {
        if (joined)
            memcpy(joined + total, text->data, len);
        total += len;
        text->data += taken;
        text->len -= taken;
        if (!goes_on)
            break;
        goes_on = measure(*text, &len, &taken);
    }
    if (joined)
        scan->rest = (struct slice){joined, total};
    return true;
}

static bool read_text(struct scan *scan, struct slice text, struct access_line **out)
{
    unsigned lines = 0;
    *out = NULL;
    for (scan->number = 1; text.len > 0; scan->number += lines) {
        struct access_field *fields = NULL;
        if (!take_line(scan, &text, &lines) || !read_fields(scan, &fields))
            return false;
        if (!fields)
            continue;
        *out = arena_calloc(scan->arena, 1, sizeof **out);
        if (!*out)
            return error_no_memory(scan->err);
        **out = (struct access_line){.number = scan->number, .fields = fields};
        out = &(*out)->next;
    }
    return true;
}

bool access_lines(struct arena *arena, struct slice text, const char *file,
                  access_reader *reader, struct access_line **out, struct error *err)
{
    size_t budget = ACCESS_FILE_MAX;
    struct scan scan = {
        .arena = arena, .file = file, .reader = reader, .budget = &budget, .err = err};
    return read_text(&scan, text, out);
}
