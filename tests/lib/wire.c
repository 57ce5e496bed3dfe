/* wire.c - sessions of the server on the fake engine, in memory. */
#include "wire.h"

#include "engine/fake/fake_engine.h"

void wire_open(struct wire *wire)
{
    /* The second batch of a suspended portal goes to a file already. */
    const struct database_options options = {.name = "main", .spool = {.memory = 1}};
    struct error err;
    *wire = (struct wire){0};
    if (!database_init(&wire->database, fake_engine_new(NULL), &options, &err))
        drive_die(err.message);
    wire->front.database = &wire->database;
}

struct session wire_connect(struct wire *wire)
{
    const struct pgw_session_options options = {.pid = WIRE_PID};
    return (struct session){
        &pg_session_ops, pgw_session_new(&pg_front_handlers, &wire->front, &options)};
}

void wire_close(struct wire *wire)
{
    database_free(&wire->database);
}
