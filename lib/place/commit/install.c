#include "place/commit/install.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/io.h"
#include "file/publish.h"
#include "place/stage/copy.h"

/* One file that is being published. */
struct install {
	struct jobs *jobs;
	struct place *p;
	struct rec *rec;
	struct job *job;
	const struct folder *folder;
	struct publish_name to;
	struct fail *why;
};

/* What the record says of the content is not true any more. */
static int
changed(struct rec *rec, const char *when, struct fail *why)
{
	rec_drop(rec, "hash");
	return fail_set(why, FAIL_CHANGED, "rename", "changed %s", when);
}

static bool
same_content(struct scratch *scratch, int fd, const struct job *job, struct fail *why)
{
	return fd != -1 && job_check(job, scratch, fd, why) == 0;
}

/*
 * The name of the source still leads to the file that was digested.  An edit may have kept size and mtime; ctime tells,
 * but changes also with another name of the file: then it is digested again.
 */
static int
check_source(struct install *in)
{
	struct job *job = in->job;
	struct stat st;
	bool same;
	int fd;

	if (fstatat(in->p->dirfd, in->rec->path.p, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return fail_errno(in->why, "stat", "%s", "");
	if (!io_same_again(&st, &job->st))
		return changed(in->rec, "since it was read", in->why);
	if (io_same_time(&st.st_ctim, &job->st.st_ctim))
		return 0;
	fd = job_reopen(job, in->rec->path.p);
	same = same_content(in->jobs->scratch, fd, job, in->why);
	io_close(&fd);
	return same ? 0 : changed(in->rec, "since it was read, though its time is the same", in->why);
}

/* Whether what was just published is the file that was digested. */
static bool
is_ours(struct install *in)
{
	struct stat st;

	return fstatat(in->to.dirfd, in->to.name, &st, AT_SYMLINK_NOFOLLOW) == 0 && job_same_file(&st, &in->job->st);
}

/* Some unions give a file that is renamed another number: then its content tells. */
static bool
holds_ours(struct install *in)
{
	int fd = openat(in->to.dirfd, in->to.name, IO_OPEN_ITSELF);
	bool same = same_content(in->jobs->scratch, fd, in->job, in->why);

	io_close(&fd);
	return same;
}

static int
install_renamed(struct install *in)
{
	struct publish_name from = {in->p->dirfd, in->rec->path.p};
	struct fail ignored;

	if (check_source(in) == -1 || publish_rename(from, in->to, in->p->o.weak_publish, in->why) == -1)
		return -1;
	if (is_ours(in) || holds_ours(in)) {
		in->job->removed = true;
		return 0;
	}
	publish_rename(in->to, from, false, &ignored); /* another file took its name: it goes back */
	return fail_set(in->why, FAIL_CHANGED, "rename", "replaced by another file while it was moved");
}

static int
install_hardlink(struct install *in)
{
	struct publish_name from = {in->p->dirfd, in->rec->path.p};

	if (publish_hardlink(from, in->to, in->why) == -1)
		return -1;
	if (is_ours(in))
		return 0;
	unlinkat(in->to.dirfd, in->to.name, 0);
	return fail_set(in->why, FAIL_CHANGED, "link", "replaced by another file while it was linked");
}

static int
install(struct install *in)
{
	struct publish_name temp = {in->job->temp.dirfd, in->job->temp.name};

	switch (in->job->how) {
	case JOB_RENAME:
		return install_renamed(in);
	case JOB_HARDLINK:
		return install_hardlink(in);
	case JOB_SYMLINK:
		return publish_symlink(in->job->link.p, in->to, in->why);
	default:
		return publish_rename(temp, in->to, in->p->o.weak_publish, in->why);
	}
}

/* ---- where a rename cannot reach ---- */

static int
fill_beside(struct install *in, int from, struct temp *temp)
{
	struct job *job = in->job;
	struct copy_ends ends = {.from = from, .to = temp->fd};
	struct digested got;

	if (copy_bytes(in->jobs->scratch, &ends, job->have.mask, &got, in->why) == -1)
		return -1;
	if (!digest_equal(&got.digests, &job->have))
		return fail_set(in->why, FAIL_CHANGED, "copy", "changed since it was read");
	job_keep_metadata(job, in->rec, from, temp->fd);
	if (fsync(temp->fd) == -1)
		return fail_errno(in->why, "fsync", "%s", "");
	if (!in->p->moves && !in->p->o.readback)
		return 0;
	return job_read_back(job, in->rec, in->jobs->scratch, temp->fd, in->why);
}

/*
 * The rename would have crossed file systems, where nothing had said so before (bind mounts, unions): copy once more,
 * into the target's own folder.
 */
static int
copy_beside(struct install *in)
{
	struct job *job = in->job;
	const struct temps_beside beside = {in->folder->fd, in->folder->path};
	struct temp temp = TEMP_NONE;
	int from = job_reopen(job, in->rec->path.p), rc;

	if (from == -1)
		return fail_errno(in->why, "open", "%s", "");
	rc = temp_make(&temp, &in->jobs->scratch->temps, &in->p->temps, &beside, in->why);
	if (rc == 0)
		rc = fill_beside(in, from, &temp);
	io_close(&from);
	temp_drop(rc == 0 ? &job->temp : &temp);
	if (rc == -1)
		return -1;
	job->temp = temp;
	job->how = JOB_COPY;
	return 0;
}

static bool
crossed(const struct install *in)
{
	return in->why->code == FAIL_SYSTEM && in->why->errnum == EXDEV && in->job->how != JOB_HARDLINK;
}

int
install_file(struct jobs *jobs, struct rec *rec, const struct folder *folder, const char *name, struct fail *why)
{
	struct job *job = jobs_of(jobs, rec);
	struct place *p = jobs->p;
	struct install in = {
	    .jobs = jobs, .p = p, .rec = rec, .job = job, .folder = folder, .to = {folder->fd, name}, .why = why};
	int rc = install(&in);

	if (rc == -1 && crossed(&in) && copy_beside(&in) == 0)
		rc = install(&in);
	if (rc == -1)
		return -1;
	temp_published(&job->temp);
	if (job->how == JOB_RENAME && p->o.mode != -1 && fchmodat(folder->fd, name, (mode_t)p->o.mode, 0) == -1)
		rec_warn(rec, p->o.tool, FAIL_KEEP, "cannot set the file's mode: %s", strerror(errno));
	return 0;
}

/* ---- after the names ---- */

/* Back to where it came from, if that is free; else it stays in the library, and the record says where. */
static void
undo_rename(struct job *job, const char *path, const char *name)
{
	struct publish_name from = {job->folder->fd, name}, to = {job->place->dirfd, path};
	struct fail ignored;

	if (publish_rename(from, to, false, &ignored) == -1)
		return;
	job->removed = false;
	job->outcome = JOB_PENDING;
}

/* Renaming changes ctime, as an edit does: only the content tells what happened in that moment. */
static void
check_renamed(void *arg, size_t i)
{
	struct jobs *jobs = arg;
	struct rec *rec = jobs->held[i];
	struct job *job = jobs_of(jobs, rec);
	struct path at = path_split(buf_cstr(&job->to));
	struct fail why = {0};
	struct scratch *scratch;
	int fd;

	if (!job_good(job) || job->how != JOB_RENAME || !job->removed || job->want.mask == 0)
		return;
	if ((scratch = scratch_take(&jobs->p->scratch_pool, &why)) == NULL) {
		job_fail(job, &why);
		return;
	}
	fd = openat(job->folder->fd, at.name.p, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (!same_content(scratch, fd, job, &why)) {
		undo_rename(job, rec->path.p, at.name.p);
		changed(rec, "while it was moved", &why);
		job_fail(job, &why);
	}
	io_close(&fd);
	scratch_return(&jobs->p->scratch_pool, scratch);
}

void
install_check_renamed(struct jobs *jobs)
{
	if (jobs->p->moves)
		run_parallel(jobs->p->run, jobs->n, check_renamed, jobs);
}
