/* copy_option_rules.c - which options of COPY go together: a row a rule, in the order
 * in which PostgreSQL looks at them. */
#include "sql/copy_option_rules.h"

static bool is_line_end(struct slice text)
{
    return text.len &&
           (memchr(text.data, '\n', text.len) || memchr(text.data, '\r', text.len));
}

static bool has_char(struct slice text, char c)
{
    return text.len && memchr(text.data, c, text.len);
}

static bool is_format(const struct copy_reading *options, enum copy_format format)
{
    return options->out->format == format;
}

static bool long_delimiter(const struct copy_reading *o)
{
    return copy_option_was_said(o, OPTION_DELIMITER) && o->delimiter.len != 1;
}

static bool line_end_delimiter(const struct copy_reading *o)
{
    return is_line_end(o->delimiter);
}

static bool line_end_null(const struct copy_reading *o)
{
    return is_line_end(o->out->null);
}

static bool line_end_default(const struct copy_reading *o)
{
    return is_line_end(o->out->default_text);
}

static bool long_quote(const struct copy_reading *o)
{
    return copy_option_was_said(o, OPTION_QUOTE) && o->quote.len != 1;
}

static bool long_escape(const struct copy_reading *o)
{
    return copy_option_was_said(o, OPTION_ESCAPE) && o->escape.len != 1;
}

static bool quote_delimits(const struct copy_reading *o)
{
    return is_format(o, COPY_FORMAT_CSV) && o->out->delimiter == o->out->quote;
}

static bool delimiter_in_null(const struct copy_reading *o)
{
    return has_char(o->out->null, o->out->delimiter);
}

static bool quote_in_null(const struct copy_reading *o)
{
    return is_format(o, COPY_FORMAT_CSV) && has_char(o->out->null, o->out->quote);
}

static bool delimiter_in_default(const struct copy_reading *o)
{
    return has_char(o->out->default_text, o->out->delimiter);
}

static bool quote_in_default(const struct copy_reading *o)
{
    return is_format(o, COPY_FORMAT_CSV) &&
           has_char(o->out->default_text, o->out->quote);
}

static bool default_is_null(const struct copy_reading *o)
{
    return o->out->has_default && slice_equal(o->out->default_text, o->out->null);
}

static bool skips_binary(const struct copy_reading *o)
{
    return o->out->skips_errors && o->out->format >= COPY_FORMAT_BINARY;
}

static bool limit_without_skipping(const struct copy_reading *o)
{
    return copy_option_was_said(o, OPTION_REJECT_LIMIT) && !o->out->skips_errors;
}

enum { ANY = -1, TEXT_OR_CSV = 1 << COPY_FORMAT_TEXT | 1 << COPY_FORMAT_CSV };

/* Broken if `option` was said of another format or in another direction than these; or,
 * without an option, if `is_broken` says so. */
static const struct rule {
    int option; /* ANY: look at is_broken */
    unsigned formats;
    char direction; /* 'f' from, 't' to, 0 both; 'm' both, and the message ends with
                       the format's name */
    bool (*is_broken)(const struct copy_reading *);
    const char *sqlstate, *message;
} rules[] = {
#define ONLY(option, formats, state, text)                                             \
    {                                                                                  \
        OPTION_##option, formats, 0, NULL, state, text                                 \
    }
#define ONE_WAY(option, way, state, text)                                              \
    {                                                                                  \
        OPTION_##option, ~0U, way, NULL, state, text                                   \
    }
#define NOT_IN_MODE(option, state, text)                                               \
    {                                                                                  \
        OPTION_##option, TEXT_OR_CSV, 'm', NULL, state, text                           \
    }
#define NEVER(function, state, text)                                                   \
    {                                                                                  \
        ANY, 0, 0, function, state, text                                               \
    }
    NOT_IN_MODE(DELIMITER, "42601", "cannot specify DELIMITER in"),
    NOT_IN_MODE(NULL, "42601", "cannot specify NULL in"),
    NOT_IN_MODE(DEFAULT, "42601", "cannot specify DEFAULT in"),
    NEVER(long_delimiter, "0A000",
          "COPY delimiter must be a single one-byte character"),
    NEVER(line_end_delimiter, "22023",
          "COPY delimiter cannot be newline or carriage return"),
    NEVER(line_end_null, "22023",
          "COPY null representation cannot use newline or carriage return"),
    NEVER(line_end_default, "22023",
          "COPY default representation cannot use newline or carriage return"),
    NEVER(NULL, "22023", "COPY delimiter cannot be \"%c\""),
    NOT_IN_MODE(HEADER, "0A000", "cannot specify HEADER in"),
    ONLY(QUOTE, 1 << COPY_FORMAT_CSV, "0A000", "COPY quote available only in CSV mode"),
    NEVER(long_quote, "0A000", "COPY quote must be a single one-byte character"),
    NEVER(quote_delimits, "22023", "COPY delimiter and quote must be different"),
    ONLY(ESCAPE, 1 << COPY_FORMAT_CSV, "0A000",
         "COPY escape available only in CSV mode"),
    NEVER(long_escape, "0A000", "COPY escape must be a single one-byte character"),
    ONLY(FORCE_QUOTE, 1 << COPY_FORMAT_CSV, "0A000",
         "COPY force quote available only in CSV mode"),
    ONE_WAY(FORCE_QUOTE, 't', "0A000", "COPY force quote only available using COPY TO"),
    ONLY(FORCE_NOT_NULL, 1 << COPY_FORMAT_CSV, "0A000",
         "COPY force not null available only in CSV mode"),
    ONE_WAY(FORCE_NOT_NULL, 'f', "0A000",
            "COPY force not null only available using COPY FROM"),
    ONLY(FORCE_NULL, 1 << COPY_FORMAT_CSV, "0A000",
         "COPY force null available only in CSV mode"),
    ONE_WAY(FORCE_NULL, 'f', "0A000", "COPY force null only available using COPY FROM"),
    NEVER(delimiter_in_null, "0A000",
          "COPY delimiter must not appear in the NULL specification"),
    NEVER(quote_in_null, "0A000",
          "CSV quote character must not appear in the NULL specification"),
    ONE_WAY(DEFAULT, 'f', "0A000", "COPY DEFAULT only available using COPY FROM"),
    NEVER(delimiter_in_default, "0A000",
          "COPY delimiter must not appear in the DEFAULT specification"),
    NEVER(quote_in_default, "0A000",
          "CSV quote character must not appear in the DEFAULT specification"),
    NEVER(default_is_null, "0A000",
          "NULL specification and DEFAULT specification cannot be the same"),
    ONE_WAY(ON_ERROR, 'f', "22023", "COPY ON_ERROR cannot be used with COPY TO"),
    NEVER(skips_binary, "0A000", "only ON_ERROR STOP is allowed in BINARY mode"),
    ONE_WAY(REJECT_LIMIT, 'f', "22023",
            "COPY REJECT_LIMIT cannot be used with COPY TO"),
    NEVER(limit_without_skipping, "22023",
          "COPY REJECT_LIMIT requires ON_ERROR to be set to IGNORE"),
    ONLY(ENCODING, TEXT_OR_CSV | 1 << COPY_FORMAT_BINARY, "0A000",
         "COPY ENCODING is not available in this format"),
#undef ONLY
#undef ONE_WAY
#undef NOT_IN_MODE
#undef NEVER
};

/* In text each of these means something else behind a backslash. */
static bool bad_delimiter(const struct copy_reading *options)
{
    static const char bad[] = "\\.abcdefghijklmnopqrstuvwxyz0123456789";
    return is_format(options, COPY_FORMAT_TEXT) &&
           memchr(bad, options->out->delimiter, sizeof bad - 1);
}

static bool breaks(const struct copy_reading *options, const struct rule *rule)
{
    if (rule->option == ANY)
        return rule->is_broken ? rule->is_broken(options) : bad_delimiter(options);
    bool wrong_way = (rule->direction == 'f' && !options->is_from) ||
                     (rule->direction == 't' && options->is_from);
    return copy_option_was_said(options, (enum copy_option_id)rule->option) &&
           (wrong_way || !(rule->formats >> options->out->format & 1));
}

static const char *mode(const struct copy_reading *options)
{
    return is_format(options, COPY_FORMAT_PARQUET) ? "PARQUET"
           : is_format(options, COPY_FORMAT_ARROW) ? "ARROW"
                                                   : "BINARY";
}

bool copy_option_rules_check(const struct copy_reading *options)
{
    for (size_t i = 0; i < ARRAY_LEN(rules); i++) {
        const struct rule *rule = &rules[i];
        if (!breaks(options, rule))
            continue;
        if (rule->option == ANY && !rule->is_broken)
            return error_set(options->err, rule->sqlstate,
                             "COPY delimiter cannot be \"%c\"",
                             options->out->delimiter);
        if (rule->direction == 'm')
            return error_set(options->err, rule->sqlstate, "%s %s mode", rule->message,
                             mode(options));
        return error_set(options->err, rule->sqlstate, "%s", rule->message);
    }
    return true;
}
