/* batch -- the held records that are settled together.  Private to lib/place. */
#ifndef PLACE_BATCH_H
#define PLACE_BATCH_H

#include "place/job.h"
#include "place/kit.h"
#include "place/commit/tree.h"
#include "run/rec.h"

struct batch {
	struct place *p;
	struct rec **held;
	size_t n;
	struct kit *kit; /* of the settling thread */
	struct tree tree;
};

static inline struct job *
batch_job(const struct batch *b, size_t i)
{
	return b->held[i]->data;
}

/* Whether a job has come through so far. */
static inline bool
batch_good(const struct job *job)
{
	return job->why.code == FAIL_NONE;
}

/* Whether a job is about a file that was in a library before. */
static inline bool
batch_has_twin(const struct job *job)
{
	return job->outcome == JOB_EXISTS || job->outcome == JOB_DUPLICATE;
}

/* batch_verified() -- a record's file has been read again and is equal. */
static inline void
batch_verified(const struct batch *b, struct rec *rec, bool past_cache)
{
	struct job *job = rec->data;

	job->verified = past_cache ? JOB_READBACK : JOB_STREAM;
	if (!past_cache)
		rec_warn(rec, b->p->o.tool, FAIL_READBACK, "read back from memory: its pages could not be dropped");
}

/*
 * batch_reject_twin() -- the library's file is not what it was taken for: where `why` is FAIL_VERIFY the job is pending
 * again, once, for decide_again(); else it fails.  Threads: each its own job.
 */
void batch_reject_twin(struct batch *b, size_t i, const struct fail *why);

#endif
