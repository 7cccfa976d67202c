#include "place/decide/ahead.h"

#include "place/decide/choice.h"

/* Whether a group begins with a file that may need a claim: by its companion, or by what is renamed away from others.
 */
static bool
may_claim(const struct job *job)
{
	return job_good(job) && job->outcome == JOB_PENDING && !job->joins &&
	       ((job->companion && job->tie != JOB_UNASKED) || (job->how == JOB_RENAME && job->tie == JOB_MEMBER));
}

void
ahead_claim(struct jobs *jobs, const struct turn *turns)
{
	struct fail ignored;
	struct choice c;

	if (!jobs->p->batches)
		return;
	for (size_t t = 0; t < jobs->n; t = turns[t].end) {
		if (!may_claim(jobs_at(jobs, turns[t].i)))
			continue;
		choice_begin(&c, jobs, turns, t, &ignored);
		if (choice_aim(&c) == 0 && number_start(&c.n, &ignored) == 0)
			number_foresee(&c.n, &ignored);
	}
	number_flush_claims(&jobs->p->numbers, &ignored);
}
