/* auth.h - a client proves who it is: one table of mechanisms.
 *
 * Source: PostgreSQL documentation 55.2.1 (Start-up) and 55.3 (SASL Authentication). */
#ifndef PGWIRE_AUTH_H
#define PGWIRE_AUTH_H

#include "pgwire/session_state.h"

/* The host has said in session->auth how: ask the client. The state becomes PASSWORD,
 * OPEN or CLOSED. The secret is copied. */
void auth_begin(pgw_session *session);

/* In the state PASSWORD: may a message be of this type? False: the session is closed.
 */
bool auth_expects(pgw_session *session, uint8_t type);

/* As buf_reserve of the input, in the state PASSWORD: what moves leaves nothing behind.
 */
uint8_t *auth_reserve(pgw_session *session, size_t bytes) MUST_CHECK;

/* An authentication message, in the state PASSWORD. */
void auth_message(pgw_session *session, const struct frame *frame);

/* What an exchange has left is wiped. */
void auth_forget(pgw_session *session);

#endif
