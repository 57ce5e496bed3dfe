/* query_infer.c - the types of a statement's parameters, before it is executed.
 *
 * In this order: the client's OID, the engine's inference, the parameter's neighbours
 * (sql/infer), text. Neighbours may themselves be parameters, so that the rules are
 * gone through until nothing new is learnt. A neighbour's type is asked of the engine
 * by texts that are prepared and thrown away; nothing is executed. */
#include "server/query_infer.h"

#include <stdlib.h>
#include <string.h>

#include "batch/type.h"
#include "pgwire/plan.h"
#include "server/params.h"
#include "sql/infer.h"

enum { PROBES_MAX = 64 }; /* a statement; what is beyond stays open */

struct inference {
    struct query_session *session;
    struct query *query;
    const struct engine_stmt *stmt; /* or NULL */
    struct infer_hint *rules;
    const struct type **types; /* in the query's arena; TYPE_UNKNOWN: not known yet */
    const char **casts;
    const char **known; /* casts, and what the engine knows by itself: for probes */
    uint32_t *oids;     /* what the client is told; 0 = what the type implies */
    size_t count;
    unsigned probes;
    struct error *err;
    bool broken_off; /* *err says why: what is not known does not count as unknown */
};

bool query_infer_is_broken_off(const struct error *err)
{
    return strcmp(err->sqlstate, "53200") == 0 || strcmp(err->sqlstate, "57014") == 0;
}

static void break_off(struct inference *all, const struct error *why)
{
    if (!all->broken_off)
        *all->err = *why;
    all->broken_off = true;
}

static void no_memory(struct inference *all)
{
    struct error why;
    (void)error_no_memory(&why);
    break_off(all, &why);
}

/* ---- PostgreSQL's names ---- */

static uint32_t oid_of_name(const char *name)
{
    static const struct {
        const char *name, *array_name;
        uint32_t oid, array_oid;
    } rows[] = {
#define X(identifier, name, oid, typlen, array, category) {name, "_" name, oid, array},
        PGW_TYPES(X)
#undef X
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (strcmp(rows[i].name, name) == 0)
            return rows[i].oid;
        if (strcmp(rows[i].array_name, name) == 0)
            return rows[i].array_oid;
    }
    return 0;
}

/* The engine's name of a type; false: it has none, or memory is out. */
static bool find_cast(struct inference *all, uint32_t oid, const char **out)
{
    struct pgw_error why;
    if (params_cast(&all->query->arena, query_session_types(all->session), oid, out,
                    &why) == PGW_OK)
        return true;
    if (strcmp(why.sqlstate, "53200") == 0)
        no_memory(all);
    return false;
}

/* The parameter is of this type from now on. */
static bool settle(struct inference *all, size_t i, uint32_t oid)
{
    if (oid == 0 || !find_cast(all, oid, &all->casts[i]))
        return false;
    all->oids[i] = oid;
    all->known[i] = all->casts[i];
    return all->casts[i] != NULL;
}

/* ---- asking the engine ---- */

static bool is_typed(const struct type *type)
{
    return type->id != TYPE_UNKNOWN &&
           !(type->id == TYPE_TEXT && type->name && strcmp(type->name, "NULL") == 0);
}

/* The type of the probe's only parameter, or of a column of it. */
static const struct type *probed_type(const struct engine_stmt *stmt,
                                      const struct infer_hint *rule)
{
    bool column = rule->kind == INFER_COLUMN || rule->kind == INFER_TARGET;
    if (column)
        return rule->column < stmt->column_count ? stmt->columns[rule->column].type
                                                 : NULL;
    return stmt->param_count == 1 ? stmt->param_types[0] : NULL;
}

/* Prepare a text to be thrown away; NULL: it makes no sense to the engine. */
static struct engine_stmt *ask_engine(struct inference *all, struct slice text)
{
    struct engine_conn *conn = pool_conn_engine(all->session->conn);
    struct engine_stmt *stmt;
    struct error why;
    if (conn->ops->prepare(conn, text, &stmt, &why))
        return stmt;
    if (query_infer_is_broken_off(&why))
        break_off(all, &why);
    return NULL;
}

static const struct type *learn(struct inference *all, const struct type *type)
{
    if (!type || !is_typed(type))
        return NULL;
    const struct type *copy = type_copy(&all->query->arena, type);
    if (!copy)
        no_memory(all);
    return copy;
}

/* NULL: the engine does not know, or the probe makes no sense to it. */
static const struct type *probe_once(struct inference *all, size_t i, bool untyped)
{
    const struct infer_probe ask = {.statement = all->query->source.text,
                                    .hints = all->rules,
                                    .number = (uint32_t)i + 1,
                                    .untyped = untyped,
                                    .casts = all->known,
                                    .count = all->count};
    struct slice text;
    if (++all->probes > PROBES_MAX)
        return NULL;
    if (!sql_infer_probe(&ask, &all->query->arena, &text)) {
        no_memory(all);
        return NULL;
    }
    struct engine_stmt *stmt = ask_engine(all, text);
    if (!stmt)
        return NULL;
    const struct type *type = learn(all, probed_type(stmt, &all->rules[i]));
    stmt->ops->close(stmt);
    return type;
}

static const struct type *probe(struct inference *all, size_t i)
{
    const struct type *type = probe_once(all, i, false);
    return type ? type : probe_once(all, i, true);
}

/* ---- rules ---- */

static bool apply_probe(struct inference *all, size_t i)
{
    const struct infer_hint *rule = &all->rules[i];
    const struct type *type = probe(all, i);
    if (!type)
        return false;
    if (rule->kind == INFER_ELEMENT) {
        const struct type list = {.id = TYPE_LIST, .child_count = 1, .children = type};
        return settle(all, i, plan_type_oid(&list, NULL));
    }
    const char *name = plan_type_name(type);
    const char *other = sql_infer_operator(rule->operator, rule->is_right, name);
    if (rule->kind != INFER_SAME || strcmp(other, name) == 0)
        return settle(all, i, plan_type_oid(type, NULL));
    return settle(all, i, oid_of_name(other));
}

static bool apply_rule(struct inference *all, size_t i)
{
    const struct infer_hint *rule = &all->rules[i];
    switch (rule->kind) {
    case INFER_NOTHING:
        return false;
    case INFER_TYPE:
        return settle(all, i, oid_of_name(rule->type));
    case INFER_SAME:
    case INFER_ELEMENT:
        return !sql_infer_is_open(rule->operand, all->known, all->count) &&
               apply_probe(all, i);
    case INFER_COLUMN:
    case INFER_TARGET:
        return apply_probe(all, i);
    }
    return false;
}

static bool is_open(const struct inference *all, size_t i)
{
    return !all->casts[i] && all->types[i]->id == TYPE_UNKNOWN;
}

/* What is known of a neighbour helps the next one; a rule that failed may succeed once
 * more is known. What needs no probe comes first. */
static void apply_rules(struct inference *all)
{
    bool learnt = true;
    for (size_t i = 0; i < all->count; i++) {
        if (is_open(all, i) && all->rules[i].kind == INFER_TYPE)
            (void)apply_rule(all, i);
    }
    while (learnt && !all->broken_off) {
        learnt = false;
        for (size_t i = 0; i < all->count; i++)
            learnt = (is_open(all, i) && apply_rule(all, i)) || learnt;
    }
}

static bool is_integer(const struct type *type)
{
    return type->id == TYPE_INT32 || type->id == TYPE_INT64;
}

/* A numeric is cast with the scale of each value, or the engine would round it to what
 * it has inferred; so are arrays of them. */
static bool is_numeric(const struct type *type)
{
    while (type->id == TYPE_LIST && type->child_count == 1)
        type = &type->children[0];
    return type->id == TYPE_DECIMAL || type->id == TYPE_INT128 ||
           type->id == TYPE_UINT128 || type->id == TYPE_UINT64;
}

/* What the engine knows, in PostgreSQL's words: its own spelling of a cast, and the
 * integers of functions that are wider in the engine. */
static void rename_known(struct inference *all, size_t i)
{
    const struct infer_hint *rule = &all->rules[i];
    bool narrower = rule->kind == INFER_TYPE && strcmp(rule->type, "int4") == 0 &&
                    is_integer(all->types[i]);
    if (rule->kind == INFER_TYPE && (rule->is_spelled || narrower))
        all->oids[i] = oid_of_name(rule->type);
    uint32_t numeric = plan_type_oid(all->types[i], NULL);
    if (is_numeric(all->types[i]) && (!rule->is_spelled || all->oids[i] == numeric))
        (void)settle(all, i, numeric);
    else if (all->types[i]->id == TYPE_LIST && all->oids[i])
        (void)settle(all, i, all->oids[i]); /* its dimensions are the value's */
}

/* ---- all of it ---- */

/* The neighbours are as the engine reads them; what the client has spelled is not. */
static bool find_rules(struct inference *all)
{
    struct query *query = all->query;
    if (!sql_infer(query->source.text, &query->arena, all->rules, all->count))
        return false;
    if (slice_equal(query->source.text, query->text))
        return true;
    struct infer_hint *spelled =
        arena_calloc(&query->arena, all->count, sizeof *spelled);
    if (!spelled || !sql_infer(query->text, &query->arena, spelled, all->count))
        return false;
    for (size_t i = 0; i < all->count; i++) {
        if (spelled[i].is_spelled)
            all->rules[i] = spelled[i];
    }
    return true;
}

/* What the client has said of a parameter, or else the engine. */
static bool begin_cast(struct inference *all, size_t i, const struct query_hints *hints)
{
    struct arena *arena = &all->query->arena;
    if (i < hints->count && hints->casts[i]) {
        all->casts[i] = arena_string(arena, slice_of(hints->casts[i]));
        all->known[i] = all->casts[i];
        return all->casts[i] != NULL;
    }
    if (is_typed(all->types[i]))
        (void)find_cast(all, plan_type_oid(all->types[i], NULL), &all->known[i]);
    return true;
}

static bool begin(struct inference *all, const struct query_hints *hints)
{
    static const struct type unknown = {.id = TYPE_UNKNOWN, .name = "unknown"};
    struct arena *arena = &all->query->arena;
    all->rules = arena_calloc(arena, all->count, sizeof *all->rules);
    all->types = arena_calloc(arena, all->count, sizeof *all->types);
    all->casts = arena_calloc(arena, all->count, sizeof *all->casts);
    all->known = arena_calloc(arena, all->count, sizeof *all->known);
    all->oids = arena_calloc(arena, all->count, sizeof *all->oids);
    if (!all->rules || !all->types || !all->casts || !all->known || !all->oids ||
        !find_rules(all))
        return false;
    for (size_t i = 0; i < all->count; i++) {
        bool known = all->stmt && i < all->stmt->param_count;
        all->types[i] = type_copy(arena, known ? all->stmt->param_types[i] : &unknown);
        if (!all->types[i] || !begin_cast(all, i, hints))
            return false;
    }
    return true;
}

bool query_infer(struct query_session *session, struct query *query,
                 const struct query_hints *hints, const struct engine_stmt *stmt,
                 size_t count, struct error *err)
{
    struct inference all = {
        .session = session, .query = query, .stmt = stmt, .count = count, .err = err};
    if (!begin(&all, hints))
        return error_no_memory(err);
    for (size_t i = 0; i < count; i++) {
        if (!all.casts[i] && all.types[i]->id != TYPE_UNKNOWN)
            rename_known(&all, i);
    }
    apply_rules(&all);
    query->param_types = all.types;
    query->param_oids = all.oids;
    query->casts = all.casts;
    query->param_count = count;
    return !all.broken_off;
}

bool query_infer_columns(struct query_session *session, struct query *query,
                         struct engine_stmt **out, struct error *err)
{
    struct inference all = {.session = session, .query = query, .err = err};
    struct slice text;
    *out = NULL;
    if (!sql_infer_nulls(query->source.text, query->casts, query->param_count,
                         &query->arena, &text))
        return error_no_memory(err);
    struct engine_stmt *stmt = ask_engine(&all, text);
    if (stmt && stmt->columns_known)
        *out = stmt;
    else if (stmt)
        stmt->ops->close(stmt);
    return !all.broken_off;
}

const char *query_infer_guess(size_t attempt)
{
    static const char *const guesses[] = {"text",        "int4",     "float8",
                                          "timestamptz", "interval", "text[]"};
    return attempt < ARRAY_LEN(guesses) ? guesses[attempt] : NULL;
}
