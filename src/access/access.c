/* access.c - the set that holds now: loaded, exchanged, given back by who comes last.
 */
#include "access/access.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "access/access_file.h"
#include "access/access_set.h"

/* What holds when there is no rules file. */
static const char rules_with_users[] = "local all all scram-sha-256\n"
                                       "hostssl all all all scram-sha-256\n"
                                       "host all all 127.0.0.0/8 scram-sha-256\n"
                                       "host all all ::1/128 scram-sha-256\n";
static const char rules_without[] = "local all all trust role=admin\n"
                                    "host all all 127.0.0.0/8 trust role=admin\n"
                                    "host all all ::1/128 trust role=admin\n";

/* ---- a set ---- */

static bool load_users(struct access_set *set, const struct access_files *files,
                       struct error *err)
{
    struct arena secrets = {0};
    struct slice text;
    if (!files->users)
        return true;
    set->has_users = true;
    bool done = access_file_read(&secrets, files->users, true, &text, err) &&
                users_parse(&set->arena, text, files->users, &set->users, err);
    arena_free(&secrets);
    return done;
}

static bool load_rules(struct access_set *set, const struct access_files *files,
                       struct error *err)
{
    const struct rules_options options = {access_file_read, files->allows_cleartext};
    struct slice text = slice_of(set->has_users ? rules_with_users : rules_without);
    if (files->rules && !access_file_read(&set->arena, files->rules, false, &text, err))
        return false;
    const char *file = files->rules ? files->rules : "default rules";
    return rules_parse(&set->arena, text, file, &options, &set->rules, err) &&
           access_make_validators(set, file, err);
}

static bool load_ident(struct access_set *set, const struct access_files *files,
                       struct error *err)
{
    struct slice text;
    if (!files->ident)
        return true;
    return access_file_read(&set->arena, files->ident, false, &text, err) &&
           ident_parse(&set->arena, text, files->ident, access_file_read, &set->ident,
                       err);
}

void access_release(struct access_set *set)
{
    if (!set || atomic_fetch_sub(&set->references, 1) > 1)
        return;
    arena_free(&set->arena);
    free(set);
}

/* NULL: *err says why. */
static struct access_set *load(const struct access_files *files, struct error *err)
{
    struct access_set *set = calloc(1, sizeof *set);
    if (!set) {
        error_no_memory(err);
        return NULL;
    }
    atomic_init(&set->references, 1);
    set->allows_cleartext = files->allows_cleartext;
    set->is_open = !files->users && !files->rules;
    if (load_users(set, files, err) && load_rules(set, files, err) &&
        load_ident(set, files, err))
        return set;
    access_release(set);
    return NULL;
}

/* ---- the one that holds ---- */

bool access_init(struct access *access)
{
    *access = (struct access){0};
    access->is_made = pthread_mutex_init(&access->lock, NULL) == 0;
    return access->is_made;
}

void access_free(struct access *access)
{
    if (!access->is_made)
        return;
    access_release(access->current);
    pthread_mutex_destroy(&access->lock);
    *access = (struct access){0};
}

bool access_load(struct access *access, const struct access_files *files,
                 struct error *err)
{
    struct access_set *set = load(files, err);
    if (!set)
        return false;
    pthread_mutex_lock(&access->lock);
    struct access_set *old = access->current;
    access->current = set;
    pthread_mutex_unlock(&access->lock);
    access_release(old);
    return true;
}

struct access_set *access_acquire(struct access *access)
{
    pthread_mutex_lock(&access->lock);
    struct access_set *set = access->current;
    atomic_fetch_add(&set->references, 1);
    pthread_mutex_unlock(&access->lock);
    return set;
}

bool access_is_open(const struct access_set *set)
{
    return set->is_open;
}

const struct users *access_users(const struct access_set *set)
{
    return set->has_users ? &set->users : NULL;
}

bool access_allows_cleartext(const struct access_set *set)
{
    return set->allows_cleartext;
}
