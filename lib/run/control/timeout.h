/* timeout -- what becomes of a record whose worker was given up. */
#ifndef RUN_CONTROL_TIMEOUT_H
#define RUN_CONTROL_TIMEOUT_H

#include <stdint.h>

struct run;

/* timeout_ns() -- the limit for one record; 0: none. */
uint64_t timeout_ns(const struct run *run);

/* For struct pool_conf: the record that takes the place of one that stays with its worker, and has failed. */
void *timeout_replace(void *run, void *rec);

/* For struct pool_conf: no worker is left. */
void timeout_deserted(void *run);

#endif
