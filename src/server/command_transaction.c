/* command_transaction.c - transactions as statements say them: modes, chains, LOCK.
 *
 * The transaction itself is transaction.c's. Its modes are settings that end with it.
 */
#include <string.h>
#include <strings.h>

#include "server/command.h"
#include "sql/token.h"

/* ---- modes ---- */

enum { MODE_BYTES = 24 };

/* The modes of a transaction as their settings have them. */
struct kept_modes {
    char isolation[MODE_BYTES], read_only[MODE_BYTES], deferrable[MODE_BYTES];
};

static bool apply_modes(struct query_session *session, const struct sql_modes *modes,
                        bool for_session, struct error *err)
{
    const struct {
        const char *name, *value;
    } settings[] = {{"default_transaction_isolation", modes->isolation},
                    {"default_transaction_read_only", modes->read_only},
                    {"default_transaction_deferrable", modes->deferrable}};
    size_t skip = for_session ? 0 : strlen("default_");
    for (size_t i = 0; i < ARRAY_LEN(settings); i++) {
        if (settings[i].value &&
            !command_set_value(session, settings[i].name + skip, settings[i].value,
                               for_session ? SETTINGS_SESSION : SETTINGS_LOCAL, err))
            return false;
    }
    return true;
}

enum pgw_status command_set_transaction(struct query_session *session,
                                        struct query *query, struct query_result *out,
                                        struct error *err)
{
    const struct sql_class *class = &query->class;
    out->tag = class->tag;
    if (!class->for_session && !command_in_transaction(session))
        query_session_notice(session, PGW_SEVERITY_WARNING, "25P01",
                             "SET TRANSACTION can only be used in transaction blocks");
    return command_status(apply_modes(session, &class->modes, class->for_session, err));
}

/* A BEGIN whose modes are refused has not begun anything. */
enum pgw_status command_begin(struct query_session *session, struct query *query,
                              struct query_result *out, struct error *err)
{
    enum transaction_state before = session->transaction;
    enum pgw_status status = transaction_begin(session, query, out, err);
    if (status != PGW_OK || apply_modes(session, &query->class.modes, false, err))
        return status;
    if (before == TRANSACTION_NONE) {
        settings_end_transaction(&session->settings, false);
        session->transaction = before;
    }
    return PGW_ERROR;
}

static void keep_mode(const struct query_session *session, enum setting_id id,
                      char out[MODE_BYTES])
{
    const char *value = settings_get(&session->settings, id);
    size_t len = strnlen(value, MODE_BYTES - 1);
    memcpy(out, value, len);
    out[len] = '\0';
}

static struct kept_modes keep_modes(const struct query_session *session)
{
    struct kept_modes modes;
    keep_mode(session, SETTING_TRANSACTION_ISOLATION, modes.isolation);
    keep_mode(session, SETTING_TRANSACTION_READ_ONLY, modes.read_only);
    keep_mode(session, SETTING_TRANSACTION_DEFERRABLE, modes.deferrable);
    return modes;
}

/* The next transaction begins at once, with the modes of this one. */
static enum pgw_status chain(struct query_session *session,
                             const struct kept_modes *kept, struct error *err)
{
    const char *const settings[][2] = {{"transaction_isolation", kept->isolation},
                                       {"transaction_read_only", kept->read_only},
                                       {"transaction_deferrable", kept->deferrable}};
    struct query_result ignored = {0};
    struct query begin = {.class = {.kind = SQL_BEGIN, .tag = "BEGIN"}};
    enum pgw_status status = transaction_begin(session, &begin, &ignored, err);
    for (size_t i = 0; status == PGW_OK && i < ARRAY_LEN(settings); i++)
        status =
            command_status(settings_set(&session->settings, settings[i][0],
                                        settings[i][1], SETTINGS_LOCAL, true, err));
    return status;
}

static enum pgw_status end(struct query_session *session, struct query *query,
                           struct query_result *out, struct error *err)
{
    bool in_block = session->transaction == TRANSACTION_BLOCK ||
                    session->transaction == TRANSACTION_FAILED;
    bool commits = query->class.kind == SQL_COMMIT;
    struct kept_modes modes = keep_modes(session);
    if (query->class.chain && !in_block) {
        error_set(err, "25P01", "%s AND CHAIN can only be used in transaction blocks",
                  query->class.tag);
        return PGW_ERROR;
    }
    enum pgw_status status = commits ? transaction_commit(session, query, out, err)
                                     : transaction_rollback(session, query, out, err);
    return status == PGW_OK && query->class.chain ? chain(session, &modes, err)
                                                  : status;
}

enum pgw_status command_commit(struct query_session *session, struct query *query,
                               struct query_result *out, struct error *err)
{
    return end(session, query, out, err);
}

enum pgw_status command_rollback(struct query_session *session, struct query *query,
                                 struct query_result *out, struct error *err)
{
    return end(session, query, out, err);
}

/* ---- SET CONSTRAINTS ---- */

/* No constraint of the engine's can be deferred: ALL of them is none. */
enum pgw_status command_set_constraints(struct query_session *session,
                                        struct query *query, struct query_result *out,
                                        struct error *err)
{
    const struct sql_class *class = &query->class;
    out->tag = class->tag;
    if (!command_in_transaction(session))
        query_session_notice(session, PGW_SEVERITY_WARNING, "25P01",
                             "SET CONSTRAINTS can only be used in transaction blocks");
    if (slice_equal_nocase(class->name, SLICE("all")))
        return PGW_OK;
    error_set(err, "42704", "constraint \"%.*s\" does not exist or is not deferrable",
              (int)class->name.len, class->name.data);
    return PGW_ERROR;
}

/* ---- LOCK ---- */

/* A snapshot is what a reader's lock is for; the tables must be there. */
static bool look_at(struct query_session *session, struct query *query,
                    struct slice name, struct error *err)
{
    struct engine_stmt *stmt;
    char *sql = arena_printf(&query->arena, "select 1 from %.*s limit 0", (int)name.len,
                             name.data);
    if (!sql)
        return error_no_memory(err);
    if (pool_prepare(session->conn, slice_of(sql), &stmt, err))
        return true;
    err->position = 0; /* counted in a text that is not the client's */
    return false;
}

static bool look_at_all(struct query_session *session, struct query *query,
                        struct error *err)
{
    struct slice rest = query->class.name;
    struct token token = token_next(&rest);
    while (token.kind != TOKEN_END) {
        if (token_is_word(&token, "only"))
            token = token_next(&rest);
        const char *start = token.text.data;
        const char *end = start + token.text.len;
        for (token = token_next(&rest);
             token.kind != TOKEN_END && !token_is_symbol(&token, ',');
             token = token_next(&rest))
            end = token.text.data + token.text.len;
        if (!look_at(session, query, (struct slice){start, (size_t)(end - start)}, err))
            return false;
        token = token_next(&rest);
    }
    return true;
}

enum pgw_status command_lock(struct query_session *session, struct query *query,
                             struct query_result *out, struct error *err)
{
    out->tag = query->class.tag;
    if (!command_in_transaction(session)) {
        error_set(err, "25P01", "LOCK TABLE can only be used in transaction blocks");
        return PGW_ERROR;
    }
    enum pgw_status status = query_session_enter(session, err);
    if (status != PGW_OK)
        return status;
    bool done = query_session_ready(session, err) && look_at_all(session, query, err);
    query_session_leave(session);
    return command_status(done);
}
