/* classify_setting.c - SET, RESET and SHOW in all their spellings. */
#include "sql/classify_parts.h"

static void read_value(struct slice rest, struct sql_class *class)
{
    class->value = sql_until_end(rest);
    struct token token = sql_peek(class->value);
    class->is_default =
        token_is_word(&token, "default") && token.text.len == class->value.len;
    if (class->value.len == 0)
        class->kind = SQL_MALFORMED;
}

/* ---- SET forms that do not name a setting ---- */

/* 'zone', a number of hours, INTERVAL '…' [HOUR TO MINUTE], LOCAL, DEFAULT. */
static void read_time(struct slice rest, struct sql_class *class)
{
    class->name = SLICE("timezone");
    if (!sql_take(&rest, "zone")) {
        class->kind = SQL_MALFORMED;
        return;
    }
    struct slice local = rest;
    read_value(rest, class);
    if (sql_take(&local, "local") && sql_at_end(local))
        class->is_default = true;
}

static void read_names(struct slice rest, struct sql_class *class)
{
    struct token token = sql_peek(rest);
    class->name = SLICE("client_encoding");
    if (token.kind == TOKEN_END)
        class->is_default = true;
    else
        read_value(rest, class);
    if (!class->is_default && token.kind != TOKEN_STRING)
        class->kind = SQL_MALFORMED;
}

static void read_schema(struct slice rest, struct sql_class *class)
{
    struct token token = sql_peek(rest);
    class->name = SLICE("search_path");
    read_value(rest, class);
    if (token.kind != TOKEN_STRING)
        class->kind = SQL_MALFORMED;
}

static void read_role(struct slice rest, struct sql_class *class)
{
    class->name = SLICE("role");
    read_value(rest, class);
    class->is_default = false; /* a role may be called so */
}

static void read_authorization(struct slice rest, struct sql_class *class)
{
    class->name = SLICE("session_authorization");
    read_value(rest, class);
}

/* SET [LOCAL] SESSION SESSION AUTHORIZATION, SET LOCAL SESSION CHARACTERISTICS. */
static void read_session(struct slice rest, struct sql_class *class)
{
    if (sql_take(&rest, "authorization"))
        read_authorization(rest, class);
    else if (sql_take(&rest, "characteristics"))
        sql_read_set_characteristics(rest, class);
    else
        class->kind = SQL_MALFORMED;
}

static void read_xml(struct slice rest, struct sql_class *class)
{
    class->name = SLICE("xmloption");
    if (sql_take(&rest, "option"))
        read_value(rest, class);
    else
        class->kind = SQL_MALFORMED;
}

static void read_constraints(struct slice rest, struct sql_class *class)
{
    class->kind = SQL_SET_CONSTRAINTS;
    class->tag = "SET CONSTRAINTS";
    class->name = sql_take_name(&rest);
    struct token token = token_next(&rest);
    while (token_is_symbol(&token, ',')) {
        (void)sql_take_name(&rest);
        token = token_next(&rest);
    }
    bool says = token_is_word(&token, "deferred") || token_is_word(&token, "immediate");
    if (!class->name.len || !says || !sql_at_end(rest))
        class->kind = SQL_MALFORMED;
}

static void read_global(struct slice rest, struct sql_class *class)
{
    (void)rest;
    class->kind = SQL_ENGINE;
}

static void read_variable(struct slice rest, struct sql_class *class)
{
    (void)rest;
    class->kind = SQL_ENGINE;
    class->pins = true;
}

static const struct form {
    const char *word;
    sql_reader *read;
    bool may_be_setting; /* SET word TO … is a setting of that name all the same */
} forms[] = {
    {"time", read_time, true},
    {"names", read_names, true},
    {"schema", read_schema, true},
    {"role", read_role, true},
    {"xml", read_xml, true},
    {"constraints", read_constraints, true},
    {"transaction", sql_read_set_transaction, true},
    {"characteristics", sql_read_set_characteristics, true},
    {"authorization", read_authorization, true},
    {"session", read_session, true},
    {"global", read_global, false},
    {"variable", read_variable, false},
};

static bool is_assignment(struct slice rest)
{
    struct token token = token_next(&rest);
    return token_is_word(&token, "to") || token_is_symbol(&token, '=') ||
           token_is_symbol(&token, '.');
}

/* True: it was one. */
static bool read_form(struct slice rest, struct sql_class *class)
{
    struct token token = token_next(&rest);
    for (size_t i = 0; i < ARRAY_LEN(forms); i++) {
        if (!token_is_word(&token, forms[i].word) ||
            (forms[i].may_be_setting && is_assignment(rest)))
            continue;
        forms[i].read(rest, class);
        return true;
    }
    return false;
}

/* ---- SET name ---- */

static void read_assignment(struct slice rest, struct sql_class *class)
{
    class->name = sql_take_name(&rest);
    struct slice behind = rest;
    struct token token = token_next(&behind);
    if (class->name.len && sql_take(&rest, "from") && sql_take(&rest, "current") &&
        sql_at_end(rest))
        class->from_current = true;
    else if (class->name.len &&
             (token_is_word(&token, "to") || token_is_symbol(&token, '=')))
        read_value(behind, class);
    else
        class->kind = SQL_MALFORMED;
}

void sql_read_set(struct slice rest, struct sql_class *class)
{
    struct slice behind = rest;
    if ((sql_take(&behind, "local") || sql_take(&behind, "session")) &&
        !is_assignment(behind)) {
        class->local = sql_take(&rest, "local");
        rest = behind;
    }
    if (!read_form(rest, class))
        read_assignment(rest, class);
}

/* ---- RESET, SHOW ---- */

/* What is said in several words. */
static const struct {
    const char *words[3];
    const char *name;
} spellings[] = {
    {{"time", "zone"}, "timezone"},
    {{"transaction", "isolation", "level"}, "transaction_isolation"},
    {{"session", "authorization"}, "session_authorization"},
};

static bool take_spelling(struct slice *rest, struct slice *name)
{
    for (size_t i = 0; i < ARRAY_LEN(spellings); i++) {
        struct slice behind = *rest;
        size_t word = 0;
        while (word < 3 && spellings[i].words[word] &&
               sql_take(&behind, spellings[i].words[word]))
            word++;
        if (word == 3 || !spellings[i].words[word]) {
            *rest = behind;
            *name = slice_of(spellings[i].name);
            return true;
        }
    }
    return false;
}

void sql_read_setting_name(struct slice rest, struct sql_class *class)
{
    if (!take_spelling(&rest, &class->name))
        class->name = sql_take_name(&rest);
    if (class->name.len && sql_at_end(rest))
        return;
    /* SHOW ALL TABLES, SHOW TABLES FROM x */
    bool engines = class->kind == SQL_SHOW && class->name.len;
    class->kind = engines ? SQL_ENGINE : SQL_MALFORMED;
}
