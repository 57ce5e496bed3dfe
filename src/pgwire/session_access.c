/* session_access.c - what a handler asks of its session, and the loop of its key. */
#include "pgwire/crypto.h"
#include "pgwire/session_state.h"

void pgw_session_set_transaction(pgw_session *session, char status)
{
    if (status == 'I' && session->transaction != 'I')
        interrupt_end_transaction(session);
    session->transaction = status;
}

char pgw_session_transaction(const pgw_session *session)
{
    return session->transaction;
}

void *pgw_session_alloc(pgw_session *session, size_t bytes)
{
    return arena_alloc(&session->memory, bytes);
}

const struct pgw_peer *pgw_session_peer(const pgw_session *session)
{
    return &session->peer;
}

const char *pgw_session_identity(const pgw_session *session)
{
    return session->identity;
}

void pgw_session_set_keepalive(pgw_session *session,
                               const struct pgw_keepalive *keepalive)
{
    if (session->host.keepalive)
        session->host.keepalive(session->host_self, keepalive);
}

uint32_t pgw_session_pid(const pgw_session *session)
{
    return session->pid;
}

bool pgw_session_key_matches(const pgw_session *session, struct pgw_slice key)
{
    return key.len == session->key_len && crypto_equal(key.data, session->key, key.len);
}
