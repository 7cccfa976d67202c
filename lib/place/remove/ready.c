#include "place/remove/ready.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "file/io.h"
#include "place/remove/together.h"
#include "place/stage/stage.h"

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

void
ready_renames(struct jobs *jobs)
{
	struct together_file *files = calloc(jobs->n, sizeof(*files));

	for (size_t i = 0; i < jobs->n && files != NULL; i++)
		prepare(jobs, i, &files[i]);
	if (files != NULL)
		together_look(&jobs->p->together, jobs->p->run, files, jobs->n);
	for (size_t i = 0; i < jobs->n; i++)
		note(jobs, i, files != NULL ? &files[i] : NULL);
	free(files);
	run_parallel(jobs->p->run, jobs->n, copy_instead, jobs);
}
