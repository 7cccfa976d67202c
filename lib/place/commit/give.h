/*
 * give -- giving a job's content its name in the library: by rename, link, or, where a rename turns out to cross file
 * systems, by one more copy beside the target.  Private to lib/place.
 */
#ifndef PLACE_COMMIT_GIVE_H
#define PLACE_COMMIT_GIVE_H

#include "place/batch.h"
#include "run/rec.h"

/*
 * give_name() -- publish a record's content as `name` in `folder`.
 *
 * A source that was renamed away is noted in the job as removed.  Returns 0, or -1: EEXIST where the name is taken,
 * FAIL_CHANGED where the source is no longer the file that was digested, or the system's errno; then the library is as
 * it was.
 */
int give_name(struct batch *b, struct rec *rec, const struct folder *folder, const char *name, struct fail *why);

/*
 * give_check_renamed() -- digest again what was renamed and has a `hash`, on the pool: a file that was edited in the
 * moment of its renaming gets its old name back, and is noted in its job as FAIL_CHANGED.
 */
void give_check_renamed(struct batch *b);

#endif
