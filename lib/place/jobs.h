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
	size_t mirror;           /* 0: they are the library's; else those in its mirror of that number, from 1 */
	struct scratch *scratch; /* of the committing thread */
	struct tree tree;
};

static inline struct job *
jobs_of(const struct jobs *jobs, const struct rec *rec)
{
	struct job *job = rec->data;

	return jobs->mirror == 0 ? job : job->mirrors[jobs->mirror - 1];
}

static inline struct job *
jobs_at(const struct jobs *jobs, size_t i)
{
	return jobs_of(jobs, jobs->held[i]);
}

#endif
