/* basic.h - who a request says it is, by name and password: HTTP's Basic (RFC 7617).
 *
 * A password is compared with what is kept of it: for SCRAM that is a key derivation of
 * some milliseconds. What fitted is remembered, as an HMAC under a key of this process
 * over name, password and what is kept: another password, or a secret that has changed,
 * is another HMAC, and whoever reads the memory cannot try passwords against it. */
#ifndef ACCESS_BASIC_H
#define ACCESS_BASIC_H

#include <pthread.h>
#include <stdint.h>

#include "access/users_line.h"

enum { BASIC_KEY_BYTES = 32, BASIC_SLOTS = 1024 };

struct basic {
    uint8_t key[BASIC_KEY_BYTES];
    pthread_mutex_t lock; /* guards what fitted */
    uint8_t fitted[BASIC_SLOTS][BASIC_KEY_BYTES];
};

/* NULL: out of memory, or the system has no random bytes. */
struct basic *basic_new(void) MUST_CHECK;
void basic_free(struct basic *basic); /* NULL is allowed */

struct basic_credentials {
    char user[USERS_NAME_MAX + 1];
    char password[USERS_SECRET_MAX + 1];
};

/* The value of an Authorization header. False: it is not Basic, or malformed. Whoever
 * reads credentials wipes them. */
bool basic_read(struct slice header, struct basic_credentials *out) MUST_CHECK;
void basic_wipe(struct basic_credentials *credentials);

/* Has this been seen to fit? Quick. secret: as of struct user. Thread-safe, as is
 * basic_fits. */
bool basic_is_known(struct basic *basic, const struct basic_credentials *credentials,
                    const char *secret) MUST_CHECK;
/* Does it fit? May take some milliseconds, as long for a user without a secret. */
bool basic_fits(struct basic *basic, const struct basic_credentials *credentials,
                const char *secret) MUST_CHECK;

#endif
