/* kept -- telling what became of the sources that were to be removed. */
#ifndef PLACE_REMOVE_KEPT_H
#define PLACE_REMOVE_KEPT_H

#include <stddef.h>

#include "run/filter.h"
#include "run/reason.h"
#include "run/rec.h"

/* Of a whole run; ready with the first two. */
struct kept {
	struct run *run;
	const char *tool; /* for warnings in records */
	size_t removed;
	size_t stay[REASON_COUNT]; /* sources that do, by reason */
};

/*
 * kept_tell() -- from a commit: a source that stays is a warning of its record, a line on stderr for the first ones of
 * a reason (none for those on a write-protected card), and makes the run unfinished; one that has gone is only the
 * warning.
 *
 *   reason   REASON_NONE: it has been removed
 *   message  the same for a person
 */
void kept_tell(struct kept *k, struct rec *rec, enum reason reason, const char *message);

/* kept_summary() -- what is said for all at once, and of how many more a reason holds; from a filter's finish(). */
void kept_summary(const struct kept *k);

/* kept_set() -- put the same into the record's `place`.  Nothing of a source that has gone. */
void kept_set(struct rec *rec, enum reason reason, const char *message);

#endif
