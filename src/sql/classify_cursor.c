/* classify_cursor.c - DECLARE, FETCH, MOVE, CLOSE, and what names a cursor's row.
 *
 * Source: PostgreSQL documentation, the pages of these commands. The words that say
 * where a FETCH goes may also be a cursor's name: the last word of all is one. */
#include "sql/classify_parts.h"

/* ---- DECLARE ---- */

static bool take_option(struct slice *rest, struct sql_cursor *cursor)
{
    struct slice behind = *rest;
    if (sql_take(&behind, "no") && sql_take(&behind, "scroll")) {
        *rest = behind;
        return cursor->is_no_scroll = true;
    }
    const struct {
        const char *word;
        bool *says;
    } options[] = {{"scroll", &cursor->is_scroll},
                   {"binary", &cursor->is_binary},
                   {"asensitive", &cursor->is_asensitive},
                   {"insensitive", &cursor->is_insensitive}};
    for (size_t i = 0; i < ARRAY_LEN(options); i++) {
        if (sql_take(rest, options[i].word))
            return *options[i].says = true;
    }
    return false;
}

static bool take_hold(struct slice *rest, struct sql_cursor *cursor)
{
    if (sql_take(rest, "with"))
        return cursor->is_hold = sql_take(rest, "hold");
    return !sql_take(rest, "without") || sql_take(rest, "hold");
}

void sql_read_declare(struct slice rest, struct sql_class *class)
{
    class->name = sql_take_word(&rest);
    while (take_option(&rest, &class->cursor))
        ;
    bool well_said = class->name.len > 0 && sql_take(&rest, "cursor") &&
                     take_hold(&rest, &class->cursor) && sql_take(&rest, "for");
    class->value = sql_until_end(rest);
    if (!well_said || class->value.len == 0)
        class->kind = SQL_MALFORMED;
}

/* ---- FETCH, MOVE ---- */

/* An integer with or without a sign, of 32 bits. */
static bool take_count(struct slice *rest, int64_t *out)
{
    struct slice behind = *rest;
    struct token token = token_next(&behind);
    bool negative = token_is_symbol(&token, '-');
    if (negative || token_is_symbol(&token, '+'))
        token = token_next(&behind);
    if (token.kind != TOKEN_NUMBER)
        return false;
    int64_t value = 0;
    for (size_t i = 0; i < token.text.len; i++) {
        char digit = token.text.data[i];
        if (digit < '0' || digit > '9')
            return false;
        value = value * 10 + (digit - '0');
        if (value > SQL_FETCH_MAX)
            return false;
    }
    *out = negative ? -value : value;
    *rest = behind;
    return true;
}

enum takes { TAKES_NOTHING, TAKES_COUNT, MAY_TAKE_COUNT };

static const struct direction {
    const char *word;
    enum sql_direction direction;
    int64_t count;
    enum takes takes;
} directions[] = {
    {"next", SQL_FORWARD, 1, TAKES_NOTHING},
    {"prior", SQL_BACKWARD, 1, TAKES_NOTHING},
    {"first", SQL_ABSOLUTE, 1, TAKES_NOTHING},
    {"last", SQL_ABSOLUTE, -1, TAKES_NOTHING},
    {"absolute", SQL_ABSOLUTE, 0, TAKES_COUNT},
    {"relative", SQL_RELATIVE, 0, TAKES_COUNT},
    {"forward", SQL_FORWARD, 1, MAY_TAKE_COUNT},
    {"backward", SQL_BACKWARD, 1, MAY_TAKE_COUNT},
    {"all", SQL_FORWARD, SQL_FETCH_ALL, TAKES_NOTHING},
};

/* Behind the word; false: a number is missing. */
static bool take_how_far(struct slice *rest, enum takes takes, int64_t *count)
{
    if (takes == TAKES_NOTHING || take_count(rest, count))
        return true;
    if (takes == MAY_TAKE_COUNT && sql_take(rest, "all"))
        *count = SQL_FETCH_ALL;
    return takes == MAY_TAKE_COUNT;
}

static bool take_direction(struct slice *rest, struct sql_cursor *cursor)
{
    for (size_t i = 0; i < ARRAY_LEN(directions); i++) {
        struct slice behind = *rest;
        if (!sql_take(&behind, directions[i].word) || sql_at_end(behind))
            continue;
        *rest = behind;
        cursor->direction = directions[i].direction;
        cursor->count = directions[i].count;
        return take_how_far(rest, directions[i].takes, &cursor->count);
    }
    cursor->direction = SQL_FORWARD;
    cursor->count = 1;
    (void)take_count(rest, &cursor->count);
    return true;
}

void sql_read_fetch(struct slice rest, struct sql_class *class)
{
    static const char *const reserved[] = {"all", "from", "in"};
    class->cursor.moves = class->count == SQL_COUNT_AFFECTED;
    bool well_said = take_direction(&rest, &class->cursor);
    if (!sql_take(&rest, "from"))
        (void)sql_take(&rest, "in");
    struct token token = sql_peek(rest);
    class->name = sql_take_word(&rest);
    if (!well_said || class->name.len == 0 || !sql_at_end(rest) ||
        sql_word_in(&token, reserved, ARRAY_LEN(reserved)))
        class->kind = SQL_MALFORMED;
}

/* ---- CLOSE ---- */

void sql_read_close(struct slice rest, struct sql_class *class)
{
    class->name = sql_take_word(&rest);
    if (slice_equal_nocase(class->name, SLICE("all")))
        class->tag = "CLOSE CURSOR ALL";
    if (!class->name.len || !sql_at_end(rest))
        class->kind = SQL_MALFORMED;
}

/* ---- UPDATE, DELETE ---- */

/* … WHERE CURRENT OF name: the engine does not know which row that would be. */
void sql_read_changer(struct slice rest, struct sql_class *class)
{
    for (;;) {
        struct token token = token_next(&rest);
        if (token.kind == TOKEN_END)
            return;
        struct slice behind = rest;
        if (!token_is_word(&token, "where") || !sql_take(&behind, "current") ||
            !sql_take(&behind, "of"))
            continue;
        class->kind = SQL_UNSUPPORTED;
        class->tag = "WHERE CURRENT OF";
        return;
    }
}
