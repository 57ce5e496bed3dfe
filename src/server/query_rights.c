/* query_rights.c - may the session's user execute this?
 *
 * Texts are PostgreSQL's where it has one. An admin is asked nothing. */
#include "server/query_rights.h"

#include "server/query_session.h"
#include "sql/rights.h"
#include "sql/token.h"

static const enum user_role role_of_right[] = {[SQL_READS] = ROLE_READER,
                                               [SQL_WRITES] = ROLE_WRITER,
                                               [SQL_ADMINISTERS] = ROLE_ADMIN};

static const enum user_role role_of_effect[] = {[ENGINE_ADMINISTERS] = ROLE_ADMIN,
                                                [ENGINE_CONFIGURES] = ROLE_ADMIN,
                                                [ENGINE_WRITES] = ROLE_WRITER,
                                                [ENGINE_READS] = ROLE_READER};

/* What the server answers itself changes nothing but the session. */
static bool is_asked(const struct query_session *session, const struct query *query)
{
    return session->user.role != ROLE_ADMIN &&
           (query->class.kind == SQL_ENGINE || query->class.kind == SQL_COPY_CLIENT);
}

static enum user_role role_needed(const struct query *query,
                                  const struct sql_need *need)
{
    enum user_role by_tokens = role_of_right[need->right];
    enum user_role by_engine = role_of_effect[query->effect];
    if (query->class.kind != SQL_ENGINE ||
        (query->effect == ENGINE_CONFIGURES && need->is_own))
        return by_tokens;
    return by_engine > by_tokens ? by_engine : by_tokens;
}

/* ---- what is said ---- */

/* As PostgreSQL calls what is done: INSERT, CREATE TABLE; else the first word. */
static struct slice name_command(const struct query *query)
{
    struct slice rest = query->text;
    if (query->class.writes)
        return slice_of(query->class.writes);
    if (strcmp(query->class.tag, "SELECT") != 0)
        return slice_of(query->class.tag);
    return token_next(&rest).text;
}

static void name_target(const struct query *query, enum sql_right right,
                        struct error *err)
{
    struct sql_target target = {0};
    if (right != SQL_ADMINISTERS)
        target = sql_target_of(query->text);
    struct slice name = target.kind ? target.name : name_command(query);
    if (!target.kind)
        error_set(err, "42501", "permission denied to execute %.*s", (int)name.len,
                  name.data);
    else
        error_set(err, "42501", "%s %s %.*s",
                  target.is_owners ? "must be owner of" : "permission denied for",
                  target.kind, (int)name.len, name.data);
}

static void name_file(const struct query *query, struct error *err)
{
    bool reads = query->class.writes != NULL;
    error_set(err, "42501", "must be an admin to COPY %s a file",
              reads ? "from" : "to");
    error_hint(err, "COPY %s works for anyone.", reads ? "FROM STDIN" : "TO STDOUT");
}

static void say(const struct query_session *session, const struct query *query,
                const struct sql_need *need, struct error *err)
{
    bool is_copy = strcmp(query->class.tag, "COPY") == 0;
    if (need->function.len > 0)
        error_set(err, "42501", "permission denied for function %.*s",
                  (int)need->function.len, need->function.data);
    else if (query->effect == ENGINE_CONFIGURES && query->class.name.len > 0)
        error_set(err, "42501", "permission denied to set parameter \"%.*s\"",
                  (int)query->class.name.len, query->class.name.data);
    else if (is_copy && need->right == SQL_ADMINISTERS)
        name_file(query, err);
    else
        name_target(query, need->right, err);
    error_detail(err, "User \"%s\" is a %s.",
                 session->user.name ? session->user.name : "",
                 role_name(session->user.role));
}

/* ---- when it is asked ---- */

bool query_refuse_unseen(const struct query_session *session, const struct query *query,
                         struct error *err)
{
    if (!is_asked(session, query))
        return false;
    struct sql_need need = sql_needs(query->text, &query->class);
    if (need.right != SQL_ADMINISTERS)
        return false;
    say(session, query, &need, err);
    return true;
}

bool query_refuse_right(const struct query_session *session, struct query *query,
                        struct error *err)
{
    if (!is_asked(session, query))
        return false;
    if (!query->is_judged) {
        struct sql_need need = sql_needs(query->text, &query->class);
        query->needed = (uint8_t)role_needed(query, &need);
        query->is_judged = true;
    }
    if (query->needed <= session->user.role)
        return false;
    struct sql_need need = sql_needs(query->text, &query->class);
    say(session, query, &need, err);
    return true;
}
