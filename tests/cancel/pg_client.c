/* pg_client.c - a session that is read message by message. */
#include "pg_client.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "storm.h"

static void flush(struct pg *pg, struct buf *out)
{
    wire_write(pg->fd, out);
    buf_free(out);
}

void pg_query(struct pg *pg, const char *sql)
{
    struct buf out = {0};
    wire_query(&out, sql);
    flush(pg, &out);
}

void pg_prepare(struct pg *pg, const char *sql)
{
    struct buf out = {0};
    wire_parse(&out, "", sql);
    size_t begun = wire_begin(&out, 'B');
    wire_put(&out, "\0\0\0\0\0\0\0", 8); /* no names, formats, values */
    wire_end(&out, begun);
    flush(pg, &out);
}

void pg_execute(struct pg *pg, uint32_t rows)
{
    struct buf out = {0};
    wire_execute(&out, "", rows);
    flush(pg, &out);
}

void pg_bare(struct pg *pg, char type)
{
    struct buf out = {0};
    wire_bare(&out, type);
    flush(pg, &out);
}

static void keep_sqlstate(struct pg *pg)
{
    for (const uint8_t *field = pg->message.body; *field;
         field += strlen((const char *)field) + 1) {
        if (*field == 'C')
            memcpy(pg->sqlstate, field + 1, sizeof pg->sqlstate);
    }
}

char pg_next(struct pg *pg)
{
    if (pg->message.body)
        wire_drop(&pg->input, &pg->message);
    pg->message.body = NULL;
    while (!wire_peek(&pg->input, &pg->message)) {
        if (wire_read(pg->fd, &pg->input) == 0)
            fail("the server has forgotten a session");
    }
    if (pg->message.type == 'E')
        keep_sqlstate(pg);
    return pg->message.type;
}

long long pg_number(const struct pg *pg)
{
    char text[32] = "";
    uint64_t len = wire_number(pg->message.body + 2, 4);
    if (len >= sizeof text)
        fail("a row does not begin with a number");
    memcpy(text, pg->message.body + 6, len);
    return strtoll(text, NULL, 10);
}

void pg_open(struct pg *pg, const char *where)
{
    struct buf out = {0};
    char type;
    *pg = (struct pg){.fd = connect_to(where)};
    wire_startup(&out);
    flush(pg, &out);
    while ((type = pg_next(pg)) != 'Z') {
        if (type == 'E')
            fail("a login failed with %s", pg->sqlstate);
        if (type != 'K')
            continue;
        pg->pid = (uint32_t)wire_number(pg->message.body, 4);
        pg->key = (uint32_t)wire_number(pg->message.body + 4, 4);
    }
}

void pg_close(struct pg *pg)
{
    (void)close(pg->fd);
    buf_free(&pg->input);
}
