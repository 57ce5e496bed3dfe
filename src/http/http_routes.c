/* http_routes.c - which request goes where; adding a resource is adding a row. */
#include <string.h>
#include <strings.h>

#include "access/access.h"
#include "http/http_auth.h"
#include "http/http_state.h"

static void get_health(struct http_session *http)
{
    static const char body[] = "{\"status\":\"ok\"}\n";
    http_reply(http, 200, "application/json", body, sizeof body - 1);
}

/* A server that answers has its engine open; both are made before it listens. */
static void get_ready(struct http_session *http)
{
    static const char body[] = "{\"status\":\"ready\"}\n";
    http_reply(http, 200, "application/json", body, sizeof body - 1);
}

static const struct route {
    const char *method, *path;
    void (*serve)(struct http_session *);
    bool is_public; /* whoever asks is answered */
} routes[] = {
    {"GET", "/health", get_health, true},
    {"GET", "/ready", get_ready, true},
    {"POST", "/v1/query", http_query_begin, false},
    {"DELETE", "/v1/query/", http_query_cancel, false},
};

/* A path that ends in a slash is that of everything right below it. */
static bool is_path_of(const struct route *route, const char *path)
{
    size_t len = strlen(route->path);
    if (route->path[len - 1] != '/')
        return strcmp(route->path, path) == 0;
    return strncmp(route->path, path, len) == 0 && path[len] &&
           !strchr(path + len, '/');
}

static void refuse(struct http_session *http, int status, const char *sqlstate,
                   const char *text)
{
    struct error err;
    error_set(&err, sqlstate, "%s", text);
    http_reply_problem(http, status, &err);
}

/* "localhost", "127.0.0.1", "[::1]", with a port or without, behind a scheme or not. */
static bool names_loopback(const char *text)
{
    static const char *const names[] = {"localhost", "127.0.0.1", "[::1]"};
    const char *scheme = strstr(text, "://");
    const char *host = scheme ? scheme + 3 : text;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        size_t len = strlen(names[i]);
        if (strncmp(host, names[i], len) == 0 &&
            (host[len] == '\0' || host[len] == ':'))
            return true;
    }
    return false;
}

/* Is it the same host, port included, whose page asks? */
static bool is_same_origin(const struct http_request *request)
{
    const char *scheme = strstr(request->origin, "://");
    return request->host_count == 1 && scheme &&
           strcasecmp(scheme + 3, request->host) == 0;
}

static bool asks_passwords(const struct http_session *http)
{
    if (!http->front->access)
        return false;
    struct access_set *set = access_acquire(http->front->access);
    bool is_open = access_is_open(set);
    access_release(set);
    return !is_open;
}

/* A page from elsewhere must not reach this server through the browser of who runs it:
 * without authentication the names it uses must be this machine's (DNS rebinding), and
 * with it the browser may know the password. */
static bool is_trusted(const struct http_session *http,
                       const struct http_request *request)
{
    bool is_own = request->origin[0] == '\0' || names_loopback(request->origin);
    if (asks_passwords(http))
        return is_own || is_same_origin(request);
    return (request->host_count == 0 || names_loopback(request->host)) && is_own;
}

/* Once it is known who asks. */
static void serve(struct http_session *http, const struct route *route)
{
    enum http_admission admission = HTTP_ADMITTED;
    if (!route->is_public && !http->is_admitted)
        admission = http_admit(http);
    http->waiting = admission == HTTP_WAITS;
    if (admission == HTTP_ADMITTED)
        route->serve(http);
}

void http_route(struct http_session *http)
{
    const struct http_request *request = http_parse_request(http->parse);
    bool known = false;
    http->keep_alive = request->keep_alive;
    if (request->path_too_long) {
        refuse(http, 414, "54000", "the path is too long");
        return;
    }
    if (request->host_count != 1 && !request->is_http10) {
        refuse(http, 400, "08P01", "a request has exactly one Host");
        return;
    }
    if (!is_trusted(http, request)) {
        refuse(http, 403, "28000", "pages of other hosts are not served");
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(routes); i++) {
        if (!is_path_of(&routes[i], request->path))
            continue;
        known = true;
        if (strcmp(routes[i].method, request->method) == 0) {
            serve(http, &routes[i]);
            return;
        }
    }
    if (known)
        refuse(http, 405, "0A000", "this resource does not take that method");
    else
        refuse(http, 404, "42704", "there is no such resource");
}
