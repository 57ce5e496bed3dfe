/* passwd.c - make, change or delete a user of a users file.
 *
 *     password ── SCRAM-SHA-256 ──> verifier ── users_edit ──> FILE.new ── rename ──>
 * FILE
 *
 * The password is never written. A crash leaves the old file or the new one: the new is
 * on the disk before it takes the old one's place. FILE.new is also the lock. */
#include "main/passwd.h"

#include <stdlib.h>
#include <string.h>

#include <pgwire/pgwire.h>

#include "access/access_file.h"
#include "access/users.h"
#include "access/users_edit.h"
#include "config/option.h"
#include "main/passwd_file.h"
#include "main/prompt.h"
#include "main/serve.h"
#include "pgwire/crypto.h"

static const struct option_spec specs[] = {
    {"users", OPTION_TEXT, "FILE", "", "the users file [$WIREHOUSE_USERS]", NULL,
     false},
    {"role", OPTION_CHOICE, "ROLE", "",
     "what the user may do; a new one without it is a reader", "reader writer admin",
     false},
    {"delete", OPTION_FLAG, "", "", "delete the user", NULL, false},
    {"keep-password", OPTION_FLAG, "", "", "change the role alone", NULL, false},
    {"verifier", OPTION_FLAG, "", "",
     "read what PostgreSQL keeps of a password: SCRAM-SHA-256$... or md5...", NULL,
     false},
};

/* What is asked for. The strings are the options'. */
struct order {
    struct options options;
    const char *file;
    struct users_change change; /* without the secret */
};

static bool read_order(struct order *order, int argc, char **argv, struct error *err)
{
    struct options *options = &order->options;
    if (!options_init(options, specs, ARRAY_LEN(specs), "WIREHOUSE_", err) ||
        !options_read_arguments(options, argc, argv, err))
        return false;
    order->file = options_text(options, "users");
    if (!order->file)
        order->file = getenv("WIREHOUSE_USERS");
    if (!order->file || !*order->file)
        return error_set(err, "22023", "which users file? --users FILE");
    if (options->argument_count != 1)
        return error_set(err, "22023", "name one user");
    struct users_change *change = &order->change;
    change->name = options->arguments[0];
    change->deletes = options_is_on(options, "delete");
    const char *role = options_text(options, "role");
    change->has_role = role && role_parse(slice_of(role), &change->role);
    if (!*change->name || strlen(change->name) > USERS_NAME_MAX ||
        strpbrk(change->name, "\r\n"))
        return error_set(err, "22023", "a user's name has 1 to %d bytes, in one line",
                         USERS_NAME_MAX);
    return true;
}

/* What is kept of what was said. */
static bool make_secret(const struct order *order, const char *said,
                        char secret[PGW_SCRAM_SECRET_BYTES], struct error *err)
{
    struct pgw_error failure;
    const struct pgw_slice password = {said, strlen(said)};
    if (options_is_on(&order->options, "verifier")) {
        if (!users_is_verifier(said))
            return error_set(err, "22023",
                             "that is neither SCRAM-SHA-256$... nor md5...");
        memcpy(secret, said, strlen(said) + 1);
        return true;
    }
    if (pgw_scram_secret(password, 0, secret, &failure) == PGW_OK)
        return true;
    return error_set(err, failure.sqlstate, "%s", failure.message);
}

static bool read_secret(const struct order *order, char secret[PGW_SCRAM_SECRET_BYTES],
                        struct error *err)
{
    char said[PROMPT_MAX + 1];
    bool is_password = !options_is_on(&order->options, "verifier");
    bool done = prompt_secret(is_password ? "Password: " : "Verifier: ",
                              is_password ? "Again: " : NULL, said, err) &&
                make_secret(order, said, secret, err);
    crypto_wipe(said, sizeof said);
    return done;
}

static bool edit_file(const struct order *order, const struct users_change *change,
                      bool *found, struct error *err)
{
    struct passwd_file file;
    struct buf text = {0};
    if (!passwd_file_open(&file, order->file, err))
        return false;
    bool done =
        users_edit(file.text, order->file, change, &text, found, err) &&
        passwd_file_replace(
            &file, (struct slice){(const char *)buf_data(&text), buf_len(&text)}, err);
    passwd_file_close(&file);
    crypto_wipe(text.memory, text.capacity);
    buf_free(&text);
    return done;
}

static bool carry_out(const struct order *order, struct error *err)
{
    char secret[PGW_SCRAM_SECRET_BYTES];
    struct users_change change = order->change;
    bool found = false;
    if (!change.deletes && !options_is_on(&order->options, "keep-password")) {
        if (!read_secret(order, secret, err))
            return false;
        change.secret = secret;
    }
    if (!edit_file(order, &change, &found, err))
        return false;
    const char *done = found ? "changed" : "made";
    printf("user \"%s\" %s\n", change.name, change.deletes ? "deleted" : done);
    return true;
}

void passwd_help(FILE *out)
{
    fprintf(out, "usage: wirehouse passwd --users FILE [OPTION]... NAME\n\n"
                 "Make or change a user of a users file. The password is asked for on "
                 "the terminal, or\nelse the first line of the standard input; a "
                 "SCRAM-SHA-256 verifier is kept of it.\nA server that runs reads the "
                 "file again at SIGHUP.\n\n");
    options_print_help(specs, ARRAY_LEN(specs), out);
}

int passwd_main(int argc, char **argv)
{
    struct error err;
    struct order order = {0};
    int code = EXIT_CODE_USAGE;
    if (read_order(&order, argc, argv, &err))
        code = carry_out(&order, &err) ? EXIT_SUCCESS : EXIT_CODE_FAILURE;
    options_free(&order.options);
    if (code == EXIT_SUCCESS)
        return code;
    fprintf(stderr, "wirehouse: %s\n", err.message);
    if (err.hint[0])
        fprintf(stderr, "wirehouse: %s\n", err.hint);
    return code;
}
