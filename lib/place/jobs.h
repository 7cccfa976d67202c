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

/* jobs_verified() -- a record's file has been read again and is equal. */
static inline void
jobs_verified(const struct jobs *jobs, struct rec *rec, bool past_cache)
{
	struct job *job = rec->data;

	job->verified = past_cache ? JOB_READBACK : JOB_STREAM;
	if (!past_cache)
		rec_warn(rec, jobs->p->o.tool, FAIL_READBACK,
		    "read back from memory, not from the disk: the system kept the file in its cache");
}

#endif
