/* starve.c - a conversation, again and again, each time refused memory somewhere else.
 */
#include "starve.h"

#include <stdio.h>

#include "allocations.h"

static void take(struct buf *to, struct drive *drive)
{
    *to = drive->answer;
    drive->answer = (struct buf){0};
}

static bool feed(struct drive *drive, struct slice bytes)
{
    return !drive->closed && drive_feed(drive, bytes.data, bytes.len);
}

static struct drive connect_to(const struct starving *starving)
{
    struct drive drive = {.session = starving->connect(starving->ctx)};
    drive.closed = !drive.session.self;
    return drive;
}

static void forget(struct outcome *outcome)
{
    buf_free(&outcome->answer);
    buf_free(&outcome->probe);
}

/* nth 0: nothing is refused; more than is asked for: nothing but to close. */
static struct outcome converse(const struct starving *starving, size_t nth,
                               bool and_later)
{
    struct outcome outcome = {0};
    allocations_refuse(nth, and_later);
    struct drive drive = connect_to(starving);
    outcome.no_session = drive.closed;
    (void)feed(&drive, starving->input);
    take(&outcome.answer, &drive);
    outcome.closed = drive.closed;
    outcome.asked = allocations_counted();
    outcome.probed = nth <= outcome.asked;
    if (outcome.probed) {
        allocations_refuse(0, false);
        (void)feed(&drive, starving->probe);
        take(&outcome.probe, &drive);
    }
    if (!drive.closed)
        drive_end_input(&drive);
    drive_free(&drive);
    allocations_refuse(0, false);
    return outcome;
}

static const char *judge(const struct starving *starving, const struct outcome *whole,
                         const struct outcome *got)
{
    const char *fault = got->no_session ? NULL : starving->judge(whole, got);
    if (!fault && !got->closed && got->probed && starving->is_answer(&whole->probe) &&
        !starving->is_answer(&got->probe))
        fault = "the session does not go on";
    return fault;
}

static const char *try_new_session(const struct starving *starving)
{
    struct drive drive = connect_to(starving);
    if (feed(&drive, starving->opening) && feed(&drive, starving->probe))
        drive_end_input(&drive);
    bool works = starving->is_answer(&drive.answer);
    drive_free(&drive);
    return works ? NULL : "a new session does not work";
}

static const char *try_at(const struct starving *starving, const struct outcome *whole,
                          size_t nth, bool and_later)
{
    size_t before = allocations_blocks();
    if (starving->open)
        starving->open(starving->ctx);
    struct outcome got = converse(starving, nth, and_later);
    const char *fault = judge(starving, whole, &got);
    if (!fault)
        fault = try_new_session(starving);
    forget(&got);
    if (starving->close)
        starving->close(starving->ctx);
    if (!fault && starving->close && allocations_blocks() != before)
        fault = "memory is lost";
    return fault;
}

/* Shown where it comes from, by trying once more. */
static void tell(const struct starving *starving, const struct outcome *whole,
                 size_t nth, bool and_later)
{
    allocations_trace(true);
    (void)try_at(starving, whole, nth, and_later);
    allocations_trace(false);
}

static void try_both(const struct starving *starving, const struct outcome *whole,
                     size_t nth, struct starved *all)
{
    for (int and_later = 0; and_later < 2; and_later++) {
        const char *fault = try_at(starving, whole, nth, and_later);
        all->tries++;
        if (!fault)
            continue;
        printf("allocation %zu%s: %s\n", nth, and_later ? " and all behind it" : "",
               fault);
        if (all->faults++ == 0)
            tell(starving, whole, nth, and_later);
    }
}

struct starved starve(const struct starving *starving)
{
    struct starved all = {0};
    if (starving->open)
        starving->open(starving->ctx);
    struct outcome whole = converse(starving, 0, false);
    if (starving->close)
        starving->close(starving->ctx);
    for (size_t nth = 1; nth <= whole.asked + 1; nth++)
        try_both(starving, &whole, nth, &all);
    forget(&whole);
    return all;
}
