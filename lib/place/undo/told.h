/* told -- saying what became of what was to be undone: in the record, and to a person.  Private to lib/place. */
#ifndef PLACE_UNDO_TOLD_H
#define PLACE_UNDO_TOLD_H

#include <stddef.h>

#include "place/undo/subject.h"
#include "run/filter.h"
#include "run/reason.h"

/* Of a whole run; ready with the first three. */
struct told {
	struct run *run;
	const char *tool;
	const char *root; /* of the library, as it is called now; NULL: as each record calls it */
	size_t left[REASON_COUNT];
};

/*
 * told_record() -- set the record's `place`, or its error.  A file that is left alone is a line on stderr for the first
 * ones of a reason, and makes the run unfinished; one for which there was nothing to do is neither.
 */
void told_record(struct told *told, struct rec *rec, const struct takeback *t);

/* told_summary() -- of how many more a reason holds; from a filter's finish(). */
void told_summary(const struct told *told);

#endif
