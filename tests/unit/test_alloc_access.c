/* test_alloc_access.c - users, rules and maps are read, asked, exchanged and edited
 * while memory is refused at every place: 53200, and nothing is left. */
#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../lib/allocations.h"
#include "access/access.h"
#include "access/basic.h"
#include "access/users_edit.h"

static const char users_text[] = "\"anna\" \"md5d41d8cd98f00b204e9800998ecf8427e\" "
                                 "\"writer\"\n\"ben\" \"\"\n";
static const char rules_text[] = "local all all peer map=m\nhost main,\"x y\" anna \\\n"
                                 " 127.0.0.1/32 md5\nhost all @more all trust\n";

struct files {
    char directory[64], users[96], rules[96], ident[96], more[96];
};

static void put_file(char path[96], const struct files *files, const char *name,
                     const char *text)
{
    (void)snprintf(path, 96, "%s/%s", files->directory, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, strlen(text), file), strlen(text));
    assert_int_equal(fclose(file), 0);
    assert_int_equal(chmod(path, 0600), 0);
}

static int make_files(void **state)
{
    static struct files files = {.directory = "/tmp/wirehouse-access-XXXXXX"};
    assert_non_null(mkdtemp(files.directory));
    put_file(files.users, &files, "users", users_text);
    put_file(files.rules, &files, "rules", rules_text);
    put_file(files.ident, &files, "ident", "m /^(.*)$ \\1\nm root anna\n");
    put_file(files.more, &files, "more", "carl, ben\n");
    *state = &files;
    return 0;
}

static int remove_files(void **state)
{
    const struct files *files = *state;
    (void)unlink(files->users);
    (void)unlink(files->rules);
    (void)unlink(files->ident);
    (void)unlink(files->more);
    return rmdir(files->directory);
}

static void ask(struct access *access)
{
    static const struct pgw_peer peer = {.address = "127.0.0.1"};
    static const struct access_request request = {
        .user = "anna", .database = "main", .peer = &peer};
    struct access_verdict verdict;
    struct error err;
    struct access_set *set = access_acquire(access);
    assert_true(access_ask(set, &request, &verdict, &err));
    assert_int_equal(verdict.method, ACCESS_MD5);
    assert_int_equal(verdict.role, ROLE_WRITER);
    access_release(set);
}

/* The set that is there stays when the next one cannot be had. */
static bool reload_and_ask(const struct access_files *names)
{
    struct access access;
    struct error err;
    allocations_exempt(true);
    assert_true(access_init(&access) && access_load(&access, names, &err));
    allocations_exempt(false);
    bool done = access_load(&access, names, &err);
    if (!done)
        assert_string_equal(err.sqlstate, "53200");
    ask(&access);
    access_free(&access);
    return done;
}

static void test_load(void **state)
{
    const struct files *files = *state;
    const struct access_files names = {
        .users = files->users, .rules = files->rules, .ident = files->ident};
    size_t before = allocations_blocks();
    bool done = false;
    for (size_t nth = 1; !done; nth++) {
        allocations_refuse(nth, false);
        done = reload_and_ask(&names);
        assert_true(done == (allocations_refused() == 0));
        allocations_refuse(0, false);
        assert_int_equal(allocations_blocks(), before);
    }
}

static void test_edit(void **state)
{
    const struct users_change change = {
        .name = "ben", .secret = "md5d41d8cd98f00b204e9800998ecf8427e"};
    size_t before = allocations_blocks();
    bool done = false, found;
    (void)state;
    for (size_t nth = 1; !done; nth++) {
        struct buf out = {0};
        struct error err;
        allocations_refuse(nth, true);
        done = users_edit(SLICE(users_text), "f", &change, &out, &found, &err);
        if (!done)
            assert_string_equal(err.sqlstate, "53200");
        allocations_refuse(0, false);
        buf_free(&out);
        assert_int_equal(allocations_blocks(), before);
    }
}

static void test_basic(void **state)
{
    static const char scram[] =
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
        "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuL"
        "mtbsmBno=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=";
    static const struct {
        const char *header, *user, *password;
    } rows[] = {{"Basic dXNlcjpwZW5jaWw=", "user", "pencil"},
                {"basic  dXNlcjpwZW5jaWw=", "user", "pencil"},
                {"Basic YTpiOmM=", "a", "b:c"},
                {"Basic YTo=", "a", ""},
                {"Basic YQ==", NULL, NULL},
                {"Basic OmI=", NULL, NULL},
                {"Basic YQBiOmM=", NULL, NULL},
                {"Basicx dXNlcjpwZW5jaWw=", NULL, NULL},
                {"Basic", NULL, NULL},
                {"Basic ", NULL, NULL},
                {"", NULL, NULL}};
    struct basic_credentials credentials;
    struct basic *basic = basic_new();
    (void)state;
    assert_non_null(basic);
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        bool is_good = basic_read(slice_of(rows[i].header), &credentials);
        assert_int_equal(is_good, rows[i].user != NULL);
        if (!is_good)
            continue;
        assert_string_equal(credentials.user, rows[i].user);
        assert_string_equal(credentials.password, rows[i].password);
    }
    assert_true(basic_read(slice_of(rows[0].header), &credentials));
    assert_false(basic_is_known(basic, &credentials, scram));
    assert_true(basic_fits(basic, &credentials, scram));
    assert_true(basic_is_known(basic, &credentials, scram));
    /* Another secret, password or user is not known, and does not fit. */
    assert_false(basic_is_known(basic, &credentials, ""));
    assert_false(basic_fits(basic, &credentials, ""));
    credentials.password[0] = 'P';
    assert_false(basic_is_known(basic, &credentials, scram));
    assert_false(basic_fits(basic, &credentials, scram));
    assert_false(basic_is_known(basic, &credentials, scram));
    basic_free(basic);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_load),
                                       cmocka_unit_test(test_edit),
                                       cmocka_unit_test(test_basic)};
    return cmocka_run_group_tests(tests, make_files, remove_files);
}
