/* sasl.c - what the mechanisms of SASL share. */
#include "pgwire/sasl.h"

#include <stdbool.h>
#include <stdio.h>

struct sasl_char sasl_show(char c)
{
    struct sasl_char shown;
    bool is_printable = c >= 0x21 && c <= 0x7e;
    (void)snprintf(shown.text, sizeof shown.text, is_printable ? "'%c'" : "0x%02x",
                   (unsigned char)c);
    return shown;
}
