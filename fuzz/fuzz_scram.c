/* fuzz_scram.c - any two messages: an exchange stays within them, and proves nothing.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "pgwire/scram.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The first byte says how the channel is, the messages are divided by a NUL. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    struct slice text = {(const char *)data + 1, size - 1}, reply, hash = {"hash", 4};
    struct arena arena = {0};
    struct pgw_error err = {0};
    struct scram scram = {.has_tls = data[0] & 1,
                          .is_plus = (data[0] & 3) == 3,
                          .certificate_hash = hash,
                          .secret = {.iterations = 1, .salt_len = 1}};
    const char *end = memchr(text.data, 0, text.len);
    size_t len = end ? (size_t)(end - text.data) : text.len;
    struct scram_secret secret;
    (void)scram_secret_read(text, &secret);
    enum scram_outcome outcome =
        scram_next(&scram, (struct slice){text.data, len}, &arena, &reply, &err);
    if (outcome == SCRAM_MORE) {
        text = (struct slice){text.data + len, text.len - len};
        outcome = scram_next(&scram, text, &arena, &reply, &err);
    }
    assert(outcome != SCRAM_PROVEN);
    assert(outcome != SCRAM_REFUSED || err.sqlstate[0]);
    arena_free(&arena);
    return 0;
}
