/* limit_rule.c - a limit's text, word by word. */
#include "limit/limit_rule.h"

#include "core/attr.h"

static const char *const scopes[LIMIT_SCOPES] = {
    [LIMIT_GLOBAL] = "global",   [LIMIT_DATABASE] = "database", [LIMIT_USER] = "user",
    [LIMIT_API_KEY] = "api-key", [LIMIT_ADDRESS] = "address",
};

static const char *const units[LIMIT_UNITS] = {
    [LIMIT_STATEMENTS] = "statements",
    [LIMIT_ROWS] = "rows",
    [LIMIT_BYTES] = "bytes",
    [LIMIT_ENGINE_MS] = "engine-ms",
};

static const uint64_t second_ns = 1000000000;

static const struct {
    const char *name;
    uint64_t factor;
} periods[] = {{"s", 1}, {"min", 60}, {"h", 3600}, {"d", 86400}},
  multiples[] = {{"", 1}, {"k", 1000}, {"M", 1000000}, {"G", 1000000000}};

const char *limit_scope_name(enum limit_scope scope)
{
    return scopes[scope];
}

const char *limit_unit_name(enum limit_unit unit)
{
    return units[unit];
}

/* ---- words ---- */

struct limit_text {
    struct slice all, rest;
    struct arena *arena;
    struct error *err;
};

static bool malformed(const struct limit_text *text, const char *why)
{
    (void)error_set(text->err, "22023", "limit \"%.*s\": %s", (int)text->all.len,
                    text->all.data, why);
    error_hint(text->err, "Use SCOPE [NAME] [UNIT] NUMBER/PERIOD [burst NUMBER], as in "
                          "\"user 100/s burst 200\".");
    return false;
}

static struct slice drop(struct slice text, size_t bytes)
{
    return (struct slice){text.data + bytes, text.len - bytes};
}

static struct slice trim(struct slice text)
{
    while (text.len > 0 && text.data[0] == ' ')
        text = drop(text, 1);
    return text;
}

/* Up to a blank; a quoted one up to its quote, which is not part of it. */
static struct slice next_word(struct limit_text *text, bool *quoted)
{
    struct slice rest = trim(text->rest);
    *quoted = rest.len > 0 && rest.data[0] == '"';
    if (*quoted)
        rest = drop(rest, 1);
    const char *end =
        rest.len ? memchr(rest.data, *quoted ? '"' : ' ', rest.len) : NULL;
    size_t len = end ? (size_t)(end - rest.data) : rest.len;
    text->rest = drop(rest, end ? len + 1 : len);
    return (struct slice){rest.data, len};
}

/* Which of the names? count: none. */
static size_t index_of(struct slice word, const char *const *names, size_t count)
{
    size_t i = 0;
    while (i < count && !slice_equal(word, slice_of(names[i])))
        i++;
    return i;
}

/* ---- numbers ---- */

/* The digits in front; false: there are none, or too many. */
static bool take_digits(struct slice *word, uint64_t *out)
{
    size_t digits = 0;
    *out = 0;
    for (; digits < word->len && word->data[digits] >= '0' && word->data[digits] <= '9';
         digits++) {
        if (*out > (UINT64_MAX - 9) / 10)
            return false;
        *out = *out * 10 + (uint64_t)(word->data[digits] - '0');
    }
    *word = drop(*word, digits);
    return digits > 0;
}

/* A number above zero, whose ending is a multiple of it. */
static bool take_number(struct slice word, uint64_t *out)
{
    if (!take_digits(&word, out) || *out == 0)
        return false;
    for (size_t i = 0; i < ARRAY_LEN(multiples); i++) {
        if (slice_equal(word, slice_of(multiples[i].name))) {
            if (*out > GCRA_TOKENS_MAX / multiples[i].factor)
                return false;
            *out *= multiples[i].factor;
            return true;
        }
    }
    return false;
}

static bool take_period(struct slice word, uint64_t *out)
{
    enum { DAYS_MAX = 366 };
    uint64_t count = 1;
    if (word.len > 0 && word.data[0] >= '0' && word.data[0] <= '9' &&
        !take_digits(&word, &count))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(periods); i++) {
        uint64_t most = DAYS_MAX * UINT64_C(86400) / periods[i].factor;
        if (slice_equal(word, slice_of(periods[i].name)) && count > 0 &&
            count <= most) {
            *out = count * periods[i].factor * second_ns;
            return true;
        }
    }
    return false;
}

/* ---- parts ---- */

/* NUMBER/PERIOD */
static bool parse_rate(struct limit_text *text, struct slice word,
                       struct limit_rule *rule)
{
    const char *slash = memchr(word.data, '/', word.len);
    size_t len = slash ? (size_t)(slash - word.data) : 0;
    if (!slash || !take_number((struct slice){word.data, len}, &rule->tokens))
        return malformed(text, "it has no number of tokens");
    if (!take_period(drop(word, len + 1), &rule->period_ns))
        return malformed(text, "the period is not s, min, h or d");
    return true;
}

/* [burst NUMBER], and then nothing. */
static bool parse_burst(struct limit_text *text, struct limit_rule *rule)
{
    bool quoted;
    struct slice word = next_word(text, &quoted);
    rule->burst = rule->tokens;
    if (word.len == 0 && !quoted)
        return true;
    if (!slice_equal(word, SLICE("burst")) ||
        !take_number(next_word(text, &quoted), &rule->burst))
        return malformed(text, "only \"burst NUMBER\" may follow a rate");
    return trim(text->rest).len == 0 || malformed(text, "too much is written there");
}

/* A word between the scope and the rate is a unit, or else a name. */
static bool parse_middle(struct limit_text *text, struct limit_rule *rule,
                         struct slice *rate)
{
    bool quoted, named = false, has_unit = false;
    for (*rate = next_word(text, &quoted);
         quoted || !memchr(rate->data, '/', rate->len);
         *rate = next_word(text, &quoted)) {
        size_t unit = quoted ? LIMIT_UNITS : index_of(*rate, units, LIMIT_UNITS);
        if (rate->len == 0)
            return malformed(text, "it has no rate");
        if (unit < LIMIT_UNITS && !has_unit) {
            rule->unit = (enum limit_unit)unit;
            has_unit = true;
        } else if (!named && !has_unit && rule->scope != LIMIT_GLOBAL &&
                   rule->scope != LIMIT_ADDRESS) {
            rule->name = *rate;
            named = true;
        } else {
            return malformed(text, "there is a word too many");
        }
    }
    return true;
}

bool limit_rule_parse(struct slice written, struct arena *arena, struct limit_rule *out,
                      struct error *err)
{
    struct limit_text text = {written, written, arena, err};
    struct slice rate;
    bool quoted;
    *out = (struct limit_rule){.unit = LIMIT_STATEMENTS};
    size_t scope = index_of(next_word(&text, &quoted), scopes, LIMIT_SCOPES);
    if (scope == LIMIT_SCOPES || quoted)
        return malformed(&text, "the scope is not one of global, database, user, "
                                "api-key, address");
    out->scope = (enum limit_scope)scope;
    if (!parse_middle(&text, out, &rate) || !parse_rate(&text, rate, out) ||
        !parse_burst(&text, out))
        return false;
    const char *name = arena_string(arena, out->name);
    if (!name)
        return error_no_memory(err);
    out->name.data = name;
    out->rate = gcra_of(out->tokens, out->period_ns, out->burst);
    return true;
}
