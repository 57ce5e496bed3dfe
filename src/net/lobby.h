/* lobby.h - strangers: connections that have not said yet who they are.
 *
 * They are bounded by themselves, so that those who say nothing cost the others no
 * place. When there are too many, new ones wait in the system's backlog until one has
 * logged in or gone; and one that has been here for LOBBY_LEAST_US may be sent away to
 * make room, the oldest first. So a login, which takes less, always comes through. */
#ifndef NET_LOBBY_H
#define NET_LOBBY_H

#include "net/conn.h"

enum { LOBBY_LEAST_US = 1000000 };

struct lobby {
    pthread_mutex_t lock;
    struct conn *oldest, *newest; /* of those that were not told to go */
    unsigned count, most;
    unsigned told;   /* of them that are on their way out */
    bool is_awaited; /* somebody waits for room: for an eighth of it, once it is full */
};

void lobby_init(struct lobby *lobby, unsigned most);
void lobby_free(struct lobby *lobby);

void lobby_enter(struct lobby *lobby, struct conn *conn, uint64_t now_us);
/* It has logged in: false if it was told to go before, and then it stays here. Or it
 * goes. Both once. *awaited: somebody waits for the room that it leaves. */
bool lobby_pass(struct lobby *lobby, struct conn *conn, bool *awaited) MUST_CHECK;
void lobby_leave(struct lobby *lobby, struct conn *conn, bool *awaited);

/* Is there room for one more? If not, somebody waits from now on. */
bool lobby_has_room(struct lobby *lobby);
/* Those who have been here too long while others wait: as many as there is need of
 * room, and at most `most`, each once; they are to be told to go. */
size_t lobby_overdue(struct lobby *lobby, uint64_t now_us, conn_handle *out,
                     size_t most);
/* When the next of them that has to go will be overdue; 0: none has. */
uint64_t lobby_next_us(struct lobby *lobby);

#endif
