/* checks.h - what holds after every step, what holds when nothing can move, and what is
 * left at the end. */
#ifndef SIM_CHECKS_H
#define SIM_CHECKS_H

void checks_step(void);
void checks_quiet(void);
void checks_end(void); /* net_run has returned, net_free has not been called */

#endif
