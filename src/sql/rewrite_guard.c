/* rewrite_guard.c - what may not be done to the catalogue: it belongs to the server.
 *
 * Its relations and functions are found by their bare names, so they could be dropped
 * and filled by them too. A verb is looked at where it begins a statement, or stands
 * behind WITH; what it is about is the first name behind it. */
#include "core/attr.h"
#include "sql/rewrite_rules.h"

static const char *const verbs[] = {"drop",     "alter", "insert",  "update", "delete",
                                    "truncate", "merge", "comment", "copy"};

/* What may stand between a verb and the name. */
static const char *const between[] = {
    "table", "view",   "macro", "function", "if",     "exists",  "into", "from",
    "on",    "column", "only",  "or",       "ignore", "replace", "temp", "temporary"};

static bool is_among(const struct rewrite *rewrite, size_t i, const char *const *words,
                     size_t count)
{
    for (size_t w = 0; w < count; w++) {
        if (token_is_word(rewrite_token(rewrite, i), words[w]))
            return true;
    }
    return false;
}

static bool is_verb(const struct rewrite *rewrite, size_t i)
{
    bool begins = i == 0 || (token_is_word(rewrite_token(rewrite, 0), "with") &&
                             rewrite->pieces[i].parent == REWRITE_NONE);
    return begins && is_among(rewrite, i, verbs, ARRAY_LEN(verbs));
}

static bool is_of_catalog(const struct rewrite *rewrite, size_t verb, size_t i)
{
    struct slice name = rewrite_name(rewrite, i);
    if (rewrite->catalog->has_relation(name))
        return true;
    return token_is_word(rewrite_token(rewrite, verb), "drop") &&
           (token_is_word(rewrite_token(rewrite, verb + 1), "macro") ||
            token_is_word(rewrite_token(rewrite, verb + 1), "function")) &&
           rewrite->catalog->has_function(name);
}

/* The name that the verb is about, without the schema in front of it. */
static size_t target(const struct rewrite *rewrite, size_t verb)
{
    size_t i = verb + 1;
    while (is_among(rewrite, i, between, ARRAY_LEN(between)))
        i++;
    if (rewrite_is_name(rewrite, i, "pg_catalog") &&
        rewrite_is_symbol(rewrite, i + 1, '.'))
        i += 2;
    return i;
}

bool rewrite_refuses(const struct rewrite *rewrite, struct slice *object)
{
    bool changes = false;
    static const char *const others[] = {"create", "detach", "attach", "use"};
    for (size_t i = 0; i < rewrite->count; i++) {
        if (is_verb(rewrite, i)) {
            size_t named = target(rewrite, i);
            *object = rewrite_name(rewrite, named);
            if (rewrite_is_any_name(rewrite, named) &&
                !rewrite_is_symbol(rewrite, named + 1, '.') &&
                is_of_catalog(rewrite, i, named))
                return true;
            changes = true;
        }
        changes =
            changes || (i == 0 && is_among(rewrite, i, others, ARRAY_LEN(others)));
        if (changes && rewrite_is_name(rewrite, i, rewrite->catalog->own)) {
            *object = rewrite_name(rewrite, i);
            return true;
        }
    }
    *object = (struct slice){NULL, 0};
    return false;
}
