/* http_parse.c - the seam to the HTTP parser. */
#include "http/http_parse.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "pgwire/crypto.h"

#if WIREHOUSE_LLHTTP
#include <llhttp.h>
typedef llhttp_t library_parser;
typedef llhttp_settings_t library_settings;
#else
#include <http_parser.h>
typedef http_parser library_parser;
typedef http_parser_settings library_settings;
#endif

enum { NAME_MAX_BYTES = 64, VALUE_MAX_BYTES = HTTP_HOST_MAX };

struct http_parse {
    library_parser parser;
    library_settings settings;
    struct http_request request;
    size_t body_max;
    enum http_parsed outcome;
    char name[NAME_MAX_BYTES], value[VALUE_MAX_BYTES];
    size_t name_len, value_len, path_len;
    bool in_value;
    struct buf secret; /* the value of Authorization */
};

static struct http_parse *self_of(library_parser *parser)
{
    return parser->data;
}

/* Append with a NUL behind; false: it did not fit. */
static bool append(char *to, size_t *len, size_t size, const char *text, size_t add)
{
    if (*len + add >= size)
        return false;
    memcpy(to + *len, text, add);
    *len += add;
    to[*len] = '\0';
    return true;
}

/* ---- headers ---- */

static void keep(char *to, const char *value)
{
    memcpy(to, value, strlen(value) + 1);
}

/* Its value is long, and goes to a place of its own, which is wiped. */
static bool is_secret(const struct http_parse *parse)
{
    return strcasecmp(parse->name, "authorization") == 0;
}

/* Too long, or twice there: nothing is kept. */
static void keep_secret(struct http_parse *parse, const char *text, size_t len)
{
    if (parse->request.has_head)
        return; /* it stands behind the body */
    if (parse->request.authorization_count > 0 ||
        buf_len(&parse->secret) + len > HTTP_AUTHORIZATION_MAX ||
        !buf_append(&parse->secret, text, len))
        parse->request.authorization_count = 2;
}

static void forget_secret(struct http_parse *parse)
{
    crypto_wipe(parse->secret.memory, parse->secret.capacity);
    buf_free(&parse->secret);
}

static void finish_header(struct http_parse *parse)
{
    struct http_request *request = &parse->request;
    if (strcasecmp(parse->name, "host") == 0) {
        keep(request->host, parse->value);
        request->host_count++;
    } else if (strcasecmp(parse->name, "x-query-id") == 0) {
        keep(request->query_id, parse->value);
        request->query_id_count++;
    } else if (is_secret(parse)) {
        request->authorization_count++;
    } else if (strcasecmp(parse->name, "origin") == 0) {
        keep(request->origin, parse->value);
    } else if (strcasecmp(parse->name, "expect") == 0 &&
               strcasecmp(parse->value, "100-continue") == 0) {
        request->expects_continue = true;
    }
    parse->name_len = parse->value_len = 0;
    parse->name[0] = parse->value[0] = '\0';
    parse->in_value = false;
}

static int on_field(library_parser *parser, const char *text, size_t len)
{
    struct http_parse *parse = self_of(parser);
    if (parse->in_value)
        finish_header(parse);
    if (!append(parse->name, &parse->name_len, sizeof parse->name, text, len))
        parse->name[0] = '\0'; /* too long to be one that is known */
    return 0;
}

static int on_value(library_parser *parser, const char *text, size_t len)
{
    struct http_parse *parse = self_of(parser);
    parse->in_value = true;
    if (is_secret(parse))
        keep_secret(parse, text, len);
    else if (!append(parse->value, &parse->value_len, sizeof parse->value, text, len))
        parse->value_len = sizeof parse->value; /* cut, and never equal to anything */
    return 0;
}

static int on_url(library_parser *parser, const char *text, size_t len)
{
    struct http_parse *parse = self_of(parser);
    struct http_request *request = &parse->request;
    if (!append(request->path, &parse->path_len, sizeof request->path, text, len))
        request->path_too_long = true;
    return 0;
}

static int on_headers_complete(library_parser *parser)
{
    struct http_parse *parse = self_of(parser);
    finish_header(parse);
    parse->request.path[strcspn(parse->request.path, "?#")] = '\0';
    parse->request.is_http10 = parser->http_major == 1 && parser->http_minor == 0;
    parse->request.authorization =
        (struct slice){(const char *)buf_data(&parse->secret), buf_len(&parse->secret)};
    parse->request.has_head = true;
    return 0;
}

static int on_body(library_parser *parser, const char *data, size_t len)
{
    struct http_parse *parse = self_of(parser);
    parse->request.expects_continue = false;
    if (buf_len(&parse->request.body) + len > parse->body_max)
        parse->outcome = HTTP_TOO_LARGE;
    else if (!buf_append(&parse->request.body, data, len))
        parse->outcome = HTTP_NO_MEMORY;
    return parse->outcome == HTTP_NEED_MORE ? 0 : -1;
}

#if WIREHOUSE_LLHTTP

static int on_complete(library_parser *parser)
{
    struct http_parse *parse = self_of(parser);
    parse->outcome = HTTP_COMPLETE;
    parse->request.keep_alive = llhttp_should_keep_alive(parser);
    return HPE_PAUSED;
}

static void reset(struct http_parse *parse)
{
    llhttp_init(&parse->parser, HTTP_REQUEST, &parse->settings);
    parse->parser.data = parse;
}

static const char *method_name(const struct http_parse *parse)
{
    return llhttp_method_name((llhttp_method_t)parse->parser.method);
}

/* How many bytes were taken; *failed: the parser is stuck. */
static size_t execute(struct http_parse *parse, const char *data, size_t len,
                      bool *failed)
{
    llhttp_errno_t result = llhttp_execute(&parse->parser, data, len);
    *failed = result != HPE_OK && result != HPE_PAUSED;
    return result == HPE_OK ? len
                            : (size_t)(llhttp_get_error_pos(&parse->parser) - data);
}

#else

static int on_complete(library_parser *parser)
{
    struct http_parse *parse = self_of(parser);
    parse->outcome = HTTP_COMPLETE;
    parse->request.keep_alive = http_should_keep_alive(parser);
    http_parser_pause(parser, 1);
    return 0;
}

static void reset(struct http_parse *parse)
{
    http_parser_init(&parse->parser, HTTP_REQUEST);
    parse->parser.data = parse;
}

static const char *method_name(const struct http_parse *parse)
{
    return http_method_str((enum http_method)parse->parser.method);
}

static size_t execute(struct http_parse *parse, const char *data, size_t len,
                      bool *failed)
{
    size_t taken = http_parser_execute(&parse->parser, &parse->settings, data, len);
    enum http_errno result = HTTP_PARSER_ERRNO(&parse->parser);
    *failed = result != HPE_OK && result != HPE_PAUSED;
    return taken;
}

#endif

/* ---- the seam ---- */

struct http_parse *http_parse_new(size_t body_max)
{
    struct http_parse *parse = calloc(1, sizeof *parse);
    if (!parse)
        return NULL;
    parse->body_max = body_max;
    parse->settings.on_url = on_url;
    parse->settings.on_header_field = on_field;
    parse->settings.on_header_value = on_value;
    parse->settings.on_headers_complete = on_headers_complete;
    parse->settings.on_body = on_body;
    parse->settings.on_message_complete = on_complete;
    reset(parse);
    return parse;
}

void http_parse_free(struct http_parse *parse)
{
    if (!parse)
        return;
    buf_free(&parse->request.body);
    forget_secret(parse);
    free(parse);
}

enum http_parsed http_parse_run(struct http_parse *parse, struct buf *input)
{
    bool failed;
    size_t taken =
        execute(parse, (const char *)buf_data(input), buf_len(input), &failed);
    buf_consume(input, taken < buf_len(input) ? taken : buf_len(input));
    if (failed && parse->outcome == HTTP_NEED_MORE)
        parse->outcome = HTTP_MALFORMED;
    if (parse->outcome == HTTP_COMPLETE)
        keep(parse->request.method, method_name(parse));
    return parse->outcome;
}

const struct http_request *http_parse_request(const struct http_parse *parse)
{
    return &parse->request;
}

bool http_parse_take_continue(struct http_parse *parse)
{
    bool asked = parse->request.expects_continue;
    parse->request.expects_continue = false;
    return asked;
}

void http_parse_next(struct http_parse *parse)
{
    struct buf body = parse->request.body;
    buf_free(&body);
    forget_secret(parse);
    parse->request = (struct http_request){0};
    parse->outcome = HTTP_NEED_MORE;
    parse->path_len = parse->name_len = parse->value_len = 0;
    parse->in_value = false;
    reset(parse);
}
