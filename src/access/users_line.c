/* users_line.c - one line of a users file. */
#include "access/users_line.h"

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static void skip_blank(struct slice *text)
{
    while (text->len > 0 && is_blank(text->data[0])) {
        text->data++;
        text->len--;
    }
}

static bool at_end(const struct slice *text)
{
    return text->len == 0 || text->data[0] == ';' || text->data[0] == '#';
}

/* A word in quotes, of at most `most` bytes. NULL, or what is wrong. */
static const char *take_word(struct slice *text, char *out, size_t most)
{
    size_t at = 1, len = 0;
    if (text->data[0] != '"')
        return "a word is not in double quotes";
    for (;; at++) {
        if (at == text->len)
            return "a quote is not closed";
        if (text->data[at] == '"' && (++at == text->len || text->data[at] != '"'))
            break;
        if (text->data[at] == '\0')
            return "there is a zero byte";
        if (len == most)
            return "a word is too long";
        out[len++] = text->data[at];
    }
    out[len] = '\0';
    text->data += at;
    text->len -= at;
    if (text->len > 0 && !is_blank(text->data[0]) && !at_end(text))
        return "there must be a blank behind a word";
    skip_blank(text);
    return NULL;
}

static const char *read_role(struct slice *text, struct users_line *out)
{
    char role[16];
    const char *fault = take_word(text, role, sizeof role - 1);
    if (fault)
        return fault;
    out->has_role = true;
    if (!role_parse(slice_of(role), &out->role))
        return "the role is none of reader, writer and admin";
    return at_end(text) ? NULL : "something stands behind the role";
}

static const char *read_user(struct slice *text, struct users_line *out)
{
    const char *fault = take_word(text, out->name, USERS_NAME_MAX);
    if (fault)
        return fault;
    if (!out->name[0])
        return "the name is empty";
    if (at_end(text))
        return "the secret is missing";
    fault = take_word(text, out->secret, USERS_SECRET_MAX);
    if (fault || at_end(text))
        return fault;
    return read_role(text, out);
}

static const char *read_line(struct slice text, struct users_line *out)
{
    skip_blank(&text);
    out->is_user = !at_end(&text);
    const char *fault = out->is_user ? read_user(&text, out) : NULL;
    out->comment = text;
    return fault;
}

const char *users_line_take(struct slice *rest, struct users_line *out)
{
    const char *end = memchr(rest->data, '\n', rest->len);
    size_t len = end ? (size_t)(end - rest->data) : rest->len;
    size_t taken = end ? len + 1 : len;
    *out = (struct users_line){.text = {rest->data, len}};
    rest->data += taken;
    rest->len -= taken;
    return read_line(out->text, out);
}
