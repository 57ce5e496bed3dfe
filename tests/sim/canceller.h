/* canceller.h - the connections on which a client's CancelRequests travel. */
#ifndef SIM_CANCELLER_H
#define SIM_CANCELLER_H

#include "kernel.h"

enum { CANCEL_BYTES = 16 };

struct canceller {
    char name[16];
    struct sock *sock; /* NULL: nothing is under way */
    uint8_t packet[CANCEL_BYTES];
    size_t sent;
    bool is_genuine;      /* the key is right */
    unsigned turned_away; /* how often: the server was full */
    unsigned *count;      /* of the client's: requests that have left whole */
};

void canceller_init(struct canceller *canceller, const char *name, unsigned *count);
void canceller_add(struct canceller *canceller); /* as an actor */
bool canceller_is_busy(const struct canceller *canceller);
void canceller_start(struct canceller *canceller, const uint8_t *key);

#endif
