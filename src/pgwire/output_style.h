/* output_style.h - the inside of a session's style: what writers of values look at. */
#ifndef PGWIRE_OUTPUT_STYLE_H
#define PGWIRE_OUTPUT_STYLE_H

#include <pgwire/style.h>

#include "core/zone.h"

enum date_style { DATE_ISO, DATE_SQL, DATE_POSTGRES, DATE_GERMAN };
enum date_order { ORDER_MDY, ORDER_DMY, ORDER_YMD };
enum interval_style { INTERVAL_POSTGRES, INTERVAL_VERBOSE, INTERVAL_SQL, INTERVAL_ISO };

struct pgw_style {
    enum date_style date;
    enum date_order order;
    enum interval_style interval;
    const struct zone *zone; /* a reference; NULL: UTC */
    bool bytea_escape;
    bool composites;  /* structs are records; else JSON */
    int float_digits; /* extra_float_digits */
    unsigned version; /* grows with each change */
};

/* PostgreSQL's defaults, in UTC. */
extern const struct pgw_style style_standard;

/* Set one parameter; on failure nothing has changed. */
enum pgw_status style_set(struct pgw_style *style, const char *name, const char *value,
                          struct pgw_error *err);
/* What SHOW says of one, NUL-terminated; "" for an unknown name. */
void style_show(const struct pgw_style *style, const char *name, char *out,
                size_t size);
void style_free(struct pgw_style *style); /* gives the zone back; standard again */

#endif
