/* classify_parts.h - the readers of what stands behind a verb, a file a noun. */
#ifndef SQL_CLASSIFY_PARTS_H
#define SQL_CLASSIFY_PARTS_H

#include "core/attr.h"
#include "sql/classify.h"
#include "sql/token.h"

/* rest: the tokens behind the verb. class has the verb's kind and tag. */
typedef void sql_reader(struct slice rest, struct sql_class *class);

/* classify_object.c */
sql_reader sql_read_create, sql_read_drop, sql_read_alter, sql_read_copy;
/* classify_transaction.c */
sql_reader sql_read_begin, sql_read_start, sql_read_end, sql_read_set_transaction,
    sql_read_set_characteristics, sql_read_lock;
/* classify_setting.c */
sql_reader sql_read_set, sql_read_setting_name;
/* classify_cursor.c */
sql_reader sql_read_declare, sql_read_fetch, sql_read_close, sql_read_changer;
/* classify_prepared.c */
sql_reader sql_read_prepare, sql_read_execute, sql_read_deallocate;
/* classify_session.c */
sql_reader sql_read_discard, sql_read_unlisten, sql_read_listen, sql_read_notify;

static inline bool sql_word_in(const struct token *token, const char *const *words,
                               size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (token_is_word(token, words[i]))
            return true;
    }
    return false;
}

static inline struct token sql_peek(struct slice sql)
{
    return token_next(&sql);
}

/* Take the word, if it is what comes next. */
static inline bool sql_take(struct slice *rest, const char *word)
{
    struct slice behind = *rest;
    struct token token = token_next(&behind);
    if (!token_is_word(&token, word))
        return false;
    *rest = behind;
    return true;
}

static inline bool sql_at_end(struct slice rest)
{
    return !token_skip_blank(&rest);
}

static inline bool sql_is_name(const struct token *token)
{
    return token->kind == TOKEN_WORD || token->kind == TOKEN_QUOTED;
}

/* A name that may have dots in it; of no length if that is not what comes. */
struct slice sql_take_name(struct slice *rest);
/* A name without dots; of no length if that is not what comes. */
struct slice sql_take_word(struct slice *rest);
/* All tokens that are left, without the blanks around them. */
struct slice sql_until_end(struct slice rest);

#endif
