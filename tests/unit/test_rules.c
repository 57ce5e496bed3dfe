#include "unit.h"

#include "access/access_set.h"

/* Other files, by name. */
static bool read_file(struct arena *arena, const char *path, bool is_secret,
                      struct slice *out, struct error *err)
{
    static const char *const files[][2] = {{"d/names", "anna, ben\n# none\ncarl\n"},
                                           {"d/nested", "@names dora"},
                                           {"d/loop", "@loop"},
                                           {"d/empty", ""}};
    (void)is_secret;
    (void)arena;
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        if (strcmp(path, files[i][0]) == 0) {
            *out = slice_of(files[i][1]);
            return true;
        }
    }
    return error_set(err, "58P01", "could not read \"%s\"", path);
}

static bool parse(struct arena *arena, const char *text, struct rules *out,
                  struct error *err)
{
    const struct rules_options options = {.reader = read_file};
    return rules_parse(arena, slice_of(text), "d/hba", &options, out, err);
}

enum { L = RULE_LOCAL, T = RULE_TLS, P = RULE_PLAIN };

/* line: of the rule that fits; 0: none does. */
static void test_matching(void **state)
{
    static const struct {
        const char *text, *address, *user, *database;
        unsigned connection, line;
    } rows[] = {
        {"local all all trust", NULL, "u", "main", L, 1},
        {"local all all trust", "1.2.3.4", "u", "main", P, 0},
        {"host all all all trust", "1.2.3.4", "u", "main", P, 1},
        {"host all all all trust", "1.2.3.4", "u", "main", T, 1},
        {"host all all all trust", NULL, "u", "main", L, 0},
        {"hostssl all all all trust", "1.2.3.4", "u", "main", P, 0},
        {"hostssl all all all trust", "1.2.3.4", "u", "main", T, 1},
        {"hostnossl all all all trust", "1.2.3.4", "u", "main", P, 1},
        {"hostnossl all all all trust", "1.2.3.4", "u", "main", T, 0},
        {"hostgssenc all all all trust", "1.2.3.4", "u", "main", T, 0},
        {"hostnogssenc all all all trust", "1.2.3.4", "u", "main", P, 1},
        {"# a\n\nhost all all all trust", "1.2.3.4", "u", "main", P, 3},
        {"host all \\\n all all trust\nhost all b all trust", "::1", "u", "main", P, 1},
        {"host all b all trust\nhost all u all reject", "::1", "u", "main", P, 2},
        /* databases */
        {"host main all all trust", "::1", "u", "main", P, 1},
        {"host Main all all trust", "::1", "u", "main", P, 0},
        {"host a,main all all trust", "::1", "u", "main", P, 1},
        {"host a, main all all trust", "::1", "u", "main", P, 1},
        {"host \"all\" all all trust", "::1", "u", "main", P, 0},
        {"host \"all\" all all trust", "::1", "u", "all", P, 1},
        {"host sameuser all all trust", "::1", "u", "main", P, 0},
        {"host sameuser all all trust", "::1", "main", "main", P, 1},
        {"host samerole all all trust", "::1", "u", "writer", P, 1},
        {"host samerole all all trust", "::1", "u", "main", P, 0},
        {"host replication all all trust", "::1", "u", "replication", P, 0},
        {"host \"replication\" all all trust", "::1", "u", "replication", P, 1},
        {"host \"a b\" all all trust", "::1", "u", "a b", P, 1},
        {"host \"a\"\"b\" all all trust", "::1", "u", "a\"b", P, 1},
        {"host a\"b c\"d all all trust", "::1", "u", "ab cd", P, 1},
        /* users: the one who asks is a writer */
        {"host all +writer all trust", "::1", "u", "main", P, 1},
        {"host all +admin all trust", "::1", "u", "main", P, 0},
        {"host all \"+writer\" all trust", "::1", "u", "main", P, 0},
        {"host all +u all trust", "::1", "u", "main", P, 1},
        {"host all @names all trust", "::1", "carl", "main", P, 1},
        {"host all @names all trust", "::1", "dora", "main", P, 0},
        {"host all x,@nested all trust", "::1", "dora", "main", P, 1},
        {"host all @nested all trust", "::1", "ben", "main", P, 1},
        {"host all @empty all trust", "::1", "u", "main", P, 0},
        {"host all \"@names\" all trust", "::1", "@names", "main", P, 1},
        {"host all @ all trust", "::1", "@", "main", P, 1},
        {"host all /^u all trust", "::1", "u", "main", P, 0},
        {"host all /^u all trust", "::1", "/^u", "main", P, 1},
        /* addresses */
        {"host all all 127.0.0.1/32 trust", "127.0.0.1", "u", "main", P, 1},
        {"host all all 127.0.0.1/32 trust", "127.0.0.2", "u", "main", P, 0},
        {"host all all 127.0.0.99/8 trust", "127.9.9.9", "u", "main", P, 1},
        {"host all all 10.1.0.0/15 trust", "10.0.255.255", "u", "main", P, 1},
        {"host all all 10.1.0.0/15 trust", "10.2.0.0", "u", "main", P, 0},
        {"host all all 0.0.0.0/0 trust", "9.9.9.9", "u", "main", P, 1},
        {"host all all 0.0.0.0/0 trust", "::1", "u", "main", P, 0},
        {"host all all ::/0 trust", "::1", "u", "main", P, 1},
        {"host all all ::/0 trust", "9.9.9.9", "u", "main", P, 0},
        {"host all all fe80::/10 trust", "fe80::7", "u", "main", P, 1},
        {"host all all fe80::/10 trust", "fec0::7", "u", "main", P, 0},
        {"host all all 10.0.0.0 255.0.0.0 trust", "10.7.7.7", "u", "main", P, 1},
        {"host all all 10.0.0.0 255.0.0.0 trust", "11.7.7.7", "u", "main", P, 0},
        {"host all all 10.0.0.3 255.0.0.255 trust", "10.7.7.3", "u", "main", P, 1},
        {"host all all ::1 ffff:: trust", "::7", "u", "main", P, 1},
        {"host all all samehost trust", "127.0.0.1", "u", "main", P, 1},
        {"host all all samehost trust", "127.0.0.2", "u", "main", P, 0},
        {"host all all samenet trust", "127.0.0.2", "u", "main", P, 1},
        {"host all all samehost trust", "203.0.113.77", "u", "main", P, 0},
        {"host all all samenet trust", "203.0.113.77", "u", "main", P, 0},
        {"host all all all trust", "", "u", "main", P, 1},
        {"host all all 0.0.0.0/0 trust", "", "u", "main", P, 0}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena arena = {0};
        struct rules rules;
        struct error err;
        const struct rule_request request = {.connection = rows[i].connection,
                                             .address = rows[i].address,
                                             .user = rows[i].user,
                                             .database = rows[i].database,
                                             .has_role = true,
                                             .role = ROLE_WRITER};
        if (!parse(&arena, rows[i].text, &rules, &err))
            fail_msg("%s: %s", rows[i].text, err.message);
        const struct rule *rule = rules_find(&rules, &request);
        if ((rule ? rule->line : 0) != rows[i].line)
            fail_msg("%s for %s at %s", rows[i].text, rows[i].user, rows[i].address);
        arena_free(&arena);
    }
}

static void test_faults(void **state)
{
    static const char *const rows[][2] = {
        {"x", "1: invalid connection type \"x\""},
        {"\n\nlocal", "3: end-of-line before database specification"},
        {"local all", "1: end-of-line before role specification"},
        {"local all all", "1: end-of-line before authentication method"},
        {"host all all", "1: an address is missing, or there are several"},
        {"host all all a,b trust", "1: an address is missing, or there are several"},
        {"host all all example.org trust",
         "1: \"example.org\" is no IP address, and host names are not supported"},
        {"host all all .org trust",
         "1: \".org\" is no IP address, and host names are not supported"},
        {"host all all 1.2.3.4/33 trust",
         "1: invalid CIDR mask in address \"1.2.3.4/33\""},
        {"host all all 1.2.3.4/ trust", "1: invalid CIDR mask in address \"1.2.3.4/\""},
        {"host all all ::1/129 trust", "1: invalid CIDR mask in address \"::1/129\""},
        {"host all all 1.2.3.4", "1: end-of-line before netmask specification"},
        {"host all all 1.2.3.4 trust", "1: invalid IP mask \"trust\""},
        {"host all all 1.2.3.4 ::1 trust", "1: IP address and mask do not match"},
        {"local all all magic", "1: invalid authentication method \"magic\""},
        {"local all all trust,md5",
         "1: multiple values specified for authentication type"},
        {"host all all all ldap", "1: authentication method \"ldap\" is not supported"},
        {"host all all all gss", "1: authentication method \"gss\" is not supported"},
        {"host all all all peer",
         "1: peer authentication is only supported on local sockets"},
        {"host all all all cert",
         "1: cert authentication is only supported on hostssl connections"},
        {"local all all trust x",
         "1: authentication option not in name=value format: x"},
        {"local all all trust x=1",
         "1: unrecognized authentication option name: \"x\""},
        {"local all all md5 map=m",
         "1: authentication option \"map\" is only valid for authentication methods "
         "peer, cert and oauth"},
        {"host all all all md5 clientcert=verify-ca",
         "1: clientcert can only be configured for \"hostssl\" rows"},
        {"hostssl all all all md5 clientcert=1",
         "1: clientcert is neither verify-ca nor verify-full"},
        {"hostssl all all all cert clientcert=verify-ca",
         "1: clientcert only accepts \"verify-full\" when using \"cert\" "
         "authentication"},
        {"local all all trust role=root",
         "1: role is none of reader, writer and admin"},
        {"host all all all password", "1: passwords would cross the network in clear"},
        {"hostnossl all all 0.0.0.0/0 password",
         "1: passwords would cross the network in clear"},
        {"host all all 127.0.0.0/7 password",
         "1: passwords would cross the network in clear"},
        {"local all all oauth scope=s audience=a keys=k",
         "1: authentication method \"oauth\" requires argument \"issuer\" to be set"},
        {"local all all oauth issuer=i audience=a keys=k",
         "1: authentication method \"oauth\" requires argument \"scope\" to be set"},
        {"local all all oauth issuer=i scope=s keys=k",
         "1: authentication method \"oauth\" requires argument \"audience\" to be set"},
        {"local all all oauth issuer=i scope=s audience=a",
         "1: authentication method \"oauth\" requires argument \"keys\" to be set"},
        {"local all all oauth issuer= scope=s audience=a keys=k",
         "1: the value of an option is empty"},
        {"local all all oauth issuer=i scope=s audience=a keys=k validator=v",
         "1: unrecognized authentication option name: \"validator\""},
        {"local all all md5 issuer=i",
         "1: issuer, scope, audience, keys and claim are only valid for authentication "
         "method oauth"},
        {"host all all all oauth issuer=i scope=s audience=a keys=k",
         "1: tokens would cross the network in clear"},
        {"local \"all all trust", "1: a quote is not closed"},
        {"local all @loop trust", NULL},
        {"local all @none trust", "1: could not read \"d/none\""}};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        struct arena arena = {0};
        struct rules rules;
        struct error err;
        if (parse(&arena, rows[i][0], &rules, &err))
            fail_msg("%s was accepted", rows[i][0]);
        assert_string_equal(err.sqlstate, "F0000");
        if (rows[i][1])
            assert_string_equal(err.message + strlen("d/hba:"), rows[i][1]);
        arena_free(&arena);
    }
}

static void test_accepted(void **state)
{
    struct arena arena = {0};
    struct rules rules;
    struct error err;
    (void)state;
    assert_true(parse(&arena,
                      "hostssl all all all cert map=m clientname=DN\n"
                      "hostssl all all all md5 clientcert=verify-ca role=writer\n"
                      "hostssl all all all password clientcert=verify-full\n"
                      "local all all peer map=\"a b\"\n"
                      "host all all 127.0.0.0/8 password\n"
                      "host all all ::1/128 password\nlocal all all password\n",
                      &rules, &err));
    const struct rule *rule = rules.first;
    assert_int_equal(rule->certificate, RULE_CERT_NAMED);
    assert_string_equal(rule->map, "m");
    assert_true(rule->by_subject);
    rule = rule->next;
    assert_int_equal(rule->certificate, RULE_CERT_VALID);
    assert_true(rule->has_role && rule->role == ROLE_WRITER);
    rule = rule->next;
    assert_int_equal(rule->certificate, RULE_CERT_NAMED);
    assert_string_equal(rule->next->map, "a b");
    arena_free(&arena);
}

static void test_ident(void **state)
{
    static const struct {
        const char *map, *system, *user;
        bool allowed;
    } rows[] = {{NULL, "anna", "anna", true},
                {NULL, "anna", "ben", false},
                {"m", "anna", "anna", false},
                {"m", "root", "postgres", true},
                {"m", "root", "root", false},
                {"r", "carl@example.org", "carl", true},
                {"r", "carl@example.org", "carla", false},
                {"r", "carl@example.com", "carl", false},
                {"r", "@example.org", "", true},
                {"w", "anything", "guest", true},
                {"w", "anything", "anything", false},
                {"p", "zed", "x_zed_y", true},
                {"p", "zed", "x_zed_", false},
                {"nosuch", "root", "postgres", false}};
    struct arena arena = {0};
    struct ident ident;
    struct error err;
    (void)state;
    assert_true(ident_parse(&arena,
                            SLICE("# maps\nm root postgres\nr "
                                  "/^(.*)@example\\.org$ \\1\nw /.* guest\n"
                                  "p /^(.*)$ x_\\1_y\n"),
                            "d/ident", read_file, &ident, &err));
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        bool allowed = ident_allows(&ident, rows[i].map, rows[i].system, rows[i].user);
        if (allowed != rows[i].allowed)
            fail_msg("%s: %s as %s", rows[i].map, rows[i].system, rows[i].user);
    }
    arena_free(&arena);
}

static void test_ident_faults(void **state)
{
    static const char *const texts[] = {"m",       "m a",    "m a b c",
                                        "m a,b c", "m /( b", "m /a \\1"};
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
        struct arena arena = {0};
        struct ident ident;
        struct error err;
        assert_false(ident_parse(&arena, slice_of(texts[i]), "d/ident", read_file,
                                 &ident, &err));
        assert_string_equal(err.sqlstate, "F0000");
        arena_free(&arena);
    }
}

UNIT_MAIN(cmocka_unit_test(test_matching), cmocka_unit_test(test_faults),
          cmocka_unit_test(test_accepted), cmocka_unit_test(test_ident),
          cmocka_unit_test(test_ident_faults))
