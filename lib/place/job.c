#include "place/job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file/beneath.h"
#include "file/io.h"
#include "place/place-parts.h"
#include "place/stage/copy.h"
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
	for (size_t i = 0; job->mirrors != NULL && i < job->place->nmirrors; i++)
		job_free(job->mirrors[i]);
	free(job->mirrors);
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

static struct digested
content_of(const struct job *job)
{
	return (struct digested){(uint64_t)job->st.st_size, job->have.mask != 0 ? job->have : job->want};
}

int
job_check(const struct job *job, struct scratch *scratch, int fd, struct fail *why)
{
	const struct digested content = content_of(job);

	return copy_check(scratch, fd, &content, NULL, why);
}

int
job_read_back(struct job *job, struct rec *rec, struct scratch *scratch, int fd, struct fail *why)
{
	const struct digested content = content_of(job);
	bool past_cache;

	if (copy_check(scratch, fd, &content, &past_cache, why) == -1)
		return -1;
	job->verified = past_cache ? JOB_READBACK : JOB_STREAM;
	if (!past_cache)
		rec_warn(rec, job->place->o.tool, FAIL_READBACK,
		    "read back from memory, not from the disk: the system kept the file in its cache");
	return 0;
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
job_flush(struct job *job, int fd, struct fail *why)
{
	if (fsync(fd) == -1) {
		fail_errno(why, "fsync", "%s", "");
		return place_library_failed(job->place, why);
	}
	job->durable = true;
	return 0;
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
	if (job_flush(job, *fd, why) == -1)
		return -1;
	io_close(fd);
	return 0;
}

int
job_make_temp(struct job *job, struct scratch *scratch, struct fail *why)
{
	const struct temps *temps = &job->place->temps;
	const struct temps_beside beside = {scratch->near.fd, scratch->near.path.p};

	return temp_make(&job->temp, &scratch->temps, temps, scratch->near.dev != temps->dev ? &beside : NULL, why);
}

static int
open_root(const struct job *job)
{
	if (job->root.len == 0)
		return beneath_open(job->place->lib.fd, "", O_PATH | O_DIRECTORY);
	return openat(job->place->dirfd, job->root.p, O_PATH | O_DIRECTORY | O_CLOEXEC);
}

int
job_open_to(const struct job *job, bool folder)
{
	const char *to = buf_cstr(&job->to);
	int root = open_root(job), fd;

	if (root == -1)
		return -1;
	fd = folder ? path_open_folder_beneath(root, to) : beneath_open(root, to, IO_OPEN_ITSELF);
	io_close(&root);
	return fd;
}
