/* jobs -- the held records that are committed together: a batch.  Private to lib/place. */
#ifndef PLACE_JOBS_H
#define PLACE_JOBS_H

#include "place/commit/tree.h"
#include "place/job.h"
#include "place/place-parts.h"
#include "place/scratch.h"
#include "run/rec.h"

struct jobs {
	struct place *p;
	struct rec **held;
	size_t n;
	struct scratch *scratch; /* of the committing thread */
	struct tree tree;
};

static inline struct job *
jobs_at(const struct jobs *jobs, size_t i)
{
	return jobs->held[i]->data;
}

#endif
