/* fuzz_hba.c - any bytes as rules and as maps: what was read has all its parts, and
 * asking it ends. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "access/ident.h"
#include "access/rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every file that is included includes another, and has a few words. */
static bool read_file(struct arena *arena, const char *path, bool is_secret,
                      struct slice *out, struct error *err)
{
    (void)arena;
    (void)is_secret;
    *out = SLICE("a, \"b c\" @d\n+e all # f");
    return strlen(path) < 16 || error_set(err, "58P01", "could not read \"%s\"", path);
}

static void check_rules(const struct rules *rules)
{
    static const char *const addresses[] = {"127.0.0.1", "::1",      "192.0.2.1",
                                            "",          "nonsense", NULL};
    for (const struct rule *rule = rules->first; rule; rule = rule->next) {
        assert(rule->line > 0 &&
               rule->connections <= (RULE_LOCAL | RULE_TLS | RULE_PLAIN));
        assert(rule->method != ACCESS_PEER || rule->connections == RULE_LOCAL);
        assert(rule->method != ACCESS_CERT || rule->certificate == RULE_CERT_NAMED);
    }
    for (unsigned i = 0; i < 3 * ARRAY_LEN(addresses); i++) {
        const struct rule_request request = {.connection = 1U << i % 3,
                                             .address = addresses[i / 3],
                                             .user = "b c",
                                             .database = "main",
                                             .has_role = i % 2,
                                             .role = ROLE_WRITER};
        const struct rule *rule = rules_find(rules, &request);
        assert(!rule || rule->connections & request.connection);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct rules_options options = {.reader = read_file};
    struct slice text = {(const char *)data, size};
    struct arena arena = {0};
    struct rules rules;
    struct ident ident;
    struct error err;
    if (rules_parse(&arena, text, "d/hba", &options, &rules, &err))
        check_rules(&rules);
    else
        assert(err.sqlstate[0] && err.message[0]);
    /* The C library's expressions are not what is looked at. */
    if (!memchr(data, '/', size) &&
        ident_parse(&arena, text, "d/ident", read_file, &ident, &err))
        (void)ident_allows(&ident, "a", "b c", "d");
    arena_free(&arena);
    return 0;
}
