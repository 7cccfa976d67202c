/*
 * The order is the promise:
 *
 *   contents durable -> read back -> [lock] names decided and published [unlock] -> twins durable -> folders durable
 *   -> what was renamed digested again, twins read back -> moved sources compared and removed
 *
 * A name appears only when the content behind it is durable, and a source goes only when name and content are.
 */
#include "place/settle.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "file/io.h"
#include "place/batch.h"
#include "place/decide.h"
#include "place/durable.h"
#include "place/give.h"
#include "place/removal.h"

/* ---- removing sources ---- */

/* Whether a source is to be removed: it has been copied, or found in the library. */
static bool
wants_removal(const struct job *job)
{
	return batch_good(job) && !job->removed && (job->outcome == JOB_PLACED || batch_has_twin(job));
}

/* Why a source stays that need not even be looked at, or REASON_NONE. */
static enum reason
reason_to_keep(const struct job *job)
{
	if (batch_has_twin(job) && job->in_library)
		return REASON_IN_LIBRARY;
	if (batch_has_twin(job) && job->companion)
		return REASON_COMPANION;
	if (batch_has_twin(job) && job->root.len > 0)
		return REASON_OTHER_LIBRARY;
	if (job->linked)
		return REASON_LINK;
	if (job->outcome == JOB_PLACED && job->verified != JOB_READBACK)
		return REASON_NOT_READ_BACK;
	return REASON_NONE;
}

static void
keep(struct job *job, enum reason reason, const char *message)
{
	struct fail why;

	job->reason = reason;
	if (buf_adds(&job->message, message) == -1) {
		fail_nomem(&why);
		job_fail(job, &why);
	}
}

/* What was taken for the same content is not: then the file is nowhere in the library. */
static bool
is_no_twin(const struct job *job, enum reason reason)
{
	return batch_has_twin(job) &&
	       (reason == REASON_DIFFERS || reason == REASON_COPY_MISSING || reason == REASON_COPY_UNREADABLE);
}

static void
note_removal(struct batch *b, size_t i, const struct removal *r)
{
	struct job *job = batch_job(b, i);
	struct fail why;

	if (r->reason == REASON_NONE) {
		job->removed = true;
		job->verified = JOB_READBACK;
		return;
	}
	if (is_no_twin(job, r->reason)) {
		fail_set(&why, FAIL_VERIFY, "verify", "%s", r->message);
		batch_reject_twin(b, i, &why);
	}
	if (job->outcome != JOB_PENDING)
		keep(job, r->reason, r->message);
}

static void
remove_source(void *arg, size_t i)
{
	struct batch *b = arg;
	struct job *job = batch_job(b, i);
	struct removal r = {.dirfd = b->p->dirfd,
	    .path = b->held[i]->path.p,
	    .noted = {true, true, (uint64_t)job->st.st_size, job->st.st_mtim},
	    .root = b->p->lib.fd,
	    .to = job->to.p,
	    .durable = true};
	enum reason reason;

	if (!wants_removal(job) || job->reason != REASON_NONE)
		return;
	if ((reason = reason_to_keep(job)) != REASON_NONE) {
		keep(job, reason, reason_text(reason));
		return;
	}
	removal_do(&r, &b->p->kits);
	note_removal(b, i, &r);
}

/* What stays in the library is where it belongs: that is no news. */
static void
tell(struct batch *b, size_t i)
{
	struct job *job = batch_job(b, i);
	const char *message = buf_cstr(&job->message);

	if (!batch_good(job))
		return;
	if (job->removed)
		kept_tell(&b->p->kept_sources, b->held[i], REASON_NONE, message);
	else if (wants_removal(job) && job->reason != REASON_IN_LIBRARY)
		kept_tell(&b->p->kept_sources, b->held[i], job->reason, message);
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
	if (fd == -1 || io_sync_folder(fd) == -1) {
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
		flush_old_folder(b, i, &last);
		tell(b, i);
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

static void
settle_names(struct batch *b)
{
	do {
		durable_twins(b);
		durable_folders(b);
		durable_readback_twins(b);
		give_check_renamed(b);
	} while (decide_again(b));
}

/* What turns out to be nowhere else is placed, and then its source is looked at again. */
static void
remove_sources(struct batch *b)
{
	run_parallel(b->p->run, b->n, remove_source, b);
	if (!decide_again(b))
		return;
	settle_names(b);
	run_parallel(b->p->run, b->n, remove_source, b);
}

static int
settle(struct batch *b, struct fail *why)
{
	durable_contents(b);
	durable_readback(b);
	if (decide_all(b, why) == -1)
		return -1;
	settle_names(b);
	if (b->p->moves) {
		remove_sources(b);
		finish_moves(b);
	}
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
