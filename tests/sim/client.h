/* client.h - a client: connects, asks, reads, cancels, and goes as its script says. */
#ifndef SIM_CLIENT_H
#define SIM_CLIENT_H

#include "canceller.h"
#include "expect.h"

enum { CLIENT_PENDING_MAX = SCRIPT_BYTES_MAX * 4 };

enum client_phase { CLIENT_AWAY, CLIENT_HERE, CLIENT_GONE };

struct client {
    char name[12];
    enum client_phase phase;
    const struct script *script; /* owned */
    struct expect expect;
    struct canceller canceller;
    struct sock *sock;

    uint8_t pending[CLIENT_PENDING_MAX]; /* to be sent */
    size_t pending_len;
    unsigned asked;      /* queries put into pending */
    unsigned sent;       /* queries whose last byte has left */
    size_t asked_left;   /* bytes of `pending` up to the end of query `sent` */
    unsigned impatience; /* cancels in vain: each time it waits twice as long */
    bool greeted, terminated;
    uint64_t arrives_at, arrived_at, asks_at, reads_at, cancels_at, quits_at, ended_at;
};

void client_init(struct client *client, unsigned number, unsigned queries_most);
void client_free(struct client *client);
void client_add(struct client *client); /* as actors */
/* Gone, or nothing is left to do for one that stays. */
bool client_is_done(const struct client *client);
bool client_is_gone(const struct client *client);
/* The server has ended: read what is left, check how it ended. */
void client_finish(struct client *client);

#endif
