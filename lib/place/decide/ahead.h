/*
 * ahead -- claiming numbers before anything is decided, so that one flush does for all claims of a batch.  Private to
 * lib/place/decide.
 */
#ifndef PLACE_DECIDE_AHEAD_H
#define PLACE_DECIDE_AHEAD_H

#include "place/order.h"
#include "place/jobs.h"

/*
 * ahead_claim() -- put and flush the claims that the jobs of a batch seem to need.
 *
 * It is a guess: a job that comes first may take the number.  What was not foreseen, or fails here, is claimed and
 * flushed when the job is decided, and then a failure is the job's.
 */
void ahead_claim(struct jobs *jobs, const struct turn *turns);

#endif
