/* commit -- the serial half of a batch of jobs, in output order.  Private to lib/place. */
#ifndef PLACE_COMMIT_COMMIT_H
#define PLACE_COMMIT_COMMIT_H

#include "place/job.h"
#include "run/rec.h"

/*
 * commit_batch() -- make contents durable, decide names, publish, make folders durable, remove moved sources.
 *
 * What fails is noted in the jobs.  Returns 0, or -1 where the lock cannot be had; then nothing was published.
 */
int commit_batch(struct place *p, struct rec **held, size_t n, struct fail *why);

#endif
