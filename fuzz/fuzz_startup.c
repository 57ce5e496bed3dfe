/* fuzz_startup.c - any bytes before a client has proven who it is: nobody gets in, and
 * what the session holds meanwhile stays under a bound.
 *
 * The first byte says how the client is asked (startup_host.h), the second how long the
 * pieces are that the rest comes in. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "../tests/lib/allocations.h"
#include "startup_host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { BOUND = 192 << 10 };

static void look(void *ctx)
{
    const size_t *before = ctx;
    assert(allocations_bytes() <= *before + BOUND);
}

/* Nor does anybody by a certificate, since there is none. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct startup_host host = {.flags = data[0]};
    size_t before = allocations_bytes();
    pgw_session *session = startup_session(&host);
    assert(session);
    (void)startup_feed(session, data + 2, size - 2, data[1] + 1u, look, &before);
    pgw_session_recv_eof(session);
    assert(!startup_serve(session, look, &before));
    assert(!host.opened);
    pgw_session_free(session);
    return 0;
}
