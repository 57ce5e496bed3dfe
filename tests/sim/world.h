/* world.h - one run: a server, its clients, from the first connection to the last free.
 */
#ifndef SIM_WORLD_H
#define SIM_WORLD_H

#include "net/loop.h"
#include "sim.h"

/* Ends the process with a report if anything is wrong. */
void world_run(const struct sim_options *options);

const struct net *world_net(void); /* NULL: there is none yet, or no more */
bool world_is_queue_event(int fd);
bool world_is_alarm(int fd);
/* One of the four locks of loop.h within which no other may be taken. */
bool world_is_innermost(const pthread_mutex_t *mutex);
bool world_is_stopping(void);         /* net_drain or net_stop has been called */
uint64_t world_cut_at(void);          /* when what is under way may be ended */
bool world_is_cut(void);              /* … which is now */
uint64_t world_stranger_us(void);     /* who has not logged in by then may be closed */
uint64_t world_http_timeout_us(void); /* of statements over HTTP; 0 = none */

#endif
