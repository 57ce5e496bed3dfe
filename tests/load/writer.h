/* writer.h - writes a client's messages, and with each of them what has to come back.
 */
#ifndef TESTS_LOAD_WRITER_H
#define TESTS_LOAD_WRITER_H

#include "load/script.h"

enum { SQL_BYTES = 512 };

/* Behind an error nothing comes until Sync: expectations are void, and so is what the
 * functions say that would come. */
struct writer {
    struct script *script;
    struct batch *batch;
    bool failed;
    char status;           /* of the transaction */
    struct expect ignored; /* what an error has made void */
};

/* One execution of a statement. */
struct ask {
    const char *name; /* of the prepared statement */
    bool labelled, binary, binary_values;
    uint32_t statement, rows;
};

/* A number below another, by lot. */
uint64_t script_draw(struct script *script, uint64_t below);
/* The text of a statement that every client prepares: "plain", "label", whose rows have
 * a text too, "failing", whose last row cannot be computed. */
const char *writer_sql(const char *name);

/* ---- what is expected ---- */

struct expect *writer_expect(struct writer *writer, char type);
void writer_expect_text(struct writer *writer, char type, const char *text);
void writer_expect_error(struct writer *writer, const char *sqlstate);
void writer_expect_columns(struct writer *writer, const struct ask *ask);
struct expect *writer_expect_rows(struct writer *writer, const struct ask *ask,
                                  uint32_t first, uint32_t end);
void writer_expect_ready(struct writer *writer); /* of a query string */

/* ---- messages ---- */

/* A statement, its formats and its rows, by lot. */
struct ask writer_ask(struct writer *writer);
struct ask writer_ask_rows(struct writer *writer, uint32_t rows);
void writer_put_bind(struct writer *writer, const char *portal, const struct ask *ask);
void writer_bind(struct writer *writer, const char *portal, const struct ask *ask);
void writer_execute_all(struct writer *writer, const char *portal,
                        const struct ask *ask, uint32_t first);
/* The row behind the last one that comes. */
uint32_t writer_execute_some(struct writer *writer, const char *portal,
                             const struct ask *ask, uint32_t first, uint32_t limit);
/* Parse, Bind and Execute of what has no parameters; what Execute brings is the
 * caller's to expect. */
void writer_execute_bare(struct writer *writer, const char *sql);
void writer_sync(struct writer *writer);

/* The text of a statement with literals. */
struct ask writer_literal(struct writer *writer, char sql[SQL_BYTES]);
void writer_expect_literal(struct writer *writer, const struct ask *one);

#endif
