/* query_signal.c - pg_cancel_backend and pg_terminate_backend, and what they have to
 * say.
 *
 * They run on the engine's threads, while the session's own executes the statement or
 * sends rows; so their warnings are kept until that thread tells the client. A
 * statement may call them for each of a million rows: what goes beyond LATE_MAX is not
 * said. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/clock.h"
#include "core/text.h"
#include "server/query_session.h"

enum { LATE_MAX = 1000, LATE_BYTES = 128, LOOK_EVERY_NS = 5000000 };

/* ---- late notices ---- */

struct late_notice {
    struct late_notice *next;
    char text[LATE_BYTES];
};

PRINTF_LIKE(2, 3)
static void warn_late(struct query_session *session, const char *format, ...)
{
    va_list args;
    struct late_notice *late = session->ops->notice ? calloc(1, sizeof *late) : NULL;
    if (!late)
        return; /* a notice may be lost */
    va_start(args, format);
    text_format(late->text, sizeof late->text, format, args);
    va_end(args);
    pthread_mutex_lock(&session->lock);
    bool keeps = atomic_load(&session->late_count) < LATE_MAX;
    if (keeps) {
        *(session->late ? session->late_end : &session->late) = late;
        session->late_end = &late->next;
        atomic_fetch_add(&session->late_count, 1);
    }
    pthread_mutex_unlock(&session->lock);
    if (!keeps)
        free(late);
}

static struct late_notice *take_late(struct query_session *session)
{
    if (atomic_load_explicit(&session->late_count, memory_order_relaxed) == 0)
        return NULL;
    pthread_mutex_lock(&session->lock);
    struct late_notice *late = session->late;
    session->late = NULL;
    atomic_store(&session->late_count, 0);
    pthread_mutex_unlock(&session->lock);
    return late;
}

static struct late_notice *free_first(struct late_notice *late)
{
    struct late_notice *next = late->next;
    free(late);
    return next;
}

void query_session_tell_late(struct query_session *session)
{
    for (struct late_notice *late = take_late(session); late; late = free_first(late))
        query_session_notice(session, PGW_SEVERITY_WARNING, "01000", "%s", late->text);
}

void query_session_forget_late(struct query_session *session)
{
    for (struct late_notice *late = take_late(session); late;)
        late = free_first(late);
}

/* ---- signals ---- */

static bool signal_process(const struct query_session *session, int32_t pid,
                           enum pgw_interrupt reason)
{
    return pid > 0 && session->ops->signal &&
           session->ops->signal(session->client, (uint32_t)pid, reason);
}

/* False: the user may not. */
static bool signal_or_warn(struct query_session *session, int32_t pid,
                           enum pgw_interrupt reason, bool *done, struct error *err)
{
    bool known;
    if (!query_session_may_signal(session, pid > 0 ? (uint32_t)pid : 0, reason, &known,
                                  err))
        return false;
    *done = known && signal_process(session, pid, reason);
    if (!*done)
        warn_late(session, "PID %" PRId32 " is not a PostgreSQL server process", pid);
    return true;
}

unsigned query_session_interrupts(struct query_session *session)
{
    pthread_mutex_lock(&session->lock);
    unsigned count = session->interrupts;
    pthread_mutex_unlock(&session->lock);
    return count;
}

bool query_cancel(void *caller, int32_t pid, bool *done, struct error *err)
{
    return signal_or_warn(caller, pid, PGW_INTERRUPT_CANCEL, done, err);
}

/* False: the time has passed. Who is interrupted while it waits stops waiting: what it
 * answers is not read any more. */
static bool wait_until_gone(struct query_session *session, int32_t pid,
                            int64_t timeout_ms, unsigned interrupts_before)
{
    static const struct timespec pause = {.tv_nsec = LOOK_EVERY_NS};
    uint64_t start = clock_now_us();
    while (signal_process(session, pid, PGW_INTERRUPT_NONE) &&
           query_session_interrupts(session) == interrupts_before) {
        if ((clock_now_us() - start) / 1000 >= (uint64_t)timeout_ms)
            return false;
        (void)nanosleep(&pause, NULL);
    }
    return true;
}

bool query_terminate(void *caller, int32_t pid, int64_t timeout_ms, bool *done,
                     struct error *err)
{
    struct query_session *session = caller;
    unsigned before = query_session_interrupts(session);
    if (!signal_or_warn(session, pid, PGW_INTERRUPT_SHUTDOWN, done, err))
        return false;
    if (!*done || timeout_ms == 0 || wait_until_gone(session, pid, timeout_ms, before))
        return true;
    *done = false;
    warn_late(session,
              "backend with PID %" PRId32 " did not terminate within %" PRId64
              " milliseconds",
              pid, timeout_ms);
    return true;
}
