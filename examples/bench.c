/* bench.c - rows out of nothing, as many as are asked for: `select items 1000000`.
 *
 * What the library costs without an engine behind it. */
#include <pgwire/server.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t write_comment(char *to, int64_t i)
{
    char digits[20], *first = digits + sizeof digits;
    do
        *--first = (char)('0' + i % 10);
    while ((i /= 10) > 0);
    size_t count = (size_t)(digits + sizeof digits - first);
    memcpy(to, "comment about item ", 19);
    memcpy(to + 19, first, count);
    memcpy(to + 19 + count, " carefully", 10);
    return 19 + count + 10;
}

static void put_one(pgw_row *row, int64_t i)
{
    (void)i;
    pgw_put_int(row, 1);
}

static void put_pair(pgw_row *row, int64_t i)
{
    pgw_put_int(row, i);
    pgw_put_int(row, i * 7919 % 200000);
}

static void put_number(pgw_row *row, int64_t i)
{
    pgw_put_int(row, i);
    pgw_put_decimal(row, 0, (uint64_t)(i * 37 % 10000000), 2);
    pgw_put_date(row, (int32_t)(i % 2500) - 2922);
}

static void put_item(pgw_row *row, int64_t i)
{
    static const char modes[][6] = {"AIR", "RAIL", "SHIP", "TRUCK", "MAIL"};
    char comment[64];
    put_pair(row, i);
    pgw_put_int(row, i % 10000);
    pgw_put_int(row, i % 7);
    pgw_put_decimal(row, 0, (uint64_t)(1 + i % 50) * 100, 2);
    pgw_put_decimal(row, 0, (uint64_t)(i * 37 % 10000000), 2);
    pgw_put_decimal(row, 0, (uint64_t)(i % 11), 2);
    pgw_put_decimal(row, 0, (uint64_t)(i % 9), 2);
    pgw_put_text(row, &"ABC"[i % 3], 1);
    pgw_put_text(row, &"FG"[i % 2], 1);
    pgw_put_date(row, (int32_t)(i % 2500) - 2922); /* 1992-01-01 and on */
    pgw_put_date(row, (int32_t)(i % 2500) - 2891);
    pgw_put_text(row, modes[i % 5], strlen(modes[i % 5]));
    pgw_put_text(row, comment, write_comment(comment, i));
}

#define COLUMN(label, type)                                                            \
    {                                                                                  \
        .name = label, .type_oid = PGW_##type##OID                                     \
    }
static const struct pgw_column
    one[] = {COLUMN("?column?", INT4)},
    number[] = {COLUMN("orderkey", INT8), COLUMN("price", NUMERIC),
                COLUMN("day", DATE)},
    item[] = {COLUMN("orderkey", INT8),    COLUMN("partkey", INT8),
              COLUMN("suppkey", INT4),     COLUMN("line", INT4),
              COLUMN("quantity", NUMERIC), COLUMN("price", NUMERIC),
              COLUMN("discount", NUMERIC), COLUMN("tax", NUMERIC),
              COLUMN("flag", TEXT),        COLUMN("status", TEXT),
              COLUMN("day", DATE),         COLUMN("due", DATE),
              COLUMN("mode", TEXT),        COLUMN("comment", TEXT)};

static const struct shape {
    const char *name;
    void (*put)(pgw_row *row, int64_t i);
    const struct pgw_column *columns;
    size_t column_count;
} shapes[] = {{"1", put_one, one, 1},
              {"pairs", put_pair, item, 2},
              {"numbers", put_number, number, 3},
              {"items", put_item, item, 14}};

struct select {
    const struct shape *shape;
    int64_t rows, next;
};

static enum pgw_status next(void *self, pgw_row *row, struct pgw_error *err)
{
    struct select *select = self;
    (void)err;
    while (select->next < select->rows) {
        pgw_row_begin(row);
        select->shape->put(row, select->next++);
        if (!pgw_row_end(row))
            return PGW_MORE;
    }
    return PGW_OK;
}

/* `select SHAPE [ROWS]`, one row unless it is said. */
static bool read_select(struct pgw_slice sql, struct select *out)
{
    static const char word[] = "select ";
    char text[64], *end;
    (void)snprintf(text, sizeof text, "%.*s", (int)sql.len, sql.data);
    if (sql.len >= sizeof text || strncmp(text, word, sizeof word - 1) != 0)
        return false;
    const char *name = text + sizeof word - 1, *rows = strchr(name, ' ');
    size_t len = rows ? (size_t)(rows - name) : strlen(name);
    out->next = 0;
    out->rows = rows ? strtoll(rows, &end, 10) : 1;
    out->shape = shapes;
    while (strncmp(out->shape->name, name, len) != 0 || out->shape->name[len])
        if (++out->shape == shapes + sizeof shapes / sizeof *shapes)
            return false;
    return !rows || !*end;
}

static enum pgw_status parse(void *state, pgw_session *session,
                             const struct pgw_parse *request, void **statement,
                             struct pgw_error *err)
{
    struct select *select = malloc(sizeof *select);
    (void)state;
    (void)session;
    if (!select)
        return pgw_fail(err, "53200", "out of memory");
    *statement = select;
    if (!read_select(*request->sql, select)) {
        free(select);
        return pgw_fail(err, "42601", "select 1, pairs N, numbers N or items N");
    }
    request->sql->data += request->sql->len;
    request->sql->len = 0;
    return PGW_OK;
}

static void describe(void *statement, struct pgw_description *out)
{
    const struct select *select = statement;
    out->columns = select->shape->columns;
    out->column_count = select->shape->column_count;
}

static enum pgw_status bind(void *statement, pgw_session *session,
                            const struct pgw_bind *values, void **portal,
                            struct pgw_error *err)
{
    struct select *select = malloc(sizeof *select);
    (void)session;
    (void)values;
    if (!select)
        return pgw_fail(err, "53200", "out of memory");
    *select = *(const struct select *)statement;
    *portal = select;
    return PGW_OK;
}

static enum pgw_status execute(void *portal, pgw_session *session,
                               struct pgw_reply *reply, struct pgw_error *err)
{
    static const struct pgw_rows_ops ops = {.next = next};
    const struct shape *shape = ((struct select *)portal)->shape;
    (void)session;
    (void)err;
    *reply = (struct pgw_reply){.kind = PGW_REPLY_ROWS,
                                .tag = "SELECT",
                                .columns = shape->columns,
                                .column_count = shape->column_count,
                                .rows = {&ops, portal}};
    return PGW_OK;
}

int main(int argc, char **argv)
{
    static const struct pgw_extended_ops extended = {.parse = parse,
                                                     .describe = describe,
                                                     .bind = bind,
                                                     .execute = execute,
                                                     .close_portal = free,
                                                     .close_statement = free};
    static const struct pgw_handlers handlers = {.extended = &extended};
    const struct pgw_server_options options = {.listen = argc > 1 ? argv[1]
                                                                  : "127.0.0.1:5433"};
    struct pgw_error err;
    pgw_server *server = pgw_server_new(&handlers, NULL, &options, &err);
    if (!server) {
        (void)fprintf(stderr, "%s\n", err.message);
        return 1;
    }
    (void)printf("listening on port %u\n", pgw_server_port(server));
    (void)fflush(stdout);
    int code = pgw_server_run(server);
    pgw_server_free(server);
    return code;
}
