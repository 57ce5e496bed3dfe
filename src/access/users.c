/* users.c - who there is, read from a users file. */
#include "access/users.h"

#include <stdlib.h>
#include <string.h>

#include "access/access_file.h"
#include "pgwire/crypto.h"
#include "pgwire/scram_secret.h"

static const char scram_prefix[] = "SCRAM-SHA-256$";

bool users_is_md5(const char *secret)
{
    return strlen(secret) == 3 + CRYPTO_MD5_HEX && strncmp(secret, "md5", 3) == 0 &&
           strspn(secret + 3, "0123456789abcdef") == CRYPTO_MD5_HEX;
}

bool users_is_verifier(const char *secret)
{
    struct scram_secret ignored;
    return users_is_md5(secret) || (strlen(secret) < PGW_SCRAM_SECRET_BYTES &&
                                    scram_secret_read(slice_of(secret), &ignored));
}

/* What is kept of a secret as the file has it. */
static bool keep_secret(struct arena *arena, const char *written, const char **out,
                        const char **fault, struct error *err)
{
    char made[PGW_SCRAM_SECRET_BYTES];
    struct slice text = slice_of(written);
    if (strncmp(written, scram_prefix, sizeof scram_prefix - 1) == 0) {
        if (!users_is_verifier(written))
            *fault = "the SCRAM secret is malformed";
    } else if (text.len > 0 && !users_is_md5(written)) {
        struct pgw_error failure;
        const struct pgw_slice password = {text.data, text.len};
        if (pgw_scram_secret(password, 0, made, &failure) != PGW_OK)
            return error_set(err, failure.sqlstate, "%s", failure.message);
        text = slice_of(made);
    }
    *out = *fault ? "" : arena_string(arena, text);
    return *out || error_no_memory(err);
}

static bool keep_user(struct arena *arena, const struct users_line *line,
                      struct user *out, const char **fault, struct error *err)
{
    out->name = arena_string(arena, slice_of(line->name));
    out->role = line->role;
    if (!out->name)
        return error_no_memory(err);
    return keep_secret(arena, line->secret, &out->secret, fault, err);
}

static size_t count_lines(struct slice text)
{
    size_t count = 1;
    for (size_t i = 0; i < text.len; i++)
        count += text.data[i] == '\n';
    return count < USERS_MOST ? count : USERS_MOST;
}

static int by_name(const void *a, const void *b)
{
    const struct user *left = a, *right = b;
    int order = strcmp(left->name, right->name);
    return order ? order : (left->line > right->line) - (left->line < right->line);
}

static int compare_name(const void *name, const void *user)
{
    return strcmp(name, ((const struct user *)user)->name);
}

static bool read_lines(struct arena *arena, struct slice text, const char *file,
                       struct users *out, struct error *err)
{
    struct users_line line;
    bool done = true;
    for (unsigned number = 1; done && text.len > 0; number++) {
        const char *fault = users_line_take(&text, &line);
        if (!fault && line.is_user && out->count == USERS_MOST)
            fault = "there are too many users";
        if (!fault && line.is_user)
            out->list[out->count++].line = number;
        if (!fault && line.is_user)
            done = keep_user(arena, &line, &out->list[out->count - 1], &fault, err);
        if (fault)
            done = access_fault(err, file, number, "%s", fault);
    }
    crypto_wipe(&line, sizeof line);
    return done;
}

bool users_parse(struct arena *arena, struct slice text, const char *file,
                 struct users *out, struct error *err)
{
    *out = (struct users){
        .list = arena_calloc(arena, count_lines(text), sizeof *out->list)};
    if (!out->list)
        return error_no_memory(err);
    if (!read_lines(arena, text, file, out, err))
        return false;
    qsort(out->list, out->count, sizeof *out->list, by_name);
    for (size_t i = 1; i < out->count; i++) {
        if (strcmp(out->list[i - 1].name, out->list[i].name) == 0)
            return access_fault(err, file, out->list[i].line,
                                "user \"%s\" is there twice", out->list[i].name);
    }
    return true;
}

const struct user *users_find(const struct users *users, const char *name)
{
    if (users->count == 0)
        return NULL;
    return bsearch(name, users->list, users->count, sizeof *users->list, compare_name);
}
