#include "place/decide/join.h"

#include "place/stage/target.h"

int
join_note(struct choice *c)
{
	const struct job *job = c->job;

	if (job->tie != JOB_MEMBER || !job->leads || job->outcome != JOB_DUPLICATE || job->root.len > 0)
		return 0;
	return number_join(&c->p->numbers, job, c->why);
}

int
join_find(struct choice *c)
{
	struct buf lead = {0};
	int rc = 0;

	if (c->job->tie == JOB_MEMBER && !c->job->leads && !c->job->joins && c->job->how != JOB_STAY) {
		rc = number_lead(&c->p->numbers, c->job, &lead, c->why);
		if (rc == 0 && lead.len > 0)
			rc = target_join(c->jobs->scratch, c->job, c->rec, (struct slice){lead.p, lead.len}, c->why);
	}
	buf_fini(&lead);
	return rc;
}

int
join_choose(struct choice *c)
{
	switch (choice_look(c, 0)) {
	case MATCH_ERROR:
		return -1;
	case MATCH_FILE:
		return choice_exists(c) == 0 ? 1 : -1;
	case MATCH_FREE:
		return choice_take(c);
	default:
		if (c->job->companion)
			return choice_conflicts(c) == 0 ? 1 : -1;
		return 0;
	}
}
