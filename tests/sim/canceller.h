/* canceller.h - the connections on which a client's requests to cancel travel. */
#ifndef SIM_CANCELLER_H
#define SIM_CANCELLER_H

#include "kernel.h"

enum { CANCEL_BYTES_MAX = 160 };

struct canceller {
    char name[16];
    struct sock *sock; /* NULL: nothing is under way */
    uint8_t packet[CANCEL_BYTES_MAX];
    size_t len, sent;
    bool is_genuine;      /* the key is right */
    unsigned turned_away; /* how often: the server was full */
    bool waits;           /* for the answer, before it goes */
    unsigned *count;      /* of the client's: requests that have left whole */
};

void canceller_init(struct canceller *canceller, const char *name);
void canceller_add(struct canceller *canceller); /* as an actor */
bool canceller_is_busy(const struct canceller *canceller);
/* A CancelRequest, or DELETE /v1/query/ID; *count becomes one more when it is sent. */
void canceller_start(struct canceller *canceller, const uint8_t *key, unsigned *count);
void canceller_start_http(struct canceller *canceller, const char *id, unsigned *count);

#endif
