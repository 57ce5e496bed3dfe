/* faults.h - faults that the simulation's own wrappers can make, to prove that it would
 * find them in the product. One at a time, none unless the command line names it. */
#ifndef SIM_FAULTS_H
#define SIM_FAULTS_H

#include <stdbool.h>

#define SIM_FAULTS(X)                                                                  \
    X(PARK_OVER_REASONS, "park-over-reasons", "conn_park forgets what has come")       \
    X(NO_SLOT_WAKE, "no-slot-wake", "who is granted a slot is not woken")              \
    X(NO_INTERRUPT_WAKE, "no-interrupt-wake", "who is interrupted is not woken")       \
    X(READY_ONCE, "ready-once", "an event leaves no reason with the owner")            \
    X(ENDING_FORGOTTEN, "ending-forgotten", "the client's end is taken for bytes")     \
    X(WAKE_QUEUED, "wake-queued", "a queued connection is put into the queue again")   \
    X(NO_SECOND_LOOK, "no-second-look", "a worker sleeps beside a filled queue")       \
    X(QUEUE_EVENT_LOST, "queue-event-lost", "a worker is not told of the queue")       \
    X(NEWS_KEPT, "news-kept", "who takes one of two does not tell of the other")       \
    X(TURN_KEPT, "turn-kept",                                                          \
      "who serves a socket instead does not tell of the queue")                        \
    X(ALARM_LOST, "alarm-lost", "the watchdog is not told of an earlier deadline")     \
    X(DEADLINE_LATE, "deadline-late", "deadlines are noted too late")                  \
    X(DEADLINE_LEFT, "deadline-left", "who closes keeps its deadline")                 \
    X(HANG_UP_UNHEARD, "hang-up-unheard",                                              \
      "a hang-up is not heard while a thread is away")                                 \
    X(SHUTDOWN_UNHEARD, "shutdown-unheard", "net_stop tells no session")               \
    X(DRAIN_CUTS, "drain-cuts", "a drain ends what is under way")                      \
    X(ROOM_UNTOLD, "room-untold", "nobody says that there is room for strangers")      \
    X(PLACE_KEPT, "place-kept", "who goes keeps its place")                            \
    X(NO_REPEAT, "no-repeat", "interrupts are not repeated")                           \
    X(SLOT_TWICE, "slot-twice", "a slot is given back twice")                          \
    X(SLOT_KEPT, "slot-kept", "a slot is not given back")                              \
    X(SLOT_UNASKED, "slot-unasked", "who waits for a slot blocks all the same")        \
    X(CANCEL_ANY, "cancel-any", "a repeated interrupt hits whatever runs by then")     \
    X(CANCEL_STRANGER, "cancel-stranger", "the key of a cancel is not looked at")

enum fault {
    FAULT_NONE,
#define X(name, text, what) FAULT_##name,
    SIM_FAULTS(X)
#undef X
};

bool faults_choose(const char *name); /* false: there is none of that name */
void faults_list(void);               /* to stdout, one a line */
bool fault_is(enum fault fault);
bool fault_event_is_lost(int fd); /* a write to that eventfd */
void fault_pops(bool begins);     /* around run_queue_pop, by the running fiber */

#endif
