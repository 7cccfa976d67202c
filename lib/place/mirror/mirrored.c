#include "place/mirror/mirrored.h"

#include "place/commit/commit.h"
#include "place/mirror/fill.h"

/* ---- under its lock ---- */

/* Whether the library, or a mirror, has the job's content by now. */
static bool
has_it(const struct job *job)
{
	return job_good(job) && (job->outcome == JOB_PLACED || job_existed(job));
}

static int
aim(struct job *job, struct fail *why)
{
	const struct job *main = job->main;

	if (!has_it(main)) {
		job->outcome = JOB_SKIPPED;
		return 0;
	}
	if (job->have.mask == 0)
		job->have = main->have.mask != 0 ? main->have : main->want;
	return fill_target(job, why);
}

static void
commit_mirror(const struct jobs *jobs, size_t mirror)
{
	struct jobs theirs = {.p = jobs->p->mirrors[mirror - 1], .held = jobs->held, .n = jobs->n, .mirror = mirror};
	struct fail why = {0};

	for (size_t i = 0; i < theirs.n; i++) {
		if (job_good(jobs_at(&theirs, i)) && aim(jobs_at(&theirs, i), &why) == -1)
			job_fail(jobs_at(&theirs, i), &why);
	}
	if (commit_batch(&theirs, &why) == 0)
		return;
	for (size_t i = 0; i < theirs.n; i++)
		job_fail(jobs_at(&theirs, i), &why);
}

void
mirrors_commit(struct jobs *jobs)
{
	for (size_t mirror = 1; mirror <= jobs->p->nmirrors; mirror++)
		commit_mirror(jobs, mirror);
}

/* ---- afterwards ---- */

bool
mirrors_lack(const struct job *job)
{
	for (size_t i = 0; job->mirrors != NULL && i < job->place->nmirrors; i++) {
		const struct job *mirror = job->mirrors[i];

		if (!has_it(mirror) || (job_existed(mirror) && job_same_file(&mirror->existing, &job->st)))
			return true;
	}
	return false;
}

static const char *
why_not(const struct job *job)
{
	if (!job_good(job))
		return job->why.message;
	return job->message.len > 0 ? buf_cstr(&job->message) : reason_text(job->reason);
}

static void
tell(struct place *mirror, struct rec *rec, const char *why)
{
	bool told = mirror->nlacking++ < RUN_LINES_MAX;
	struct buf line = {0};

	buf_addf(&line, "not in the mirror %s: %s", mirror->o.root, why);
	rec_warn(rec, mirror->o.tool, FAIL_MIRROR, "%s", buf_cstr(&line));
	run_unfinished(mirror->run, rec, told ? buf_cstr(&line) : NULL);
	buf_fini(&line);
}

void
mirrors_tell(struct place *p, struct rec *rec, const struct job *job)
{
	if (job->mirrors == NULL || !has_it(job))
		return;
	for (size_t i = 0; i < p->nmirrors; i++) {
		if (!has_it(job->mirrors[i]))
			tell(p->mirrors[i], rec, why_not(job->mirrors[i]));
	}
}

void
mirrors_summary(const struct place *p)
{
	for (size_t i = 0; i < p->nmirrors; i++) {
		const struct place *mirror = p->mirrors[i];

		if (mirror->nlacking > RUN_LINES_MAX)
			run_note(p->run, "not in the mirror %s: %zu files in all", mirror->o.root, mirror->nlacking);
	}
}
