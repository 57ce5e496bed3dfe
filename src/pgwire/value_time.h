/* value_time.h - pieces that the writers of dates, times and intervals share. */
#ifndef PGWIRE_VALUE_TIME_H
#define PGWIRE_VALUE_TIME_H

#include "pgwire/calendar.h"
#include "pgwire/value.h"

static inline uint8_t *time_put2(uint8_t *to, unsigned value)
{
    return value_put_pair(to, value);
}

static inline uint8_t *time_put_text(uint8_t *to, const char *text)
{
    size_t len = strlen(text);
    memcpy(to, text, len);
    return to + len;
}

uint8_t *time_put_civil(uint8_t *to, struct civil civil);      /* yyyy-mm-dd, no era */
uint8_t *time_put_fraction(uint8_t *to, unsigned us);          /* .ffffff, no zeros */
uint8_t *time_put_offset(uint8_t *to, int32_t offset_seconds); /* ±hh[:mm[:ss]] */

#endif
