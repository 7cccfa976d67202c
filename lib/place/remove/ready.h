/* ready -- which jobs at the end of a batch are left for the next.  Private to lib/place. */
#ifndef PLACE_REMOVE_READY_H
#define PLACE_REMOVE_READY_H

#include "place/jobs.h"

/*
 * ready_count() -- before names are chosen, on the pool: how many jobs of a batch that is to be moved are committed
 * now. The last ones are left for the next batch, once, where they wait for others of their group: what is in one batch
 * is moved by one run.
 */
size_t ready_count(struct jobs *jobs);

#endif
