/* read_float.c - floating point, read from text.
 *
 * C's strtod takes what PostgreSQL takes, hexadecimal digits included; it needs a
 * NUL at the end, hence a copy. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "pgwire/read.h"

struct number_copy {
    char room[64];
    char *text; /* room, or from the heap */
};

static bool copy_number(struct number_copy *copy, struct slice text)
{
    copy->text = text.len < sizeof copy->room ? copy->room : malloc(text.len + 1);
    if (!copy->text)
        return false;
    memcpy(copy->text, text.data, text.len);
    copy->text[text.len] = '\0';
    return true;
}

static void free_number(struct number_copy *copy)
{
    if (copy->text != copy->room)
        free(copy->text);
}

static bool out_of_range(const struct reading *reading, struct slice text)
{
    return reading_fail(reading, "22003", "\"%.*s\" is out of range for type %s",
                        reading_quoted(text), text.data, reading->type);
}

static bool is_whole(const char *start, const char *end)
{
    return end != start && read_trim(slice_of(end)).len == 0;
}

bool read_double(const struct reading *reading, double *out)
{
    struct number_copy copy;
    char *end;
    if (!copy_number(&copy, read_skip_blanks(reading->text)))
        return reading_no_memory(reading);
    errno = 0;
    *out = strtod(copy.text, &end);
    bool done = true;
    if (errno == ERANGE && (*out == 0 || isinf(*out)))
        done =
            out_of_range(reading, (struct slice){copy.text, (size_t)(end - copy.text)});
    else if (!is_whole(copy.text, end))
        done = reading_syntax(reading, "22P02");
    free_number(&copy);
    return done;
}

bool read_float(const struct reading *reading, float *out)
{
    struct number_copy copy;
    char *end;
    if (!copy_number(&copy, read_skip_blanks(reading->text)))
        return reading_no_memory(reading);
    errno = 0;
    *out = strtof(copy.text, &end);
    bool done = true;
    if (errno == ERANGE && (*out == 0 || isinf(*out)))
        done = out_of_range(reading, reading->text);
    else if (!is_whole(copy.text, end))
        done = reading_syntax(reading, "22P02");
    free_number(&copy);
    return done;
}
