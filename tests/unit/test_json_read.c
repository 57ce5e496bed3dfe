/* test_json_read.c - JSON values off the front of a text. */
#include "unit.h"

#include <stdlib.h>

#include "core/json_read.h"

/* A copy without a byte behind it, so that a sanitizer sees who looks there. */
static struct slice exactly(const char *text)
{
    size_t len = strlen(text);
    char *copy = malloc(len ? len : 1);
    assert_non_null(copy);
    memcpy(copy, text, len);
    return (struct slice){copy, len};
}

static void discard(struct slice text)
{
    free((void *)(uintptr_t)text.data);
}

static const struct {
    const char *text;
    enum json_kind kind;
    const char *value, *rest;
} values[] = {
    {"1", JSON_NUMBER, "1", ""},
    {" \t\r\n-1.5e3,2", JSON_NUMBER, "-1.5e3", ",2"},
    {"true]", JSON_WORD, "true", "]"},
    {"null", JSON_WORD, "null", ""},
    {"\"a\\\"b\" x", JSON_STRING, "\"a\\\"b\"", " x"},
    {"{\"a\": [1, {}]}, 3", JSON_OBJECT, "{\"a\": [1, {}]}", ", 3"},
    {"[\"]\", [2]]]", JSON_ARRAY, "[\"]\", [2]]", "]"},
    {"", JSON_NONE, "", ""},
    {"  ", JSON_NONE, "", ""},
    {"\"open", JSON_NONE, "", "\"open"},
    {"\"open\\", JSON_NONE, "", "\"open\\"},
    {"[1, 2", JSON_NONE, "", "[1, 2"},
    {"{\"a", JSON_NONE, "", "{\"a"},
    {",", JSON_NONE, "", ","},
    {"]", JSON_NONE, "", "]"},
};

static void test_values(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(values); i++) {
        struct slice text = exactly(values[i].text), rest = text;
        struct json_value value = json_take(&rest);
        assert_int_equal(value.kind, values[i].kind);
        assert_slice(value.text, values[i].value);
        assert_slice(rest, values[i].rest);
        discard(text);
    }
}

static void test_members(void **state)
{
    struct slice text = exactly("{\"a\" : 1, \"b\":[2 , 3], \"c\"}"), rest = text;
    struct slice inside = json_inside(json_take(&rest)), name, elements;
    struct json_value value;
    (void)state;
    assert_true(json_take_member(&inside, &name, &value));
    assert_slice(name, "\"a\"");
    assert_slice(value.text, "1");
    assert_true(json_take_member(&inside, &name, &value));
    elements = json_inside(value);
    assert_true(json_take_element(&elements, &value));
    assert_slice(value.text, "2");
    assert_true(json_take_element(&elements, &value));
    assert_slice(value.text, "3");
    assert_false(json_take_element(&elements, &value));
    assert_false(json_take_member(&inside, &name, &value));
    discard(text);
}

static const struct {
    const char *text, *characters; /* NULL: there are none */
} strings[] = {
    {"\"\"", ""},
    {"\"a b\"", "a b"},
    {"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t"},
    {"\"\\u0041\\u00e9\\u20AC\"", "A\xc3\xa9\xe2\x82\xac"},
    {"\"\\ud83d\\ude00\"", "\xf0\x9f\x98\x80"},
    {"\"\\ud83d\"", NULL},
    {"\"\\ud83dx\"", NULL},
    {"\"\\ud83d\\u0041\"", NULL},
    {"\"\\ude00\"", NULL},
    {"\"\\u12\"", NULL},
    {"\"\\u12g4\"", NULL},
    {"\"\\x\"", NULL},
    {"\"\\\"", NULL},
};

static void test_strings(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(strings); i++) {
        char out[64];
        size_t len = 0;
        struct slice text = exactly(strings[i].text);
        bool done = json_unescape(text, out, &len);
        assert_int_equal(done, strings[i].characters != NULL);
        if (done && strings[i].characters)
            assert_slice((struct slice){out, len}, strings[i].characters);
        discard(text);
    }
}

UNIT_MAIN(cmocka_unit_test(test_values), cmocka_unit_test(test_members),
          cmocka_unit_test(test_strings))
