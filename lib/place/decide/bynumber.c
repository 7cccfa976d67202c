#include "place/decide/bynumber.h"

#include "place/decide/join.h"
#include "place/stage/target.h"

/* Whether the name that was looked at last is the one that is known. */
static bool
came_as(const struct choice *c, const struct buf *known)
{
	struct path at = search_path(&c->q), path = path_split(buf_cstr(known));

	return slice_same(path.folder, at.folder) && slice_same(path.name, at.name);
}

/* As exists_by_name(); known: what target_known() says. */
static int
find_by_name(struct choice *c, const struct buf *known)
{
	bool itself = c->q.itself;
	unsigned k;
	int rc;

	while ((rc = number_own(&c->n, &k, c->why)) == 1) {
		enum match match;

		c->q.itself = true;
		match = search_at(&c->q, k, c->why);
		c->q.itself = itself;
		if (match == MATCH_OTHER && (!c->job->companion || came_as(c, known)))
			match = choice_look(c, k);
		if ((rc = choice_found(c, match)) != 0)
			return rc;
	}
	return rc;
}

/*
 * A picture or film exists where its own name holds its content, whoever else has that number; a companion, only where
 * it is that file itself, or a database knows that it came from there.  Returns 1, 0 or -1.
 */
static int
exists_by_name(struct choice *c)
{
	struct buf known = {0};
	int rc;

	if (c->job->companion)
		target_known(c->jobs->scratch, c->job, c->rec, &known);
	c->n.came_as = buf_slice(&known);
	rc = find_by_name(c, &known);
	c->n.came_as = (struct slice){0};
	buf_fini(&known);
	return rc;
}

/* The job at a number of its group.  Returns 1, 0 where it needs another one, or -1. */
static int
try_number(struct choice *c, unsigned k, bool empty)
{
	enum match match = choice_look(c, k);
	int rc = choice_found(c, match);

	if (match == MATCH_FREE)
		rc = choice_take(c);
	else if (rc == 0 && !empty && c->job->companion && !party_is_twin(&c->p->numbers.party))
		rc = choice_conflicts(c) == 0 ? 1 : -1;
	if (rc == 0 && (empty || match == MATCH_FREE))
		return number_taken(&c->n, buf_slice(&c->q.name), c->why);
	if (rc == 1 && !empty && c->job->outcome != JOB_DUPLICATE)
		return number_settled(&c->n, k, c->why) == -1 ? -1 : 1;
	return rc;
}

int
bynumber_choose(struct choice *c)
{
	unsigned k;
	bool empty;
	int rc;

	c->numbered = true;
	if (number_start(&c->n, c->why) == -1)
		return -1;
	if ((rc = exists_by_name(c)) != 0)
		return rc == 1 ? 0 : -1;
	if (c->job->how == JOB_STAY)
		return choice_stays(c);
	if ((rc = join_content(c)) != 0)
		return rc == 1 ? 0 : -1;
	while (number_next(&c->n, &k, &empty, c->why) == 0) {
		if (k > SEARCH_NUMBERS)
			return fail_set(
			    c->why, FAIL_LIMIT, "rename", "%u other files have this name already", SEARCH_NUMBERS);
		if ((rc = try_number(c, k, empty)) != 0)
			return rc == 1 ? 0 : -1;
	}
	return -1;
}
