/* copy_option_rules.h - the options of COPY while they are read, for the two files that
 * do so. */
#ifndef SQL_COPY_OPTION_RULES_H
#define SQL_COPY_OPTION_RULES_H

#include "sql/copy_statement.h"

enum copy_option_id {
    OPTION_FORMAT,
    OPTION_FREEZE,
    OPTION_DELIMITER,
    OPTION_NULL,
    OPTION_HEADER,
    OPTION_QUOTE,
    OPTION_ESCAPE,
    OPTION_FORCE_QUOTE,
    OPTION_FORCE_NOT_NULL,
    OPTION_FORCE_NULL,
    OPTION_ENCODING,
    OPTION_DEFAULT,
    OPTION_ON_ERROR,
    OPTION_LOG_VERBOSITY,
    OPTION_REJECT_LIMIT
};

/* The options while they are read. */
struct copy_reading {
    struct copy_options *out;
    bool is_from;
    uint32_t said;                         /* a bit an option */
    struct slice delimiter, quote, escape; /* as said */
    const struct copy_option *foreign;     /* the first that is none of ours, or NULL */
    struct error *err;
};

static inline bool copy_option_was_said(const struct copy_reading *options,
                                        enum copy_option_id id)
{
    return options->said >> id & 1;
}

/* Do they go together? *reading->err is that of the first rule that is broken. */
bool copy_option_rules_check(const struct copy_reading *reading) MUST_CHECK;

#endif
