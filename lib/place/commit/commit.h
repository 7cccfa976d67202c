/* commit -- the serial half of a batch of jobs, in output order.  Private to lib/place. */
#ifndef PLACE_COMMIT_COMMIT_H
#define PLACE_COMMIT_COMMIT_H

#include "place/jobs.h"

/*
 * commit_batch() -- make contents durable, decide names, publish, make folders durable, do the same in each mirror,
 * remove moved sources.
 *
 *   jobs  its p, held, n and mirror; the rest is this function's
 *
 * What fails is noted in the jobs.  Returns 0, or -1 where the lock cannot be had; then nothing was published.
 */
int commit_batch(struct jobs *jobs, struct fail *why);

#endif
