/* session_defaults.c - options of the server that are settings of its sessions. */
#include "server/session_defaults.h"

#include <stdio.h>

#include "server/settings.h"

const struct session_default_spec session_default_specs[DEFAULT_COUNT] = {
    [DEFAULT_STATEMENT_TIMEOUT] = {"statement-timeout", "statement_timeout"},
    [DEFAULT_IDLE_SESSION] = {"idle-session-timeout", "idle_session_timeout"},
    [DEFAULT_IDLE_TRANSACTION] = {"idle-in-transaction-timeout",
                                  "idle_in_transaction_session_timeout"},
    [DEFAULT_TRANSACTION] = {"transaction-timeout", "transaction_timeout"},
    [DEFAULT_QUEUE_TIMEOUT] = {"queue-timeout", "wirehouse.queue_timeout"},
    [DEFAULT_KEEPALIVES_IDLE] = {"tcp-keepalives-idle", "tcp_keepalives_idle"},
    [DEFAULT_KEEPALIVES_INTERVAL] = {"tcp-keepalives-interval",
                                     "tcp_keepalives_interval"},
    [DEFAULT_KEEPALIVES_COUNT] = {"tcp-keepalives-count", "tcp_keepalives_count"},
    [DEFAULT_USER_TIMEOUT] = {"tcp-user-timeout", "tcp_user_timeout"},
};

bool session_defaults_preset(const struct session_defaults *defaults,
                             struct settings *settings, struct error *err)
{
    char number[16];
    for (size_t i = 0; i < DEFAULT_COUNT; i++) {
        uint32_t value = session_default(defaults, (enum session_default)i);
        (void)snprintf(number, sizeof number, "%u", value);
        if (value > 0 &&
            !settings_preset(settings, session_default_specs[i].setting, number, err))
            return false;
    }
    return true;
}
