#include "place/remove/sources.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/pathname.h"
#include "file/io.h"
#include "place/commit/durable.h"
#include "place/mirror/mirrored.h"
#include "place/remove/together.h"

/* Whether a source is to be removed: it has been copied, or found in the library. */
static bool
wants_removal(const struct job *job)
{
	return job_good(job) && !job->removed && (job->outcome == JOB_PLACED || job_existed(job));
}

/* Why a source stays that need not even be looked at, or REASON_NONE. */
static enum reason
reason_to_keep(const struct job *job)
{
	if (job->packed)
		return REASON_ARCHIVE;
	if (job_existed(job) && job->in_library)
		return REASON_IN_LIBRARY;
	if (job_existed(job) && job->root.len > 0)
		return REASON_OTHER_LIBRARY;
	if (job->linked)
		return REASON_LINK;
	if (mirrors_lack(job))
		return REASON_MIRROR;
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
is_no_copy(const struct job *job, enum reason reason)
{
	return job_existed(job) &&
	       (reason == REASON_DIFFERS || reason == REASON_COPY_MISSING || reason == REASON_COPY_UNREADABLE);
}

static void
note_removal(struct jobs *jobs, size_t i, const struct removal *r)
{
	struct job *job = jobs_at(jobs, i);
	struct fail why;

	if (r->reason == REASON_NONE) {
		job->removed = true;
		job->verified = JOB_READBACK;
		return;
	}
	if (is_no_copy(job, r->reason)) {
		fail_set(&why, FAIL_VERIFY, "verify", "%s", r->message);
		durable_reject(jobs, i, &why);
	}
	if (job->outcome != JOB_PENDING)
		keep(job, r->reason, r->message);
}

/* What was not asked about keeps what it says. */
static void
note(struct jobs *jobs, size_t i, const struct together_file *f)
{
	struct job *job = jobs_at(jobs, i);
	struct fail why = {0};

	if (!wants_removal(job) || job->reason != REASON_NONE)
		return;
	if (f == NULL) {
		fail_nomem(&why);
		job_fail(job, &why);
	} else if (f->gone)
		keep(job, f->removal.reason, f->removal.message);
	else
		note_removal(jobs, i, &f->removal);
}

/* Why a job's source must not go, whatever its group says. */
static void
refuse(struct removal *r, const struct job *job)
{
	enum reason reason;

	if (!job_good(job)) {
		removal_refuse(r, REASON_UNREADABLE, job->why.message);
		return;
	}
	if (wants_removal(job) && job->reason == REASON_NONE)
		reason = reason_to_keep(job);
	else
		reason = job->reason != REASON_NONE ? job->reason : REASON_GROUP;
	if (reason != REASON_NONE)
		removal_refuse(r, reason, reason_text(reason));
}

static void
prepare(struct jobs *jobs, size_t i, struct together_file *f)
{
	struct job *job = jobs_at(jobs, i);

	if (job->reason == REASON_GROUP ||
	    job->reason == REASON_GROUP_UNKNOWN) { /* as it was before something was placed anew */
		job->reason = REASON_NONE;
		buf_clear(&job->message, 0);
	}
	f->rec = jobs->held[i];
	f->removal = (struct removal){.dirfd = jobs->p->dirfd,
	    .path = jobs->held[i]->path.p,
	    .noted = {true, true, (uint64_t)job->st.st_size, job->st.st_mtim},
	    .root = jobs->p->lib.fd,
	    .to = job->to.len > 0 ? job->to.p : NULL,
	    .durable = true};
	f->gone = job_good(job) &&
		  (job->removed || job->reason == REASON_GONE || (job->in_library && job->outcome != JOB_PLACED));
	f->beside = job_existed(job) && job->companion;
	refuse(&f->removal, job);
}

/* What stays in the library is where it belongs: that is no news. */
static void
tell(struct jobs *jobs, size_t i)
{
	struct job *job = jobs_at(jobs, i);
	const char *message = buf_cstr(&job->message);

	if (!job_good(job))
		return;
	if (job->removed)
		kept_tell(&jobs->p->kept, jobs->held[i], REASON_NONE, message);
	else if (wants_removal(job) && job->reason != REASON_IN_LIBRARY)
		kept_tell(&jobs->p->kept, jobs->held[i], job->reason, message);
}

/* The folder that a renamed file came from: flushed once for neighbours in the batch. */
static void
flush_old_folder(struct jobs *jobs, size_t i, struct slice *last)
{
	const char *path = jobs->held[i]->path.p;
	struct slice folder = pathname_folder(path);
	struct job *job = jobs_at(jobs, i);
	struct fail why = {0};
	int fd;

	if (!job_good(job) || job->how != JOB_RENAME || !job->removed)
		return;
	if (last->p != NULL && last->len == folder.len && memcmp(last->p, folder.p, folder.len) == 0)
		return;
	*last = folder;
	if ((fd = path_open_folder(jobs->p->dirfd, path)) == -1 || io_sync_folder(fd) == -1) {
		fail_errno(&why, "fsync", "the folder that it was moved from");
		job_fail(job, &why);
	}
	io_close(&fd);
}

void
sources_remove(struct jobs *jobs)
{
	struct together_file *files = calloc(jobs->n, sizeof(*files));

	for (size_t i = 0; i < jobs->n && files != NULL; i++)
		prepare(jobs, i, &files[i]);
	if (files != NULL)
		together_remove(&jobs->p->together, jobs->p->run, files, jobs->n);
	for (size_t i = 0; i < jobs->n; i++)
		note(jobs, i, files != NULL ? &files[i] : NULL);
	free(files);
}

void
sources_finish(struct jobs *jobs)
{
	struct slice last = {0};

	for (size_t i = 0; i < jobs->n; i++) {
		flush_old_folder(jobs, i, &last);
		tell(jobs, i);
	}
}
