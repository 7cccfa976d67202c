#include "place/commit/durable.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <unistd.h>

#include "file/io.h"
#include "place/stage/copy.h"

/* A pass over a batch on the pool. */
struct pass {
	struct jobs *jobs;
	atomic_bool batched; /* a file waits for the syncfs */
	bool alone;          /* the syncfs failed: only those that waited for it, each on its own */
};

static void
fail_library(struct job *job, const char *op)
{
	struct fail why = {0};

	fail_errno(&why, op, "%s", "");
	if (job->root.len == 0)
		place_library_failed(job->place, &why);
	job_fail(job, &why);
}

/* ---- unfinished files ---- */

static int
content_fd(const struct job *job)
{
	return job->source != -1 ? job->source : job->temp.fd;
}

/* Whether one syncfs on the library does for a file on this device. */
static bool
in_batch(const struct place *p, dev_t dev)
{
	return p->batches && dev == p->temps.dev;
}

static bool
content_in_batch(const struct job *job)
{
	return job->source != -1 ? in_batch(job->place, job->st.st_dev) : job->place->batches && !job->temp.beside;
}

static bool
wants_flush(const struct job *job)
{
	return job_good(job) && job->outcome == JOB_PENDING && !job->durable && content_fd(job) != -1;
}

/* Flush all: those of the library's device by one syncfs; where that fails, each file's own fsync says which it was. */
static void
flush_batch(struct jobs *jobs, void (*flush)(void *arg, size_t i))
{
	struct pass pass = {.jobs = jobs};

	run_parallel(jobs->p->run, jobs->n, flush, &pass);
	if (!atomic_load(&pass.batched) || syncfs(jobs->p->temps.tmp) == 0)
		return;
	pass.alone = true;
	run_parallel(jobs->p->run, jobs->n, flush, &pass);
}

static void
flush_content(void *arg, size_t i)
{
	struct pass *pass = arg;
	struct job *job = jobs_at(pass->jobs, i);
	bool batched = content_in_batch(job);

	if (!wants_flush(job) || (pass->alone && !batched))
		return;
	if ((batched && !pass->alone ? copy_end_flush(content_fd(job)) : fsync(content_fd(job))) == -1)
		fail_library(job, "fsync");
	else if (batched)
		atomic_store(&pass->batched, true);
}

void
durable_contents(struct jobs *jobs)
{
	flush_batch(jobs, flush_content);
}

/* ---- reading again ---- */

static int
check_fd(struct jobs *jobs, size_t i, int fd, struct fail *why)
{
	struct scratch *scratch = scratch_take(&jobs->p->scratch_pool, why);
	int rc;

	if (scratch == NULL)
		return -1;
	scratch->meter = &jobs->held[i]->meter;
	rc = job_read_back(jobs_at(jobs, i), jobs->held[i], scratch, fd, why);
	scratch_return(&jobs->p->scratch_pool, scratch);
	return rc;
}

static void
read_content(void *arg, size_t i)
{
	struct jobs *jobs = arg;
	struct job *job = jobs_at(jobs, i);
	int fd, reopened = -1;
	struct fail why = {0};

	if (!job_good(job) || job->outcome != JOB_PENDING || job->how == JOB_STAY || job->how == JOB_SYMLINK)
		return;
	if (!jobs->p->o.readback && !(jobs->p->moves && job->how != JOB_RENAME))
		return;
	if ((fd = content_fd(job)) == -1)
		fd = reopened = job_reopen(job, jobs->held[i]->path.p);
	if (fd == -1)
		fail_library(job, "open");
	else if (check_fd(jobs, i, fd, &why) == -1)
		job_fail(job, &why);
	io_close(&reopened);
}

void
durable_readback(struct jobs *jobs)
{
	if (jobs->p->o.readback || jobs->p->moves)
		run_parallel(jobs->p->run, jobs->n, read_content, jobs);
}

/* ---- files that were there before ---- */

/* A file system that cannot write has nothing to flush. */
static int
flush_file(int fd)
{
	int rc = fsync(fd);

	return rc == -1 && errno == EROFS ? 0 : rc;
}

static int
flush_existing_folder(const struct job *job)
{
	int fd = job_open_to(job, true), rc = fd == -1 ? -1 : io_sync_folder(fd);

	io_close(&fd);
	return rc;
}

static void
flush_existing(void *arg, size_t i)
{
	struct pass *pass = arg;
	struct job *job = jobs_at(pass->jobs, i);
	bool batched = in_batch(pass->jobs->p, job->existing.st_dev);
	int fd;

	if (!job_good(job) || !job_existed(job) || S_ISLNK(job->existing.st_mode) || (pass->alone && !batched))
		return;
	if ((fd = job_open_to(job, false)) == -1)
		fail_library(job, "open");
	else if ((batched && !pass->alone ? copy_end_flush(fd) : flush_file(fd)) == -1)
		fail_library(job, "fsync");
	else if (batched)
		atomic_store(&pass->batched, true);
	io_close(&fd);
	if (job_good(job) && !pass->alone && job->folder == NULL && flush_existing_folder(job) == -1)
		fail_library(job, "fsync");
}

static bool
any_existing(const struct jobs *jobs)
{
	for (size_t i = 0; i < jobs->n; i++) {
		if (job_good(jobs_at(jobs, i)) && job_existed(jobs_at(jobs, i)))
			return true;
	}
	return false;
}

void
durable_existing(struct jobs *jobs)
{
	if (any_existing(jobs))
		flush_batch(jobs, flush_existing);
}

void
durable_reject(struct jobs *jobs, size_t i, const struct fail *why)
{
	struct job *job = jobs_at(jobs, i);

	if (why->code != FAIL_VERIFY || job->rotten) {
		job_fail(job, why);
		return;
	}
	rec_warn(jobs->held[i], jobs->p->o.tool, FAIL_VERIFY,
	    "the library's copy of this file has changed or is damaged: %s", buf_cstr(&job->to));
	job->rotten = true;
	job->outcome = JOB_PENDING;
}

static void
read_existing(void *arg, size_t i)
{
	struct jobs *jobs = arg;
	struct job *job = jobs_at(jobs, i);
	struct fail why = {0};
	int fd;

	if (!job_good(job) || !job_existed(job) || S_ISLNK(job->existing.st_mode) || job->unread ||
	    (job->have.mask | job->want.mask) == 0)
		return;
	if ((fd = job_open_to(job, false)) == -1)
		fail_library(job, "open");
	else if (check_fd(jobs, i, fd, &why) == -1)
		durable_reject(jobs, i, &why);
	io_close(&fd);
}

void
durable_readback_existing(struct jobs *jobs)
{
	if (jobs->p->o.readback && any_existing(jobs))
		run_parallel(jobs->p->run, jobs->n, read_existing, jobs);
}

/* ---- folders ---- */

static void
flush_folder(void *arg, size_t i)
{
	struct jobs *jobs = arg;

	tree_flush(&jobs->tree, i);
}

void
durable_folders(struct jobs *jobs)
{
	run_parallel(jobs->p->run, jobs->tree.n, flush_folder, jobs);
	for (size_t i = 0; i < jobs->n; i++) {
		struct job *job = jobs_at(jobs, i);

		if (job_good(job) && job->folder != NULL && (errno = tree_error(job->folder)) != 0)
			fail_library(job, "fsync");
	}
}
