/* reader.c - a sticky reader over the body of one message. */
#include "pgwire/reader.h"

#include <string.h>

struct reader reader_of(const uint8_t *body, size_t len)
{
    return (struct reader){body, body + len, false};
}

struct pgw_slice reader_bytes(struct reader *reader, size_t len)
{
    if (reader->failed || (size_t)(reader->end - reader->at) < len) {
        reader->failed = true;
        return (struct pgw_slice){"", 0};
    }
    const uint8_t *start = reader->at;
    reader->at += len;
    return (struct pgw_slice){(const char *)start, len};
}

static uint32_t read_number(struct reader *reader, size_t bytes)
{
    struct pgw_slice raw = reader_bytes(reader, bytes);
    uint32_t number = 0;
    for (size_t i = 0; i < raw.len; i++)
        number = number << 8 | (uint8_t)raw.data[i];
    return number;
}

uint8_t reader_u8(struct reader *reader)
{
    return (uint8_t)read_number(reader, 1);
}

uint16_t reader_u16(struct reader *reader)
{
    return (uint16_t)read_number(reader, 2);
}

uint32_t reader_u32(struct reader *reader)
{
    return read_number(reader, 4);
}

int32_t reader_i32(struct reader *reader)
{
    return (int32_t)read_number(reader, 4);
}

struct pgw_slice reader_string(struct reader *reader)
{
    size_t left = (size_t)(reader->end - reader->at);
    const uint8_t *nul =
        reader->failed || left == 0 ? NULL : memchr(reader->at, 0, left);
    if (!nul) {
        reader->failed = true;
        return (struct pgw_slice){"", 0};
    }
    struct pgw_slice text = reader_bytes(reader, (size_t)(nul - reader->at) + 1);
    text.len--;
    return text;
}

bool reader_done(const struct reader *reader)
{
    return !reader->failed && reader->at == reader->end;
}
