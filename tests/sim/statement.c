/* statement.c - statements to text and back: "S" and numbers, ended by a semicolon. */
#include "statement.h"

#include <ctype.h>
#include <stdio.h>

size_t statement_write(const struct statement_spec *spec, char *text, size_t size)
{
    const int64_t fields[STATEMENT_FIELDS] = {
        spec->kind,    spec->id,     spec->a,       spec->b,
        spec->rows,    spec->width,  spec->chunk,   spec->slot,
        spec->work_us, spec->row_us, spec->fails_at};
    size_t used = (size_t)snprintf(text, size, "S");
    for (int i = 0; i < STATEMENT_FIELDS; i++)
        used +=
            (size_t)snprintf(text + used, size - used, " %lld", (long long)fields[i]);
    return used + (size_t)snprintf(text + used, size - used, ";");
}

static bool read_number(const char **at, const char *end, int64_t *out)
{
    bool negative = false;
    int64_t value = 0;
    while (*at < end && **at == ' ')
        ++*at;
    if (*at < end && **at == '-') {
        negative = true;
        ++*at;
    }
    if (*at == end || !isdigit((unsigned char)**at))
        return false;
    for (; *at < end && isdigit((unsigned char)**at); ++*at)
        value = value * 10 + (**at - '0');
    *out = negative ? -value : value;
    return true;
}

bool statement_read(const char **text, size_t *len, struct statement_spec *spec)
{
    const char *at = *text, *end = *text + *len;
    int64_t fields[STATEMENT_FIELDS];
    if (at == end || *at++ != 'S')
        return false;
    for (int i = 0; i < STATEMENT_FIELDS; i++)
        if (!read_number(&at, end, &fields[i]))
            return false;
    if (at == end || *at++ != ';')
        return false;
    *spec = (struct statement_spec){fields[0], fields[1], fields[2], fields[3],
                                    fields[4], fields[5], fields[6], fields[7],
                                    fields[8], fields[9], fields[10]};
    *len = (size_t)(end - at);
    *text = at;
    return true;
}

const char *statement_tag(const struct statement_spec *spec)
{
    static const char *const tags[] = {[STATEMENT_ROWS] = "SELECT",
                                       [STATEMENT_BEGIN] = "BEGIN",
                                       [STATEMENT_COMMIT] = "COMMIT",
                                       [STATEMENT_TIMEOUT] = "SET",
                                       [STATEMENT_IDLE] = "SET"};
    return tags[spec->kind];
}
