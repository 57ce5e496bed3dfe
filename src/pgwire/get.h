/* get.h - what the getters of parameters have in common. */
#ifndef PGWIRE_GET_H
#define PGWIRE_GET_H

#include "pgwire/read.h"

struct get_type {
    uint32_t oid;
    const char *name; /* as PostgreSQL's messages say it */
    uint32_t width;   /* of the binary form, 0 = any */
};

const struct get_type *get_type(uint32_t oid); /* NULL: not one of ours */

/* A text on its way to a reader; false: it is no UTF-8, and *err says so. */
bool get_reading(const struct pgw_value *value, struct reading *out,
                 struct pgw_error *err) MUST_CHECK;
/* The end of every getter: an error is told where it happened. */
enum pgw_status get_done(const struct pgw_value *value, bool done,
                         struct pgw_error *err);

/* Always false. */
bool get_bad_length(const struct pgw_value *value, size_t expected,
                    struct pgw_error *err);
bool get_bad_binary(const struct pgw_value *value, struct pgw_error *err);
bool get_no_conversion(const struct pgw_value *value, const char *to,
                       struct pgw_error *err);
bool get_no_memory(struct pgw_error *err);

/* Big endian, `width` bytes from `at` on, which are there. */
uint64_t get_big_endian(const struct pgw_value *value, size_t at, size_t width);
/* The whole of a binary value of a type of a fixed width up to eight. */
bool get_binary_number(const struct pgw_value *value, uint64_t *out,
                       struct pgw_error *err) MUST_CHECK;
int64_t get_sign_extend(uint64_t raw, uint32_t oid);

/* Text of a binary form, or as it came, checked to be UTF-8. */
bool get_plain_text(const struct pgw_value *value, struct pgw_slice *out,
                    struct pgw_error *err) MUST_CHECK;

#endif
