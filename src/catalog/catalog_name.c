/* catalog_name.c - names of types and relations as people write them. */
#include <stdio.h>
#include <string.h>

#include "catalog/catalog.h"

/* ---- reading ---- */

struct reader {
    struct slice rest;
    struct catalog_name *out;
    size_t len; /* of out->name */
};

static char peek(const struct reader *reader)
{
    return reader->rest.len > 0 ? reader->rest.data[0] : '\0';
}

static char take(struct reader *reader)
{
    char c = peek(reader);
    reader->rest.data += reader->rest.len > 0;
    reader->rest.len -= reader->rest.len > 0;
    return c;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void skip_blanks(struct reader *reader)
{
    while (is_blank(peek(reader)))
        (void)take(reader);
}

static bool put(struct reader *reader, char c)
{
    if (reader->len + 1 >= sizeof reader->out->name)
        return false;
    reader->out->name[reader->len++] = c;
    reader->out->name[reader->len] = '\0';
    return true;
}

static bool read_quoted(struct reader *reader)
{
    (void)take(reader);
    reader->out->is_quoted = true;
    for (;;) {
        char c = take(reader);
        if (c == '\0')
            return false;
        if (c == '"' && peek(reader) != '"')
            return reader->len > 0;
        if (c == '"')
            (void)take(reader);
        if (!put(reader, c))
            return false;
    }
}

static bool in_word(char c)
{
    return c != '\0' && !is_blank(c) && !strchr(".,()[]\"", c);
}

/* Words with one blank between them: "timestamp with time zone". */
static bool read_words(struct reader *reader)
{
    while (in_word(peek(reader))) {
        if (reader->len > 0 && !put(reader, ' '))
            return false;
        while (in_word(peek(reader))) {
            char c = take(reader);
            if (!put(reader, c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c))
                return false;
        }
        skip_blanks(reader);
    }
    return reader->len > 0;
}

/* One part of the name, the blanks behind it included. */
static bool read_part(struct reader *reader)
{
    reader->len = 0;
    reader->out->is_quoted = false;
    skip_blanks(reader);
    bool done = peek(reader) == '"' ? read_quoted(reader) : read_words(reader);
    skip_blanks(reader);
    return done;
}

static bool skip_group(struct reader *reader, char close)
{
    char c;
    do {
        c = take(reader);
    } while (c != close && c != '\0');
    skip_blanks(reader);
    return c == close;
}

/* (10, 2) is skipped, it does not tell one type from another; what stands behind it
 * does: timestamp(3) with time zone. */
static bool read_modifier(struct reader *reader)
{
    if (peek(reader) == '(' && !skip_group(reader, ')'))
        return false;
    return reader->out->is_quoted || !in_word(peek(reader)) || read_words(reader);
}

bool catalog_name_parse(struct slice text, struct catalog_name *out)
{
    struct reader reader = {.rest = text, .out = out};
    *out = (struct catalog_name){0};
    if (!read_part(&reader))
        return false;
    if (peek(&reader) == '.') {
        (void)take(&reader);
        memcpy(out->schema, out->name, sizeof out->schema);
        if (!read_part(&reader))
            return false;
    }
    if (!read_modifier(&reader))
        return false;
    for (; peek(&reader) == '['; out->is_array = true) {
        if (!skip_group(&reader, ']'))
            return false;
    }
    return reader.rest.len == 0;
}

/* ---- types ---- */

/* Names that only the parser knows. An unquoted char is not the type "char". */
static const struct {
    const char *written, *name;
} aliases[] = {
    {"int", "int4"},           {"decimal", "numeric"}, {"dec", "numeric"},
    {"float", "float8"},       {"char", "bpchar"},     {"time", "time"},
    {"bit varying", "varbit"},
};

static const char *canonical(const struct catalog_name *name)
{
    for (size_t i = 0; !name->is_quoted && i < ARRAY_LEN(aliases); i++) {
        if (strcmp(aliases[i].written, name->name) == 0)
            return aliases[i].name;
    }
    return name->name;
}

uint32_t catalog_type_named(const struct catalog_name *name)
{
    const char *wanted = name->schema[0] ? name->name : canonical(name);
    bool sql_names = !name->schema[0] && !name->is_quoted;
    if (name->schema[0] && strcmp(name->schema, "pg_catalog") != 0)
        return 0;
    for (size_t i = 0; i < catalog_type_count; i++) {
        const struct catalog_type *type = &catalog_types[i];
        if (strcmp(type->name, wanted) == 0 ||
            (sql_names && strcmp(type->sql_name, wanted) == 0))
            return name->is_array ? type->array_oid : type->oid;
        if (wanted[0] == '_' && strcmp(type->name, wanted + 1) == 0 && !name->is_array)
            return type->array_oid;
    }
    return 0;
}

static bool is_number(struct slice text)
{
    size_t digits = 0;
    while (digits < text.len && text.data[digits] >= '0' && text.data[digits] <= '9')
        digits++;
    return digits == text.len;
}

bool catalog_is_builtin(struct slice reg_type, struct slice literal)
{
    struct catalog_name name;
    if (is_number(literal) || slice_equal(literal, SLICE("-")))
        return true;
    if (!catalog_name_parse(literal, &name))
        return false;
    if (slice_equal_nocase(reg_type, SLICE("regtype")))
        return catalog_type_named(&name) != 0;
    if (name.schema[0] && strcmp(name.schema, "pg_catalog") != 0)
        return false;
    if (slice_equal_nocase(reg_type, SLICE("regproc")))
        return catalog_proc_named(slice_of(name.name)) != NULL;
    if (slice_equal_nocase(reg_type, SLICE("regclass")))
        return catalog_class_oid(slice_of(name.name)) != 0;
    return slice_equal_nocase(reg_type, SLICE("regnamespace")) &&
           catalog_namespace_oid(slice_of(name.name)) != 0;
}

/* ---- format_type ---- */

enum { NUMERICOID = 1700, BPCHAROID = 1042, BITOID = 1560 };

static bool is_time(uint32_t oid)
{
    return oid == 1083 || oid == 1114 || oid == 1184 || oid == 1266 || oid == 1186;
}

/* The modifier stands behind the first word of a time's name: time(3) with time zone.
 */
static int format_modified(const struct catalog_type *type, int32_t typmod, char *out,
                           size_t size)
{
    const char *sql_name = type->sql_name;
    int head = (int)strcspn(sql_name, " ");
    if (type->oid == NUMERICOID)
        return snprintf(out, size, "numeric(%d,%d)", (typmod - 4) >> 16 & 0xffff,
                        (typmod - 4) & 0x7ff);
    if (is_time(type->oid))
        return snprintf(out, size, "%.*s(%d)%s", head, sql_name, typmod,
                        sql_name + head);
    if (type->oid == BITOID || type->oid == 1562)
        return snprintf(out, size, "%s(%d)", sql_name, typmod);
    if (type->oid == BPCHAROID || type->oid == 1043)
        return snprintf(out, size, "%s(%d)", sql_name, typmod - 4);
    return snprintf(out, size, "%s", sql_name);
}

bool catalog_type_format(uint32_t oid, int32_t typmod, char *out, size_t size)
{
    bool is_array;
    const struct catalog_type *type = catalog_type_find(oid, &is_array);
    if (!type)
        return false;
    int len = typmod >= 0 ? format_modified(type, typmod, out, size)
                          : snprintf(out, size, "%s", type->sql_name);
    if (len < 0 || (size_t)len + 3 > size)
        return false;
    if (is_array)
        memcpy(out + len, "[]", 3);
    return true;
}
