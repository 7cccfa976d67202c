/* fill -- the stage of a record's jobs in the mirrors: one read fills all.  Private to lib/place. */
#ifndef PLACE_MIRROR_FILL_H
#define PLACE_MIRROR_FILL_H

#include "place/place-parts.h"
#include "place/job.h"
#include "place/stage/copy.h"
#include "run/rec.h"

/*
 * fill_begin() -- give a job one more in each mirror: with an unfinished file, unless the content seems to be there.
 *
 *   expected  the path below the root that the library's file seems to get
 *
 * A mirror's failure is noted in its job.  Returns 0, or -1: ENOMEM.
 */
int fill_begin(struct job *job, const struct buf *expected, struct fail *why);

/*
 * fill_target() -- aim a mirror's job at the name of the library's file; of one that another library has, at the name
 * that it would have got.  Returns 0, or -1: ENOMEM.
 */
int fill_target(struct job *job, struct fail *why);

/* fill_wanted() -- whether a mirror waits for the content. */
bool fill_wanted(const struct job *job);

/* The mirrors' files that one read is to fill. */
struct fill {
	struct copy_also also[PLACE_MIRRORS];
	struct job *jobs[PLACE_MIRRORS]; /* whose they are */
	size_t n;
};

/* fill_ends() -- set ends->also and ends->nalso to the files of those that wait for the content, in `fill`. */
void fill_ends(struct fill *fill, const struct job *job, struct copy_ends *ends);

/* fill_done() -- the content has come, and is job->have; `from` is open on it. */
void fill_done(struct fill *fill, const struct job *job, struct rec *rec, int from);

/*
 * fill_late() -- what a mirror seemed to have is not so: read it from the library's file.
 *
 *   scratch  the mirror's
 *   job      in the mirror; its target is set
 *
 * Returns 0 or -1.
 */
int fill_late(struct scratch *scratch, struct job *job, struct rec *rec, struct fail *why);

#endif
