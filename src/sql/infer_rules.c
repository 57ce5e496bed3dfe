/* infer_rules.c - operators, functions and names of types, as PostgreSQL knows them.
 *
 * Source: PostgreSQL 15 documentation 8, 9 and 10; compared with its answers. */
#include <string.h>
#include <strings.h>

#include "core/attr.h"
#include "sql/infer_rules.h"

/* ---- operators ---- */

enum side { LEFT = 1, RIGHT = 2, BOTH = 3 };

/* Where the parameter's type is not the operand's. Several words in a list. */
static const struct {
    const char *operators, *operands; /* "" = all */
    enum side side;
    const char *type;
} exceptions[] = {
    {"+", "timestamp timestamptz time timetz", BOTH, "interval"},
    {"+", "date", BOTH, "int4"}, /* or an interval: PostgreSQL wants a cast */
    {"-", "timetz", RIGHT, "interval"},
    {"-", "jsonb json", RIGHT, "text"},
    {"*", "time interval", BOTH, "float8"},
    {"/", "time interval", RIGHT, "float8"},
    {"^ **", "int2 int4 int8 float4", BOTH, "float8"},
    {"||", "bit", BOTH, "varbit"},
    {"||",
     "int2 int4 int8 float4 float8 numeric varchar bool date timestamp timestamptz "
     "time "
     "timetz interval uuid json",
     BOTH, "text"},
    {"-> ->>", "", RIGHT, "text"},
    {"#> #>>", "", RIGHT, "_text"},
    {"~ ~* !~ !~* ~~ !~~ ~~* !~~* like ilike similar", "", BOTH, "text"},
    {"<< >>", "", RIGHT, "int4"},
    {"<", "varchar", BOTH, "text"},
    {"= <> != < > <= >=", "varchar", BOTH, "text"},
};

static bool lists(const char *words, const char *word)
{
    size_t len = strlen(word);
    for (const char *at = words; *at;) {
        size_t piece = strcspn(at, " ");
        if (piece == len && strncasecmp(at, word, len) == 0)
            return true;
        at += piece + (at[piece] == ' ');
    }
    return false;
}

const char *sql_infer_operator(const char *operator, bool is_right, const char *type)
{
    for (size_t i = 0; i < ARRAY_LEN(exceptions); i++) {
        if ((exceptions[i].side & (is_right ? RIGHT : LEFT)) &&
            lists(exceptions[i].operators, operator) &&
            (!*exceptions[i].operands || lists(exceptions[i].operands, type)))
            return exceptions[i].type;
    }
    return type;
}

int infer_precedence(struct slice operator)
{
    static const struct {
        const char *operators;
        int precedence;
    } rows[] = {{"= < > <= >= <> !=", 3},
                {"like ilike similar in between", 4},
                {"+ -", 6},
                {"* / % //", 7},
                {"^ **", 8}};
    char copy[INFER_OPERATOR_BYTES];
    if (operator.len == 0 || operator.len >= sizeof copy)
        return 0;
    memcpy(copy, operator.data, operator.len);
    copy[operator.len] = '\0';
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        if (lists(rows[i].operators, copy))
            return rows[i].precedence;
    }
    return 5;
}

/* ---- functions ---- */

static const struct {
    const char *functions;
    int argument; /* from 0; -1 = any */
    const char *type;
} arguments[] = {
    {"abs ceil ceiling floor sign sqrt cbrt exp ln log log10 degrees radians power pow "
     "sin cos tan asin acos atan",
     -1, "float8"},
    {"mod gcd lcm div", -1, ""},
    {"coalesce greatest least nullif generate_series", -1, ""},
    {"substring substr", 1, "int4"},
    {"substring substr", 2, "int4"},
    {"left right repeat", 1, "int4"},
    {"lpad rpad", 1, "int4"},
    {"split_part", 2, "int4"},
    {"lag lead nth_value", 1, "int4"},
    {"ntile chr", 0, "int4"},
    {"to_timestamp", 0, "float8"},
    {"date_trunc date_part", 1, "timestamptz"},
};

/* round(double precision), but round(numeric, integer). */
static const char *round_argument(bool is_alone, size_t argument)
{
    if (is_alone)
        return "float8";
    return argument == 0 ? "numeric" : "int4";
}

const char *infer_argument(struct slice function, size_t argument, bool is_alone)
{
    char name[32];
    if (function.len >= sizeof name)
        return NULL;
    memcpy(name, function.data, function.len);
    name[function.len] = '\0';
    if (lists("round trunc", name))
        return round_argument(is_alone, argument);
    for (size_t i = 0; i < ARRAY_LEN(arguments); i++) {
        if ((arguments[i].argument < 0 || (size_t)arguments[i].argument == argument) &&
            lists(arguments[i].functions, name))
            return arguments[i].type;
    }
    return NULL;
}

/* ---- names of types ---- */

static const struct type_spelling {
    const char *spelled, *second; /* a second word that belongs to it, or NULL */
    const char *name, *array;
} spellings[] = {
    {"double", "precision", "float8", "_float8"},
    {"character", "varying", "varchar", "_varchar"},
    {"bit", "varying", "varbit", "_varbit"},
    {"bool", NULL, "bool", "_bool"},
    {"boolean", NULL, "bool", "_bool"},
    {"smallint", NULL, "int2", "_int2"},
    {"int2", NULL, "int2", "_int2"},
    {"int", NULL, "int4", "_int4"},
    {"integer", NULL, "int4", "_int4"},
    {"int4", NULL, "int4", "_int4"},
    {"bigint", NULL, "int8", "_int8"},
    {"int8", NULL, "int8", "_int8"},
    {"oid", NULL, "oid", "_oid"},
    {"real", NULL, "float4", "_float4"},
    {"float4", NULL, "float4", "_float4"},
    {"float", NULL, "float8", "_float8"},
    {"float8", NULL, "float8", "_float8"},
    {"numeric", NULL, "numeric", "_numeric"},
    {"decimal", NULL, "numeric", "_numeric"},
    {"dec", NULL, "numeric", "_numeric"},
    {"text", NULL, "text", "_text"},
    {"varchar", NULL, "varchar", "_varchar"},
    {"character", NULL, "bpchar", "_bpchar"},
    {"char", NULL, "bpchar", "_bpchar"},
    {"bpchar", NULL, "bpchar", "_bpchar"},
    {"name", NULL, "name", "_name"},
    {"bytea", NULL, "bytea", "_bytea"},
    {"uuid", NULL, "uuid", "_uuid"},
    {"json", NULL, "json", "_json"},
    {"jsonb", NULL, "jsonb", "_jsonb"},
    {"bit", NULL, "bit", "_bit"},
    {"varbit", NULL, "varbit", "_varbit"},
    {"date", NULL, "date", "_date"},
    {"interval", NULL, "interval", "_interval"},
    {"timetz", NULL, "timetz", "_timetz"},
    {"timestamptz", NULL, "timestamptz", "_timestamptz"},
};

/* Behind the name: (10,2) */
static size_t skip_modifier(const struct infer_text *text, size_t i)
{
    return infer_is_symbol(text, i, '(') ? infer_closing(text, i) + 1 : i;
}

static bool is_array_mark(const struct infer_text *text, size_t i)
{
    return infer_is_symbol(text, i, '[') || infer_is(text, i, "array");
}

/* time and timestamp, with time zone or without. */
static const char *clock_name(const struct infer_text *text, size_t i)
{
    bool is_timestamp = infer_is(text, i, "timestamp");
    i = skip_modifier(text, i + 1);
    bool with_zone = infer_is(text, i, "with") && infer_is(text, i + 1, "time");
    if (with_zone || infer_is(text, i, "without"))
        i += 3;
    bool is_array = is_array_mark(text, i);
    static const char *const names[2][2][2] = {
        {{"time", "_time"}, {"timetz", "_timetz"}},
        {{"timestamp", "_timestamp"}, {"timestamptz", "_timestamptz"}}};
    return names[is_timestamp][with_zone][is_array];
}

const char *infer_type_name(const struct infer_text *text, size_t i)
{
    struct token token = *infer_at(text, i);
    bool under = token.text.len > 1 && token.text.data[0] == '_';
    if (infer_is(text, i, "time") || infer_is(text, i, "timestamp"))
        return clock_name(text, i);
    if (under)
        token.text = (struct slice){token.text.data + 1, token.text.len - 1};
    for (size_t s = 0; s < ARRAY_LEN(spellings); s++) {
        const struct type_spelling *row = &spellings[s];
        if (!token_is_word(&token, row->spelled) ||
            (row->second && !infer_is(text, i + 1, row->second)))
            continue;
        size_t behind = skip_modifier(text, i + 1 + (row->second != NULL));
        return under || is_array_mark(text, behind) ? row->array : row->name;
    }
    return NULL;
}

/* ---- literals ---- */

static const char *number_type(struct slice number)
{
    static const char int4_max[] = "2147483647", int8_max[] = "9223372036854775807";
    while (number.len > 1 && *number.data == '0')
        number = (struct slice){number.data + 1, number.len - 1};
    for (size_t i = 0; i < number.len; i++) {
        if (number.data[i] < '0' || number.data[i] > '9')
            return "numeric";
    }
    if (number.len < 10 || (number.len == 10 && memcmp(number.data, int4_max, 10) <= 0))
        return "int4";
    if (number.len < 19 || (number.len == 19 && memcmp(number.data, int8_max, 19) <= 0))
        return "int8";
    return "numeric";
}

const char *infer_literal(const struct infer_text *text, size_t from, size_t to)
{
    if (to - from == 2 && infer_at(text, from + 1)->kind == TOKEN_STRING)
        return infer_type_name(text, from); /* date '…' */
    if (to - from == 2 && infer_is_symbol(text, from, '-'))
        from++;
    if (to - from != 1)
        return NULL;
    if (infer_at(text, from)->kind == TOKEN_NUMBER)
        return number_type(infer_at(text, from)->text);
    if (infer_at(text, from)->kind == TOKEN_STRING)
        return "text";
    return infer_is(text, from, "true") || infer_is(text, from, "false") ? "bool"
                                                                         : NULL;
}
