/*
 * install -- publishing a job's content under its name in the library: by rename, link, or, where a rename turns out
 * to cross file systems, by one more copy beside the target.  Private to lib/place.
 */
#ifndef PLACE_COMMIT_INSTALL_H
#define PLACE_COMMIT_INSTALL_H

#include "place/commit/tree.h"
#include "place/jobs.h"
#include "run/rec.h"

/*
 * install_file() -- publish a record's content as `name` in `folder`.
 *
 * A source that was renamed away is noted in the job as removed.  Returns 0, or -1: EEXIST where the name is taken,
 * FAIL_CHANGED where the source is no longer the file that was digested, or the system's errno; then the library is as
 * it was.
 */
int install_file(struct jobs *jobs, struct rec *rec, const struct folder *folder, const char *name, struct fail *why);

/*
 * install_check_renamed() -- digest again what was renamed and has a `hash`, on the pool: a file that was edited in the
 * moment of its renaming gets its old name back, and is noted in its job as FAIL_CHANGED.
 */
void install_check_renamed(struct jobs *jobs);

#endif
