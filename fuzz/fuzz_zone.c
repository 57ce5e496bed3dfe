/* fuzz_zone.c - any bytes as a TZ string and as a TZif file: every time is in its span,
 * and the file's tables are within bounds. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "core/zone_file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int64_t times[] = {INT64_MIN / 4, -4000000000, 0,
                                1720000000,    4102444800,  INT64_MAX / 4};

static void check_rule(const struct zone_rule *rule)
{
    for (size_t i = 0; i < ARRAY_LEN(times); i++) {
        struct zone_span span;
        zone_rule_span(rule, times[i], &span);
        assert(span.from <= times[i] && times[i] < span.to);
        assert(span.offset > -7 * 86400 && span.offset < 7 * 86400 + 3600);
    }
}

static void check_table(const struct zone_table *table)
{
    assert(table->type_count > 0);
    for (size_t i = 0; i < table->change_count; i++) {
        assert(table->change_types[i] < table->type_count);
        assert(i == 0 || table->changes[i - 1] < table->changes[i]);
    }
    for (size_t i = 0; i < table->type_count; i++)
        assert(strlen(table->types[i].abbreviation) < 65536);
    if (table->has_rule)
        check_rule(&table->rule);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct zone_rule rule;
    struct arena arena = {0};
    if (size <= ZONE_NAME_MAX &&
        zone_rule_parse((struct slice){(const char *)data, size}, &rule))
        check_rule(&rule);
    const struct zone_table *table = zone_file_parse(&arena, data, size);
    if (table)
        check_table(table);
    arena_free(&arena);
    return 0;
}
