/* step -- what the steps of staging one record share.  Private to lib/place/stage. */
#ifndef PLACE_STAGE_STEP_H
#define PLACE_STAGE_STEP_H

#include <stdbool.h>

#include "place/job.h"
#include "place/scratch.h"
#include "run/rec.h"

struct step {
	struct place *p;
	struct scratch *scratch;
	struct job *job;
	struct rec *rec;
	int fd;      /* the source; -1 of a member of an archive */
	bool sought; /* of one: the archive is open, and its bytes are the next to come */
};

/* step_is_stale() -- whether the file is another than the one that the record was made from, as far as it tells. */
static inline bool
step_is_stale(const struct step *s)
{
	return !rec_agrees(s->rec, &s->job->st);
}

#endif
