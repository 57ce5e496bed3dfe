#include "unit.h"

#include <pthread.h>

#include "batch/type_oids.h"

static const struct slice moods[] = {{"sad", 3}, {"ok", 2}};
static const struct slice moods_ab[] = {{"sado", 4}, {"k", 1}};

static struct type mood_type(const struct slice *labels)
{
    return (struct type){.id = TYPE_ENUM, .labels = labels, .label_count = 2};
}

/* The same name and labels have the same OID, in another registry too. */
static void test_stable(void **state)
{
    struct type mood = mood_type(moods), other = mood_type(moods_ab);
    struct type_oids *a = type_oids_new(), *b = type_oids_new();
    const struct type_entry *first = type_oids_add(a, SLICE("mood"), &mood);
    const struct type_entry *different = type_oids_add(a, SLICE("mood"), &other);
    (void)state;
    assert_ptr_equal(type_oids_add(a, SLICE("mood"), &mood), first);
    assert_int_equal(type_oids_add(b, SLICE("mood"), &mood)->oid, first->oid);
    assert_int_not_equal(different->oid, first->oid);
    assert_int_not_equal(type_oids_add(a, SLICE("temper"), &mood)->oid, first->oid);
    assert_true(first->oid >= TYPE_OID_FIRST && first->oid <= INT32_MAX);
    type_oids_free(a);
    type_oids_free(b);
}

static void test_entries(void **state)
{
    struct type mood = mood_type(moods);
    struct type_oids *oids = type_oids_new();
    const struct type_entry *entry = type_oids_add(oids, SLICE("mood"), &mood);
    const struct type_entry *array = type_oids_find(oids, entry->array_oid);
    (void)state;
    assert_ptr_equal(type_oids_find(oids, entry->oid), entry);
    assert_null(type_oids_find(oids, 25));
    assert_string_equal(entry->name, "mood");
    assert_string_equal(array->name, "_mood");
    assert_int_equal(array->element_oid, entry->oid);
    assert_int_equal(entry->type->label_count, 2);
    assert_ptr_not_equal(entry->type->labels, mood.labels);
    assert_slice(entry->type->labels[1], "ok");
    size_t cursor = 0;
    assert_ptr_equal(type_oids_next(oids, &cursor), entry);
    assert_ptr_equal(type_oids_next(oids, &cursor), array);
    assert_null(type_oids_next(oids, &cursor));
    type_oids_free(oids);
}

/* The last name given to some labels is theirs. */
static void test_like(void **state)
{
    struct type mood = mood_type(moods), other = mood_type(moods_ab);
    struct type_oids *oids = type_oids_new();
    (void)state;
    assert_null(type_oids_like(oids, &mood));
    const struct type_entry *first = type_oids_add(oids, SLICE("mood"), &mood);
    assert_ptr_equal(type_oids_like(oids, &mood), first);
    assert_null(type_oids_like(oids, &other));
    const struct type_entry *second = type_oids_add(oids, SLICE("temper"), &mood);
    assert_ptr_equal(type_oids_like(oids, &mood), second);
    assert_ptr_equal(type_oids_add(oids, SLICE("mood"), &mood), first);
    assert_ptr_equal(type_oids_like(oids, &mood), first);
    type_oids_free(oids);
}

/* Structs differ by names and types of their fields. */
static void test_structs(void **state)
{
    static const struct slice names[] = {{"x", 1}, {"y", 1}},
                              swapped[] = {{"y", 1}, {"x", 1}};
    static const struct type ints[] = {{.id = TYPE_INT32}, {.id = TYPE_INT32}},
                             mixed[] = {{.id = TYPE_INT32}, {.id = TYPE_INT64}};
    struct type point = {
        .id = TYPE_STRUCT, .child_count = 2, .children = ints, .child_names = names};
    struct type_oids *oids = type_oids_new();
    uint32_t oid = type_oids_add(oids, SLICE("p"), &point)->oid;
    (void)state;
    point.child_names = swapped;
    assert_int_not_equal(type_oids_add(oids, SLICE("p"), &point)->oid, oid);
    point.child_names = names;
    point.children = mixed;
    assert_int_not_equal(type_oids_add(oids, SLICE("p"), &point)->oid, oid);
    type_oids_free(oids);
}

/* Many types: the table grows, nothing is lost. */
static void test_many(void **state)
{
    struct type_oids *oids = type_oids_new();
    uint32_t first = 0;
    (void)state;
    for (unsigned i = 0; i < 500; i++) {
        struct slice labels[] = {{(const char *)&i, sizeof i}, {"b", 1}};
        struct type type = mood_type(labels);
        const struct type_entry *entry = type_oids_add(oids, SLICE("many"), &type);
        assert_non_null(entry);
        first = first ? first : entry->oid;
        assert_ptr_equal(type_oids_find(oids, entry->oid), entry);
    }
    assert_int_equal(type_oids_find(oids, first)->type->label_count, 2);
    type_oids_free(oids);
}

/* All threads get the same entries. */
static void *add_many(void *self)
{
    struct type_oids *oids = self;
    for (unsigned i = 0; i < 200; i++) {
        struct slice labels[] = {{(const char *)&i, sizeof i}, {"b", 1}};
        struct type type = mood_type(labels);
        const struct type_entry *entry = type_oids_add(oids, SLICE("many"), &type);
        if (!entry || type_oids_find(oids, entry->oid) != entry ||
            type_oids_like(oids, &type) != entry)
            return self;
    }
    return NULL;
}

static void test_threads(void **state)
{
    struct type_oids *oids = type_oids_new();
    pthread_t threads[4];
    size_t cursor = 0, count = 0;
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(threads); i++)
        assert_int_equal(pthread_create(&threads[i], NULL, add_many, oids), 0);
    for (size_t i = 0; i < ARRAY_LEN(threads); i++) {
        void *failed;
        assert_int_equal(pthread_join(threads[i], &failed), 0);
        assert_null(failed);
    }
    while (type_oids_next(oids, &cursor))
        count++;
    assert_int_equal(count, 400); /* with their arrays */
    type_oids_free(oids);
}

UNIT_MAIN(cmocka_unit_test(test_stable), cmocka_unit_test(test_entries),
          cmocka_unit_test(test_like), cmocka_unit_test(test_structs),
          cmocka_unit_test(test_many), cmocka_unit_test(test_threads))
