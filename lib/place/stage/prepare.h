/* prepare -- the parallel half of a job: read the source once, into an unfinished file.  Private to lib/place. */
#ifndef PLACE_STAGE_PREPARE_H
#define PLACE_STAGE_PREPARE_H

#include "place/job.h"
#include "run/rec.h"

/*
 * prepare_record() -- fill the job of a record.
 *
 * What it finds in the library (a file of this name and content, a twin that a database knows) only saves copying:
 * settle_batch() looks again.  Returns 0 or -1; job_free() in either case.
 */
int prepare_record(struct place *p, struct kit *kit, struct job *job, struct rec *rec, struct fail *why);

/*
 * prepare_again() -- what prepare_record() found in the library is no longer so: read the source now, into an
 * unfinished file where it is copied, and make that durable.  job->have is filled.  Returns 0 or -1.
 */
int prepare_again(struct place *p, struct kit *kit, struct job *job, struct rec *rec, struct fail *why);

#endif
