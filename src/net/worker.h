/* worker.h - the threads that serve connections, all alike. */
#ifndef NET_WORKER_H
#define NET_WORKER_H

void *worker_main(void *net); /* until net->workers_stop */

#endif
