/* changes.c - the tables of a transaction, by the names that PostgreSQL has for them.
 *
 * A name is schema.table, in small letters (the engine's names have no case), quoted
 * where SQL would want it; the engine's schema main is public. A table that is written
 * without its schema is looked for along the search path: with more than one schema on
 * it, or in a session that keeps its engine connection, for it may have temporary
 * tables or have said USE, it is not known which table was meant. */
#include "server/changes.h"

#include <stdlib.h>

#include "server/database.h"
#include "server/query_session.h"
#include "sql/token.h"
#include "sql/value.h"
#include "sql/written.h"

enum { TABLES_MAX = 64, PART_BYTES = SQL_NAME_BYTES };

struct changed_tables {
    bool unknown; /* others, too */
    size_t count;
    char *names[TABLES_MAX];
};

/* ---- names ---- */

/* A name in pieces. */
struct name {
    char *text;
    size_t len, size;
};

static bool append(struct name *name, const char *text, size_t len)
{
    if (name->len + len >= name->size)
        return false;
    memcpy(name->text + name->len, text, len);
    name->len += len;
    name->text[name->len] = '\0';
    return true;
}

static bool is_plain(const char *part)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz_0123456789";
    return strspn(part, letters) == strlen(part) && strcspn(part, letters + 27) != 0;
}

static bool append_part(struct name *name, const char *part)
{
    if (name->len > 0 && !append(name, ".", 1))
        return false;
    if (is_plain(part))
        return append(name, part, strlen(part));
    bool done = append(name, "\"", 1);
    for (; done && *part; part++)
        done = append(name, part, 1) && (*part != '"' || append(name, part, 1));
    return done && append(name, "\"", 1);
}

static void lower(char *text)
{
    for (; *text; text++) {
        if (*text >= 'A' && *text <= 'Z')
            *text = (char)(*text | 0x20);
    }
}

static bool is_main(const char *schema)
{
    return strcmp(schema, "main") == 0 || strcmp(schema, "public") == 0;
}

/* The one schema of the search path, but for the user's, which is nobody's here. */
static bool only_schema(const struct query_session *session, char out[PART_BYTES])
{
    const char *path = settings_get(&session->settings, SETTING_SEARCH_PATH);
    struct slice rest = slice_of(path);
    unsigned count = 0;
    for (struct token token = token_next(&rest); token.kind != TOKEN_END;
         token = token_next(&rest)) {
        if (token_is_symbol(&token, ',') || slice_equal(token.text, SLICE("\"$user\"")))
            continue;
        if (!sql_identifier(token.text, out, PART_BYTES))
            return false;
        count++;
    }
    lower(out);
    return count == 1;
}

static bool is_database(const struct query_session *session, const char *name)
{
    char own[PART_BYTES];
    size_t len = strlen(session->database->name);
    if (len >= sizeof own)
        return false;
    memcpy(own, session->database->name, len + 1);
    lower(own);
    return strcmp(own, name) == 0;
}

/* parts: database, schema, table; the first two may be empty. False: it is not known
 * which table that is. */
static bool qualify(const struct query_session *session,
                    char parts[SQL_RELATION_PARTS][PART_BYTES], struct name *name)
{
    char *database = parts[0], *schema = parts[1];
    if (database[0] && is_database(session, database))
        database[0] = '\0';
    if (!schema[0] && (session->pinned || !only_schema(session, schema)))
        return false;
    bool is_ours = is_main(schema) || (!database[0] && is_database(session, schema));
    return (!database[0] || append_part(name, database)) &&
           append_part(name, is_ours ? "public" : schema) &&
           append_part(name, parts[2]);
}

/* ---- the list ---- */

/* NULL: nothing can be added. */
static struct changed_tables *list_of(struct query_session *session)
{
    if (!session->changes)
        session->changes = calloc(1, sizeof *session->changes);
    if (!session->changes)
        session->has_changes = true;
    return session->changes;
}

static bool has(const struct changed_tables *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++) {
        if (strcmp(list->names[i], name) == 0)
            return true;
    }
    return false;
}

static void add(struct query_session *session,
                char parts[SQL_RELATION_PARTS][PART_BYTES])
{
    char text[SQL_RELATION_PARTS * (2 * PART_BYTES + 3)] = "";
    struct name name = {text, 0, sizeof text};
    struct changed_tables *list = list_of(session);
    if (!list)
        return;
    if (!qualify(session, parts, &name) || list->count == TABLES_MAX) {
        list->unknown = true;
    } else if (!has(list, text)) {
        char *copy = strdup(text);
        if (copy)
            list->names[list->count++] = copy;
        else
            list->unknown = true;
    }
}

static void add_relation(struct query_session *session,
                         const struct sql_relation *relation)
{
    char parts[SQL_RELATION_PARTS][PART_BYTES] = {{0}};
    for (size_t i = 0; i < relation->count; i++) {
        char *part = parts[SQL_RELATION_PARTS - relation->count + i];
        if (!sql_identifier(relation->parts[i], part, PART_BYTES))
            part[0] = '\0';
        lower(part);
    }
    add(session, parts);
}

bool changes_are_heard(const struct query_session *session)
{
    return (session->changes || session->has_changes) &&
           atomic_load(&session->database->notify->watchers) > 0;
}

static bool is_heard(struct query_session *session)
{
    bool heard = atomic_load(&session->database->notify->watchers) > 0;
    session->has_changes = session->has_changes || !heard;
    return heard;
}

void changes_note(struct query_session *session, struct slice statement)
{
    struct sql_written written;
    if (!is_heard(session))
        return;
    sql_written_tables(statement, &written);
    for (size_t i = 0; i < written.count; i++)
        add_relation(session, &written.tables[i]);
    struct changed_tables *list = written.more ? list_of(session) : NULL;
    if (list)
        list->unknown = true;
}

/* ---- the end ---- */

static void tell(struct query_session *session, const struct changed_tables *list)
{
    struct notify_hub *hub = session->database->notify;
    uint32_t pid = session->ops->pid ? session->ops->pid(session->client) : 0;
    notify_hub_enter(hub);
    for (size_t i = 0; list && i < list->count; i++)
        notify_hub_tell_change(hub, pid, slice_of(list->names[i]));
    if (session->has_changes || list->unknown)
        notify_hub_tell_change(hub, pid, SLICE(""));
    notify_hub_leave(hub, 0);
}

void changes_end(struct query_session *session, bool committed)
{
    struct changed_tables *list = session->changes;
    if (!list && !session->has_changes)
        return;
    if (committed && changes_are_heard(session))
        tell(session, list);
    session->changes = NULL;
    session->has_changes = false;
    for (size_t i = 0; list && i < list->count; i++)
        free(list->names[i]);
    free(list);
}
