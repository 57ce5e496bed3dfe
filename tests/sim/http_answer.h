/* http_answer.h - is this answer the one to that request? */
#ifndef SIM_HTTP_ANSWER_H
#define SIM_HTTP_ANSWER_H

#include "http_client.h"

/* How many bytes of `text` are one answer; 0: it is not whole yet. *closes: it says
 * that the connection ends behind it. */
size_t http_answer_check(const struct http_client *client,
                         const struct http_request_spec *request, const char *text,
                         size_t len, bool *closes);
/* May its answer end in the midst of it? */
bool http_answer_may_break(const struct http_request_spec *request);

#endif
