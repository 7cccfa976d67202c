#include "place/remove/ready.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "file/io.h"
#include "place/remove/together.h"
#include "place/stage/stage.h"

#define WAIT_MAX 64 /* records at the end of a batch, so that descriptors and unfinished files do not heap up */

static void
prepare(const struct jobs *jobs, size_t i, struct together_file *f)
{
	const struct job *job = jobs_at(jobs, i);

	f->rec = jobs->held[i];
	f->removal.dirfd = jobs->p->dirfd;
	f->removal.path = jobs->held[i]->path.p;
	if (!job_good(job) || job->outcome != JOB_PENDING)
		f->removal.reason = REASON_GROUP;
}

static void
let_go_of_source(struct job *job)
{
	io_close(&job->source);
	if (job->counted)
		atomic_fetch_sub(&job->place->nopen, 1);
	job->counted = false;
	job->durable = false;
}

static void
copy_instead(void *arg, size_t i)
{
	struct jobs *jobs = arg;
	struct job *job = jobs_at(jobs, i);
	struct scratch *scratch;
	struct fail why = {0};

	if (!job->parted || !job_good(job) || job->outcome != JOB_PENDING || job->how != JOB_RENAME)
		return;
	let_go_of_source(job);
	if ((scratch = scratch_take(&jobs->p->scratch_pool, &why)) == NULL ||
	    stage_again(jobs->p, scratch, job, jobs->held[i], &why) == -1)
		job_fail(job, &why);
	if (scratch != NULL)
		scratch_return(&jobs->p->scratch_pool, scratch);
}

static void
note(struct jobs *jobs, size_t i, const struct together_file *f)
{
	struct job *job = jobs_at(jobs, i);

	job->parted = !job->in_library && (f == NULL || !f->whole);
}

/* The first of the last jobs that waits for others, and has not done so before. */
static size_t
first_to_wait(const struct jobs *jobs, const struct together_file *files)
{
	size_t i = jobs->n > WAIT_MAX ? jobs->n - WAIT_MAX : 0;

	if (!run_may_wait(jobs->p->run))
		return jobs->n;
	while (i < jobs->n && (!files[i].waits || jobs->held[i]->waited || jobs_at(jobs, i)->in_library))
		i++;
	return i;
}

size_t
ready_renames(struct jobs *jobs)
{
	size_t n = jobs->n;
	struct together_file *files = calloc(jobs->n, sizeof(*files));

	for (size_t i = 0; i < jobs->n && files != NULL; i++)
		prepare(jobs, i, &files[i]);
	if (files != NULL) {
		together_look(&jobs->p->together, jobs->p->run, files, jobs->n);
		n = first_to_wait(jobs, files);
	}
	for (size_t i = n; i < jobs->n; i++)
		jobs->held[i]->waits = true;
	for (size_t i = 0; i < n; i++)
		note(jobs, i, files != NULL ? &files[i] : NULL);
	free(files);
	run_parallel(jobs->p->run, n, copy_instead, jobs);
	return n;
}
