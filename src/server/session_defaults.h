/* session_defaults.h - what new sessions begin with where the server's options say so.
 *
 * Shared by all fronts; written when the options are read, and again when they are
 * reloaded, while sessions begin on other threads. A row each in session_defaults.c. */
#ifndef SERVER_SESSION_DEFAULTS_H
#define SERVER_SESSION_DEFAULTS_H

#include <stdatomic.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/error.h"

struct settings;

enum session_default {
    DEFAULT_STATEMENT_TIMEOUT,
    DEFAULT_IDLE_SESSION,
    DEFAULT_IDLE_TRANSACTION,
    DEFAULT_TRANSACTION,
    DEFAULT_QUEUE_TIMEOUT,
    DEFAULT_KEEPALIVES_IDLE,
    DEFAULT_KEEPALIVES_INTERVAL,
    DEFAULT_KEEPALIVES_COUNT,
    DEFAULT_USER_TIMEOUT,
    DEFAULT_COUNT
};

/* All zero: every setting has its own default. */
struct session_defaults {
    _Atomic uint32_t values[DEFAULT_COUNT]; /* in the unit of the setting */
    _Atomic uint32_t login_timeout_ms;      /* of who has said nothing yet */
};

/* The option of the server and the setting of the session. */
struct session_default_spec {
    const char *option, *setting;
};
extern const struct session_default_spec session_default_specs[DEFAULT_COUNT];

static inline uint32_t session_default(const struct session_defaults *defaults,
                                       enum session_default id)
{
    return defaults ? atomic_load_explicit(&defaults->values[id], memory_order_relaxed)
                    : 0;
}

static inline uint32_t session_login_timeout(const struct session_defaults *defaults)
{
    return defaults
               ? atomic_load_explicit(&defaults->login_timeout_ms, memory_order_relaxed)
               : 0;
}

/* At a session's start; NULL is allowed. */
bool session_defaults_preset(const struct session_defaults *defaults,
                             struct settings *settings, struct error *err) MUST_CHECK;

#endif
