/* copy_options.c - the options of COPY: what each says, and which go together.
 *
 *     options as said ── a row of `rows` each ──> copy_options
 *                     ── copy_option_rules.c ──> the first rule that is broken
 *
 * An option more is a row more, with the rules that it brings. */
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

#include "sql/copy_option_rules.h"

static bool fail_at(const struct copy_reading *options,
                    const struct copy_option *option)
{
    options->err->position = option->position;
    return false;
}

/* ---- arguments ---- */

/* A list is a name with dots. */
static bool get_text(const struct copy_reading *options,
                     const struct copy_option *option, struct slice *out)
{
    *out = option->argument == COPY_ARG_STAR ? SLICE("*") : option->text;
    return option->argument != COPY_ARG_NONE ||
           error_set(options->err, "42601", "%s requires a parameter",
                     option->name.data);
}

static bool is_one_of(struct slice text, const char *a, const char *b, const char *c)
{
    return slice_equal_nocase(text, slice_of(a)) ||
           slice_equal_nocase(text, slice_of(b)) || slice_equal(text, slice_of(c));
}

/* -1: it is no truth value. */
static int truth(const struct copy_option *option)
{
    if (option->argument == COPY_ARG_NONE)
        return 1;
    if (option->argument != COPY_ARG_TEXT)
        return -1;
    return is_one_of(option->text, "true", "on", "1")     ? 1
           : is_one_of(option->text, "false", "off", "0") ? 0
                                                          : -1;
}

static bool is_word(const struct copy_option *option, const char *word)
{
    return option->argument == COPY_ARG_TEXT &&
           slice_equal_nocase(option->text, slice_of(word));
}

static bool not_recognized(const struct copy_reading *options,
                           const struct copy_option *option, const char *what,
                           struct slice text)
{
    error_set(options->err, "22023", "COPY %s \"%.*s\" not recognized", what,
              (int)text.len, text.data);
    return fail_at(options, option);
}

/* ---- readers ---- */

typedef bool option_reader(struct copy_reading *, const struct copy_option *);

/* As PostgreSQL writes a list where one word is meant. */
static struct slice dotted(const struct copy_option *option, char *room, size_t size)
{
    size_t len = 0;
    for (size_t i = 0; i < option->list.count && len < size; i++)
        len += (size_t)snprintf(room + len, size - len, "%s%s", i ? "." : "",
                                option->list.names[i].data);
    return (struct slice){room, len < size ? len : size - 1};
}

static bool read_format(struct copy_reading *options, const struct copy_option *option)
{
    static const char *const names[] = {"text", "csv", "binary", "parquet", "arrow"};
    struct slice text;
    char room[256] = "";
    if (!get_text(options, option, &text))
        return false;
    if (option->argument == COPY_ARG_LIST)
        text = dotted(option, room, sizeof room);
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        options->out->format = (enum copy_format)i;
        if (slice_equal(text, slice_of(names[i])))
            return true;
    }
    return not_recognized(options, option, "format", text);
}

static bool read_freeze(struct copy_reading *options, const struct copy_option *option)
{
    int value = truth(option);
    options->out->freeze = value > 0;
    return value >= 0 ||
           error_set(options->err, "42601", "freeze requires a Boolean value");
}

static bool read_header(struct copy_reading *options, const struct copy_option *option)
{
    int value = truth(option);
    bool match = value < 0 && is_word(option, "match");
    options->out->header = match       ? COPY_HEADER_MATCH
                           : value > 0 ? COPY_HEADER_LINE
                                       : COPY_HEADER_NONE;
    if (match && !options->is_from)
        return error_set(options->err, "0A000",
                         "cannot use \"match\" with HEADER in COPY TO");
    return match || value >= 0 ||
           error_set(options->err, "42601",
                     "header requires a Boolean value or \"match\"");
}

static bool read_delimiter(struct copy_reading *options,
                           const struct copy_option *option)
{
    return get_text(options, option, &options->delimiter);
}

static bool read_quote(struct copy_reading *options, const struct copy_option *option)
{
    return get_text(options, option, &options->quote);
}

static bool read_escape(struct copy_reading *options, const struct copy_option *option)
{
    return get_text(options, option, &options->escape);
}

static bool read_null(struct copy_reading *options, const struct copy_option *option)
{
    return get_text(options, option, &options->out->null);
}

static bool read_default(struct copy_reading *options, const struct copy_option *option)
{
    options->out->has_default = true;
    return get_text(options, option, &options->out->default_text);
}

static bool read_names(struct copy_reading *options, const struct copy_option *option,
                       struct copy_names *out)
{
    *out = option->list;
    if (option->argument == COPY_ARG_LIST)
        return true;
    error_set(options->err, "22023",
              "argument to option \"%s\" must be a list of column names",
              option->name.data);
    return fail_at(options, option);
}

static bool read_force_quote(struct copy_reading *options,
                             const struct copy_option *option)
{
    options->out->force_quote_all = option->argument == COPY_ARG_STAR;
    return options->out->force_quote_all ||
           read_names(options, option, &options->out->force_quote);
}

static bool read_force_not_null(struct copy_reading *options,
                                const struct copy_option *option)
{
    return read_names(options, option, &options->out->force_not_null);
}

static bool read_force_null(struct copy_reading *options,
                            const struct copy_option *option)
{
    return read_names(options, option, &options->out->force_null);
}

static bool read_encoding(struct copy_reading *options,
                          const struct copy_option *option)
{
    if (!get_text(options, option, &options->out->encoding))
        return false;
    if (copy_encoding(options->out->encoding))
        return true;
    error_set(options->err, "22023",
              "argument to option \"encoding\" must be a valid encoding name");
    return fail_at(options, option);
}

static bool read_on_error(struct copy_reading *options,
                          const struct copy_option *option)
{
    struct slice text;
    if (!get_text(options, option, &text))
        return false;
    options->out->skips_errors = is_word(option, "ignore");
    return options->out->skips_errors || is_word(option, "stop") ||
           not_recognized(options, option, "ON_ERROR", text);
}

static bool read_verbosity(struct copy_reading *options,
                           const struct copy_option *option)
{
    static const char *const names[] = {"silent", "default", "verbose"};
    struct slice text;
    if (!get_text(options, option, &text))
        return false;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        options->out->verbosity = (enum copy_verbosity)i;
        if (is_word(option, names[i]))
            return true;
    }
    return not_recognized(options, option, "LOG_VERBOSITY", text);
}

static bool read_reject_limit(struct copy_reading *options,
                              const struct copy_option *option)
{
    struct slice text;
    char *end;
    if (!get_text(options, option, &text))
        return false;
    long long value = strtoll(text.data ? text.data : "", &end, 10);
    if (text.len == 0 || *end)
        return error_set(options->err, "42601",
                         "reject_limit requires a numeric value");
    options->out->reject_limit = value;
    return value > 0 ||
           error_set(options->err, "22023",
                     "REJECT_LIMIT (%lld) must be greater than zero", value);
}

static const struct option_row {
    const char *name;
    option_reader *read;
} rows[] = {
    [OPTION_FORMAT] = {"format", read_format},
    [OPTION_FREEZE] = {"freeze", read_freeze},
    [OPTION_DELIMITER] = {"delimiter", read_delimiter},
    [OPTION_NULL] = {"null", read_null},
    [OPTION_HEADER] = {"header", read_header},
    [OPTION_QUOTE] = {"quote", read_quote},
    [OPTION_ESCAPE] = {"escape", read_escape},
    [OPTION_FORCE_QUOTE] = {"force_quote", read_force_quote},
    [OPTION_FORCE_NOT_NULL] = {"force_not_null", read_force_not_null},
    [OPTION_FORCE_NULL] = {"force_null", read_force_null},
    [OPTION_ENCODING] = {"encoding", read_encoding},
    [OPTION_DEFAULT] = {"default", read_default},
    [OPTION_ON_ERROR] = {"on_error", read_on_error},
    [OPTION_LOG_VERBOSITY] = {"log_verbosity", read_verbosity},
    [OPTION_REJECT_LIMIT] = {"reject_limit", read_reject_limit},
};

/* ---- all of them ---- */

/* -1: it is none of ours. */
static int find_option(struct slice name)
{
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (slice_equal(name, slice_of(rows[i].name)))
            return (int)i;
    }
    return -1;
}

static bool read_option(struct copy_reading *options, const struct copy_option *option)
{
    int id = find_option(option->name);
    if (id < 0) {
        if (!options->foreign)
            options->foreign = option;
        return true;
    }
    if (copy_option_was_said(options, (enum copy_option_id)id)) {
        error_set(options->err, "42601", "conflicting or redundant options");
        return fail_at(options, option);
    }
    options->said |= 1U << id;
    return rows[id].read(options, option);
}

/* What was not said. */
static void fill_in(struct copy_reading *options)
{
    bool is_csv = options->out->format == COPY_FORMAT_CSV;
    struct copy_options *out = options->out;
    out->delimiter =
        copy_option_was_said(options, OPTION_DELIMITER) && options->delimiter.len
            ? options->delimiter.data[0]
        : is_csv ? ','
                 : '\t';
    out->quote = options->quote.len ? options->quote.data[0] : '"';
    out->escape = options->escape.len ? options->escape.data[0] : out->quote;
    if (!copy_option_was_said(options, OPTION_NULL))
        out->null = is_csv ? SLICE("") : SLICE("\\N");
}

bool copy_options_read(const struct copy_statement *statement, struct copy_options *out,
                       struct error *err)
{
    struct copy_reading options = {
        .out = out, .is_from = statement->is_from, .err = err};
    *out = (struct copy_options){.verbosity = COPY_VERBOSITY_DEFAULT};
    for (const struct copy_option *option = statement->options; option;
         option = option->next) {
        if (!read_option(&options, option))
            return false;
    }
    if (options.foreign && out->format != COPY_FORMAT_PARQUET) {
        error_set(err, "42601", "option \"%.*s\" not recognized",
                  (int)options.foreign->name.len, options.foreign->name.data);
        return fail_at(&options, options.foreign);
    }
    fill_in(&options);
    return copy_option_rules_check(&options);
}

bool copy_option_is_engines(const struct copy_option *option)
{
    return find_option(option->name) < 0;
}

const char *copy_option_name(size_t i)
{
    return i < ARRAY_LEN(rows) ? rows[i].name : NULL;
}
