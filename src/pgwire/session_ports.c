/* session_ports.c - the ways of bytes into a session and out of it, and what it holds
 * while nothing is on its way. */
#include "pgwire/auth.h"

enum {
    RECV_BYTES = 8192,
    FIRST_RECV_BYTES = 1024 /* of a client that sends less at a time */
};

uint8_t *pgw_session_recv_buf(pgw_session *session, size_t *len)
{
    bool small = !session->input.memory && !session->sends_much;
    size_t bytes = small ? FIRST_RECV_BYTES : RECV_BYTES;
    uint8_t *room = session->state == STATE_PASSWORD
                        ? auth_reserve(session, bytes)
                        : buf_reserve(&session->input, bytes);
    *len = room ? buf_room(&session->input) : 0;
    if (!room)
        session_no_memory(session);
    return room;
}

void pgw_session_recv_ack(pgw_session *session, size_t len)
{
    session->sends_much = len >= FIRST_RECV_BYTES;
    buf_commit(&session->input, len);
}

void pgw_session_recv_eof(pgw_session *session)
{
    session->eof = true;
}

size_t pgw_session_send_iov(pgw_session *session, struct iovec *iov, size_t max)
{
    return chain_iov(&session->output, iov, max);
}

void pgw_session_send_ack(pgw_session *session, size_t bytes)
{
    chain_consume(&session->output, bytes);
    session->flush = session->flush && session->output.bytes > 0;
}

void pgw_session_idle(pgw_session *session)
{
    chain_trim(&session->output);
    if (buf_len(&session->input) == 0)
        buf_free(&session->input);
    buf_free(&session->scratch);
    if (session->state == STATE_READY)
        arena_free(&session->memory);
}
