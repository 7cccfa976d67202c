#include "place/commit/durable.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <unistd.h>

#include "file/beneath.h"
#include "file/io.h"
#include "place/stage/copy.h"

/* A pass over a batch on the pool. */
struct pass {
	struct batch *b;
	atomic_bool batched; /* a file waits for the syncfs */
};

static void
fail_library(struct job *job, const char *op)
{
	struct fail why = {0};

	fail_errno(&why, op, "%s", "");
	if (job->root.len == 0)
		job_library_failed(job->place, &why);
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
	return batch_good(job) && job->outcome == JOB_PENDING && !job->durable && content_fd(job) != -1;
}

static void
flush_content(void *arg, size_t i)
{
	struct pass *pass = arg;
	struct job *job = batch_job(pass->b, i);
	bool batched = content_in_batch(job);

	if (!wants_flush(job))
		return;
	if ((batched ? copy_end_flush(content_fd(job)) : fsync(content_fd(job))) == -1)
		fail_library(job, "fsync");
	else if (batched)
		atomic_store(&pass->batched, true);
}

/* The syncfs failed: which file it was, each file's own fsync says. */
static void
flush_alone(void *arg, size_t i)
{
	struct pass *pass = arg;
	struct job *job = batch_job(pass->b, i);

	if (wants_flush(job) && content_in_batch(job) && fsync(content_fd(job)) == -1)
		fail_library(job, "fsync");
}

void
durable_contents(struct batch *b)
{
	struct pass pass = {.b = b};

	run_parallel(b->p->run, b->n, flush_content, &pass);
	if (atomic_load(&pass.batched) && syncfs(b->p->temps.tmp) == -1)
		run_parallel(b->p->run, b->n, flush_alone, &pass);
}

/* ---- reading again ---- */

static int
check_fd(struct batch *b, size_t i, int fd, const struct digests *content, struct fail *why)
{
	struct job *job = batch_job(b, i);
	struct kit *kit = kits_take(&b->p->kits, why);
	bool past_cache;
	int rc;

	if (kit == NULL)
		return -1;
	if ((rc = copy_check(kit, fd, (uint64_t)job->st.st_size, content, &past_cache, why)) == 0)
		batch_verified(b, b->held[i], past_cache);
	kits_give(&b->p->kits, kit);
	return rc;
}

static void
read_content(void *arg, size_t i)
{
	struct batch *b = arg;
	struct job *job = batch_job(b, i);
	int fd, reopened = -1;
	struct fail why = {0};

	if (!batch_good(job) || job->outcome != JOB_PENDING || job->how == JOB_STAY || job->how == JOB_SYMLINK)
		return;
	if (!b->p->o.readback && !(b->p->moves && job->how != JOB_RENAME))
		return;
	if ((fd = content_fd(job)) == -1)
		fd = reopened = job_reopen(job, b->held[i]->path.p);
	if (fd == -1)
		fail_library(job, "open");
	else if (check_fd(b, i, fd, &job->have, &why) == -1)
		job_fail(job, &why);
	io_close(&reopened);
}

void
durable_readback(struct batch *b)
{
	if (b->p->o.readback || b->p->moves)
		run_parallel(b->p->run, b->n, read_content, b);
}

/* ---- twins ---- */

static int
open_twin_root(const struct job *job)
{
	if (job->root.len == 0)
		return beneath_open(job->place->lib.fd, "", O_PATH | O_DIRECTORY);
	return openat(job->place->dirfd, job->root.p, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* Open the file at job->to, or the folder that it is in. */
static int
open_twin(const struct job *job, bool folder)
{
	struct job_path at = job_split(&job->to);
	struct buf path = {0};
	int root = open_twin_root(job), fd = -1;

	if (root == -1)
		return -1;
	if (!folder)
		fd = beneath_open(root, job->to.p, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
	else if (buf_add(&path, at.folder.p, at.folder.len) == 0)
		fd = beneath_open(root, buf_cstr(&path), O_RDONLY | O_DIRECTORY);
	buf_fini(&path);
	io_close(&root);
	return fd;
}

/* A file system that cannot write has nothing to flush. */
static int
flush_file(int fd)
{
	int rc = fsync(fd);

	return rc == -1 && errno == EROFS ? 0 : rc;
}

static int
flush_twin_folder(const struct job *job)
{
	int fd = open_twin(job, true), rc;

	if (fd == -1)
		return -1;
	rc = io_sync_folder(fd);
	io_close(&fd);
	return rc;
}

static void
flush_twin(void *arg, size_t i)
{
	struct pass *pass = arg;
	struct job *job = batch_job(pass->b, i);
	struct place *p = pass->b->p;
	bool batched = in_batch(p, job->twin.st_dev);
	int fd;

	if (!batch_good(job) || !batch_has_twin(job) || S_ISLNK(job->twin.st_mode))
		return;
	if ((fd = open_twin(job, false)) == -1)
		fail_library(job, "open");
	else if ((batched ? copy_end_flush(fd) : flush_file(fd)) == -1)
		fail_library(job, "fsync");
	else if (batched)
		atomic_store(&pass->batched, true);
	io_close(&fd);
	if (batch_good(job) && job->folder == NULL && flush_twin_folder(job) == -1)
		fail_library(job, "fsync");
}

static void
flush_twin_alone(void *arg, size_t i)
{
	struct pass *pass = arg;
	struct job *job = batch_job(pass->b, i);
	int fd;

	if (!batch_good(job) || !batch_has_twin(job) || !in_batch(pass->b->p, job->twin.st_dev))
		return;
	if ((fd = open_twin(job, false)) == -1 || flush_file(fd) == -1)
		fail_library(job, "fsync");
	io_close(&fd);
}

static bool
any_twin(const struct batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		if (batch_good(batch_job(b, i)) && batch_has_twin(batch_job(b, i)))
			return true;
	}
	return false;
}

void
durable_twins(struct batch *b)
{
	struct pass pass = {.b = b};

	if (!any_twin(b))
		return;
	run_parallel(b->p->run, b->n, flush_twin, &pass);
	if (atomic_load(&pass.batched) && syncfs(b->p->temps.tmp) == -1)
		run_parallel(b->p->run, b->n, flush_twin_alone, &pass);
}

void
batch_reject_twin(struct batch *b, size_t i, const struct fail *why)
{
	struct job *job = batch_job(b, i);

	if (why->code != FAIL_VERIFY || job->rotten) {
		job_fail(job, why);
		return;
	}
	rec_warn(b->held[i], b->p->o.tool, FAIL_VERIFY, "the library's file of this content has another now: %s",
	    buf_cstr(&job->to));
	job->rotten = true;
	job->outcome = JOB_PENDING;
}

static void
read_twin(void *arg, size_t i)
{
	struct batch *b = arg;
	struct job *job = batch_job(b, i);
	const struct digests *content = job->have.mask != 0 ? &job->have : &job->want;
	struct fail why = {0};
	int fd;

	if (!batch_good(job) || !batch_has_twin(job) || S_ISLNK(job->twin.st_mode) || job->unread || content->mask == 0)
		return;
	if ((fd = open_twin(job, false)) == -1)
		fail_library(job, "open");
	else if (check_fd(b, i, fd, content, &why) == -1)
		batch_reject_twin(b, i, &why);
	io_close(&fd);
}

void
durable_readback_twins(struct batch *b)
{
	if (b->p->o.readback && any_twin(b))
		run_parallel(b->p->run, b->n, read_twin, b);
}

/* ---- folders ---- */

static void
flush_folder(void *arg, size_t i)
{
	struct batch *b = arg;

	tree_flush(&b->tree, i);
}

void
durable_folders(struct batch *b)
{
	run_parallel(b->p->run, b->tree.n, flush_folder, b);
	for (size_t i = 0; i < b->n; i++) {
		struct job *job = batch_job(b, i);

		if (batch_good(job) && job->folder != NULL && (errno = tree_error(job->folder)) != 0)
			fail_library(job, "fsync");
	}
}
