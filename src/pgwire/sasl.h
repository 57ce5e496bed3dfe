/* sasl.h - what the mechanisms of SASL share: how PostgreSQL shows a character of a
 * message that it refuses. */
#ifndef PGWIRE_SASL_H
#define PGWIRE_SASL_H

struct sasl_char {
    char text[8];
};

/* 'x' if it can be printed, 0x07 if not. */
struct sasl_char sasl_show(char c);

#endif
