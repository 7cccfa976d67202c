#include "place/job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file/io.h"
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
	if (job->kept)
		atomic_fetch_sub(&job->place->kept, 1);
	buf_fini(&job->target);
	buf_fini(&job->link);
	buf_fini(&job->to);
	buf_fini(&job->root);
	buf_fini(&job->message);
	free(job);
}

struct job_path
job_split(const struct buf *path)
{
	const char *text = buf_cstr(path), *slash = strrchr(text, '/');
	size_t len = slash != NULL ? (size_t)(slash - text) : 0;
	const char *name = slash != NULL ? slash + 1 : text;

	return (struct job_path){{text, len}, name, path->len - (size_t)(name - text)};
}

int
job_set_to(struct job *job, struct slice folder, const struct buf *name, struct fail *why)
{
	buf_clear(&job->to, SIZE_MAX);
	buf_add(&job->to, folder.p, folder.len);
	if (folder.len > 0)
		buf_addc(&job->to, '/');
	return buf_add(&job->to, name->p, name->len) == -1 ? fail_nomem(why) : 0;
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

static bool
is_the_end(struct place *p, const struct fail *why)
{
	if (why->code != FAIL_SYSTEM)
		return false;
	switch (why->errnum) {
	case ENOSPC:
	case EDQUOT:
	case EROFS:
	case EIO:
	case ESTALE:
	case ENODEV:
	case ENOTCONN:
		return true;
	case ENOENT:
		return library_gone(&p->lib);
	default:
		return false;
	}
}

int
job_library_failed(struct place *p, const struct fail *why)
{
	struct fail end = {0};

	if (!is_the_end(p, why))
		return -1;
	errno = why->errnum;
	if (why->errnum == ENOENT)
		fail_errno(&end, why->op, "the library %s has gone", p->lib.name);
	else
		fail_errno(&end, why->op, "the library %s takes nothing more", p->lib.name);
	pthread_mutex_lock(&p->lock);
	if (p->broken.code == FAIL_NONE)
		p->broken = end;
	pthread_mutex_unlock(&p->lock);
	run_stop(p->run, &end);
	return -1;
}

bool
job_library_broken(struct place *p, struct fail *why)
{
	bool broken;

	pthread_mutex_lock(&p->lock);
	if ((broken = p->broken.code != FAIL_NONE))
		*why = p->broken;
	pthread_mutex_unlock(&p->lock);
	return broken;
}

int
job_reopen(const struct job *job, const char *path)
{
	if (job->temp.dirfd != -1)
		return openat(job->temp.dirfd, job->temp.name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	return openat(job->place->dirfd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

int
job_keep(struct job *job, int *fd, struct fail *why)
{
	struct place *p = job->place;

	if (atomic_fetch_add(&p->kept, 1) < p->keep_max) {
		job->kept = true;
		return 0;
	}
	atomic_fetch_sub(&p->kept, 1);
	if (fsync(*fd) == -1) {
		fail_errno(why, "fsync", "%s", "");
		return job_library_failed(p, why);
	}
	io_close(fd);
	job->durable = true;
	return 0;
}
