/* fuzz_split.c - any text: statements lie in it, in order, and split no further. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "sql/classify.h"
#include "sql/params.h"
#include "sql/split.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice rest = {(const char *)data, size}, statement;
    const char *behind = rest.data;
    while (sql_split(&rest, &statement)) {
        assert(statement.len > 0 && statement.data >= behind);
        behind = statement.data + statement.len;
        assert(behind <= (const char *)data + size);
        struct slice again = statement, same;
        assert(sql_split(&again, &same) && again.len == 0);
        assert(same.data == statement.data && same.len == statement.len);
        struct sql_class class = sql_classify(statement);
        assert(class.tag && class.kind != SQL_EMPTY);
        (void)sql_param_max(statement);
    }
    assert(rest.len == 0);
    return 0;
}
