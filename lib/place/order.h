/* order -- in which the jobs of a batch are decided.  Private to lib/place. */
#ifndef PLACE_ORDER_H
#define PLACE_ORDER_H

#include <stddef.h>

#include "base/fail.h"

struct jobs;

struct turn {
	size_t i;     /* of the jobs */
	size_t first; /* the first turn of its group … */
	size_t end;   /* … and the one behind its last */
};

/*
 * order_new() -- a turn for each job, in the order of the batch; but the jobs of one group stand together where the
 * first of them is, its lead before its other pictures and films, and those before its companions.
 *
 * NULL: ENOMEM.  free() it.
 */
struct turn *order_new(const struct jobs *jobs, struct fail *why);

#endif
