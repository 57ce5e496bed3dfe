/* writer.h - a sticky writer of one backend message into the output chain.
 *
 *     struct writer w = writer_begin(chain, 'Z');
 *     writer_u8(&w, 'I');
 *     if (!writer_end(&w)) … out of memory: nothing of the message is in the chain
 */
#ifndef PGWIRE_WRITER_H
#define PGWIRE_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/chain.h"

struct writer {
    struct chain *chain;
    struct chain_mark start;
    uint8_t *length; /* where the length belongs */
    bool failed;
};

struct writer writer_begin(struct chain *chain, char type);
bool writer_end(struct writer *writer) MUST_CHECK;

void writer_bytes(struct writer *writer, const void *data, size_t len);
void writer_u8(struct writer *writer, uint8_t value);
void writer_u16(struct writer *writer, uint16_t value);
void writer_u32(struct writer *writer, uint32_t value);
void writer_string(struct writer *writer, const char *text); /* with its NUL */

#endif
