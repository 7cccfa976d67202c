#include "place/commit/give.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/io.h"
#include "file/publish.h"
#include "place/stage/copy.h"

/* One name that is being given. */
struct gift {
	struct batch *b;
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
same_content(struct kit *kit, int fd, const struct job *job, struct fail *why)
{
	return fd != -1 && copy_check(kit, fd, (uint64_t)job->st.st_size, &job->have, NULL, why) == 0;
}

/*
 * The name of the source still leads to the file that was digested.  An edit may have kept size and mtime; ctime tells,
 * but changes also with another name of the file: then it is digested again.
 */
static int
check_source(struct gift *g)
{
	struct job *job = g->job;
	struct stat st;
	bool same;
	int fd;

	if (fstatat(g->p->dirfd, g->rec->path.p, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return fail_errno(g->why, "stat", "%s", "");
	if (!io_same_version(&st, &job->st))
		return changed(g->rec, "since it was read", g->why);
	if (io_same_time(&st.st_ctim, &job->st.st_ctim))
		return 0;
	fd = job_reopen(job, g->rec->path.p);
	same = same_content(g->b->kit, fd, job, g->why);
	io_close(&fd);
	return same ? 0 : changed(g->rec, "since it was read, and kept its time", g->why);
}

/* Whether what was just published is the file that was digested. */
static bool
is_ours(struct gift *g)
{
	struct stat st;

	return fstatat(g->to.dirfd, g->to.name, &st, AT_SYMLINK_NOFOLLOW) == 0 && job_same_file(&st, &g->job->st);
}

/* Some unions give a file that is renamed another number: then its content tells. */
static bool
holds_ours(struct gift *g)
{
	int fd = openat(g->to.dirfd, g->to.name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	bool same = same_content(g->b->kit, fd, g->job, g->why);

	io_close(&fd);
	return same;
}

static int
give_renamed(struct gift *g)
{
	struct publish_name from = {g->p->dirfd, g->rec->path.p};
	struct fail ignored;

	if (check_source(g) == -1 || publish_rename(from, g->to, g->p->o.weak_publish, g->why) == -1)
		return -1;
	if (is_ours(g) || holds_ours(g)) {
		g->job->removed = true;
		return 0;
	}
	publish_rename(g->to, from, false, &ignored); /* another file took its name: it goes back */
	return fail_set(g->why, FAIL_CHANGED, "rename", "replaced by another file while it was moved");
}

static int
give_hardlink(struct gift *g)
{
	struct publish_name from = {g->p->dirfd, g->rec->path.p};

	if (publish_hardlink(from, g->to, g->why) == -1)
		return -1;
	if (is_ours(g))
		return 0;
	unlinkat(g->to.dirfd, g->to.name, 0);
	return fail_set(g->why, FAIL_CHANGED, "link", "replaced by another file while it was linked");
}

static int
give(struct gift *g)
{
	struct publish_name temp = {g->job->temp.dirfd, g->job->temp.name};

	switch (g->job->how) {
	case JOB_RENAME:
		return give_renamed(g);
	case JOB_HARDLINK:
		return give_hardlink(g);
	case JOB_SYMLINK:
		return publish_symlink(g->job->link.p, g->to, g->why);
	default:
		return publish_rename(temp, g->to, g->p->o.weak_publish, g->why);
	}
}

/* ---- where a rename cannot reach ---- */

static int
fill_beside(struct gift *g, int from, struct temp *temp)
{
	struct job *job = g->job;
	struct digests got;
	bool to_failed, past_cache = false;
	uint64_t bytes;

	if (copy_bytes(g->b->kit, from, temp->fd, job->have.mask, &got, &bytes, &to_failed, g->why) == -1)
		return -1;
	if (!digest_equal(&got, &job->have))
		return fail_set(g->why, FAIL_CHANGED, "copy", "changed since it was read");
	job_keep_metadata(job, g->rec, from, temp->fd);
	if (fsync(temp->fd) == -1)
		return fail_errno(g->why, "fsync", "%s", "");
	if (!g->p->moves && !g->p->o.readback)
		return 0;
	if (copy_check(g->b->kit, temp->fd, bytes, &job->have, &past_cache, g->why) == -1)
		return -1;
	batch_verified(g->b, g->rec, past_cache);
	return 0;
}

/*
 * The rename would have crossed file systems, where nothing had said so before (bind mounts, unions): copy once more,
 * into the target's own folder.
 */
static int
copy_beside(struct gift *g)
{
	struct job *job = g->job;
	struct temp temp = TEMP_NONE;
	int from = job_reopen(job, g->rec->path.p), rc;

	if (from == -1)
		return fail_errno(g->why, "open", "%s", "");
	rc = temp_make(&temp, &g->b->kit->temps, &g->p->temps, g->folder->fd, g->folder->path, g->why);
	if (rc == 0)
		rc = fill_beside(g, from, &temp);
	io_close(&from);
	temp_drop(rc == 0 ? &job->temp : &temp);
	if (rc == -1)
		return -1;
	job->temp = temp;
	job->how = JOB_COPY;
	return 0;
}

static bool
crossed(const struct gift *g)
{
	return g->why->code == FAIL_SYSTEM && g->why->errnum == EXDEV && g->job->how != JOB_HARDLINK;
}

int
give_name(struct batch *b, struct rec *rec, const struct folder *folder, const char *name, struct fail *why)
{
	struct job *job = rec->data;
	struct place *p = b->p;
	struct gift g = {
	    .b = b, .p = p, .rec = rec, .job = job, .folder = folder, .to = {folder->fd, name}, .why = why};
	int rc = give(&g);

	if (rc == -1 && crossed(&g) && copy_beside(&g) == 0)
		rc = give(&g);
	if (rc == -1)
		return -1;
	temp_published(&job->temp);
	if (job->how == JOB_RENAME && p->o.mode != -1 && fchmodat(folder->fd, name, (mode_t)p->o.mode, 0) == -1)
		rec_warn(rec, p->o.tool, FAIL_KEEP, "not set on the file: mode: %s", strerror(errno));
	return 0;
}

/* ---- after the names ---- */

/* Back to where it came from, if that is free; else it stays in the library, and the record says where. */
static void
give_up_rename(struct job *job, const char *path, const char *name)
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
	struct batch *b = arg;
	struct rec *rec = b->held[i];
	struct job *job = rec->data;
	struct job_path at = job_split(&job->to);
	struct fail why = {0};
	struct kit *kit;
	int fd;

	if (!batch_good(job) || job->how != JOB_RENAME || !job->removed || job->want.mask == 0)
		return;
	if ((kit = kits_take(&b->p->kits, &why)) == NULL) {
		job_fail(job, &why);
		return;
	}
	fd = openat(job->folder->fd, at.name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	if (!same_content(kit, fd, job, &why)) {
		give_up_rename(job, rec->path.p, at.name);
		changed(rec, "while it was moved", &why);
		job_fail(job, &why);
	}
	io_close(&fd);
	kits_give(&b->p->kits, kit);
}

void
give_check_renamed(struct batch *b)
{
	if (b->p->moves)
		run_parallel(b->p->run, b->n, check_renamed, b);
}
