/* front_prepared.c - the prepared statements of a PostgreSQL client as SQL sees them:
 * PREPARE goes the way of Parse, EXECUTE finds what either has made. */
#include <stdlib.h>

#include "batch/type_oids.h"
#include "catalog/catalog.h"
#include "core/text.h"
#include "server/front_parts.h"
#include "sql/token.h"

/* ---- types by their names ---- */

/* The one that was made last has the name. */
static uint32_t users_type(struct type_oids *oids, const struct catalog_name *name)
{
    const struct type_entry *entry, *found = NULL;
    for (size_t at = 0; oids && (entry = type_oids_next(oids, &at));) {
        if (!entry->element_oid && strcmp(entry->name, name->name) == 0 &&
            (!found || entry->added > found->added))
            found = entry;
    }
    if (!found)
        return 0;
    return name->is_array ? found->array_oid : found->oid;
}

static bool find_type(struct type_oids *oids, struct slice text, uint32_t *oid,
                      struct error *err)
{
    struct catalog_name name;
    bool is_name = catalog_name_parse(text, &name);
    *oid = is_name ? catalog_type_named(&name) : 0;
    if (is_name && *oid == 0)
        *oid = users_type(oids, &name);
    return *oid != 0 || error_set(err, "42704", "type \"%.*s\" does not exist",
                                  (int)text.len, text.data);
}

/* Up to the next comma outside of parentheses; false: the list is at its end. */
static bool take_type(struct slice *list, struct slice *type)
{
    int depth = 0;
    struct token token = token_next(list);
    *type = (struct slice){token.text.data, 0};
    for (; token.kind != TOKEN_END; token = token_next(list)) {
        if (depth == 0 && token_is_symbol(&token, ','))
            return true;
        depth += token_is_symbol(&token, '(') - token_is_symbol(&token, ')');
        type->len = (size_t)(token.text.data + token.text.len - type->data);
    }
    return type->len > 0;
}

/* *count of them, in the arena. */
static bool read_types(const struct front *front, struct arena *arena,
                       struct slice list, uint32_t **oids, size_t *count,
                       struct error *err)
{
    struct slice rest = list, type;
    struct type_oids *users = query_session_types(front->query);
    for (*count = 0; take_type(&rest, &type);)
        ++*count;
    *oids = arena_calloc(arena, *count, sizeof **oids);
    if (!*oids)
        return error_no_memory(err);
    for (size_t i = 0; take_type(&list, &type); i++) {
        if (!find_type(users, type, &(*oids)[i], err))
            return false;
    }
    return true;
}

/* ---- PREPARE ---- */

static enum pgw_status add(struct front *front, struct slice name,
                           struct front_statement *statement, struct slice shown,
                           struct error *err)
{
    struct pgw_error error;
    statement->shown = arena_string(&statement->query->arena, shown);
    if (!statement->shown) {
        query_free(statement->query);
        error_no_memory(err);
        return PGW_ERROR;
    }
    enum pgw_status status = pgw_session_add_statement(
        front->session, (struct pgw_slice){name.data, name.len}, statement, &error);
    return front_error_back(status, &error, err);
}

enum pgw_status front_add_statement(void *client, struct slice name, struct slice types,
                                    struct slice text, struct slice shown,
                                    struct error *err)
{
    struct front *front = client;
    struct arena arena = {0};
    struct pgw_parse parse = {0};
    struct pgw_error error;
    struct front_statement *statement;
    uint32_t *oids;
    enum pgw_status status = PGW_ERROR;
    if (read_types(front, &arena, types, &oids, &parse.param_count, err)) {
        parse.param_oids = oids;
        status = front_error_back(front_parse(front, text, &parse, &statement, &error),
                                  &error, err);
    }
    arena_free(&arena);
    if (status != PGW_OK)
        return status;
    statement->lead = text_characters(shown.data, text.data);
    return add(front, name, statement, shown, err);
}

/* ---- EXECUTE ---- */

struct query *front_find_statement(void *client, struct slice name)
{
    const struct front *front = client;
    const struct front_statement *statement =
        pgw_session_statement(front->session, (struct pgw_slice){name.data, name.len});
    return statement ? statement->query : NULL;
}
