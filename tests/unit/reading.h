/* reading.h - readers of values, called with a plain string. */
#ifndef TESTS_UNIT_READING_H
#define TESTS_UNIT_READING_H

#include "pgwire/output_style.h"
#include "pgwire/read.h"
#include "unit.h"

static inline struct reading reading_of(const char *text, size_t len, const char *type,
                                        struct pgw_error *err)
{
    return (struct reading){
        .text = {text, len}, .type = type, .style = &style_standard, .err = err};
}

#endif
