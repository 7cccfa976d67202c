/* decide -- what becomes of each job of a batch, in order, under the library's lock.  Private to lib/place. */
#ifndef PLACE_DECIDE_DECIDE_H
#define PLACE_DECIDE_DECIDE_H

#include "place/jobs.h"

/*
 * decide_all() -- each job exists, is a duplicate, stays where it is, or is published.
 *
 * Everything about it that depends on other files of the run or of the library is decided here and nowhere else.
 * What fails is noted in the job.  Returns 0, or -1 where the lock cannot be had; then nothing was published.
 */
int decide_all(struct jobs *jobs, struct fail *why);

/*
 * decide_again() -- after the batch's files and folders were flushed and read again: whoever relies on a file that has
 * failed since is decided anew, and what has failed is no longer remembered.
 *
 * Returns whether there was one; then flush and look once more.
 */
bool decide_again(struct jobs *jobs);

#endif
