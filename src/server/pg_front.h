/* pg_front.h - the query layer behind PostgreSQL's protocol: libpgwire's handlers. */
#ifndef SERVER_PG_FRONT_H
#define SERVER_PG_FRONT_H

#include <pgwire/pgwire.h>

struct access;
struct database;
struct log;
struct limits;
struct session_defaults;

/* What all sessions of a server share; outlives them. */
struct pg_front {
    struct database *database;
    struct access *access; /* who may connect; NULL: whoever it is, as an admin */
    const struct session_defaults *defaults; /* NULL: the settings' own */
    const struct log *log;                   /* of what is refused; NULL: nowhere */
    struct limits *limits;                   /* NULL: there are none */
};

/* Give it to pgw_session_new with a `struct pg_front *` as ctx. */
extern const struct pgw_handlers pg_front_handlers;

#endif
