/* rules.h - who may connect from where, and how they prove who they are: files in the
 * form of pg_hba.conf.
 *
 * Source: PostgreSQL documentation 21.1. The first line that fits decides; adding a
 * method or an option is adding a row to a table of rules.c. */
#ifndef ACCESS_RULES_H
#define ACCESS_RULES_H

#include "access/lines.h"
#include "access/role.h"

/* The kinds of connection that a line is for: bits. */
enum {
    RULE_LOCAL = 1, /* a unix socket */
    RULE_TLS = 2,
    RULE_PLAIN = 4
};

enum access_method {
    ACCESS_TRUST,
    ACCESS_REJECT,
    ACCESS_SCRAM,
    ACCESS_MD5,
    ACCESS_PASSWORD, /* as it is */
    ACCESS_PEER,     /* the system says who it is */
    ACCESS_CERT,     /* the client's certificate does */
    ACCESS_OAUTH     /* a bearer token does */
};

enum rule_certificate {
    RULE_CERT_ANY,
    RULE_CERT_VALID, /* verify-ca: there must be one, and it must be good */
    RULE_CERT_NAMED  /* verify-full: … and name the user */
};

/* An address, IPv4 ones as IPv6 has them mapped. */
struct rule_address {
    uint8_t bytes[16];
    bool is_ipv4;
};

/* Of ACCESS_OAUTH. */
struct rule_oauth {
    const char *issuer, *scope, *audience, *keys;
    const char *claim;                   /* NULL: "sub" */
    struct pgw_jwt_validator *validator; /* the set's; NULL in rules alone */
};

enum rule_where { RULE_ANYWHERE, RULE_RANGE, RULE_SAME_HOST, RULE_SAME_NET };

struct rule {
    unsigned line;
    unsigned connections; /* RULE_… */
    const struct access_word *databases, *users;
    enum rule_where where;
    struct rule_address address, mask; /* RULE_RANGE */
    enum access_method method;
    const char *map; /* of ident; NULL: the names must be equal */
    enum rule_certificate certificate;
    struct rule_oauth oauth;
    bool by_subject; /* clientname=DN: its distinguished name counts */
    bool has_role;   /* users that the users file does not have get this role */
    enum user_role role;
    struct rule *next;
};

struct rules {
    struct rule *first;
};

struct rules_options {
    access_reader *reader; /* of @FILE; NULL: there are none */
    bool allows_cleartext; /* `password` over what is neither TLS nor this machine */
};

/* All is in the arena. F0000 with the number of the line, 53200. */
bool rules_parse(struct arena *arena, struct slice text, const char *file,
                 const struct rules_options *options, struct rules *out,
                 struct error *err) MUST_CHECK;

/* False: it is no address. */
bool rule_address_parse(const char *text, struct rule_address *out) MUST_CHECK;

/* Who asks. */
struct rule_request {
    unsigned connection; /* one of RULE_… */
    const char *address; /* NULL: none */
    const char *user, *database;
    bool has_role; /* the users file has the user … */
    enum user_role role;
};

/* The first rule that fits, or NULL. */
const struct rule *rules_find(const struct rules *rules,
                              const struct rule_request *request);

#endif
