#include "place/decide/join.h"

#include <string.h>

#include "place/decide/known.h"
#include "place/decide/spelling.h"
#include "place/name/variant.h"
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

/* Leaves the number that job->target has out of it.  Returns 1, 0 where it has none, or -1. */
static int
drop_number(struct choice *c)
{
	struct job *job = c->job;
	struct path at = path_split(buf_cstr(&job->target));
	size_t name = job->target.len - at.name.len;
	struct slice stem = {at.name.p, job->stem};

	if (job->stem > at.name.len || variant_number(&stem) == 0)
		return 0;
	memmove(job->target.p + name + stem.len, job->target.p + name + job->stem, at.name.len - job->stem + 1);
	job->target.len -= job->stem - stem.len;
	job->stem = stem.len;
	return choice_aim(c) == 0 ? 1 : -1;
}

/* The job at the numbers of job->target that are its group's.  Returns 1 where one of them holds it, 0 or -1. */
static int
exists_beside(struct choice *c)
{
	unsigned k;
	bool empty;
	int rc;

	if (number_start(&c->n, c->why) == -1)
		return -1;
	while ((rc = number_next(&c->n, &k, &empty, c->why)) == 0 && !empty) {
		if ((rc = choice_found(c, choice_look(c, k))) != 0)
			return rc;
	}
	return rc;
}

/*
 * A companion whose name beside the lead another file of its group has, as that of a film's second chapter under a
 * template that renames: it may stand at another number.  Returns 1 or -1.
 */
static int
choose_twin(struct choice *c)
{
	struct buf there = {0};
	int rc = spelling_set(c, true);

	if (rc == 0 && buf_add(&there, c->job->to.p, c->job->to.len) == -1)
		rc = fail_nomem(c->why);
	if (rc == 0 && (rc = exists_beside(c)) == 0 && (rc = drop_number(c)) == 1)
		rc = exists_beside(c);
	if (rc == 0)
		rc = choice_differs(c, (struct slice){there.p, there.len}) == 0 ? 1 : -1;
	buf_fini(&there);
	return rc;
}

int
join_choose(struct choice *c)
{
	enum match match = choice_look(c, 0);
	int foreign, rc = match == MATCH_ERROR || !c->job->companion ? choice_found(c, match) : 0;

	if (rc != 0)
		return rc;
	if (number_start(&c->n, c->why) == -1 || (foreign = number_foreign(&c->n, c->why)) == -1)
		return -1;
	if (foreign == 1)
		return 0;
	if (match == MATCH_FREE)
		return choice_take(c);
	if ((rc = choice_found(c, match)) != 0)
		return rc;
	if (!c->job->companion)
		return 0;
	if (party_is_twin(&c->p->numbers.party))
		return choose_twin(c);
	return choice_conflicts(c) == 0 ? 1 : -1;
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
