/* settings_followed.c - settings that something in the server obeys, or reads.
 *
 * Styles are followed by the writers of values, FLAG_ENGINE by the engine's
 * connections, the rest by the query layer. */
#include "server/settings_table.h"

#define ISOLATIONS "serializable, repeatable read, read committed, read uncommitted"

const struct setting_spec settings_followed[SETTING_COUNT] = {
    [SETTING_APPLICATION_NAME] = {.name = "application_name",
                                  STRING(""),
                                  IN(USER, LOG_WHAT),
                                  .flags = FLAG_REPORT,
                                  .check = check_application_name,
                                  .description = "The name of the client program."},
    [SETTING_BYTEA_OUTPUT] = {.name = "bytea_output",
                              ENUM("hex", "escape, hex"),
                              IN(USER, STATEMENT),
                              .flags = FLAG_STYLE,
                              .description = "The text format of binary values."},
    [SETTING_CLIENT_ENCODING] = {.name = "client_encoding",
                                 STRING("UTF8"),
                                 IN(USER, LOCALE),
                                 .flags = FLAG_REPORT,
                                 .check = check_encoding,
                                 .description = "The character set of the client."},
    [SETTING_CLIENT_MIN_MESSAGES] =
        {.name = "client_min_messages",
         ENUM("notice", "debug5, debug4, debug3, debug2, debug1, log, notice, warning, "
                        "error|debug=debug2, info=info"),
         IN(USER, STATEMENT),
         .description = "The least severe message that is sent."},
    [SETTING_DATESTYLE] = {.name = "DateStyle",
                           STRING("ISO, MDY"),
                           IN(USER, LOCALE),
                           .flags = FLAG_REPORT | FLAG_STYLE | FLAG_LIST,
                           .check = check_style,
                           .description = "The text format of dates and times."},
    [SETTING_DEFAULT_TRANSACTION_DEFERRABLE] =
        {.name = "default_transaction_deferrable",
         BOOL("off"),
         IN(USER, STATEMENT),
         .description = "Whether new transactions may wait for a safe snapshot."},
    [SETTING_DEFAULT_TRANSACTION_ISOLATION] = {.name = "default_transaction_isolation",
                                               ENUM("repeatable read", ISOLATIONS),
                                               IN(USER, STATEMENT),
                                               .check = check_isolation,
                                               .description = "The isolation of new "
                                                              "transactions."},
    [SETTING_DEFAULT_TRANSACTION_READ_ONLY] =
        {.name = "default_transaction_read_only",
         BOOL("off"),
         IN(USER, STATEMENT),
         .flags = FLAG_REPORT,
         .description = "Whether new transactions are read-only."},
    [SETTING_EXTRA_FLOAT_DIGITS] =
        {.name = "extra_float_digits",
         INTEGER("1", UNIT_NONE, -15, 3),
         IN(USER, LOCALE),
         .flags = FLAG_STYLE,
         .description = "Digits of floating-point values; above 0: exact."},
    [SETTING_IDLE_IN_TRANSACTION_TIMEOUT] =
        {.name = "idle_in_transaction_session_timeout",
         INTEGER("0", UNIT_MS, 0, 2147483647),
         IN(USER, STATEMENT),
         .description = "How long a transaction may be idle; 0: no limit."},
    [SETTING_IDLE_SESSION_TIMEOUT] =
        {.name = "idle_session_timeout",
         INTEGER("0", UNIT_MS, 0, 2147483647),
         IN(USER, STATEMENT),
         .description = "How long a session may be idle; 0: no limit."},
    [SETTING_INTERVALSTYLE] =
        {.name = "IntervalStyle",
         ENUM("postgres", "postgres, postgres_verbose, sql_standard, iso_8601"),
         IN(USER, LOCALE),
         .flags = FLAG_REPORT | FLAG_STYLE,
         .description = "The text format of intervals."},
    [SETTING_ROLE] = {.name = "role",
                      STRING("none"),
                      IN(USER, CUSTOM),
                      .flags = FLAG_OWN_USER,
                      .description = "The role whose rights are used."},
    [SETTING_SEARCH_PATH] = {.name = "search_path",
                             STRING("\"$user\", public"),
                             IN(USER, STATEMENT),
                             .flags =
                                 FLAG_REPORT | FLAG_ENGINE | FLAG_LIST | FLAG_QUOTE,
                             .check = check_names,
                             .description =
                                 "The schemas in which names are looked up."},
    [SETTING_SERVER_VERSION] = {.name = "server_version",
                                STRING("15.0 (wirehouse " PGW_VERSION ")"),
                                IN(INTERNAL, PRESET),
                                .flags = FLAG_REPORT,
                                .description = "The server's version."},
    [SETTING_SESSION_AUTHORIZATION] = {.name = "session_authorization",
                                       STRING("wirehouse"),
                                       IN(USER, CUSTOM),
                                       .flags = FLAG_REPORT | FLAG_OWN_USER,
                                       .description = "The user of the session."},
    [SETTING_STATEMENT_TIMEOUT] = {.name = "statement_timeout",
                                   INTEGER("0", UNIT_MS, 0, 2147483647),
                                   IN(USER, STATEMENT),
                                   .description =
                                       "How long a statement may run; 0: no limit."},
    [SETTING_KEEPALIVES_COUNT] =
        {.name = "tcp_keepalives_count",
         INTEGER("0", UNIT_NONE, 0, 2147483647),
         IN(USER, CONNECTION),
         .description = "How many keepalives may be lost; 0: as the system has it."},
    [SETTING_KEEPALIVES_IDLE] =
        {.name = "tcp_keepalives_idle",
         INTEGER("0", UNIT_S, 0, 2147483647),
         IN(USER, CONNECTION),
         .description = "When the first keepalive is sent; 0: as the system has it."},
    [SETTING_KEEPALIVES_INTERVAL] =
        {.name = "tcp_keepalives_interval",
         INTEGER("0", UNIT_S, 0, 2147483647),
         IN(USER, CONNECTION),
         .description = "When the next keepalive is sent; 0: as the system has it."},
    [SETTING_QUEUE_TIMEOUT] = {.name = "wirehouse.queue_timeout",
                               INTEGER("0", UNIT_MS, 0, 2147483647),
                               IN(USER, STATEMENT),
                               .description = "How long a statement may wait for one "
                                              "of the slots; 0: no limit."},
    [SETTING_STRUCT_FORMAT] = {.name = "wirehouse.struct_format",
                               ENUM("json", "json, composite"),
                               IN(USER, LOCALE),
                               .flags = FLAG_STYLE,
                               .description =
                                   "The text format of structs, maps and unions."},
    [SETTING_TIMEZONE] = {.name = "TimeZone",
                          STRING("UTC"),
                          IN(USER, LOCALE),
                          .flags = FLAG_REPORT | FLAG_STYLE | FLAG_ENGINE,
                          .check = check_timezone,
                          .description = "The time zone of timestamps."},
    [SETTING_TRANSACTION_DEFERRABLE] =
        {.name = "transaction_deferrable",
         BOOL("off"),
         IN(USER, STATEMENT),
         .flags = FLAG_TRANSACTION,
         .description = "Whether this transaction may wait for a safe snapshot."},
    [SETTING_TRANSACTION_ISOLATION] = {.name = "transaction_isolation",
                                       ENUM("repeatable read", ISOLATIONS),
                                       IN(USER, STATEMENT),
                                       .flags = FLAG_TRANSACTION,
                                       .check = check_isolation,
                                       .description =
                                           "The isolation of this transaction."},
    [SETTING_TRANSACTION_READ_ONLY] = {.name = "transaction_read_only",
                                       BOOL("off"),
                                       IN(USER, STATEMENT),
                                       .flags = FLAG_TRANSACTION,
                                       .description =
                                           "Whether this transaction is read-only."},
    [SETTING_TRANSACTION_TIMEOUT] =
        {.name = "transaction_timeout",
         INTEGER("0", UNIT_MS, 0, 2147483647),
         IN(USER, STATEMENT),
         .description = "How long a transaction may take; 0: no limit."},
    [SETTING_USER_TIMEOUT] = {.name = "tcp_user_timeout",
                              INTEGER("0", UNIT_MS, 0, 2147483647),
                              IN(USER, CONNECTION),
                              .description = "How long sent data may go "
                                             "unacknowledged; 0: as the system has "
                                             "it."},
};
