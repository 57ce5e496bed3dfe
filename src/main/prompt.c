/* prompt.c - a secret from the terminal, unseen, or from the standard input.
 *
 * Read byte by byte, so that nothing of it stays in a buffer of the C library. While
 * the echo is off the signals that would leave the terminal so are held back. */
#include "main/prompt.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "pgwire/crypto.h"

static bool fail(struct error *err)
{
    return error_set(err, "58030", "could not read: %s", strerror(errno));
}

/* A byte; 0: there are no more, -1: an error. */
static int read_byte(char *out)
{
    ssize_t got;
    do {
        got = read(STDIN_FILENO, out, 1);
    } while (got < 0 && errno == EINTR);
    return (int)got;
}

static bool read_line(char out[PROMPT_MAX + 1], struct error *err)
{
    size_t len = 0;
    for (;;) {
        char byte = '\n';
        if (read_byte(&byte) < 0)
            return fail(err);
        if (byte == '\n')
            break;
        if (len == PROMPT_MAX)
            return error_set(err, "22023", "it is longer than %d bytes", PROMPT_MAX);
        out[len++] = byte;
    }
    if (len > 0 && out[len - 1] == '\r')
        len--;
    out[len] = '\0';
    if (strlen(out) != len)
        return error_set(err, "22023", "there is a zero byte in it");
    return len > 0 || error_set(err, "22023", "it is empty");
}

static void say(const char *text)
{
    ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
    (void)ignored;
}

static bool ask(const char *text, char out[PROMPT_MAX + 1], struct error *err)
{
    say(text);
    bool done = read_line(out, err);
    say("\n");
    return done;
}

static bool ask_twice(const char *text, const char *again, char out[PROMPT_MAX + 1],
                      struct error *err)
{
    char second[PROMPT_MAX + 1];
    if (!ask(text, out, err))
        return false;
    if (!again)
        return true;
    bool done = ask(again, second, err) &&
                (strcmp(out, second) == 0 ||
                 error_set(err, "22023", "that is not the same twice"));
    crypto_wipe(second, sizeof second);
    return done;
}

bool prompt_secret(const char *text, const char *again, char out[PROMPT_MAX + 1],
                   struct error *err)
{
    struct termios seen, unseen;
    sigset_t held, before;
    out[0] = '\0';
    if (!isatty(STDIN_FILENO))
        return read_line(out, err);
    if (tcgetattr(STDIN_FILENO, &seen) < 0)
        return fail(err);
    unseen = seen;
    unseen.c_lflag &= ~(tcflag_t)ECHO;
    sigemptyset(&held);
    sigaddset(&held, SIGINT);
    sigaddset(&held, SIGTSTP);
    sigaddset(&held, SIGTERM);
    sigaddset(&held, SIGQUIT);
    (void)sigprocmask(SIG_BLOCK, &held, &before);
    bool done = tcsetattr(STDIN_FILENO, TCSAFLUSH, &unseen) == 0 || fail(err);
    done = done && ask_twice(text, again, out, err);
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &seen);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    return done;
}
