/*
 * What a file may be called is a series: NAME, STEM-1.EXT, STEM-2.EXT … .  The first name of it that is free is
 * taken, unless one before it holds the same content already.  Publishing never replaces anything, so the lock is not
 * what makes this safe: it makes the answers of two processes at once as good as those of one after the other.
 *
 * A group of files that belong together would claim one number of the series for all its members: that is a loop
 * over members inside the loop over numbers in choose_name().
 */
#include "place/decide.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "place/copy.h"
#include "place/match.h"
#include "place/meta.h"
#include "place/series.h"
#include "place/publish.h"
#include "run/io.h"

/* A job while it is decided, and the name that is being tried. */
struct choice {
	struct batch *b;
	struct place *p;
	struct rec *rec;
	struct job *job;
	struct job_path at;    /* of job->target */
	struct folder *folder; /* NULL while it does not exist */
	struct buf name;
	struct fail *why;
};

/* ---- what is known of this run ---- */

static int
set_to(struct choice *c, struct slice folder, const char *name, size_t len)
{
	struct buf *to = &c->job->to;

	buf_clear(to, SIZE_MAX);
	buf_add(to, folder.p, folder.len);
	if (folder.len > 0)
		buf_addc(to, '/');
	return buf_add(to, name, len) == -1 ? fail_nomem(c->why) : 0;
}

/* Later records learn where this content is.  The record itself is fine without that; the run is not. */
static void
remember(struct choice *c)
{
	struct job *job = c->job;
	struct fail why = {0};

	if (job->have.mask & 1u << DIGEST_XXH128 &&
	    twins_put(&c->p->twins, job->have.bytes[DIGEST_XXH128], job->to.p, job->to.len, &why) == -1)
		run_stop(c->p->run, &why);
}

/* The file at job->to is part of this job's promise: its folder joins the batch's flush. */
static int
touch_folder(struct choice *c)
{
	c->job->folder = tree_open(&c->b->tree, job_split(&c->job->to).folder, false, c->why);
	if (c->job->folder == NULL)
		return -1;
	tree_touch(c->job->folder);
	return 0;
}

/* Whether what was remembered at job->to is still there. */
static bool
still_there(struct choice *c)
{
	struct job_path at = job_split(&c->job->to);
	struct folder *folder;
	struct stat *st = &c->job->twin;
	struct fail ignored;

	if (c->p->o.dry_run)
		return true;
	folder = tree_open(&c->b->tree, at.folder, false, &ignored);
	if (folder == NULL || fstatat(folder->fd, at.name, st, AT_SYMLINK_NOFOLLOW) == -1)
		return false;
	if (S_ISLNK(st->st_mode))
		return c->job->how == JOB_SYMLINK;
	return S_ISREG(st->st_mode) && st->st_size == c->job->st.st_size;
}

/* Whether this run has seen the content; then the outcome is set.  Returns 1, 0 or -1. */
static int
find_twin(struct choice *c)
{
	struct job *job = c->job;
	struct job_path twin;
	bool series;

	if (twins_find(&c->p->twins, job->have.bytes[DIGEST_XXH128], &job->to, c->why) == -1)
		return -1;
	if (job->to.len == 0 || !still_there(c))
		return 0;
	twin = job_split(&job->to);
	series = twin.folder.len == c->at.folder.len && memcmp(twin.folder.p, c->at.folder.p, twin.folder.len) == 0 &&
		 series_has(c->at.name, c->at.len, c->p->lib.name_max, twin.name, twin.len);
	job->outcome = series ? JOB_EXISTS : JOB_DUPLICATE;
	return !c->p->o.dry_run && touch_folder(c) == -1 ? -1 : 1;
}

/* ---- names that a dry run has given away ---- */

static int
claim_key(struct choice *c, uint8_t key[TWINS_KEY])
{
	struct digest *d = c->b->kit->digest;
	struct digests out;

	if (digest_start(d, 1u << DIGEST_XXH128, c->why) == -1)
		return -1;
	digest_update(d, c->at.folder.p, c->at.folder.len);
	digest_update(d, "/", 1);
	digest_update(d, c->name.p, c->name.len);
	if (digest_final(d, &out, c->why) == -1)
		return -1;
	memcpy(key, out.bytes[DIGEST_XXH128], TWINS_KEY);
	return 0;
}

static enum match
match_claimed(struct choice *c)
{
	uint8_t key[TWINS_KEY];
	struct buf found = {0};
	enum match match = MATCH_ERROR;

	if (claim_key(c, key) == 0 && twins_find(&c->p->claimed, key, &found, c->why) == 0)
		match = found.len > 0 ? MATCH_OTHER : MATCH_FREE;
	buf_fini(&found);
	return match;
}

static int
claim(struct choice *c)
{
	uint8_t key[TWINS_KEY];

	if (claim_key(c, key) == -1)
		return -1;
	return twins_put(&c->p->claimed, key, "x", 1, c->why);
}

/* ---- publishing ---- */

/* The name of the source still leads to the file that was digested. */
static int
check_source(struct choice *c)
{
	struct stat st;

	if (fstatat(c->p->dirfd, c->rec->path.p, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return fail_errno(c->why, "stat", "%s", "");
	if (!io_same_version(&st, &c->job->st))
		return fail_set(c->why, FAIL_CHANGED, "rename", "changed since it was read");
	return 0;
}

/* Whether what was just published is the file that was digested. */
static bool
is_published(struct choice *c, struct publish_name to)
{
	struct stat st;

	return fstatat(to.dirfd, to.name, &st, AT_SYMLINK_NOFOLLOW) == 0 && job_same_file(&st, &c->job->st);
}

static int
publish_move(struct choice *c, struct publish_name to)
{
	struct publish_name from = {c->p->dirfd, c->rec->path.p};
	struct fail ignored;

	if (check_source(c) == -1 || publish_rename(from, to, c->p->o.weak_publish, c->why) == -1)
		return -1;
	if (is_published(c, to)) {
		c->job->removed = true;
		return 0;
	}
	publish_rename(to, from, false, &ignored); /* another file took its name: it goes back */
	return fail_set(c->why, FAIL_CHANGED, "rename", "replaced by another file while it was moved");
}

static int
publish_second_name(struct choice *c, struct publish_name to)
{
	struct publish_name from = {c->p->dirfd, c->rec->path.p};

	if (publish_hardlink(from, to, c->why) == -1)
		return -1;
	if (is_published(c, to))
		return 0;
	unlinkat(to.dirfd, to.name, 0);
	return fail_set(c->why, FAIL_CHANGED, "link", "replaced by another file while it was linked");
}

static int
publish(struct choice *c)
{
	struct publish_name to = {c->folder->fd, c->name.p};
	struct publish_name temp = {c->job->temp.dirfd, c->job->temp.name};

	switch (c->job->how) {
	case JOB_RENAME:
		return publish_move(c, to);
	case JOB_HARDLINK:
		return publish_second_name(c, to);
	case JOB_SYMLINK:
		return publish_symlink(c->job->link.p, to, c->why);
	default:
		return publish_rename(temp, to, c->p->o.weak_publish, c->why);
	}
}

/* ---- where a rename cannot reach ---- */

static int
fill_beside(struct choice *c, int from, struct temp *temp)
{
	struct job *job = c->job;
	struct buf lost = {0};
	struct digests got;
	bool to_failed, past_cache = false;
	uint64_t bytes;

	if (copy_bytes(c->b->kit, from, temp->fd, job->have.mask, &got, &bytes, &to_failed, c->why) == -1)
		return -1;
	if (!digest_equal(&got, &job->have))
		return fail_set(c->why, FAIL_VERIFY, "copy", "changed since it was read");
	meta_keep(from, &job->st, temp->fd, c->p->o.mode, &lost);
	if (lost.len > 0)
		rec_warn(c->rec, c->p->o.tool, FAIL_KEEP, "not kept on the copy: %s", lost.p);
	buf_fini(&lost);
	if (fsync(temp->fd) == -1)
		return fail_errno(c->why, "fsync", "%s", "");
	if (!c->p->moves && !c->p->o.readback)
		return 0;
	if (copy_check(c->b->kit, temp->fd, bytes, &job->have, &past_cache, c->why) == -1)
		return -1;
	batch_verified(c->b, c->rec, past_cache);
	return 0;
}

/*
 * The rename would have crossed file systems, where nothing had said so before (bind mounts, unions): copy once more,
 * into the target's own folder.
 */
static int
copy_beside(struct choice *c)
{
	struct job *job = c->job;
	struct temp temp = TEMP_NONE;
	int from = job_reopen(job, c->rec->path.p);

	if (from == -1)
		return fail_errno(c->why, "open", "%s", "");
	if (temp_make(&temp, &c->b->kit->temps, &c->p->temps, c->folder->fd, c->folder->path, c->why) == -1 ||
	    fill_beside(c, from, &temp) == -1) {
		io_close(&from);
		temp_drop(&temp);
		return -1;
	}
	io_close(&from);
	temp_drop(&job->temp);
	job->temp = temp;
	job->how = JOB_COPY;
	return 0;
}

/* ---- names ---- */

/* Finish a job whose name has been published. */
static int
placed(struct choice *c)
{
	struct job *job = c->job;

	job->outcome = JOB_PLACED;
	job->folder = c->folder;
	tree_touch(c->folder);
	temp_published(&job->temp);
	if (job->how == JOB_RENAME && c->p->o.mode != -1 &&
	    fchmodat(c->folder->fd, c->name.p, (mode_t)c->p->o.mode, 0) == -1)
		rec_warn(c->rec, c->p->o.tool, FAIL_KEEP, "not set on the file: mode: %s", strerror(errno));
	remember(c);
	return 0;
}

static int
plan(struct choice *c)
{
	c->job->outcome = JOB_PLACED;
	remember(c);
	return claim(c);
}

/* Take the name, which was free a moment ago.  Returns 1, 0 where it is taken now, or -1. */
static int
take(struct choice *c)
{
	int rc;

	if (set_to(c, c->at.folder, c->name.p, c->name.len) == -1)
		return -1;
	if (c->p->o.dry_run)
		return plan(c) == 0 ? 1 : -1;
	if ((c->folder = tree_open(&c->b->tree, c->at.folder, true, c->why)) == NULL)
		return -1;
	rc = publish(c);
	if (rc == -1 && c->why->errnum == EXDEV && c->job->how != JOB_HARDLINK && copy_beside(c) == 0)
		rc = publish(c);
	if (rc == 0)
		return placed(c) == 0 ? 1 : -1;
	return c->why->code == FAIL_SYSTEM && c->why->errnum == EEXIST ? 0 : -1;
}

/* A symbolic link to the same file is the same content. */
static bool
is_our_link(struct choice *c)
{
	const struct buf *link = &c->job->link;
	struct buf *scratch = &c->b->kit->scratch;
	char *to;

	if (c->job->how != JOB_SYMLINK || c->p->o.dry_run)
		return false;
	buf_clear(scratch, SIZE_MAX);
	if ((to = buf_reserve(scratch, link->len + 1)) == NULL)
		return false;
	return readlinkat(c->folder->fd, c->name.p, to, link->len + 1) == (ssize_t)link->len &&
	       memcmp(to, link->p, link->len) == 0 &&
	       fstatat(c->folder->fd, c->name.p, &c->job->twin, AT_SYMLINK_NOFOLLOW) == 0;
}

/* What stands at c->name; MATCH_FILE is the same content. */
static enum match
look(struct choice *c)
{
	struct job *job = c->job;
	enum match match = MATCH_FREE;

	if (c->folder != NULL)
		match = match_name(c->folder->fd, c->name.p, &job->st, &job->twin, c->why);
	if (match == MATCH_SIZE && job->how != JOB_STAY)
		match = match_content(c->b->kit, c->folder->fd, c->name.p, &job->twin, &job->have, c->why);
	else if (match == MATCH_OTHER && is_our_link(c))
		match = MATCH_FILE;
	else if (match == MATCH_FREE && c->p->o.dry_run)
		match = match_claimed(c);
	return match;
}

static int
exists(struct choice *c)
{
	c->job->outcome = JOB_EXISTS;
	if (set_to(c, c->at.folder, c->name.p, c->name.len) == -1)
		return -1;
	remember(c);
	return c->p->o.dry_run ? 0 : touch_folder(c);
}

static int
stays(struct choice *c)
{
	c->job->outcome = JOB_SKIPPED;
	c->job->reason = "already in the library at another place; --move would file it anew, --copy copy it";
	return 0;
}

static int
choose_name(struct choice *c)
{
	bool tried = false;
	int rc;

	for (unsigned k = 0; k <= JOB_SUFFIX_MAX;) {
		enum match match;

		buf_clear(&c->name, SIZE_MAX);
		if (series_name(c->at.name, c->at.len, k, c->p->lib.name_max, &c->name) == -1)
			return fail_nomem(c->why);
		if ((match = look(c)) == MATCH_ERROR)
			return -1;
		if (match == MATCH_FILE)
			return exists(c);
		if (match != MATCH_FREE || tried) { /* tried: taken, and yet not to be seen */
			k++;
			tried = false;
			continue;
		}
		if (c->job->how == JOB_STAY)
			return stays(c);
		if ((rc = take(c)) != 0)
			return rc == 1 ? 0 : -1;
		tried = true;
	}
	return fail_set(c->why, FAIL_LIMIT, "rename", "%u other files have this name already", JOB_SUFFIX_MAX);
}

/* ---- one job ---- */

/* What prepare_record() found is still so. */
static int
confirm_existing(struct choice *c)
{
	struct job_path at = job_split(&c->job->to);
	struct stat st;

	remember(c);
	if (c->p->o.dry_run)
		return 0;
	if (touch_folder(c) == -1)
		return -1;
	if (fstatat(c->job->folder->fd, at.name, &st, AT_SYMLINK_NOFOLLOW) == -1)
		return fail_errno(c->why, "stat", "%s", c->job->to.p);
	if (!io_same_version(&st, &c->job->twin))
		return fail_set(c->why, FAIL_CHANGED, "stat", "the library's file changed meanwhile: %s", c->job->to.p);
	return 0;
}

/* A file of the library that is filed anew goes to its place whatever else holds the same content. */
static bool
looks_for_twins(const struct choice *c)
{
	return c->job->how != JOB_STAY && !(c->job->in_library && c->p->moves);
}

static int
decide_pending(struct choice *c)
{
	struct fail absent = {0};
	int rc;

	if (looks_for_twins(c) && (rc = find_twin(c)) != 0)
		return rc == 1 ? 0 : -1;
	c->folder = tree_open(&c->b->tree, c->at.folder, false, &absent);
	if (c->folder == NULL && absent.errnum != ENOENT) {
		*c->why = absent;
		return -1;
	}
	return choose_name(c);
}

static int
decide(struct choice *c)
{
	switch (c->job->outcome) {
	case JOB_PENDING:
		return decide_pending(c);
	case JOB_EXISTS:
		return confirm_existing(c);
	case JOB_DUPLICATE:
		return c->p->o.dry_run || c->job->root.len > 0 ? 0 : touch_folder(c);
	default:
		return 0;
	}
}

void
decide_job(struct batch *b, size_t i)
{
	struct job *job = batch_job(b, i);
	struct fail why = {0};
	struct choice c = {
	    .b = b, .p = b->p, .rec = b->held[i], .job = job, .at = job_split(&job->target), .why = &why};

	if (batch_good(job) && decide(&c) == -1) {
		job_library_failed(b->p, &why);
		job_fail(job, &why);
	}
	buf_fini(&c.name);
}
