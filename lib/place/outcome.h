/* outcome -- what became of a job, as members of its record.  Private to lib/place. */
#ifndef PLACE_OUTCOME_H
#define PLACE_OUTCOME_H

#include "place/job.h"
#include "run/rec.h"

/* outcome_place() -- set `place`, and `error` where the job failed. */
void outcome_place(const struct place *p, struct rec *rec, const struct job *job);

/*
 * outcome_source() -- set `source`: the volume, the path on it, size and mtime.  Returns 0, or -1 where the file's
 * folder cannot be looked at.  Threads: one at a time.
 */
int outcome_source(struct place *p, struct rec *rec, const struct job *job, struct fail *why);

#endif
