/* reply.h - the messages a backend sends, one function each.
 *
 * Source: PostgreSQL documentation 55.7. False: out of memory, nothing was written. */
#ifndef PGWIRE_REPLY_H
#define PGWIRE_REPLY_H

#include "core/attr.h"
#include "pgwire/session_state.h"

enum reply_auth {
    REPLY_AUTH_OK = 0,
    REPLY_AUTH_CLEARTEXT = 3,
    REPLY_AUTH_MD5 = 5,
    REPLY_AUTH_SASL = 10,
    REPLY_AUTH_SASL_CONTINUE = 11,
    REPLY_AUTH_SASL_FINAL = 12
};

bool reply_auth(struct chain *out, enum reply_auth request) MUST_CHECK;
/* With what belongs to it: salt, names, the mechanism's message. */
bool reply_auth_data(struct chain *out, enum reply_auth request,
                     struct slice data) MUST_CHECK;
/* What is spoken, and the options of the protocol among the pairs, none of which is. */
bool reply_negotiate(struct chain *out, uint32_t version,
                     const struct startup_pair *pairs, size_t count) MUST_CHECK;
bool reply_parameter(struct chain *out, const char *name, const char *value) MUST_CHECK;
bool reply_key(struct chain *out, uint32_t pid, const uint8_t *key,
               size_t len) MUST_CHECK;
bool reply_ready(struct chain *out, char transaction) MUST_CHECK;

/* A message without a body: ParseComplete '1', BindComplete '2', CloseComplete '3',
 * NoData 'n', PortalSuspended 's', EmptyQueryResponse 'I', CopyDone 'c'. */
bool reply_plain(struct chain *out, char type) MUST_CHECK;

/* count PGW_NOT_COUNTED: the tag alone. */
bool reply_complete(struct chain *out, const char *tag, int64_t count) MUST_CHECK;
bool reply_params(struct chain *out,
                  const struct pgw_description *description) MUST_CHECK;
bool reply_columns(struct chain *out, const struct pgw_column *columns, size_t count,
                   const int16_t *formats, size_t format_count) MUST_CHECK;
bool reply_copy(struct chain *out, char type, enum pgw_format format,
                size_t columns) MUST_CHECK;

/* ErrorResponse, or NoticeResponse for a severity below ERROR. */
bool reply_error(struct chain *out, const struct pgw_error *err) MUST_CHECK;

/* A FATAL 53200, made as long as there is memory; for chain_link. NULL: there is none.
 */
struct chain_block *reply_last_words(void) MUST_CHECK;

#endif
