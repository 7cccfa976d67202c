#include "place/decide/join.h"

#include "place/decide/known.h"
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
			rc = target_join(c->jobs->scratch, c->job, c->rec, buf_slice(&lead), c->why);
	}
	buf_fini(&lead);
	return rc;
}

int
join_choose(struct choice *c)
{
	enum match match = choice_look(c, 0);
	int foreign;

	if (match == MATCH_ERROR)
		return -1;
	if (match == MATCH_FILE && !c->job->companion)
		return choice_exists(c) == 0 ? 1 : -1;
	if (number_start(&c->n, c->why) == -1 || (foreign = number_foreign(&c->n, c->why)) == -1)
		return -1;
	if (foreign == 1)
		return 0;
	if (match == MATCH_FILE)
		return choice_exists(c) == 0 ? 1 : -1;
	if (match == MATCH_FREE)
		return choice_take(c);
	return !c->job->companion ? 0 : choice_conflicts(c) == 0 ? 1 : -1;
}

int
join_leave(struct choice *c)
{
	c->joined = true;
	if (target_again(c->jobs->scratch, c->job, c->rec, c->why) == -1)
		return -1;
	return choice_aim(c);
}

/* Aims at the place beside what this run has placed with the lead's content.  Returns 1, 0 or -1. */
static int
aim_at_content(struct choice *c)
{
	const uint8_t *xxh128;
	struct buf lead = {0};
	int rc = 0;

	if (number_lead_digest(&c->n, &xxh128, c->why) == -1)
		return -1;
	if (xxh128 != NULL)
		rc = known_where(c, xxh128, &lead);
	if (rc == 1 &&
	    (target_join(c->jobs->scratch, c->job, c->rec, buf_slice(&lead), c->why) == -1 || choice_aim(c) == -1))
		rc = -1;
	buf_fini(&lead);
	return rc;
}

int
join_content(struct choice *c)
{
	int rc;

	if (c->job->leads || c->joined || (c->job->in_library && c->p->moves) || contents_empty(&c->p->contents))
		return 0;
	if ((rc = aim_at_content(c)) != 1)
		return rc;
	c->numbered = false;
	if ((rc = join_choose(c)) != 0)
		return rc;
	c->numbered = true;
	return join_leave(c) == -1 ? -1 : number_start(&c->n, c->why);
}
