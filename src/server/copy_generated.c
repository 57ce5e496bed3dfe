/* copy_generated.c - generated columns, which COPY neither reads nor writes. */
#include "server/copy_generated.h"

static bool append(struct buf *sql, struct slice text)
{
    return buf_append(sql, text.data, text.len);
}

static bool append_name(struct buf *sql, struct slice name)
{
    bool done = buf_append(sql, "\"", 1);
    for (size_t i = 0; done && i < name.len; i++)
        done = buf_append(sql, name.data + i, 1) &&
               (name.data[i] != '"' || buf_append(sql, "\"", 1));
    return done && buf_append(sql, "\"", 1);
}

bool copy_append_names(struct buf *sql, const struct copy_names *names)
{
    bool done = true;
    for (size_t i = 0; done && i < names->count; i++)
        done =
            (i == 0 || append(sql, SLICE(", "))) && append_name(sql, names->names[i]);
    return done;
}

/* insert into t ("a", "b") select null, null */
static bool insert_text(struct slice relation, const struct copy_names *names,
                        struct buf *sql)
{
    bool done = append(sql, SLICE("insert into ")) && append(sql, relation) &&
                append(sql, SLICE(" (")) && copy_append_names(sql, names) &&
                append(sql, SLICE(") select "));
    for (size_t i = 0; done && i < names->count; i++)
        done = append(sql, i ? SLICE(", null") : SLICE("null"));
    return done;
}

bool copy_has_generated(struct query_session *session, struct slice relation,
                        const struct copy_names *names)
{
    struct error err = {0};
    struct buf sql = {0};
    struct query *insert = NULL;
    bool done = insert_text(relation, names, &sql);
    if (done) {
        const struct slice text = {(const char *)buf_data(&sql), buf_len(&sql)};
        done = query_prepare(session, text, NULL, &insert, &err) == PGW_OK;
    }
    query_free(insert);
    buf_free(&sql);
    return !done && strcmp(err.sqlstate, "428C9") == 0;
}

bool copy_refuse_generated(struct slice name, struct error *err)
{
    (void)error_set(err, "42P10", "column \"%.*s\" is a generated column",
                    (int)name.len, name.data);
    error_detail(err, "Generated columns cannot be used in COPY.");
    return false;
}
