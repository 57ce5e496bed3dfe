/* wire_client.h - the client's side of the protocol, for programs that test and
 * measure.
 *
 * Messages are put at the end of a buffer and taken from its front. What a program
 * cannot go on without (memory, a connection) ends it with a line that says so. */
#ifndef TESTS_WIRE_CLIENT_H
#define TESTS_WIRE_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"

_Noreturn void wire_die(const char *what); /* with errno's words */

/* ---- what a message is made of, in network order ---- */

void wire_put(struct buf *out, const void *data, size_t bytes);
void wire_put_number(struct buf *out, uint64_t number, size_t bytes);
void wire_put_string(struct buf *out, const char *text); /* with its NUL */

/* A message begins, its parts are put, it ends; type '\0' is a start-up packet's. */
size_t wire_begin(struct buf *out, char type);
void wire_end(struct buf *out, size_t begun);

/* ---- messages ---- */

void wire_startup(struct buf *out); /* user postgres, database main */
void wire_query(struct buf *out, const char *sql);
void wire_parse(struct buf *out, const char *name, const char *sql);
void wire_describe(struct buf *out, char what, const char *name); /* 'S' or 'P' */
void wire_close(struct buf *out, char what, const char *name);
void wire_execute(struct buf *out, const char *portal, uint32_t limit);
void wire_bare(struct buf *out, char type); /* Sync, Flush, Terminate */

/* Bind's values and formats are put between: wire_begin 'B', then by hand. */

/* ---- what comes back ---- */

struct wire_message {
    char type;
    const uint8_t *body; /* borrowed, until the next read into the buffer */
    size_t len;
};

uint64_t wire_number(const uint8_t *from, size_t bytes);
/* The first message, if it is whole; it goes with wire_drop. */
bool wire_peek(const struct buf *in, struct wire_message *out);
void wire_drop(struct buf *in, const struct wire_message *message);

/* ---- sockets ---- */

/* WHERE is a port of 127.0.0.1 or a unix socket's path. Blocking, without delay.
 * `source` other than 0 is the client's address, 127.0.0.1 and so many: a pair of
 * addresses has only so many ports. */
int wire_connect(const char *where, unsigned source);
void wire_write(int fd, const struct buf *data); /* all of it */
void wire_login(int fd, struct buf *in); /* to ReadyForQuery; `in` is empty then */
/* What one read brings; 0: nothing yet, of a socket that does not block. */
size_t wire_read(int fd, struct buf *in);

#endif
