#include "place/job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file/io.h"
#include "place/place-parts.h"
#include "place/stage/meta.h"

struct job *
job_new(struct place *p, struct fail *why)
{
	struct job *job = calloc(1, sizeof(*job));

	if (job == NULL) {
		fail_nomem(why);
		return NULL;
	}
	job->place = p;
	job->temp = (struct temp)TEMP_NONE;
	job->source = -1;
	return job;
}

void
job_free(struct job *job)
{
	if (job == NULL)
		return;
	temp_drop(&job->temp);
	io_close(&job->source);
	if (job->counted)
		atomic_fetch_sub(&job->place->nopen, 1);
	buf_fini(&job->target);
	buf_fini(&job->link);
	buf_fini(&job->to);
	buf_fini(&job->root);
	buf_fini(&job->message);
	free(job);
}

int
job_set_to(struct job *job, struct path to, struct fail *why)
{
	buf_clear(&job->to, SIZE_MAX);
	buf_add(&job->to, to.folder.p, to.folder.len);
	if (to.folder.len > 0)
		buf_addc(&job->to, '/');
	return buf_add(&job->to, to.name.p, to.name.len) == -1 ? fail_nomem(why) : 0;
}

void
job_keep_metadata(const struct job *job, struct rec *rec, int from, int to)
{
	const struct place_options *o = &job->place->o;
	struct buf lost = {0};

	meta_keep(from, &job->st, to, o->mode, &lost);
	if (lost.len > 0)
		rec_warn(rec, o->tool, FAIL_KEEP, "not kept on the copy: %s", lost.p);
	buf_fini(&lost);
}

bool
job_same_file(const struct stat *a, const struct stat *b)
{
	return io_same_file(a, b) ||
	       (a->st_ino == b->st_ino && a->st_size == b->st_size && io_same_time(&a->st_ctim, &b->st_ctim));
}

void
job_fail(struct job *job, const struct fail *why)
{
	if (job->why.code == FAIL_NONE)
		job->why = *why;
}

int
job_reopen(const struct job *job, const char *path)
{
	if (job->temp.dirfd != -1)
		return openat(job->temp.dirfd, job->temp.name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	return openat(job->place->dirfd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

int
job_hold_open(struct job *job, int *fd, struct fail *why)
{
	struct place *p = job->place;

	if (atomic_fetch_add(&p->nopen, 1) < p->open_max) {
		job->counted = true;
		return 0;
	}
	atomic_fetch_sub(&p->nopen, 1);
	if (fsync(*fd) == -1) {
		fail_errno(why, "fsync", "%s", "");
		return place_library_failed(p, why);
	}
	io_close(fd);
	job->durable = true;
	return 0;
}
