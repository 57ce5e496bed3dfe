/* settings_check.c - what a setting may be: by its type, and rows' own rules.
 *
 * A check turns what the user wrote into the value that is kept (canonical spelling),
 * or refuses it. A value that would change what statements answer is refused unless
 * they really follow it: a client must never be told a setting that is not so. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "server/settings_table.h"

bool setting_invalid(const struct setting_spec *spec, const char *written,
                     struct error *err)
{
    return error_set(err, "22023", "invalid value for parameter \"%s\": \"%s\"",
                     spec->name, written);
}

bool setting_unsupported(const struct setting_spec *spec, const char *written,
                         struct error *err)
{
    return error_set(err, "0A000", "parameter \"%s\" cannot be set to \"%s\" here",
                     spec->name, written);
}

bool setting_keep(const char *text, char **kept, struct error *err)
{
    *kept = strdup(text);
    if (*kept)
        return true;
    error_no_memory(err);
    return false;
}

/* ---- types ---- */

/* The words that PostgreSQL takes for a boolean: any unambiguous prefix. */
bool setting_parse_bool(const char *written, bool *out)
{
    static const struct {
        const char *word;
        size_t shortest;
        bool value;
    } words[] = {{"on", 2, true},     {"off", 2, false}, {"true", 1, true},
                 {"false", 1, false}, {"yes", 1, true},  {"no", 1, false},
                 {"1", 1, true},      {"0", 1, false}};
    size_t len = strlen(written);
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (len >= words[i].shortest && len <= strlen(words[i].word) &&
            strncasecmp(written, words[i].word, len) == 0) {
            *out = words[i].value;
            return true;
        }
    }
    return false;
}

static bool check_bool(const struct setting_spec *spec, const char *written,
                       char **kept, struct error *err)
{
    bool value;
    if (!setting_parse_bool(written, &value))
        return error_set(err, "22023", "parameter \"%s\" requires a Boolean value",
                         spec->name);
    return setting_keep(value ? "on" : "off", kept, err);
}

static bool check_number(const struct setting_spec *spec, const char *written,
                         char **kept, struct error *err)
{
    char shown[SETTING_NUMBER_BYTES];
    double value;
    const char *unit = setting_unit_name(spec->unit);
    if (!setting_parse_number(spec, written, &value, err))
        return false;
    if (value < spec->min || value > spec->max) {
        setting_print_plain(spec, value, shown);
        return error_set(err, "22023",
                         "%s%s%s is outside the valid range for parameter \"%s\" "
                         "(%.10g .. %.10g)",
                         shown, unit ? " " : "", unit ? unit : "", spec->name,
                         spec->min, spec->max);
    }
    setting_print_number(spec, value, shown);
    return setting_keep(shown, kept, err);
}

/* One word off "a, b|alias=c"; what an alias stands for is moved to *word. */
static bool next_word(const char **list, struct slice *name, struct slice *word)
{
    const char *start = *list + strspn(*list, ", |");
    size_t len = strcspn(start, ",|");
    const char *equals = memchr(start, '=', len);
    *list = start + len;
    *name = *word = (struct slice){start, len};
    if (equals) {
        name->len = (size_t)(equals - start);
        *word = (struct slice){equals + 1, len - name->len - 1};
    }
    return len > 0;
}

static bool check_enum(const struct setting_spec *spec, const char *written,
                       char **kept, struct error *err)
{
    const char *list = spec->words;
    struct slice name, word;
    while (next_word(&list, &name, &word)) {
        if (slice_equal_nocase(name, slice_of(written))) {
            *kept = strndup(word.data, word.len);
            if (*kept)
                return true;
            error_no_memory(err);
            return false;
        }
    }
    setting_invalid(spec, written, err);
    error_hint(err, "Available values: %.*s.", (int)strcspn(spec->words, "|"),
               spec->words);
    return false;
}

bool check_type(const struct setting_spec *spec, const char *written, const char *now,
                char **kept, struct error *err)
{
    (void)now;
    switch (spec->type) {
    case SETTING_BOOL:
        return check_bool(spec, written, kept, err);
    case SETTING_INTEGER:
    case SETTING_REAL:
        return check_number(spec, written, kept, err);
    case SETTING_ENUM:
        return check_enum(spec, written, kept, err);
    case SETTING_STRING:
        break;
    }
    return setting_keep(written, kept, err);
}

bool setting_check_value(const struct setting_spec *spec, const char *written,
                         const char *now, char **kept, struct error *err)
{
    setting_check *check = spec->check ? spec->check : check_type;
    return check(spec, written, now, kept, err);
}

/* ---- rows' own ---- */

/* `kept` if it is allowed; else it is given back and refused. */
static bool only_if(bool allowed, const struct setting_spec *spec, const char *written,
                    char **kept, struct error *err)
{
    if (allowed)
        return true;
    free(*kept);
    *kept = NULL;
    return setting_unsupported(spec, written, err);
}

/* Any other value would be a lie. */
bool check_only_standard(const struct setting_spec *spec, const char *written,
                         const char *now, char **kept, struct error *err)
{
    return check_type(spec, written, now, kept, err) &&
           only_if(strcasecmp(*kept, spec->standard) == 0, spec, written, kept, err);
}

/* A mode of files, in octal. */
bool check_mode(const struct setting_spec *spec, const char *written, const char *now,
                char **kept, struct error *err)
{
    char shown[SETTING_NUMBER_BYTES];
    double value;
    (void)now;
    if (!setting_parse_number(spec, written, &value, err))
        return false;
    (void)snprintf(shown, sizeof shown, "%04o", (unsigned)value);
    return setting_keep(shown, kept, err);
}

/* Every transaction sees one snapshot, which satisfies all levels but serializable. */
bool check_isolation(const struct setting_spec *spec, const char *written,
                     const char *now, char **kept, struct error *err)
{
    return check_type(spec, written, now, kept, err) &&
           only_if(strcmp(*kept, "serializable") != 0, spec, written, kept, err);
}

/* PostgreSQL cuts it to NAMEDATALEN - 1 bytes and replaces what is not printable ASCII.
 */
bool check_application_name(const struct setting_spec *spec, const char *written,
                            const char *now, char **kept, struct error *err)
{
    enum { NAME_BYTES = 63 };
    (void)spec;
    (void)now;
    *kept = strndup(written, NAME_BYTES);
    if (!*kept)
        return error_no_memory(err);
    for (char *c = *kept; *c; c++)
        *c = *c >= 32 && *c < 127 ? *c : '?';
    return true;
}

/* Letters and digits decide, as in PostgreSQL: "UTF-8", "utf8" and "unicode" are one.
 */
static void plain_encoding(const char *written, char *out, size_t size)
{
    size_t len = 0;
    for (const char *c = written; *c && len + 1 < size; c++) {
        if (isalnum((unsigned char)*c))
            out[len++] = (char)tolower((unsigned char)*c);
    }
    out[len] = '\0';
}

/* Without a conversion a client that says SQL_ASCII gets the bytes as they are. */
bool check_encoding(const struct setting_spec *spec, const char *written,
                    const char *now, char **kept, struct error *err)
{
    static const char known[] =
        " latin1 latin2 latin3 latin4 latin5 latin6 latin7 latin8 latin9 latin10 abc "
        "alt big5 euccn eucjp eucjis2004 euckr euctw gb18030 gbk iso88591 iso88592 "
        "iso88593 iso88594 iso88595 iso88596 iso88597 iso88598 iso88599 iso885910 "
        "iso885913 iso885914 iso885915 iso885916 johab koi8 koi8r koi8u mskanji "
        "muleinternal shiftjis shiftjis2004 sjis tcvn tcvn5712 uhc vscii win win1250 "
        "win1251 win1252 win1253 win1254 win1255 win1256 win1257 win1258 win866 win874 "
        "win932 win936 win949 win950 windows1250 windows1251 windows1252 windows1253 "
        "windows1254 windows1255 windows1256 windows1257 windows1258 windows866 "
        "windows874 windows932 windows936 windows949 windows950 ";
    char word[32], plain[30];
    (void)now;
    plain_encoding(written, plain, sizeof plain);
    if (strcmp(plain, "utf8") == 0 || strcmp(plain, "unicode") == 0)
        return setting_keep("UTF8", kept, err);
    if (strcmp(plain, "sqlascii") == 0)
        return setting_keep("SQL_ASCII", kept, err);
    (void)snprintf(word, sizeof word, " %s ", plain);
    if (!plain[0] || !strstr(known, word))
        return setting_invalid(spec, written, err);
    return error_set(err, "0A000", "conversion between %.40s and UTF8 is not supported",
                     written);
}

/* Messages and numbers are English, whatever the locale. */
bool check_locale(const struct setting_spec *spec, const char *written, const char *now,
                  char **kept, struct error *err)
{
    static const char *const plain[] = {"", "C", "POSIX", "C.UTF-8", "C.utf8"};
    bool english = strncmp(written, "en_", 3) == 0 || strcmp(written, "en") == 0;
    (void)now;
    for (size_t i = 0; i < ARRAY_LEN(plain); i++) {
        if (strcmp(written, plain[i]) == 0)
            return setting_keep(written, kept, err);
    }
    if (english && strcmp(spec->name, "lc_messages") == 0)
        return setting_keep(written, kept, err);
    return setting_unsupported(spec, written, err);
}

bool check_access_method(const struct setting_spec *spec, const char *written,
                         const char *now, char **kept, struct error *err)
{
    (void)now;
    if (strcmp(written, spec->standard) == 0)
        return setting_keep(written, kept, err);
    setting_invalid(spec, written, err);
    error_detail(err, "Table access method \"%s\" does not exist.", written);
    return false;
}

/* ---- lists of names ---- */

static bool next_quoted(const char **list, char *name, size_t *len)
{
    const char *c = *list + 1;
    for (; *c && (*c != '"' || c[1] == '"'); c++) {
        c += *c == '"';
        name[(*len)++] = *c;
    }
    *list = *c ? c + 1 : c;
    return *c == '"';
}

static bool next_plain(const char **list, char *name, size_t *len)
{
    const char *c = *list;
    for (; *c && *c != ',' && *c != '"' && !isspace((unsigned char)*c); c++)
        name[(*len)++] = (char)tolower((unsigned char)*c);
    *list = c;
    return *len > 0;
}

/* Read one name and the comma behind it. */
static bool read_name(const char **list, char *name)
{
    size_t len = 0;
    bool good =
        **list == '"' ? next_quoted(list, name, &len) : next_plain(list, name, &len);
    name[len] = '\0';
    *list += strspn(*list, " \t\n\r\v\f");
    if (!good || (**list && **list != ','))
        return false;
    if (**list == ',') {
        (*list)++;
        *list += strspn(*list, " \t\n\r\v\f");
        return **list != '\0';
    }
    return true;
}

bool setting_next_name(const char **list, char **name, struct error *err)
{
    error_clear(err);
    *list += strspn(*list, " \t\n\r\v\f");
    *name = NULL;
    if (!**list)
        return true;
    *name = malloc(strlen(*list) + 1);
    if (!*name)
        return error_no_memory(err);
    if (read_name(list, *name))
        return true;
    free(*name);
    *name = NULL;
    return error_set(err, "22023", "List syntax is invalid.");
}

/* Each name of a list must do; NULL: any does. */
static bool each_name(const struct setting_spec *spec, const char *written,
                      bool (*allowed)(const char *name), struct error *err)
{
    const char *list = written;
    char *name;
    struct error malformed;
    for (;;) {
        if (!setting_next_name(&list, &name, &malformed)) {
            setting_invalid(spec, written, err);
            error_detail(err, "%s", malformed.message);
            return false;
        }
        if (!name)
            return true;
        bool good = !allowed || allowed(name);
        if (!good)
            error_set(err, "42704", "\"%s\" does not exist", name);
        free(name);
        if (!good)
            return false;
    }
}

bool check_names(const struct setting_spec *spec, const char *written, const char *now,
                 char **kept, struct error *err)
{
    (void)now;
    return each_name(spec, written, NULL, err) && setting_keep(written, kept, err);
}

static bool is_tablespace(const char *name)
{
    return name[0] == '\0' || strcmp(name, "pg_default") == 0;
}

/* There is one tablespace; PostgreSQL's code differs for a list and for one name. */
bool check_tablespace(const struct setting_spec *spec, const char *written,
                      const char *now, char **kept, struct error *err)
{
    (void)now;
    if (spec->flags & FLAG_LIST)
        return each_name(spec, written, is_tablespace, err) &&
               setting_keep(written, kept, err);
    if (is_tablespace(written))
        return setting_keep(written, kept, err);
    setting_invalid(spec, written, err);
    error_detail(err, "Tablespace \"%s\" does not exist.", written);
    return false;
}
