/* users_edit.c - a users file with one user made, changed or deleted. */
#include "access/users_edit.h"

#include <string.h>

#include "access/access_file.h"
#include "pgwire/crypto.h"

static bool put(struct buf *out, struct slice text)
{
    return buf_append(out, text.data, text.len);
}

/* In quotes, those in it doubled. */
static bool put_word(struct buf *out, const char *word)
{
    bool done = put(out, SLICE("\""));
    for (; done && *word; word++)
        done = buf_append(out, *word == '"' ? "\"\"" : word, *word == '"' ? 2 : 1);
    return done && put(out, SLICE("\""));
}

/* The user's line as it becomes; line: as it was. */
static bool put_user(struct buf *out, const struct users_change *change,
                     const struct users_line *line)
{
    enum user_role role = change->has_role ? change->role : line->role;
    bool done = put_word(out, change->name) && put(out, SLICE(" ")) &&
                put_word(out, change->secret ? change->secret : line->secret);
    if (change->has_role || line->has_role)
        done = done && put(out, SLICE(" ")) && put_word(out, role_name(role));
    if (line->comment.len > 0)
        done = done && put(out, SLICE(" ")) && put(out, line->comment);
    return done && put(out, SLICE("\n"));
}

static bool put_line(struct buf *out, const struct users_change *change,
                     const struct users_line *line, bool is_meant)
{
    if (!is_meant)
        return put(out, line->text) && put(out, SLICE("\n"));
    return change->deletes || put_user(out, change, line);
}

static bool edit_lines(struct slice text, const char *file,
                       const struct users_change *change, struct buf *out, bool *found,
                       struct error *err)
{
    struct users_line line;
    bool done = true;
    for (unsigned number = 1; done && text.len > 0; number++) {
        const char *fault = users_line_take(&text, &line);
        bool is_meant = !fault && line.is_user && strcmp(line.name, change->name) == 0;
        if (is_meant && *found)
            fault = "the user is there twice";
        *found = *found || is_meant;
        if (fault)
            done = access_fault(err, file, number, "%s", fault);
        else if (!put_line(out, change, &line, is_meant))
            done = error_no_memory(err);
    }
    crypto_wipe(&line, sizeof line);
    return done;
}

bool users_edit(struct slice text, const char *file, const struct users_change *change,
                struct buf *out, bool *found, struct error *err)
{
    static const struct users_line none;
    *found = false;
    if (!edit_lines(text, file, change, out, found, err))
        return false;
    if (*found)
        return true;
    if (change->deletes || !change->secret)
        return error_set(err, "42704", "user \"%s\" is not in %s", change->name, file);
    return put_user(out, change, &none) || error_no_memory(err);
}
