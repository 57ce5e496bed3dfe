/* duckdb_error.c - the engine's messages as SQLSTATEs.
 *
 * A message begins with its kind ("Catalog Error: "); what follows tells cases apart
 * that PostgreSQL has codes for. The first row that fits wins; adding a case is adding
 * a row. Source of the codes: PostgreSQL documentation, appendix A. */
#include <stddef.h>
#include <stdlib.h>

#include "engine/duckdb/duckdb_internal.h"

static const struct rule {
    const char *kind;    /* how the message begins */
    const char *pattern; /* what it contains; NULL = anything */
    const char *sqlstate;
} rules[] = {
    {"Parser Error: ", NULL, "42601"},
    {"Syntax Error: ", NULL, "42601"},
    {"Catalog Error: ", "Table with name \"", "42P07"}, /* quoted only if it exists */
    {"Catalog Error: ", "View with name \"", "42P07"},
    {"Catalog Error: ", "Schema with name \"", "42P06"},
    {"Catalog Error: ", "with name \"", "42710"},
    {"Catalog Error: ", "already exists", "42710"},
    {"Catalog Error: ", "Existing object", "42809"},
    {"Catalog Error: ", "Table with name", "42P01"},
    {"Catalog Error: ", "View with name", "42P01"},
    {"Catalog Error: ", "Function with name", "42883"},
    {"Catalog Error: ", "Schema with name", "3F000"},
    {"Catalog Error: ", "Type with name", "42704"},
    {"Catalog Error: ", "Sequence with name", "42P01"},
    {"Catalog Error: ", "unrecognized configuration parameter", "42704"},
    {"Catalog Error: ", "does not exist", "42704"},
    {"Catalog Error: ", NULL, "42000"},
    {"Binder Error: ", "Ambiguous reference to column", "42702"},
    {"Binder Error: ", "Referenced column", "42703"},
    {"Binder Error: ", "does not have a column named", "42703"},
    {"Binder Error: ", "Column with name", "42701"},
    {"Binder Error: ", "Referenced table", "42P01"},
    {"Binder Error: ", "must appear in the GROUP BY clause", "42803"},
    {"Binder Error: ", "cannot contain aggregate", "42803"},
    {"Binder Error: ", "aggregate function calls cannot be nested", "42803"},
    {"Binder Error: ", "window functions are not allowed", "42P20"},
    {"Binder Error: ", "No function matches", "42883"},
    {"Binder Error: ", "Cannot compare values", "42883"},
    {"Binder Error: ", "Could not choose a best candidate", "42725"},
    {"Binder Error: ", "values were supplied", "42601"},
    {"Binder Error: ", "Table \"", "42P01"},
    {"Binder Error: ", "Cannot mix values of type", "42804"},
    {"Binder Error: ", "Duplicate alias", "42712"},
    {"Binder Error: ", "Catalog \"", "3F000"},
    {"Binder Error: ", "UNIQUE/PRIMARY KEY", "42P10"},
    {"Binder Error: ", NULL, "42000"},
    {"Constraint Error: ", "Duplicate key", "23505"},
    {"Constraint Error: ", "duplicate key", "23505"},
    {"Constraint Error: ", "NOT NULL constraint", "23502"},
    {"Constraint Error: ", "foreign key", "23503"},
    {"Constraint Error: ", "CHECK constraint", "23514"},
    {"Constraint Error: ", NULL, "23000"},
    {"Conversion Error: ", "timestamp field value out of range", "22008"},
    {"Conversion Error: ", "date field value out of range", "22008"},
    {"Conversion Error: ", "invalid date field format", "22007"},
    {"Conversion Error: ", "invalid timestamp field format", "22007"},
    {"Conversion Error: ", "out of range", "22003"},
    {"Conversion Error: ", "Could not convert string", "22P02"},
    {"Conversion Error: ", "Could not cast value", "22003"},
    {"Conversion Error: ", NULL, "22P02"},
    {"Out of Range Error: ", NULL, "22003"},
    {"Mismatch Type Error: ", NULL, "42804"},
    {"Invalid type Error: ", NULL, "42804"},
    {"Divide by Zero Error: ", NULL, "22012"},
    {"TransactionContext Error: ", "Conflict", "40001"},
    {"TransactionContext Error: ", "read-only", "25006"},
    {"TransactionContext Error: ", "no transaction is active", "25P01"},
    {"TransactionContext Error: ", "Current transaction is aborted", "25P02"},
    {"TransactionContext Error: ", "constraint", "23505"},
    {"TransactionContext Error: ", NULL, "40001"},
    {"Transaction Error: ", NULL, "40001"},
    {"Not implemented Error: ", NULL, "0A000"},
    {"Permission Error: ", NULL, "42501"},
    {"Dependency Error: ", NULL, "2BP01"},
    {"Sequence Error: ", NULL, "2200H"},
    {"Interrupt Error: ", NULL, "57014"},
    {"INTERRUPT Error: ", NULL, "57014"},
    {"Out of Memory Error: ", NULL, "53200"},
    {"IO Error: ", "Conflicting lock is held", "55006"},
    {"IO Error: ", "No files found", "58P01"},
    {"IO Error: ", "No space left", "53100"},
    {"IO Error: ", NULL, "58030"},
    {"Parameter Not Resolved Error: ", NULL, "42P18"},
    {"Parameter Not Allowed Error: ", NULL, "42601"},
    {"Missing Extension Error: ", NULL, "0A000"},
    {"Extension Autoloading Error: ", NULL, "0A000"},
    {"Invalid Configuration Error: ", NULL, "42501"},
    {"Invalid Input Error: ", "Cannot prepare multiple statements", "42601"},
    {"Invalid Input Error: ", "read-only mode", "25006"},
    {"Invalid Input Error: ", "division by zero", "22012"},
    {"Invalid Input Error: ", "interrupted", "57014"},
    {"Invalid Input Error: ", NULL, "22023"},
    {"Fatal Error: ", NULL, "58000"},
    {"FATAL Error: ", NULL, "58000"},
};

static const struct rule *find_rule(const char *message)
{
    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        if (strncmp(message, rules[i].kind, strlen(rules[i].kind)) == 0 &&
            (!rules[i].pattern || strstr(message, rules[i].pattern)))
            return &rules[i];
    }
    return NULL;
}

static size_t count_characters(const char *text, size_t len)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

/* The start of line `number`, from 1. */
static struct slice find_line(struct slice sql, unsigned long number)
{
    while (number > 1) {
        const char *end = memchr(sql.data, '\n', sql.len);
        if (!end)
            return (struct slice){sql.data, 0};
        sql.len -= (size_t)(end + 1 - sql.data);
        sql.data = end + 1;
        number--;
    }
    return sql;
}

/* "\n\nLINE n: …text…\n        ^": the caret stands under the character that is meant.
 * A long line is shown in part, between dots; what is shown is looked up in the
 * statement. */
static int32_t find_position(const char *excerpt, struct slice sql)
{
    char *colon;
    unsigned long number = strtoul(excerpt + strlen("LINE "), &colon, 10);
    if (strncmp(colon, ": ", 2) != 0)
        return 0;
    const char *shown = colon + 2, *end = strchr(shown, '\n');
    ptrdiff_t prefix = shown - excerpt;
    const char *caret = end ? strchr(end, '^') : NULL;
    if (!caret || caret - (end + 1) < prefix)
        return 0;
    size_t column = (size_t)(caret - (end + 1) - prefix);
    size_t shown_len = (size_t)(end - shown);
    if (shown_len > 3 && strncmp(shown, "...", 3) == 0) {
        shown += 3;
        shown_len -= 3;
        column = column > 3 ? column - 3 : 0;
    }
    if (shown_len > 3 && strncmp(end - 3, "...", 3) == 0)
        shown_len -= 3;
    struct slice line = find_line(sql, number);
    const char *found = line.len ? memmem(line.data, line.len, shown, shown_len) : NULL;
    if (!found)
        return 0;
    return (int32_t)(count_characters(sql.data, (size_t)(found - sql.data)) + column +
                     1);
}

/* "Did you mean …", "Candidate …" and further lines are a hint. */
static void split_hint(struct error *err, const char *text, size_t len)
{
    const char *newline = memchr(text, '\n', len);
    size_t first = newline ? (size_t)(newline - text) : len;
    char sqlstate[6];
    memcpy(sqlstate, err->sqlstate, sizeof sqlstate);
    error_set(err, sqlstate, "%.*s", (int)first, text);
    while (newline && newline < text + len && *newline == '\n')
        newline++;
    if (newline && newline < text + len)
        error_hint(err, "%.*s", (int)(text + len - newline), newline);
}

bool duckdb_error_set(struct error *err, const char *message, struct slice sql)
{
    if (!message)
        message = "Internal Error: the engine failed without a message";
    const struct rule *rule = find_rule(message);
    const char *text = rule ? message + strlen(rule->kind) : message;
    const char *excerpt = strstr(text, "\n\nLINE ");
    size_t len = excerpt ? (size_t)(excerpt - text) : strlen(text);
    memcpy(err->sqlstate, rule ? rule->sqlstate : "XX000", sizeof err->sqlstate);
    split_hint(err, text, len);
    if (excerpt &&
        err->sqlstate[0] == '4') /* of values PostgreSQL does not say where */
        err->position = find_position(excerpt + 2, sql);
    return false;
}
