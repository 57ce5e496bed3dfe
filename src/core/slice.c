/* slice.c - borrowed bytes with a length. */
#include "core/slice.h"

#include <strings.h>

bool slice_equal_nocase(struct slice a, struct slice b)
{
    return a.len == b.len && (a.len == 0 || strncasecmp(a.data, b.data, a.len) == 0);
}
