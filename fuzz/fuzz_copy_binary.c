/* fuzz_copy_binary.c - COPY's binary format: the same rows whatever the split. */
#include "copy_split.h"
#include "server/copy_binary.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool feed(struct copy_binary *binary, struct slice data,
                 struct copy_answer *answer)
{
    struct pgw_error err = {0};
    struct slice fields[COPY_FIELDS];
    size_t column;
    enum copy_next next;
    while ((next = copy_binary_next(binary, &data, fields, &column, &err)) == COPY_ROW)
        copy_hash_fields(answer, fields, binary->expected);
    if (next == COPY_ERROR)
        memcpy(answer->sqlstate, err.sqlstate, sizeof answer->sqlstate);
    assert(next == COPY_ERROR || data.len == 0);
    return next != COPY_ERROR;
}

static struct copy_answer read_all(size_t expected, struct slice data, uint32_t seed)
{
    struct copy_answer answer = {.hash = 1};
    struct copy_binary binary;
    struct arena arena = {0};
    struct pgw_error err = {0};
    size_t column;
    assert(copy_binary_init(&binary, expected, &arena));
    bool goes_on = seed != 0 || feed(&binary, data, &answer);
    while (seed != 0 && goes_on && data.len > 0) {
        size_t len;
        char *piece = copy_piece(&data, &seed, &len);
        goes_on = feed(&binary, (struct slice){piece, len}, &answer);
        free(piece);
    }
    if (goes_on && !copy_binary_last(&binary, &column, &err))
        memcpy(answer.sqlstate, err.sqlstate, sizeof answer.sqlstate);
    copy_binary_free(&binary);
    arena_free(&arena);
    return answer;
}

/* With a header in front or without, so that tuples are reached. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char header[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";
    if (size < 2)
        return 0;
    size_t lead = data[0] & 4 ? sizeof header : 0;
    char *all = malloc(lead + size);
    assert(all);
    memcpy(all, header, lead);
    memcpy(all + lead, data + 2, size - 2);
    struct slice bytes = {all, lead + size - 2};
    struct copy_answer whole = read_all(data[0] & 3, bytes, 0);
    struct copy_answer cut = read_all(data[0] & 3, bytes, data[1] | 1U);
    copy_same(&whole, &cut);
    free(all);
    return 0;
}
