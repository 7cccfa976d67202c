/* stage -- the parallel half of a job: read the source once, into an unfinished file.  Private to lib/place. */
#ifndef PLACE_STAGE_STAGE_H
#define PLACE_STAGE_STAGE_H

#include "place/job.h"
#include "place/scratch.h"
#include "run/rec.h"

/*
 * stage_record() -- fill the job of a record.
 *
 * What it finds in the library (a file of this name and content, a duplicate that a database knows) only saves copying:
 * commit_batch() looks again.  Returns 0 or -1; job_free() in either case.
 */
int stage_record(struct place *p, struct scratch *scratch, struct job *job, struct rec *rec, struct fail *why);

/*
 * stage_again() -- what stage_record() found in the library is no longer so: read the source now, into an
 * unfinished file where it is copied, and make that durable.  job->have is filled.  Returns 0 or -1.
 */
int stage_again(struct place *p, struct scratch *scratch, struct job *job, struct rec *rec, struct fail *why);

#endif
