/* catalog_files.c - the SQL files of this directory, built in, and what they define. */
#include <string.h>

#include "catalog/catalog.h"

#include "catalog_sql.h"

const struct catalog_file *const catalog_files = sql_files;
const size_t catalog_file_count = ARRAY_LEN(sql_files);

static bool is_among(struct slice name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_equal_nocase(name, slice_of(names[i])))
            return true;
    }
    return false;
}

bool catalog_has_relation(struct slice name)
{
    return is_among(name, relation_names, ARRAY_LEN(relation_names));
}

bool catalog_has_function(struct slice name)
{
    return is_among(name, function_names, ARRAY_LEN(function_names));
}
