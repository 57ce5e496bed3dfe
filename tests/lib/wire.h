/* wire.h - sessions of the server on the fake engine, in memory. */
#ifndef TESTS_LIB_WIRE_H
#define TESTS_LIB_WIRE_H

#include "drive.h"
#include "server/database.h"
#include "server/pg_front.h"

enum { WIRE_PID = 0x04d2 };

struct wire {
    struct database database;
    struct pg_front front;
};

void wire_open(struct wire *wire);
/* Without a session when memory is refused. */
struct session wire_connect(struct wire *wire);
void wire_close(struct wire *wire);

#endif
