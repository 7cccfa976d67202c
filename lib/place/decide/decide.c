/*
 * A file may be called NAME, STEM-1.EXT, STEM-2.EXT … : the variants of its name.  The first of them that holds the
 * same content is where the file exists; else, unless the content lies elsewhere, the first that is free is taken.
 * Publishing never replaces anything, so the lock is not what makes this safe: it makes the answers of two processes
 * at once as good as those of one after the other.
 *
 * Of files that belong together, and of those of which it is known that none does, place/group/number.h says which
 * variants are theirs.  A group whose lead is at another place of the library already joins it there.
 */
#include "place/decide/decide.h"

#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "file/io.h"
#include "file/publish.h"
#include "place/decide/ahead.h"
#include "place/decide/bynumber.h"
#include "place/decide/choice.h"
#include "place/decide/join.h"
#include "place/content/match.h"
#include "place/order.h"
#include "place/decide/search.h"
#include "place/name/portable.h"

/* ---- one job ---- */

static int
choose_name(struct choice *c)
{
	unsigned taken = UINT_MAX; /* the number that was to be had, and then was not */

	for (;;) {
		enum match match = search_variants(&c->q, c->why);
		int rc = 0;

		if (match == MATCH_ERROR)
			return -1;
		if (match == MATCH_FILE)
			return choice_exists(c);
		if (match == MATCH_FREE && c->q.k == taken) {
			c->q.unseen = taken + 1;
			continue;
		}
		taken = match == MATCH_FREE ? c->q.k : UINT_MAX;
		if ((rc = match == MATCH_FREE ? choice_take(c) : choice_fill(c)) == -1)
			return -1;
		if (rc == 1)
			return 0;
	}
}

static int
choose(struct choice *c)
{
	int rc;

	if (c->job->joins) {
		if ((rc = join_choose(c)) != 0)
			return rc == 1 ? 0 : -1;
		if (join_leave(c) == -1)
			return -1;
	}
	return c->job->tie == JOB_UNASKED ? choose_name(c) : bynumber_choose(c);
}

static int
decide_pending(struct choice *c)
{
	int rc;

	c->job->outcome = JOB_PENDING;
	if (join_find(c) == -1 || choice_aim(c) == -1)
		return -1;
	c->q.link = c->job->how == JOB_SYMLINK && !c->p->o.dry_run ? &c->job->link : NULL;
	c->q.itself = c->job->how == JOB_STAY;
	rc = choose(c);
	search_fini(&c->q);
	return rc;
}

/* Whether the file that a database knows is what stage_record() saw; where it is not, this one is placed. */
static bool
is_still_known(struct choice *c)
{
	struct path at = path_split(buf_cstr(&c->job->to));
	struct stat st;

	if (c->p->o.dry_run || c->job->root.len > 0)
		return true;
	return choice_touch(c) == 0 && fstatat(c->job->folder->fd, at.name.p, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       io_same_again(&st, &c->job->existing);
}

static int
decide(struct choice *c)
{
	switch (c->job->outcome) {
	case JOB_PENDING:
		c->unfilled = c->job->rotten && c->job->temp.dirfd == -1 && c->job->source == -1;
		return choice_fill(c) == -1 ? -1 : decide_pending(c);
	case JOB_EXISTS:
		c->unfilled = true;
		c->q.seen = match_mark(&c->job->existing);
		return decide_pending(c);
	case JOB_DUPLICATE:
		if (is_still_known(c))
			return 0;
		c->unfilled = true;
		c->job->unread = false;
		c->job->folder = NULL;
		*c->why = (struct fail){0};
		return choice_fill(c) == -1 ? -1 : decide_pending(c);
	default:
		return 0;
	}
}

/* Where the library's file system can give no name, it will give none to the files behind: said once, by the run. */
static void
stop_where_hopeless(struct place *p, const struct fail *why)
{
	if (publish_impossible(why))
		place_stop(p, why);
	else
		place_library_failed(p, why);
}

static void
decide_job(struct jobs *jobs, const struct turn *turns, size_t turn)
{
	struct job *job = jobs_at(jobs, turns[turn].i);
	struct fail why = {0};
	struct choice c;

	choice_begin(&c, jobs, turns, turn, &why);
	if (job_good(job) && (decide(&c) == -1 || join_note(&c) == -1)) {
		portable_explain(&job->target, &why);
		stop_where_hopeless(jobs->p, &why);
		job_fail(job, &why);
	}
}

/* All jobs of the batch, or only those that are pending again. */
static int
decide_batch(struct jobs *jobs, bool again, struct fail *why)
{
	struct place *p = jobs->p;
	struct turn *turns = order_new(jobs, why);

	if (turns == NULL || library_lock(&p->lib, why) == -1) {
		free(turns);
		return -1;
	}
	numbers_begin(&p->numbers, p->lib.others);
	ahead_claim(jobs, turns);
	for (size_t t = 0; t < jobs->n; t++) {
		if (!again || jobs_at(jobs, turns[t].i)->outcome == JOB_PENDING)
			decide_job(jobs, turns, t);
	}
	numbers_end(&p->numbers, &p->lib);
	library_unlock(&p->lib);
	free(turns);
	return 0;
}

int
decide_all(struct jobs *jobs, struct fail *why)
{
	return decide_batch(jobs, false, why);
}

/* ---- again ---- */

static bool
relies_on(const struct job *job, const struct job *other)
{
	return job->by_run && job->to.len == other->to.len && memcmp(job->to.p, other->to.p, job->to.len) == 0;
}

static void
reset(struct job *job)
{
	job->why = (struct fail){0};
	job->outcome = JOB_PENDING;
	job->by_run = false;
	job->folder = NULL;
	buf_clear(&job->to, 0);
}

/* Forget what has failed; returns whether a job of the batch relied on it. */
static bool
forget_failed(struct jobs *jobs, size_t i)
{
	struct job *failed = jobs_at(jobs, i);
	bool found = false;

	if (job_good(failed) || !failed->remembered)
		return false;
	failed->remembered = false;
	contents_forget(&jobs->p->contents, failed->have.bytes[DIGEST_XXH128]);
	for (size_t k = 0; k < jobs->n; k++) {
		if (relies_on(jobs_at(jobs, k), failed)) {
			reset(jobs_at(jobs, k));
			found = true;
		}
	}
	return found;
}

/* Forget what was taken for a job's content and is not; returns whether the job is to be decided anew. */
static bool
forget_rotten(struct jobs *jobs, size_t i)
{
	struct job *job = jobs_at(jobs, i);

	if (!job_good(job) || !job->rotten || job->outcome != JOB_PENDING)
		return false;
	if (job->have.mask & 1u << DIGEST_XXH128)
		contents_forget(&jobs->p->contents, job->have.bytes[DIGEST_XXH128]);
	reset(job);
	job->unread = false;
	buf_clear(&job->root, 0);
	return true;
}

bool
decide_again(struct jobs *jobs)
{
	bool found = false;
	struct fail why = {0};

	for (size_t i = 0; i < jobs->n; i++)
		found |= forget_failed(jobs, i) || forget_rotten(jobs, i);
	if (!found)
		return false;
	if (decide_batch(jobs, true, &why) == 0)
		return true;
	for (size_t i = 0; i < jobs->n; i++) {
		if (jobs_at(jobs, i)->outcome == JOB_PENDING)
			job_fail(jobs_at(jobs, i), &why);
	}
	return true;
}
