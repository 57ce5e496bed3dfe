/* settings_state.h - the inside of a session's settings, shared by their files. */
#ifndef SERVER_SETTINGS_STATE_H
#define SERVER_SETTINGS_STATE_H

#include "server/settings.h"
#include "server/settings_table.h"

/* A setting by its row, or, if it is the client's own, by its name. Borrowed. */
struct setting_ref {
    const struct setting_spec *spec;
    const char *name;
};

/* What a session has of one setting. A value that is NULL is the default. */
struct setting_entry {
    const struct setting_spec *spec; /* NULL: the client's own */
    char *name;                      /* … and what it is called */
    char *now;
    char *after_commit, *after_rollback; /* where a transaction touched it */
    char *at_start;                      /* what RESET goes back to */
    bool touched;
};

struct setting_when {
    enum settings_scope scope;
    bool in_transaction;
};

/* 42704, 42602. */
bool settings_find(const char *name, struct setting_ref *out, struct error *err);
struct setting_entry *settings_entry(const struct settings *settings,
                                     const struct setting_ref *ref);
const char *settings_value(const struct settings *settings,
                           const struct setting_ref *ref);
/* May it be changed, and to this? What is kept is moved out. */
bool settings_check(const struct settings *settings, const struct setting_ref *ref,
                    const char *written, char **kept, struct error *err);
bool settings_store(struct settings *settings, const struct setting_ref *ref,
                    const char *value, struct setting_when when, struct error *err);

#endif
