/* rewrite_names.c - schemas, types and casts: what PostgreSQL's names mean here. */
#include <strings.h>

#include "core/attr.h"
#include "sql/rewrite_rules.h"

/* ---- pg_catalog.name ---- */

static void put_schema(struct rewrite *rewrite, size_t i)
{
    rewrite_put(rewrite, i, rewrite->catalog->schema);
}

/* A relation or function of ours gets our schema. For the rest the engine looks in its
 * own: types and functions are found by their bare names, relations in pg_catalog. A
 * column that is written with its schema is found by its table. */
bool rewrite_qualified(struct rewrite *rewrite, size_t i)
{
    if (!rewrite_is_name(rewrite, i, "pg_catalog") ||
        !rewrite_is_symbol(rewrite, i + 1, '.') ||
        !rewrite_is_any_name(rewrite, i + 2) ||
        (i > 0 && rewrite_is_symbol(rewrite, i - 1, '.')) ||
        rewrite->pieces[i].text.len == 0)
        return false;
    struct slice name = rewrite_name(rewrite, i + 2);
    bool is_call = rewrite_is_symbol(rewrite, i + 3, '(');
    if (rewrite_is_type(rewrite, i) || rewrite_is_symbol(rewrite, i + 3, '.'))
        rewrite_drop(rewrite, i, i + 2);
    else if (is_call && rewrite->catalog->has_function(name))
        put_schema(rewrite, i);
    else if (is_call)
        rewrite_drop(rewrite, i, i + 2);
    else if (rewrite->catalog->has_relation(name))
        put_schema(rewrite, i);
    else
        return false;
    return true;
}

/* ---- public ---- */

static bool is_schema_statement(const struct rewrite *rewrite, size_t i)
{
    return i > 0 && (rewrite_is_name(rewrite, i - 1, "schema") ||
                     (rewrite_is_name(rewrite, i - 1, "exists") &&
                      rewrite_is_name(rewrite, 1, "schema")));
}

/* public is what the engine calls main, unless the statement has one of its own; the
 * database's name in front of it is not the engine's. */
bool rewrite_public(struct rewrite *rewrite, size_t i)
{
    bool qualifies = rewrite_is_symbol(rewrite, i + 1, '.') && !rewrite->public_is_own;
    if (!rewrite_is_name(rewrite, i, "public") ||
        !(qualifies || is_schema_statement(rewrite, i)))
        return false;
    if (i > 0 && rewrite_is_symbol(rewrite, i - 1, '.')) {
        if (i < 2 || !rewrite->catalog->database ||
            !rewrite_is_name(rewrite, i - 2, rewrite->catalog->database))
            return false;
        rewrite_drop(rewrite, i - 2, i);
    }
    rewrite_put(rewrite, i, "main");
    return true;
}

/* ---- types ---- */

/* What the engine's parser takes for another type, or does not know. */
static const struct {
    const char *written;
    bool quoted; /* only in quotes: char without them is bpchar */
    const char *name, *array;
} types[] = {
    {"oid", false, "pg_oid", "pg_oid[]"},
    {"char", true, "pg_char", "pg_char[]"},
    {"jsonb", false, "json", "json[]"},
    {"varbit", false, "bit", "bit[]"},
    {"bool", false, NULL, "bool[]"},
    {"bytea", false, NULL, "bytea[]"},
    {"name", false, NULL, "name[]"},
    {"int8", false, NULL, "int8[]"},
    {"int2", false, NULL, "int2[]"},
    {"int4", false, NULL, "int4[]"},
    {"text", false, NULL, "text[]"},
    {"json", false, NULL, "json[]"},
    {"float4", false, NULL, "float4[]"},
    {"float8", false, NULL, "float8[]"},
    {"bpchar", false, NULL, "bpchar[]"},
    {"varchar", false, NULL, "varchar[]"},
    {"date", false, NULL, "date[]"},
    {"time", false, NULL, "time[]"},
    {"timestamp", false, NULL, "timestamp[]"},
    {"numeric", false, NULL, "numeric[]"},
    {"timestamptz", false, NULL, "timestamptz[]"},
    {"interval", false, NULL, "interval[]"},
    {"timetz", false, NULL, "timetz[]"},
    {"uuid", false, NULL, "uuid[]"},
    {"regtype", false, NULL, "regtype[]"},
    {"regclass", false, NULL, "regclass[]"},
    {"regproc", false, NULL, "regproc[]"},
};

/* The type's name begins here, or behind pg_catalog. */
static bool is_type_name(const struct rewrite *rewrite, size_t i)
{
    if (i >= 2 && rewrite_is_symbol(rewrite, i - 1, '.'))
        return rewrite_is_name(rewrite, i - 2, "pg_catalog") &&
               rewrite_is_type(rewrite, i - 2);
    return rewrite_is_type(rewrite, i);
}

/* An array's name is its element's behind an underscore. */
bool rewrite_type(struct rewrite *rewrite, size_t i)
{
    if (!rewrite_is_any_name(rewrite, i) || !is_type_name(rewrite, i))
        return false;
    bool is_quoted = rewrite_token(rewrite, i)->kind == TOKEN_QUOTED;
    struct slice name = rewrite_name(rewrite, i);
    bool is_array = name.len > 1 && name.data[0] == '_';
    if (is_array)
        name = (struct slice){name.data + 1, name.len - 1};
    for (size_t t = 0; t < ARRAY_LEN(types); t++) {
        if (!slice_equal_nocase(name, slice_of(types[t].written)) ||
            (types[t].quoted && !is_quoted && !is_array))
            continue;
        const char *put = is_array ? types[t].array : types[t].name;
        if (put)
            rewrite_put(rewrite, i, put);
        return put != NULL;
    }
    return false;
}

/* ---- 'name'::regclass ---- */

static const char *const reg_types[] = {"regtype", "regclass", "regproc",
                                        "regnamespace"};

static bool is_text_type(const struct rewrite *rewrite, size_t i)
{
    return rewrite_is_name(rewrite, i, "text") ||
           rewrite_is_name(rewrite, i, "varchar") ||
           rewrite_is_name(rewrite, i, "name");
}

/* Text whose meaning the catalogue knows: a literal, a parameter, or what has just been
 * made text. [start, end) */
static bool is_text(const struct rewrite *rewrite, size_t start, size_t end,
                    const char *type)
{
    const struct token *token = rewrite_token(rewrite, start);
    if (end - start == 1 && token->kind == TOKEN_STRING &&
        token->text.data[0] == '\'') {
        struct slice literal = {token->text.data + 1, token->text.len - 2};
        return !rewrite->catalog->is_builtin(slice_of(type), literal);
    }
    return (end - start == 1 && token->kind == TOKEN_PARAM) ||
           (end - start > 3 && is_text_type(rewrite, end - 1) &&
            rewrite_is_cast(rewrite, end - 3));
}

enum { WRAPPED_MAX = 1024 }; /* bytes; nobody nests casts deeper */

static void wrap(struct rewrite *rewrite, size_t start, size_t end, const char *type)
{
    rewrite_before(
        rewrite, start,
        arena_printf(rewrite->arena, "%s.%s_in(", rewrite->catalog->schema, type));
    rewrite_after(rewrite, end - 1, ")");
}

/* expression::regclass */
static bool rewrite_colons(struct rewrite *rewrite, size_t i, const char *type)
{
    size_t colons = i - 2;
    if (i >= 4 && rewrite_is_symbol(rewrite, i - 1, '.')) /* pg_catalog.regclass */
        colons -= 2;
    if (colons == 0 || !rewrite_is_cast(rewrite, colons) ||
        rewrite_is_symbol(rewrite, i + 1, '['))
        return false;
    size_t start = rewrite_operand_start(rewrite, colons);
    if (!is_text(rewrite, start, colons, type) ||
        rewrite->pieces[start].before.len > WRAPPED_MAX)
        return false;
    wrap(rewrite, start, colons, type);
    rewrite_drop(rewrite, colons, i + 1);
    return true;
}

/* cast(literal as regclass) */
static bool rewrite_cast_as(struct rewrite *rewrite, size_t i, const char *type)
{
    if (i < 4 || !rewrite_is_name(rewrite, i - 4, "cast") ||
        !rewrite_is_symbol(rewrite, i - 3, '(') ||
        !rewrite_is_symbol(rewrite, i + 1, ')') ||
        !is_text(rewrite, i - 2, i - 1, type))
        return false;
    rewrite_drop(rewrite, i - 4, i - 2);
    wrap(rewrite, i - 2, i - 1, type);
    rewrite_drop(rewrite, i - 1, i + 2);
    return true;
}

/* The engine's cast of text knows what is built in. The rest is asked of the catalogue,
 * in the transaction of the statement. */
bool rewrite_reg(struct rewrite *rewrite, size_t i)
{
    if (!rewrite_is_any_name(rewrite, i) || !is_type_name(rewrite, i))
        return false;
    for (size_t t = 0; t < ARRAY_LEN(reg_types); t++) {
        if (rewrite_is_name(rewrite, i, reg_types[t]))
            return rewrite_colons(rewrite, i, reg_types[t]) ||
                   rewrite_cast_as(rewrite, i, reg_types[t]);
    }
    return false;
}
