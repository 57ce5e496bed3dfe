/* classify_transaction.c - transactions: their modes, their ends, LOCK. */
#include "sql/classify_parts.h"

/* ---- modes ---- */

/* A mode is up to four words in a row. */
static const struct mode {
    const char *words[4];
    struct sql_modes says;
} modes[] = {
    {{"isolation", "level", "read", "uncommitted"}, {.isolation = "read uncommitted"}},
    {{"isolation", "level", "read", "committed"}, {.isolation = "read committed"}},
    {{"isolation", "level", "repeatable", "read"}, {.isolation = "repeatable read"}},
    {{"isolation", "level", "serializable"}, {.isolation = "serializable"}},
    {{"read", "only"}, {.read_only = "on"}},
    {{"read", "write"}, {.read_only = "off"}},
    {{"not", "deferrable"}, {.deferrable = "off"}},
    {{"deferrable"}, {.deferrable = "on"}},
};

static bool take_words(struct slice *rest, const char *const *words)
{
    struct slice behind = *rest;
    for (size_t i = 0; i < 4 && words[i]; i++) {
        if (!sql_take(&behind, words[i]))
            return false;
    }
    *rest = behind;
    return true;
}

static bool take_mode(struct slice *rest, struct sql_modes *out)
{
    for (size_t i = 0; i < ARRAY_LEN(modes); i++) {
        const struct sql_modes *says = &modes[i].says;
        if (!take_words(rest, modes[i].words))
            continue;
        if (says->isolation)
            out->isolation = says->isolation;
        if (says->read_only)
            out->read_only = says->read_only;
        if (says->deferrable)
            out->deferrable = says->deferrable;
        return true;
    }
    return false;
}

/* Modes in any order, commas between them if one likes; the last word wins. */
static void read_modes(struct slice rest, struct sql_class *class)
{
    while (!sql_at_end(rest)) {
        if (!take_mode(&rest, &class->modes)) {
            class->kind = SQL_MALFORMED;
            return;
        }
        struct token token = sql_peek(rest);
        if (!token_is_symbol(&token, ','))
            continue;
        (void)token_next(&rest);
        if (sql_at_end(rest))
            class->kind = SQL_MALFORMED;
    }
}

static bool take_transaction_word(struct slice *rest)
{
    return sql_take(rest, "work") || sql_take(rest, "transaction");
}

void sql_read_begin(struct slice rest, struct sql_class *class)
{
    (void)take_transaction_word(&rest);
    read_modes(rest, class);
}

void sql_read_start(struct slice rest, struct sql_class *class)
{
    if (sql_take(&rest, "transaction"))
        read_modes(rest, class);
    else
        class->kind = SQL_MALFORMED;
}

/* Behind SET TRANSACTION. */
void sql_read_set_transaction(struct slice rest, struct sql_class *class)
{
    class->kind = SQL_SET_TRANSACTION;
    if (sql_take(&rest, "snapshot")) {
        class->kind = SQL_UNSUPPORTED;
        class->tag = "SET TRANSACTION SNAPSHOT";
    } else if (sql_at_end(rest)) {
        class->kind = SQL_MALFORMED;
    } else {
        read_modes(rest, class);
    }
}

/* Behind SET SESSION CHARACTERISTICS. */
void sql_read_set_characteristics(struct slice rest, struct sql_class *class)
{
    class->for_session = true;
    if (sql_take(&rest, "as") && sql_take(&rest, "transaction"))
        sql_read_set_transaction(rest, class);
    else
        class->kind = SQL_MALFORMED;
}

/* ---- ends ---- */

/* Behind COMMIT, END, ROLLBACK, ABORT: [WORK | TRANSACTION] [AND [NO] CHAIN]. */
void sql_read_end(struct slice rest, struct sql_class *class)
{
    bool is_rollback = class->kind == SQL_ROLLBACK;
    (void)take_transaction_word(&rest);
    if (is_rollback && sql_take(&rest, "to")) {
        class->kind = SQL_SAVEPOINT;
        class->tag = "ROLLBACK TO SAVEPOINT";
        return;
    }
    if (sql_take(&rest, "prepared")) {
        class->kind = SQL_UNSUPPORTED;
        class->tag = "two-phase commit";
        return;
    }
    if (sql_take(&rest, "and")) {
        class->chain = !sql_take(&rest, "no");
        if (!sql_take(&rest, "chain"))
            class->kind = SQL_MALFORMED;
    }
    if (!sql_at_end(rest))
        class->kind = SQL_MALFORMED;
}

/* ---- LOCK ---- */

/* The names, one after the other; false: they are not well said. */
static bool take_tables(struct slice *rest, struct slice *names)
{
    struct token token;
    names->data = rest->data;
    do {
        (void)sql_take(rest, "only");
        struct slice name = sql_take_name(rest);
        if (name.len == 0)
            return false;
        token = sql_peek(*rest);
        if (token_is_symbol(&token, '*'))
            return false;
        names->len = (size_t)(name.data + name.len - names->data);
    } while (token_is_symbol(&token, ',') && (token_next(rest), true));
    return true;
}

/* A reader's lock is what a snapshot gives anyway; the others would be promises. */
void sql_read_lock(struct slice rest, struct sql_class *class)
{
    static const char *const reader[4] = {"in", "access", "share", "mode"};
    (void)sql_take(&rest, "table");
    if (!take_tables(&rest, &class->name)) {
        class->kind = SQL_MALFORMED;
        return;
    }
    if (!take_words(&rest, reader)) {
        class->kind = SQL_UNSUPPORTED;
        class->tag = "LOCK TABLE in a mode but ACCESS SHARE";
        return;
    }
    (void)sql_take(&rest, "nowait");
    if (!sql_at_end(rest))
        class->kind = SQL_MALFORMED;
}
