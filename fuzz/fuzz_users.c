/* fuzz_users.c - any bytes as a users file: lines are taken one by one, and a file in
 * which a user was changed has that user, and all others as they were. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "access/basic.h"
#include "access/users_edit.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char secret[] = "md5d41d8cd98f00b204e9800998ecf8427e";

/* How many users there are, and whether one is called so with that secret. */
static size_t count_users(struct slice text, const char *name, bool *found)
{
    size_t count = 0;
    *found = false;
    while (text.len > 0) {
        struct users_line line;
        size_t before = text.len;
        const char *fault = users_line_take(&text, &line);
        assert(text.len < before);
        assert(line.comment.len <= line.text.len);
        if (fault || !line.is_user)
            continue;
        assert(strlen(line.name) <= USERS_NAME_MAX && line.name[0]);
        assert(strlen(line.secret) <= USERS_SECRET_MAX);
        count++;
        if (strcmp(line.name, name) == 0 && strcmp(line.secret, secret) == 0)
            *found = line.role == ROLE_WRITER;
    }
    return count;
}

static void check_edit(struct slice text, const char *name)
{
    struct buf out = {0}, gone = {0};
    struct error err;
    bool was_there, has_it;
    struct users_change change = {
        .name = name, .secret = secret, .has_role = true, .role = ROLE_WRITER};
    size_t before = count_users(text, name, &has_it);
    if (users_edit(text, "f", &change, &out, &was_there, &err)) {
        struct slice edited = {(const char *)buf_data(&out), buf_len(&out)};
        assert(count_users(edited, name, &has_it) == before + !was_there && has_it);
        change.deletes = true;
        assert(users_edit(edited, "f", &change, &gone, &was_there, &err) && was_there);
        edited = (struct slice){(const char *)buf_data(&gone), buf_len(&gone)};
        assert(count_users(edited, name, &has_it) + 1 >= before && !has_it);
    }
    buf_free(&out);
    buf_free(&gone);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct slice text = {(const char *)data, size};
    struct basic_credentials credentials;
    check_edit(text, "a");
    check_edit(text, "a\"; b");
    if (basic_read(text, &credentials)) {
        assert(credentials.user[0] && !strchr(credentials.user, ':'));
        assert(memchr(credentials.password, '\0', sizeof credentials.password));
    }
    return 0;
}
