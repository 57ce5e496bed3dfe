/* http_parse.h - the seam to the HTTP parser: llhttp where the system has it, else
 * http_parser, its ancestor. One request at a time, RFC 9112. */
#ifndef HTTP_HTTP_PARSE_H
#define HTTP_HTTP_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/slice.h"

struct http_parse;

enum http_parsed {
    HTTP_NEED_MORE,
    HTTP_COMPLETE,  /* a whole request */
    HTTP_MALFORMED, /* 400 */
    HTTP_TOO_LARGE, /* 413: the body; 431: the head */
    HTTP_NO_MEMORY
};

enum { HTTP_PATH_MAX = 1024, HTTP_HOST_MAX = 256, HTTP_AUTHORIZATION_MAX = 8192 };

struct http_request {
    char method[16];
    char path[HTTP_PATH_MAX]; /* without the query */
    char host[HTTP_HOST_MAX], origin[HTTP_HOST_MAX];
    char query_id[HTTP_HOST_MAX]; /* X-Query-Id */
    /* Authorization, of at most HTTP_AUTHORIZATION_MAX bytes, else it is empty. */
    struct slice authorization;
    unsigned host_count, query_id_count, authorization_count;
    bool has_head; /* all of this is known, but for the body */
    bool keep_alive;
    bool expects_continue; /* and the body has not begun to arrive */
    bool is_http10;
    bool path_too_long;
    struct buf body;
};

struct http_parse *http_parse_new(size_t body_max);
void http_parse_free(struct http_parse *parse); /* NULL is allowed */

/* Consume bytes from the front of the input, up to the end of one request. */
enum http_parsed http_parse_run(struct http_parse *parse, struct buf *input);
const struct http_request *http_parse_request(const struct http_parse *parse);
/* Once: the client waits for "100 Continue". */
bool http_parse_take_continue(struct http_parse *parse);
void http_parse_next(struct http_parse *parse); /* forget the request, read another */

#endif
