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

#include "place/give.h"
#include "place/match.h"
#include "place/series.h"
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

/* ---- names ---- */

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
	if (job_set_to(c->job, c->at.folder, &c->name, c->why) == -1)
		return -1;
	if (c->p->o.dry_run)
		return plan(c) == 0 ? 1 : -1;
	if ((c->folder = tree_open(&c->b->tree, c->at.folder, true, c->why)) == NULL)
		return -1;
	if (give_name(c->b, c->rec, c->folder, c->name.p, c->why) == 0) {
		c->job->outcome = JOB_PLACED;
		c->job->folder = c->folder;
		tree_touch(c->folder);
		remember(c);
		return 1;
	}
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
	if (job_set_to(c->job, c->at.folder, &c->name, c->why) == -1)
		return -1;
	remember(c);
	return c->p->o.dry_run ? 0 : touch_folder(c);
}

static int
stays(struct choice *c)
{
	c->job->outcome = JOB_SKIPPED;
	c->job->reason = REASON_IN_LIBRARY;
	if (buf_adds(&c->job->message,
		"in the library already, at another place; --move would file it anew, --copy copy it") == -1)
		return fail_nomem(c->why);
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

/* A file of the library that is filed anew goes to its place whatever else holds the same content; so do companions. */
static bool
looks_for_twins(const struct choice *c)
{
	return c->job->how != JOB_STAY && !c->job->companion && !(c->job->in_library && c->p->moves);
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
