/* serve_state.h - what the subcommand serve is made of, shared by its files. */
#ifndef MAIN_SERVE_STATE_H
#define MAIN_SERVE_STATE_H

#include "access/access.h"
#include "core/log.h"
#include "http/http_session.h"
#include "main/activation.h"
#include "main/serve_control.h"
#include "main/serve_options.h"
#include "main/systemd.h"
#include "net/net.h"
#include "net/tls.h"
#include "server/database.h"
#include "server/limits.h"
#include "server/pg_front.h"
#include "server/session_defaults.h"

struct server {
    int argc; /* behind "serve"; borrowed */
    char **argv;
    struct options options; /* as the server was started */
    struct options latest;  /* as read last: the reload's */
    struct log log;
    struct systemd systemd;
    struct activation activation;
    struct control control;
    uint8_t auth_nonce[PGW_AUTH_NONCE_BYTES];
    struct session_defaults defaults;
    struct tls_source tls;
    _Atomic enum pgw_tls_mode tls_mode;
    struct limits limits;
    _Atomic uint32_t drain_timeout_ms;
    struct access access;
    struct database database;
    struct pg_front front;
    struct http_front http;
    struct net *net;
    char first_pg[128], first_http[128], first_https[128]; /* where to connect to */
    char status[400]; /* for who manages the process */
};

#endif
