#include "unit.h"

#include <stdio.h>

#include "access/users.h"
#include "pgwire/scram_secret.h"

#define VERIFIER                                                                       \
    "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"                                     \
    "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtb"                                           \
    "smBno=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
#define MD5 "md5d41d8cd98f00b204e9800998ecf8427e"

static void test_lines(void **state)
{
    static const struct {
        const char *text, *name, *secret, *fault;
        enum user_role role;
    } rows[] = {
        {"", "", "", NULL, ROLE_READER},
        {"  ; all of it", "", "", NULL, ROLE_READER},
        {"# likewise", "", "", NULL, ROLE_READER},
        {"\"a\" \"b\"", "a", "b", NULL, ROLE_READER},
        {" \"a\"\t\"b\" \r", "a", "b", NULL, ROLE_READER},
        {"\"a\" \"\"", "a", "", NULL, ROLE_READER},
        {"\"a\"\"b\" \"\"\"\"", "a\"b", "\"", NULL, ROLE_READER},
        {"\"a\" \"b\" \"writer\"", "a", "b", NULL, ROLE_WRITER},
        {"\"a\" \"b\" \"admin\" ; chief", "a", "b", NULL, ROLE_ADMIN},
        {"\"a\" \"b\";x", "a", "b", NULL, ROLE_READER},
        {"\"a;#\" \"#;\"", "a;#", "#;", NULL, ROLE_READER},
        {"a \"b\"", "", "", "a word is not in double quotes", ROLE_READER},
        {"\"a\" b", "", "", "a word is not in double quotes", ROLE_READER},
        {"\"a\"", "", "", "the secret is missing", ROLE_READER},
        {"\"a\" ; \"b\"", "", "", "the secret is missing", ROLE_READER},
        {"\"\" \"b\"", "", "", "the name is empty", ROLE_READER},
        {"\"a", "", "", "a quote is not closed", ROLE_READER},
        {"\"a\" \"b\"\"", "", "", "a quote is not closed", ROLE_READER},
        {"\"a\"\"b\"", "", "", "the secret is missing", ROLE_READER},
        {"\"a\" \"b\"x", "", "", "there must be a blank behind a word", ROLE_READER},
        {"\"a\" \"b\" \"root\"", "", "", "the role is none of reader, writer and admin",
         ROLE_READER},
        {"\"a\" \"b\" \"admin\" \"c\"", "", "", "something stands behind the role",
         ROLE_READER}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct users_line line;
        struct slice rest = slice_of(rows[i].text);
        const char *fault = users_line_take(&rest, &line);
        if (rows[i].fault) {
            assert_non_null(fault);
            assert_string_equal(fault, rows[i].fault);
            continue;
        }
        assert_null(fault);
        assert_int_equal(line.is_user, rows[i].name[0] != '\0');
        assert_string_equal(line.name, rows[i].name);
        assert_string_equal(line.secret, rows[i].secret);
        assert_int_equal(line.role, rows[i].role);
    }
}

static bool parse(struct arena *arena, const char *text, struct users *out,
                  struct error *err)
{
    return users_parse(arena, slice_of(text), "f", out, err);
}

static void test_set(void **state)
{
    struct arena arena = {0};
    struct users users;
    struct error err;
    struct scram_secret secret;
    (void)state;
    assert_true(parse(&arena,
                      "\"z\" \"pencil\" \"writer\"\n; none\n\n\"a\" \"" VERIFIER
                      "\"\r\n\"m\" \"" MD5 "\" \"admin\"\n\"e\" \"\"",
                      &users, &err));
    assert_int_equal(users.count, 4);
    assert_string_equal(users_find(&users, "a")->secret, VERIFIER);
    assert_string_equal(users_find(&users, "m")->secret, MD5);
    assert_int_equal(users_find(&users, "m")->role, ROLE_ADMIN);
    assert_string_equal(users_find(&users, "e")->secret, "");
    assert_null(users_find(&users, "A"));
    assert_null(users_find(&users, ""));
    /* The password is not kept: what is can be used in its place. */
    const struct user *user = users_find(&users, "z");
    assert_true(scram_secret_read(slice_of(user->secret), &secret));
    assert_true(scram_secret_fits(&secret, SLICE("pencil")));
    assert_false(scram_secret_fits(&secret, SLICE("pencils")));
    arena_free(&arena);
}

static void test_faults(void **state)
{
    static const char *const rows[][2] = {
        {"\"a\" \"b\"\n\n\"c\"\n", "f:3: the secret is missing"},
        {"\"a\" \"" MD5 "\"\n\"b\" \"" MD5 "\"\n\"a\" \"\"",
         "f:3: user \"a\" is there twice"},
        {"\"a\" \"SCRAM-SHA-256$x\"", "f:1: the SCRAM secret is malformed"}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena arena = {0};
        struct users users;
        struct error err;
        assert_false(parse(&arena, rows[i][0], &users, &err));
        assert_string_equal(err.message, rows[i][1]);
        assert_string_equal(err.sqlstate, "F0000");
        arena_free(&arena);
    }
}

/* Names and secrets have a length that they may have, and no byte more. */
static void test_bounds(void **state)
{
    char text[USERS_SECRET_MAX + 32];
    struct users_line line;
    (void)state;
    for (int over = 0; over < 2; over++) {
        int len =
            snprintf(text, sizeof text, "\"%0*d\" \"x\"", USERS_NAME_MAX + over, 0);
        struct slice rest = {text, (size_t)len};
        assert_int_equal(users_line_take(&rest, &line) != NULL, over);
        len = snprintf(text, sizeof text, "\"a\" \"%0*d\"", USERS_SECRET_MAX + over, 0);
        rest = (struct slice){text, (size_t)len};
        assert_int_equal(users_line_take(&rest, &line) != NULL, over);
    }
}

UNIT_MAIN(cmocka_unit_test(test_lines), cmocka_unit_test(test_set),
          cmocka_unit_test(test_faults), cmocka_unit_test(test_bounds))
