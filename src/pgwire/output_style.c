/* output_style.c - parameters that say how values look: their words, in and out.
 *
 * One row per parameter: how it is set, how it is shown. A setter works on a copy,
 * which replaces the style when the value was good. */
#include "pgwire/output_style.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <pgwire/session.h>

#include "core/attr.h"
#include "pgwire/session_state.h"

const struct pgw_style style_standard = {.float_digits = 1};

static enum pgw_status invalid(const char *name, const char *value,
                               struct pgw_error *err)
{
    return pgw_fail(err, "22023", "invalid value for parameter \"%s\": \"%s\"", name,
                    value);
}

/* ---- words ---- */

struct word {
    const char *text;
    int value;
};

static bool find_word(const struct word *words, const char *text, int *out)
{
    for (; words->text; words++) {
        if (strcasecmp(words->text, text) == 0) {
            *out = words->value;
            return true;
        }
    }
    return false;
}

static const char *show_word(const struct word *words, int value)
{
    while (words->text && words->value != value)
        words++;
    return words->text ? words->text : "";
}

static enum pgw_status set_word(const struct word *words, const char *name,
                                const char *value, int *out, struct pgw_error *err)
{
    if (find_word(words, value, out))
        return PGW_OK;
    (void)invalid(name, value, err);
    size_t len = (size_t)snprintf(err->hint, sizeof err->hint, "Available values: ");
    for (const struct word *word = words; word->text; word++) {
        int put = snprintf(err->hint + len, sizeof err->hint - len, "%s%s", word->text,
                           word[1].text ? ", " : ".");
        len += (size_t)put;
    }
    return PGW_ERROR;
}

/* ---- DateStyle: a list of words, each of which sets the style or the order ---- */

static const struct date_word {
    const char *text;
    size_t prefix;    /* that many letters decide; 0: all */
    int style, order; /* -1: says nothing of it */
    bool weak;        /* the order gives way to one that is named */
} date_words[] = {
    {"ISO", 0, DATE_ISO, -1, false},
    {"SQL", 0, DATE_SQL, -1, false},
    {"POSTGRES", 8, DATE_POSTGRES, -1, false},
    {"GERMAN", 0, DATE_GERMAN, ORDER_DMY, true},
    {"YMD", 0, -1, ORDER_YMD, false},
    {"DMY", 0, -1, ORDER_DMY, false},
    {"EURO", 4, -1, ORDER_DMY, false},
    {"MDY", 0, -1, ORDER_MDY, false},
    {"US", 0, -1, ORDER_MDY, false},
    {"NONEURO", 7, -1, ORDER_MDY, false},
    {"DEFAULT", 0, DATE_ISO, ORDER_MDY, true},
};

static const struct date_word *find_date_word(const char *text, size_t len)
{
    for (size_t i = 0; i < ARRAY_LEN(date_words); i++) {
        const struct date_word *word = &date_words[i];
        size_t needed = word->prefix ? word->prefix : strlen(word->text);
        if ((word->prefix ? len >= needed : len == needed) &&
            strncasecmp(word->text, text, needed) == 0)
            return word;
    }
    return NULL;
}

struct date_choice {
    int style, order; /* -1: not said */
    bool order_is_weak, conflict;
};

static void choose_date(struct date_choice *choice, const struct date_word *word)
{
    if (word->style >= 0 && choice->style >= 0 && choice->style != word->style)
        choice->conflict = true;
    if (word->style >= 0)
        choice->style = word->style;
    if (word->order < 0 || (word->weak && choice->order >= 0))
        return;
    if (choice->order >= 0 && !choice->order_is_weak && choice->order != word->order)
        choice->conflict = true;
    choice->order = word->order;
    choice->order_is_weak = word->weak;
}

/* One word of the list, blanks around it; *rest moves behind its comma, NULL: there is
 * none. */
static const struct date_word *next_date_word(const char **rest)
{
    static const char blanks[] = " \t\n\r\v\f";
    const char *start = *rest + strspn(*rest, blanks);
    size_t len = strcspn(start, ", \t\n\r\v\f");
    const char *end = start + len + strspn(start + len, blanks);
    if (*end != ',' && *end != '\0')
        return NULL;
    *rest = *end ? end + 1 : NULL;
    return find_date_word(start, len);
}

static enum pgw_status set_date(struct pgw_style *style, const char *name,
                                const char *value, struct pgw_error *err)
{
    struct date_choice choice = {.style = -1, .order = -1};
    const char *rest = value[strspn(value, " ")] ? value : NULL;
    while (rest) {
        const struct date_word *word = next_date_word(&rest);
        if (!word)
            return invalid(name, value, err);
        choose_date(&choice, word);
    }
    if (choice.conflict) {
        (void)invalid(name, value, err);
        (void)snprintf(err->detail, sizeof err->detail,
                       "Conflicting \"datestyle\" specifications.");
        return PGW_ERROR;
    }
    if (choice.style >= 0)
        style->date = (enum date_style)choice.style;
    if (choice.order >= 0)
        style->order = (enum date_order)choice.order;
    return PGW_OK;
}

static void show_date(const struct pgw_style *style, char *out, size_t size)
{
    static const char *const styles[] = {"ISO", "SQL", "Postgres", "German"};
    static const char *const orders[] = {"MDY", "DMY", "YMD"};
    (void)snprintf(out, size, "%s, %s", styles[style->date], orders[style->order]);
}

/* ---- TimeZone ---- */

/* INTERVAL '[-+]h:mm[:ss]', as SET TIME ZONE INTERVAL hands it on. */
static bool interval_offset(const char *value, int32_t *offset)
{
    static const char keyword[] = "interval";
    long parts[3] = {0};
    if (strncasecmp(value, keyword, sizeof keyword - 1) != 0)
        return false;
    value += sizeof keyword - 1;
    value += strspn(value, " ");
    if (*value++ != '\'')
        return false;
    bool negative = *value == '-';
    value += *value == '-' || *value == '+';
    for (unsigned i = 0; i < ARRAY_LEN(parts); i++) {
        char *end;
        parts[i] = strtol(value, &end, 10);
        if (end == value || parts[i] < 0 || parts[i] > (i == 0 ? 167 : 59))
            return false;
        value = end;
        if (*value != ':')
            break;
        value++;
    }
    *offset = (int32_t)(parts[0] * 3600 + parts[1] * 60 + parts[2]);
    if (negative)
        *offset = -*offset;
    return strcmp(value, "'") == 0;
}

static enum pgw_status set_zone(struct pgw_style *style, const char *name,
                                const char *value, struct pgw_error *err)
{
    int32_t offset;
    const struct zone *zone = NULL;
    enum zone_found found =
        interval_offset(value, &offset)
            ? zone_fixed(offset, &zone)
            : zone_find((struct slice){value, strlen(value)}, &zone);
    switch (found) {
    case ZONE_FOUND:
        style->zone = zone;
        return PGW_OK;
    case ZONE_NO_MEMORY:
        return pgw_fail(err, "53200", "out of memory");
    case ZONE_LEAP:
        (void)pgw_fail(err, "22023", "time zone \"%s\" appears to use leap seconds",
                       value);
        (void)snprintf(err->detail, sizeof err->detail,
                       "PostgreSQL does not support leap seconds.");
        return PGW_ERROR;
    case ZONE_RANGE:
        (void)invalid(name, value, err);
        (void)snprintf(err->detail, sizeof err->detail,
                       "UTC timezone offset is out of range.");
        return PGW_ERROR;
    case ZONE_UNKNOWN:
    default:
        return invalid(name, value, err);
    }
}

static void show_zone(const struct pgw_style *style, char *out, size_t size)
{
    (void)snprintf(out, size, "%s", zone_name(style->zone));
}

/* ---- the others ---- */

static const struct word interval_words[] = {{"postgres", INTERVAL_POSTGRES},
                                             {"postgres_verbose", INTERVAL_VERBOSE},
                                             {"sql_standard", INTERVAL_SQL},
                                             {"iso_8601", INTERVAL_ISO},
                                             {NULL, 0}};
static const struct word bytea_words[] = {{"escape", true}, {"hex", false}, {NULL, 0}};
static const struct word struct_words[] = {
    {"json", false}, {"composite", true}, {NULL, 0}};

static enum pgw_status set_interval(struct pgw_style *style, const char *name,
                                    const char *value, struct pgw_error *err)
{
    int chosen = 0;
    enum pgw_status status = set_word(interval_words, name, value, &chosen, err);
    style->interval = (enum interval_style)chosen;
    return status;
}

static void show_interval(const struct pgw_style *style, char *out, size_t size)
{
    (void)snprintf(out, size, "%s", show_word(interval_words, (int)style->interval));
}

static enum pgw_status set_bytea(struct pgw_style *style, const char *name,
                                 const char *value, struct pgw_error *err)
{
    int chosen = 0;
    enum pgw_status status = set_word(bytea_words, name, value, &chosen, err);
    style->bytea_escape = chosen;
    return status;
}

static void show_bytea(const struct pgw_style *style, char *out, size_t size)
{
    (void)snprintf(out, size, "%s", show_word(bytea_words, style->bytea_escape));
}

static enum pgw_status set_structs(struct pgw_style *style, const char *name,
                                   const char *value, struct pgw_error *err)
{
    int chosen = 0;
    enum pgw_status status = set_word(struct_words, name, value, &chosen, err);
    style->composites = chosen;
    return status;
}

static void show_structs(const struct pgw_style *style, char *out, size_t size)
{
    (void)snprintf(out, size, "%s", show_word(struct_words, style->composites));
}

static enum pgw_status set_float_digits(struct pgw_style *style, const char *name,
                                        const char *value, struct pgw_error *err)
{
    enum { LEAST = -15, MOST = 3 };
    char *end;
    long digits = strtol(value, &end, 0);
    if (end != value && strchr(".eE", *end))
        digits = lrint(strtod(value, &end));
    end += strspn(end, " \t\n\r\v\f");
    if (end == value || *end)
        return invalid(name, value, err);
    if (digits < LEAST || digits > MOST)
        return pgw_fail(err, "22023",
                        "%s is outside the valid range for parameter \"%s\" (%d .. %d)",
                        value, name, LEAST, MOST);
    style->float_digits = (int)digits;
    return PGW_OK;
}

static void show_float_digits(const struct pgw_style *style, char *out, size_t size)
{
    (void)snprintf(out, size, "%d", style->float_digits);
}

/* ---- the table ---- */

static const struct style_parameter {
    const char *name;
    enum pgw_status (*set)(struct pgw_style *, const char *name, const char *value,
                           struct pgw_error *);
    void (*show)(const struct pgw_style *, char *out, size_t size);
} parameters[] = {
    {"DateStyle", set_date, show_date},
    {"IntervalStyle", set_interval, show_interval},
    {"TimeZone", set_zone, show_zone},
    {"bytea_output", set_bytea, show_bytea},
    {"extra_float_digits", set_float_digits, show_float_digits},
    {"wirehouse.struct_format", set_structs, show_structs},
};

static const struct style_parameter *find_parameter(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(parameters); i++) {
        if (strcasecmp(parameters[i].name, name) == 0)
            return &parameters[i];
    }
    return NULL;
}

bool pgw_style_has(const char *name)
{
    return find_parameter(name) != NULL;
}

enum pgw_status style_set(struct pgw_style *style, const char *name, const char *value,
                          struct pgw_error *err)
{
    const struct style_parameter *parameter = find_parameter(name);
    struct pgw_style changed = *style;
    if (!parameter)
        return pgw_fail(err, "42704", "unrecognized configuration parameter \"%s\"",
                        name);
    enum pgw_status status = parameter->set(&changed, parameter->name, value, err);
    if (status != PGW_OK)
        return status;
    if (parameter->set == set_zone)
        zone_unref(style->zone);
    changed.version++;
    *style = changed;
    return PGW_OK;
}

void style_show(const struct pgw_style *style, const char *name, char *out, size_t size)
{
    const struct style_parameter *parameter = find_parameter(name);
    if (size > 0)
        out[0] = '\0';
    if (parameter)
        parameter->show(style, out, size);
}

void style_free(struct pgw_style *style)
{
    zone_unref(style->zone);
    *style = style_standard;
}

enum pgw_status pgw_style_check(const char *name, const char *current,
                                const char *value, char *kept, size_t size,
                                struct pgw_error *err)
{
    struct pgw_style style = style_standard;
    enum pgw_status status = PGW_OK;
    if (current)
        status = style_set(&style, name, current, err);
    if (status == PGW_OK)
        status = style_set(&style, name, value, err);
    if (status == PGW_OK)
        style_show(&style, name, kept, size);
    style_free(&style);
    return status;
}

/* ---- a session's ---- */

enum pgw_status pgw_session_set_style(pgw_session *session, const char *name,
                                      const char *value, struct pgw_error *err)
{
    return style_set(&session->style, name, value, err);
}

const struct pgw_style *pgw_session_style(const pgw_session *session)
{
    return &session->style;
}
