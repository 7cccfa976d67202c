/* target -- where a record's file is to go, from the template and its group.  Private to lib/place. */
#ifndef PLACE_STAGE_TARGET_H
#define PLACE_STAGE_TARGET_H

#include "place/job.h"
#include "place/scratch.h"
#include "run/rec.h"

/* target_read() -- what the record says of the file's group, into the job.  Returns 0 or -1 (ENOMEM). */
int target_read(struct scratch *scratch, struct job *job, const struct rec *rec, struct fail *why);

/*
 * target_expand() -- fill job->target by the template: of a group's file, beside where its lead goes.
 *
 *   scratch  its origin is that of the record's path
 *
 * Returns 0 or -1.
 */
int target_expand(struct scratch *scratch, struct job *job, const struct rec *rec, struct fail *why);

/* target_again() -- the same from the record alone, of a job that was to be beside its lead.  Returns 0 or -1. */
int target_again(struct scratch *scratch, struct job *job, const struct rec *rec, struct fail *why);

/*
 * target_join() -- fill job->target beside a file of this library, which is its group's lead: with that one's number.
 *
 * Returns 0 or -1.
 */
int target_join(struct scratch *scratch, struct job *job, const struct rec *rec, struct slice lead, struct fail *why);

/* target_lead() -- where the record says that this library has its group's lead; false: it does not, or none is there.
 */
bool target_lead(struct scratch *scratch, const struct job *job, const struct rec *rec, struct buf *path);

/* target_known() -- where this library has what was read from this very source, by its memory of sources; else empty.
 */
void target_known(struct scratch *scratch, const struct job *job, const struct rec *rec, struct buf *path);

#endif
