/* pg_client.h - a session of PostgreSQL's protocol that is read message by message. */
#ifndef TESTS_CANCEL_PG_CLIENT_H
#define TESTS_CANCEL_PG_CLIENT_H

#include "lib/client/wire_client.h"

struct pg {
    int fd;
    uint32_t pid, key;
    struct buf input;
    struct wire_message message; /* the last one */
    char sqlstate[6];            /* of the last error */
};

void pg_open(struct pg *pg, const char *where);
void pg_close(struct pg *pg);

void pg_query(struct pg *pg, const char *sql);
/* Parse, Bind of the unnamed statement and portal. */
void pg_prepare(struct pg *pg, const char *sql);
void pg_execute(struct pg *pg, uint32_t rows);
void pg_bare(struct pg *pg, char type); /* Sync, Flush, Terminate */

char pg_next(struct pg *pg); /* the type of the next message */
/* The first column of a DataRow. */
long long pg_number(const struct pg *pg);

#endif
