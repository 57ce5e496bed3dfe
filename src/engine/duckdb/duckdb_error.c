/* duckdb_error.c - the engine's errors as SQLSTATE, position and text.
 *
 *     {"exception_type": "Catalog", "exception_message": "Table with name x …",
 *      "position": "14"}
 *     Catalog Error: Table with name x …
 *     └ kind         └ text: its first line and, behind that, hints
 *
 * The engine is told to write its errors as JSON, because a position stands there as
 * what it is, a number of bytes. Where it does not obey (it has been told otherwise, or
 * failed before it listened), the error is plain and has no position. What
 * a text means is said by duckdb_error_rules.c. */
#include <stdlib.h>

#include "core/json_read.h"
#include "core/text.h"
#include "engine/duckdb/duckdb_error_rules.h"
#include "engine/duckdb/duckdb_internal.h"

/* What the engine has told; text and kind may be borrowed from json. */
struct told {
    struct slice kind;
    const char *text;
    char *json;     /* the strings of it; NULL: it was plain */
    int64_t offset; /* before what is meant, -1 = unknown; bytes, of a syntax error
                       characters */
};

/* The parts of a text that a pattern names, by letter. */
struct parts {
    struct slice letter['z' - 'a' + 1];
};

/* ---- reading what the engine says ---- */

static int64_t read_offset(const char *digits)
{
    char *end;
    long long offset = *digits ? strtoll(digits, &end, 10) : -1;
    return offset >= 0 && *end == '\0' ? offset : -1;
}

/* The string of that name, a NUL behind it, at *room, which moves on; NULL: it has
 * none. */
static const char *read_string(struct slice object, const char *name, char **room)
{
    struct slice inside = object, key;
    struct json_value value;
    char *text = *room;
    size_t len;
    while (json_take_member(&inside, &key, &value)) {
        bool found = value.kind == JSON_STRING && key.len == strlen(name) + 2 &&
                     memcmp(key.data + 1, name, key.len - 2) == 0;
        if (found && json_unescape(value.text, text, &len)) {
            text[len] = '\0';
            *room += len + 1;
            return text;
        }
    }
    return NULL;
}

static void read_json(const char *text, struct told *out)
{
    struct slice rest = slice_of(text);
    const struct json_value root = json_take(&rest);
    if (root.kind != JSON_OBJECT)
        return;
    char *room = out->json = malloc(rest.len + root.text.len);
    if (!room) {
        out->kind = SLICE("Out of Memory");
        out->text = "out of memory";
        return;
    }
    struct slice inside = json_inside(root);
    const char *kind = read_string(inside, "exception_type", &room);
    const char *message = read_string(inside, "exception_message", &room);
    const char *position = read_string(inside, "position", &room);
    if (!kind || !message)
        return;
    out->kind = slice_of(kind);
    out->text = message;
    out->offset = position ? read_offset(position) : -1;
}

static void read_message(const char *message, struct told *out)
{
    static const char behind[] = " Error: ";
    const char *colon = *message == '{' ? NULL : strstr(message, behind);
    *out = (struct told){.kind = {"", 0}, .text = message, .offset = -1};
    if (colon) {
        out->kind = (struct slice){message, (size_t)(colon - message)};
        out->text = colon + strlen(behind);
    }
    if (*out->text == '{')
        read_json(out->text, out);
}

/* ---- patterns ---- */

static bool is_word(const char *text, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        bool fits = (text[i] >= 'a' && text[i] <= 'z') || text[i] == '_' ||
                    (text[i] >= 'A' && text[i] <= 'Z') ||
                    (text[i] >= '0' && text[i] <= '9');
        if (!fits)
            return false;
    }
    return len > 0;
}

/* -1, 1.5, with blanks around it. */
static bool is_number(const char *text, size_t len)
{
    while (len > 0 && *text == ' ')
        text++, len--;
    while (len > 0 && text[len - 1] == ' ')
        len--;
    size_t sign = len > 0 && (*text == '-' || *text == '+');
    size_t points = 0, digits = 0;
    for (size_t i = sign; i < len; i++) {
        points += text[i] == '.';
        digits += text[i] >= '0' && text[i] <= '9';
    }
    return digits > 0 && points <= 1 && sign + points + digits == len;
}

static bool part_fits(char letter, const char *text, size_t len)
{
    if (letter == 'w')
        return is_word(text, len);
    return letter != 'd' || is_number(text, len);
}

/* Take one part: it ends where the literal behind it begins, or with its line. */
static const char *match_part(char letter, const char *literal, size_t len,
                              const char *text, struct slice *out)
{
    const char *end =
        len ? memmem(text, strlen(text), literal, len) : text + strcspn(text, "\n");
    if (!end || !part_fits(letter, text, (size_t)(end - text)))
        return NULL;
    *out = (struct slice){text, (size_t)(end - text)};
    return end + len;
}

static bool match(const char *pattern, const char *text, struct parts *out)
{
    size_t len = strcspn(pattern, "%");
    if (strncmp(text, pattern, len) != 0)
        return false;
    text += len;
    pattern += len;
    while (*pattern && text) {
        char letter = pattern[1];
        len = strcspn(pattern + 2, "%");
        text = match_part(letter, pattern + 2, len, text, &out->letter[letter - 'a']);
        pattern += 2 + len;
    }
    return text != NULL;
}

static const struct duckdb_error_rule *find_rule(const struct told *told,
                                                 struct parts *parts)
{
    for (size_t i = 0; i < duckdb_error_rule_count; i++) {
        const struct duckdb_error_rule *rule = &duckdb_error_rules[i];
        *parts = (struct parts){0};
        if (slice_equal(told->kind, slice_of(rule->kind)) &&
            (!rule->pattern || match(rule->pattern, told->text, parts)))
            return rule;
    }
    return NULL;
}

const struct duckdb_error_rule *duckdb_error_rule_of(const char *message)
{
    struct told told;
    struct parts parts;
    read_message(message, &told);
    const struct duckdb_error_rule *rule = find_rule(&told, &parts);
    free(told.json);
    return rule;
}

/* ---- writing what the client reads ---- */

/* What does not fit is cut in front of a character: false. */
static bool append(char *out, size_t size, struct slice text)
{
    size_t used = strlen(out);
    if (!text.data) /* a part that is not there */
        return true;
    size_t len = text_boundary(text.data, text.len, size - 1 - used);
    if (len)
        memcpy(out + used, text.data, len);
    out[used + len] = '\0';
    return len == text.len;
}

static void fill_in(const char *message, const struct parts *parts, struct slice all,
                    char *out, size_t size)
{
    bool fits = true;
    out[0] = '\0';
    while (fits && *message) {
        struct slice next = {message, strcspn(message, "%")};
        message += next.len;
        if (next.len == 0) {
            next = message[1] == '0' ? all : parts->letter[message[1] - 'a'];
            message += 2;
        }
        fits = append(out, size, next);
    }
}

/* "Did you mean …", "Candidate …" and further lines. */
static void set_hint(struct error *err, const char *text)
{
    const char *excerpt = strstr(text, "\n\nLINE "); /* of a plain message */
    text += strspn(text, "\n");
    if (excerpt && excerpt < text)
        return;
    size_t len = excerpt ? (size_t)(excerpt - text) : strlen(text);
    if (len > 0)
        error_hint(err, "%.*s", (int)len, text);
}

/* PostgreSQL does not say where a value was, it is not always written somewhere. */
static int32_t position_of(const struct told *told,
                           const struct duckdb_error_rule *rule, struct slice sql)
{
    if (told->offset < 0 || (uint64_t)told->offset > sql.len ||
        rule->sqlstate[0] != '4' || rule->flags & RULE_NOWHERE)
        return 0;
    if (slice_equal(told->kind, SLICE("Parser")))
        return (int32_t)told->offset + 1;
    sql.len = (size_t)told->offset;
    return text_characters(sql.data, sql.data + sql.len) + 1;
}

/* Whose constraint it was. */
static void set_names(struct error *err, const struct parts *parts)
{
    const struct {
        char letter;
        char *out;
    } names[] = {{'s', err->schema},
                 {'t', err->table},
                 {'c', err->column},
                 {'n', err->constraint}};
    for (size_t i = 0; i < ARRAY_LEN(names); i++)
        (void)append(names[i].out, sizeof err->table,
                     parts->letter[names[i].letter - 'a']);
}

static void set_by_rule(struct error *err, const struct told *told,
                        const struct duckdb_error_rule *rule, const struct parts *parts)
{
    char message[sizeof err->message];
    struct slice line = {told->text, strcspn(told->text, "\n")};
    fill_in(rule->message ? rule->message : "%0", parts, line, message, sizeof message);
    error_set(err, rule->sqlstate, "%s", message);
    if (rule->flags & RULE_DETAIL)
        error_detail(err, "%.*s", (int)line.len, line.data);
    if (strncmp(rule->sqlstate, "23", 2) == 0)
        set_names(err, parts);
    set_hint(err, told->text + line.len);
}

/* "SQLSTATE 42704: text" is what a function of ours has raised. */
static bool read_raised(const char *text, struct error *err)
{
    static const char head[] = "SQLSTATE ";
    char sqlstate[6] = "";
    size_t at = sizeof head - 1;
    if (strncmp(text, head, at) != 0 || strlen(text) < at + 7 || text[at + 5] != ':' ||
        strspn(text + at, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") != 5)
        return false;
    memcpy(sqlstate, text + at, 5);
    error_set(err, sqlstate, "%s", text + at + 7);
    return true;
}

bool duckdb_error_set(struct error *err, const char *message, struct slice sql)
{
    struct told told;
    struct parts parts;
    if (!message)
        return error_set(err, "XX000", "the engine failed without a message");
    read_message(message, &told);
    const struct duckdb_error_rule *rule = find_rule(&told, &parts);
    if (read_raised(told.text, err)) {
        err->position = 0;
    } else if (rule) {
        set_by_rule(err, &told, rule, &parts);
        err->position = position_of(&told, rule, sql);
    } else {
        error_set(err, "XX000", "%s", message);
    }
    free(told.json);
    return false;
}
