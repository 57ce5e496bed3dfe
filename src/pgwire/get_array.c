/* get_array.c - arrays in either format, as their elements.
 *
 * Each element is a value for one of the getters, in the format of the array. In text
 * it is '{1,NULL,"a b"}', nested, with the bounds in front where they do not begin at
 * one: '[0:1]={…}'; quotes and backslashes are taken off into the session's memory. */
#include <stdlib.h>

#include "pgwire/get.h"
#include "pgwire/pg_type.h"

enum { ITEMS_MAX = 134217727 }; /* PostgreSQL's MaxArraySize */

/* ---- text ---- */

enum state {
    AT_START,
    IN_LEVEL, /* behind '{' */
    IN_ELEMENT,
    IN_QUOTES,
    BEHIND_QUOTES,
    BEHIND_COMMA, /* an element has to follow */
    BEHIND_LEVEL, /* behind '}' */
    BETWEEN_LEVELS
};

struct scan {
    const struct pgw_value *value;
    struct pgw_error *err;
    const char *at, *end;
    enum state state;
    unsigned depth, deepest;
    bool any; /* an element has begun */
    int32_t counts[PGW_ARRAY_DIMENSIONS_MAX + 1];
    int32_t lengths[PGW_ARRAY_DIMENSIONS_MAX + 1]; /* of the first that has ended */
    struct pgw_value *values;
    size_t count;
    char *to;      /* where the next character of an element goes */
    char *element; /* where the element started */
    char *content; /* the end of what is not blank at the end of an element */
    bool escaped;
};

static bool malformed(const struct scan *scan, const char *detail)
{
    struct slice text = {scan->value->raw.data, scan->value->raw.len};
    (void)pgw_fail(scan->err, "22P02", "malformed array literal: \"%.*s\"",
                   reading_quoted(text), text.data);
    size_t len = strlen(detail);
    memcpy(scan->err->detail, detail, len + 1);
    return false;
}

static bool unexpected(const struct scan *scan, char c)
{
    char detail[] = "Unexpected \"?\" character.";
    detail[12] = c;
    return malformed(scan, detail);
}

static bool too_deep(struct pgw_error *err, int dimensions)
{
    (void)pgw_fail(err, "54000",
                   "number of array dimensions (%d) exceeds the maximum allowed (%d)",
                   dimensions, PGW_ARRAY_DIMENSIONS_MAX);
    return false;
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static void skip_blanks(struct scan *scan)
{
    while (scan->at < scan->end && is_blank(*scan->at))
        scan->at++;
}

static const char nested_unequally[] =
    "Multidimensional arrays must have sub-arrays with matching dimensions.";

/* An element ends: blanks at the end of one without quotes are not its. */
static bool end_element(struct scan *scan)
{
    bool quoted = scan->state == BEHIND_QUOTES;
    struct pgw_value *value = &scan->values[scan->count++];
    if (scan->depth != scan->deepest)
        return malformed(scan, nested_unequally);
    *value = *scan->value;
    scan->to = scan->content;
    value->raw =
        (struct pgw_slice){scan->element, (size_t)(scan->content - scan->element)};
    value->is_null = !quoted && !scan->escaped &&
                     slice_equal_nocase((struct slice){value->raw.data, value->raw.len},
                                        SLICE("NULL"));
    return true;
}

static void start_element(struct scan *scan, enum state state)
{
    scan->state = state;
    scan->any = true;
    scan->escaped = false;
    scan->element = scan->content = scan->to;
}

static void keep(struct scan *scan, char c, bool blank)
{
    *scan->to++ = c;
    if (!blank)
        scan->content = scan->to;
}

static bool open_level(struct scan *scan)
{
    if (scan->state != AT_START && scan->state != IN_LEVEL &&
        scan->state != BETWEEN_LEVELS)
        return unexpected(scan, '{');
    if (scan->depth == PGW_ARRAY_DIMENSIONS_MAX)
        return too_deep(scan->err, (int)scan->depth + 1);
    if (scan->any && scan->depth >= scan->deepest)
        return malformed(scan, nested_unequally);
    scan->counts[scan->depth++] = 1;
    if (scan->depth > scan->deepest)
        scan->deepest = scan->depth;
    scan->state = IN_LEVEL;
    return true;
}

static bool close_level(struct scan *scan)
{
    bool element = scan->state == IN_ELEMENT || scan->state == BEHIND_QUOTES;
    bool empty = scan->depth == 1 && scan->state == IN_LEVEL;
    if (!element && !empty && scan->state != BEHIND_LEVEL)
        return unexpected(scan, '}');
    if (element && !end_element(scan))
        return false;
    unsigned level = --scan->depth;
    if (scan->lengths[level] != 0 && scan->lengths[level] != scan->counts[level])
        return malformed(scan, nested_unequally);
    scan->lengths[level] = scan->counts[level];
    scan->state = BEHIND_LEVEL;
    return true;
}

static bool take_comma(struct scan *scan)
{
    bool element = scan->state == IN_ELEMENT || scan->state == BEHIND_QUOTES;
    if (!element && scan->state != BEHIND_LEVEL)
        return unexpected(scan, ',');
    if (element && !end_element(scan))
        return false;
    scan->state = element ? BEHIND_COMMA : BETWEEN_LEVELS;
    scan->counts[scan->depth - 1]++;
    return true;
}

static bool take_escape(struct scan *scan)
{
    if (scan->state == IN_LEVEL || scan->state == BEHIND_COMMA)
        start_element(scan, IN_ELEMENT);
    else if (scan->state != IN_ELEMENT && scan->state != IN_QUOTES)
        return unexpected(scan, '\\');
    if (++scan->at == scan->end)
        return malformed(scan, "Unexpected end of input.");
    scan->escaped = true;
    keep(scan, *scan->at, false);
    return true;
}

static bool take_quote(struct scan *scan)
{
    if (scan->state == IN_LEVEL || scan->state == BEHIND_COMMA)
        start_element(scan, IN_QUOTES);
    else if (scan->state == IN_QUOTES)
        scan->state = BEHIND_QUOTES;
    else
        return malformed(scan, "Unexpected array element.");
    return true;
}

static bool take_plain(struct scan *scan, char c)
{
    if (scan->state == IN_LEVEL || scan->state == BEHIND_COMMA) {
        if (is_blank(c))
            return true;
        start_element(scan, IN_ELEMENT);
    }
    if (scan->state != IN_ELEMENT)
        return is_blank(c) || malformed(scan, "Unexpected array element.");
    keep(scan, c, is_blank(c));
    return true;
}

static bool take_character(struct scan *scan)
{
    char c = *scan->at;
    if (c == '\\')
        return take_escape(scan);
    if (c == '"')
        return take_quote(scan);
    if (scan->state == IN_QUOTES) {
        keep(scan, c, false);
        return true;
    }
    if (c == '{')
        return open_level(scan);
    if (c == '}')
        return close_level(scan);
    return c == ',' ? take_comma(scan) : take_plain(scan, c);
}

static bool scan_items(struct scan *scan)
{
    do {
        if (scan->at == scan->end)
            return malformed(scan, "Unexpected end of input.");
        if (!take_character(scan))
            return false;
        scan->at++;
    } while (scan->depth > 0);
    skip_blanks(scan);
    return scan->at == scan->end || malformed(scan, "Junk after closing right brace.");
}

/* ---- bounds in front: [lower:upper] or [upper], one a dimension, then '=' ---- */

static bool take_bound(struct scan *scan, int32_t *out)
{
    char number[16];
    size_t len = 0;
    while (scan->at < scan->end && len < sizeof number - 1 &&
           ((*scan->at >= '0' && *scan->at <= '9') || *scan->at == '-' ||
            *scan->at == '+'))
        number[len++] = *scan->at++;
    number[len] = '\0';
    char *end;
    long value = strtol(number, &end, 10);
    *out = (int32_t)value;
    if (len == 0 || *end)
        return malformed(scan, "Missing array dimension value.");
    if (value == *out)
        return true;
    (void)pgw_fail(scan->err, "54000", "array size exceeds the maximum allowed (%d)",
                   ITEMS_MAX);
    return false;
}

static bool take_dimension(struct scan *scan, struct pgw_array *out)
{
    int32_t upper, lower = 1;
    if (out->dimensions == PGW_ARRAY_DIMENSIONS_MAX)
        return too_deep(scan->err, (int)out->dimensions + 1);
    scan->at++;
    if (!take_bound(scan, &upper))
        return false;
    if (scan->at < scan->end && *scan->at == ':') {
        lower = upper;
        scan->at++;
        if (!take_bound(scan, &upper))
            return false;
    }
    if (scan->at == scan->end || *scan->at != ']')
        return malformed(scan, "Missing \"]\" after array dimensions.");
    scan->at++;
    if (upper < lower) {
        (void)pgw_fail(scan->err, "2202E",
                       "upper bound cannot be less than lower bound");
        return false;
    }
    int64_t length = (int64_t)upper - lower + 1;
    if (length > ITEMS_MAX || upper == INT32_MAX) {
        (void)pgw_fail(scan->err, "54000",
                       "array size exceeds the maximum allowed (%d)", ITEMS_MAX);
        return false;
    }
    out->lower[out->dimensions] = lower;
    out->lengths[out->dimensions++] = (int32_t)length;
    return true;
}

static bool take_bounds(struct scan *scan, struct pgw_array *out)
{
    for (skip_blanks(scan); scan->at < scan->end && *scan->at == '[';
         skip_blanks(scan)) {
        if (!take_dimension(scan, out))
            return false;
    }
    if (out->dimensions > 0) {
        if (scan->at == scan->end || *scan->at != '=')
            return malformed(scan, "Missing \"=\" after array dimensions.");
        scan->at++;
        skip_blanks(scan);
    }
    if (scan->at < scan->end && *scan->at == '{')
        return true;
    return malformed(scan, out->dimensions > 0
                               ? "Array contents must start with \"{\"."
                               : "Array value must start with \"{\" or dimension "
                                 "information.");
}

static bool compare_bounds(const struct scan *scan, struct pgw_array *out)
{
    unsigned dimensions = scan->any ? scan->deepest : 0;
    bool given = out->dimensions > 0, same = dimensions == out->dimensions;
    for (unsigned i = 0; i < dimensions; i++) {
        same = same && out->lengths[i] == scan->lengths[i];
        out->lengths[i] = scan->lengths[i];
        out->lower[i] = given ? out->lower[i] : 1;
    }
    if (given && !same)
        return malformed(scan,
                         "Specified array dimensions do not match array contents.");
    out->dimensions = dimensions;
    return true;
}

static bool text_array(pgw_session *session, const struct pgw_value *value,
                       struct pgw_array *out, struct pgw_error *err)
{
    struct scan scan = {.value = value,
                        .err = err,
                        .at = value->raw.data,
                        .end = value->raw.data + value->raw.len};
    struct pgw_slice text;
    if (!get_plain_text(value, &text, err) || !take_bounds(&scan, out))
        return false;
    size_t most = 1;
    for (const char *c = scan.at; c < scan.end; c++)
        most += *c == ',';
    scan.values = pgw_session_alloc(session, most * sizeof *scan.values);
    scan.to = pgw_session_alloc(session, value->raw.len + 1);
    if (!scan.values || !scan.to)
        return get_no_memory(err);
    if (!scan_items(&scan) || !compare_bounds(&scan, out))
        return false;
    out->count = scan.count;
    out->values = scan.values;
    return true;
}

/* ---- binary ---- */

struct binary {
    const struct pgw_value *value;
    size_t at;
};

static bool take_int(struct binary *binary, int32_t *out, struct pgw_error *err)
{
    *out = 0;
    if (binary->value->raw.len - binary->at < 4)
        return get_bad_length(binary->value, SIZE_MAX, err);
    *out = (int32_t)get_big_endian(binary->value, binary->at, 4);
    binary->at += 4;
    return true;
}

static bool take_head(struct binary *binary, struct pgw_array *out,
                      uint32_t *element_oid, struct pgw_error *err)
{
    int32_t dimensions, flags, oid;
    if (!take_int(binary, &dimensions, err))
        return false;
    if (dimensions < 0) {
        (void)pgw_fail(err, "22P03", "invalid number of dimensions: %d", dimensions);
        return false;
    }
    if (dimensions > PGW_ARRAY_DIMENSIONS_MAX)
        return too_deep(err, dimensions);
    if (!take_int(binary, &flags, err))
        return false;
    if (flags != 0 && flags != 1) {
        (void)pgw_fail(err, "22P03", "invalid array flags");
        return false;
    }
    if (!take_int(binary, &oid, err))
        return false;
    *element_oid = (uint32_t)oid;
    out->dimensions = (unsigned)dimensions;
    return true;
}

/* Only types that come with PostgreSQL have OIDs that mean something everywhere. */
static bool check_element(uint32_t got, uint32_t expected, struct pgw_error *err)
{
    enum { FIRST_OF_USERS = 10000 };
    if (got == expected || got >= FIRST_OF_USERS || expected >= FIRST_OF_USERS)
        return true;
    const struct get_type *a = get_type(got), *b = get_type(expected);
    (void)pgw_fail(err, "42804",
                   "binary data has array element type %u (%s) instead of expected "
                   "%u (%s)",
                   (unsigned)got, a ? a->name : "???", (unsigned)expected,
                   b ? b->name : "???");
    return false;
}

static bool take_lengths(struct binary *binary, struct pgw_array *out,
                         struct pgw_error *err)
{
    int64_t count = out->dimensions > 0;
    for (unsigned i = 0; i < out->dimensions; i++) {
        if (!take_int(binary, &out->lengths[i], err) ||
            !take_int(binary, &out->lower[i], err))
            return false;
    }
    for (unsigned i = 0; i < out->dimensions; i++) {
        count = out->lengths[i] < 0 ? ITEMS_MAX + 1 : count * out->lengths[i];
        if (count > ITEMS_MAX) {
            (void)pgw_fail(err, "54000", "array size exceeds the maximum allowed (%d)",
                           ITEMS_MAX);
            return false;
        }
    }
    for (unsigned i = 0; i < out->dimensions; i++) {
        if ((int64_t)out->lengths[i] + out->lower[i] <= INT32_MAX)
            continue;
        (void)pgw_fail(err, "54000", "array lower bound is too large: %d",
                       out->lower[i]);
        return false;
    }
    out->count = (size_t)count;
    return true;
}

static bool take_item(struct binary *binary, struct pgw_value *out,
                      struct pgw_error *err)
{
    int32_t len;
    if (!take_int(binary, &len, err))
        return false;
    *out = *binary->value;
    out->is_null = len == -1;
    if (len < -1 || (len > 0 && (size_t)len > binary->value->raw.len - binary->at)) {
        (void)pgw_fail(err, "22P03", "insufficient data left in message");
        return false;
    }
    out->raw = (struct pgw_slice){binary->value->raw.data + binary->at,
                                  len > 0 ? (size_t)len : 0};
    binary->at += out->raw.len;
    return true;
}

static bool binary_array(pgw_session *session, const struct pgw_value *value,
                         uint32_t element_oid, struct pgw_array *out,
                         struct pgw_error *err)
{
    struct binary binary = {value, 0};
    uint32_t oid;
    if (!take_head(&binary, out, &oid, err) || !check_element(oid, element_oid, err) ||
        !take_lengths(&binary, out, err))
        return false;
    /* Each item has its length: no more memory than the message promises. */
    if (out->count > value->raw.len / 4)
        return get_bad_length(value, SIZE_MAX, err);
    struct pgw_value *values =
        pgw_session_alloc(session, (out->count + 1) * sizeof *values);
    if (!values)
        return get_no_memory(err);
    for (size_t i = 0; i < out->count; i++) {
        if (!take_item(&binary, &values[i], err))
            return false;
        values[i].element = (uint32_t)i + 1;
    }
    if (out->count == 0)
        out->dimensions = 0;
    out->values = values;
    return binary.at == value->raw.len || get_bad_binary(value, err);
}

enum pgw_status pgw_get_array(pgw_session *session, const struct pgw_value *value,
                              uint32_t element_oid, struct pgw_array *out,
                              struct pgw_error *err)
{
    struct pgw_value as_element = *value;
    *out = (struct pgw_array){0};
    if (element_oid == 0) {
        const struct pg_type *element = pg_type_element(value->oid);
        element_oid = element ? element->oid : 0;
    }
    as_element.oid = element_oid;
    if (element_oid == 0)
        return get_done(value, get_no_conversion(value, "an array", err), err);
    bool done = value->format == PGW_TEXT_FORMAT
                    ? text_array(session, &as_element, out, err)
                    : binary_array(session, &as_element, element_oid, out, err);
    return get_done(value, done, err);
}
