/*
 * The order is the promise:
 *
 *   contents durable -> read back -> [lock] names decided and published [unlock] -> twins durable -> folders durable
 *   -> twins read back -> moved sources removed
 *
 * A name appears only when the content behind it is durable, and a source goes only when name and content are.
 */
#include "place/settle.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "place/batch.h"
#include "place/decide.h"
#include "place/durable.h"
#include "run/io.h"

/* Why a source that was to be moved stays, or NULL.  Without a reason it has not been looked for. */
static const char *
reason_to_keep(const struct place *p, const struct rec *rec, const struct job *job)
{
	struct stat st;

	if (batch_has_twin(job) && job->in_library)
		return "it is in the library too";
	if (batch_has_twin(job) && job_same_file(&job->twin, &job->st))
		return "it and the library's file are one";
	if (job->have.mask == 0)
		return "its content was not read";
	if (job->linked)
		return "it is a symbolic link";
	if (job->verified != JOB_READBACK)
		return "the library's file could not be read back past the page cache";
	if (fstatat(p->dirfd, rec->path.p, &st, AT_SYMLINK_NOFOLLOW) == -1 || !io_same_version(&st, &job->st))
		return "it has changed since it was read";
	return NULL;
}

static void
remove_source(struct place *p, const struct rec *rec, struct job *job)
{
	struct fail why = {0};

	if (!batch_good(job) || job->removed || (job->outcome != JOB_PLACED && !batch_has_twin(job)))
		return;
	if ((job->reason = reason_to_keep(p, rec, job)) != NULL)
		return;
	if (unlinkat(p->dirfd, rec->path.p, 0) == 0) {
		job->removed = true;
	} else {
		fail_errno(&why, "unlink", "the source cannot be removed");
		job_fail(job, &why);
	}
}

/* The folder that a renamed file came from: flushed once for neighbours in the batch. */
static void
flush_old_folder(struct batch *b, size_t i, struct buf *last)
{
	const char *path = b->held[i]->path.p;
	size_t len = (size_t)(origin_name(path) - path);
	struct job *job = batch_job(b, i);
	struct fail why = {0};
	int fd = -1;

	if (!batch_good(job) || job->how != JOB_RENAME || !job->removed)
		return;
	if (last->len == len && len > 0 && memcmp(last->p, path, len) == 0)
		return;
	buf_clear(last, SIZE_MAX);
	if (buf_add(last, path, len) == -1)
		errno = ENOMEM;
	else
		fd = openat(b->p->dirfd, len > 0 ? buf_cstr(last) : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1 || tree_fsync(fd) == -1) {
		fail_errno(&why, "fsync", "the folder that it was moved from");
		job_fail(job, &why);
	}
	io_close(&fd);
}

static void
finish_moves(struct batch *b)
{
	struct buf last = {0};

	for (size_t i = 0; i < b->n; i++) {
		remove_source(b->p, b->held[i], batch_job(b, i));
		flush_old_folder(b, i, &last);
	}
	buf_fini(&last);
}

static int
decide_all(struct batch *b, struct fail *why)
{
	if (library_lock(&b->p->lib, why) == -1)
		return -1;
	for (size_t i = 0; i < b->n; i++)
		decide_job(b, i);
	library_unlock(&b->p->lib);
	return 0;
}

static int
settle(struct batch *b, struct fail *why)
{
	durable_contents(b);
	durable_readback(b);
	if (decide_all(b, why) == -1)
		return -1;
	durable_twins(b);
	durable_folders(b);
	durable_readback_twins(b);
	if (b->p->moves)
		finish_moves(b);
	return 0;
}

int
settle_batch(struct place *p, struct rec **held, size_t n, struct fail *why)
{
	struct batch b = {.p = p, .held = held, .n = n, .tree = {.root = p->lib.fd}};
	int rc;

	if ((b.kit = kits_take(&p->kits, why)) == NULL)
		return -1;
	rc = p->o.dry_run ? decide_all(&b, why) : settle(&b, why);
	for (size_t i = 0; i < n; i++)
		batch_job(&b, i)->folder = NULL;
	tree_close(&b.tree);
	kits_give(&p->kits, b.kit);
	return rc;
}
