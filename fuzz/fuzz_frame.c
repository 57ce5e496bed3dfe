/* fuzz_frame.c - any bytes as the front of an input: a frame never leaves it. */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#include "pgwire/frame.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct frame frame;
    if (frame_peek(data, size, 1 << 20, &frame) == FRAME_COMPLETE) {
        assert(frame.size <= size && frame.body + frame.len == data + frame.size);
    }
    if (frame_peek_startup(data, size, &frame) == FRAME_COMPLETE) {
        assert(frame.size <= size && frame.size <= FRAME_STARTUP_MAX);
    }
    return 0;
}
