/* writer.c - a sticky writer of one backend message. */
#include "pgwire/writer.h"

#include <string.h>

struct writer writer_begin(struct chain *chain, char type)
{
    struct writer writer = {.chain = chain, .start = chain_mark(chain)};
    uint8_t *header = chain_reserve(chain, 5);
    if (!header) {
        writer.failed = true;
        return writer;
    }
    header[0] = (uint8_t)type;
    writer.length = header + 1;
    chain_commit(chain, 5);
    return writer;
}

bool writer_end(struct writer *writer)
{
    uint64_t length = writer->chain->appended - writer->start.appended - 1;
    if (writer->failed || length > INT32_MAX) {
        chain_rollback(writer->chain, writer->start);
        return false;
    }
    for (int i = 0; i < 4; i++)
        writer->length[i] = (uint8_t)(length >> (24 - 8 * i));
    return true;
}

void writer_bytes(struct writer *writer, const void *data, size_t len)
{
    if (!writer->failed && !chain_append(writer->chain, data, len))
        writer->failed = true;
}

void writer_u8(struct writer *writer, uint8_t value)
{
    writer_bytes(writer, &value, 1);
}

void writer_u16(struct writer *writer, uint16_t value)
{
    uint8_t bytes[2] = {(uint8_t)(value >> 8), (uint8_t)value};
    writer_bytes(writer, bytes, sizeof bytes);
}

void writer_u32(struct writer *writer, uint32_t value)
{
    uint8_t bytes[4] = {(uint8_t)(value >> 24), (uint8_t)(value >> 16),
                        (uint8_t)(value >> 8), (uint8_t)value};
    writer_bytes(writer, bytes, sizeof bytes);
}

void writer_string(struct writer *writer, const char *text)
{
    writer_bytes(writer, text, strlen(text) + 1);
}
