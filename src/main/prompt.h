/* prompt.h - a secret from the terminal, unseen, or from the standard input. */
#ifndef MAIN_PROMPT_H
#define MAIN_PROMPT_H

#include "core/attr.h"
#include "core/error.h"

enum { PROMPT_MAX = 1023 };

/* One line, without its end; the caller wipes it. On a terminal the text is written
 * first, nothing is echoed, and with `again` it has to be said twice. 22023 empty, too
 * long, or not the same twice; 58030. */
bool prompt_secret(const char *text, const char *again, char out[PROMPT_MAX + 1],
                   struct error *err) MUST_CHECK;

#endif
