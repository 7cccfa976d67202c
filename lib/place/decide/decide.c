/*
 * A file may be called NAME, STEM-1.EXT, STEM-2.EXT … : the variants of its name.  The first of them that holds the
 * same content is where the file exists; else, unless the content lies elsewhere, the first that is free is taken.
 * Publishing never replaces anything, so the lock is not what makes this safe: it makes the answers of two processes
 * at once as good as those of one after the other.
 *
 * Of files that belong together, and of those of which it is known that none does, place/group/number.h says which
 * variants are theirs.  A group whose lead is at another place of the library already joins it there.
 */
#include "place/decide/decide.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/io.h"
#include "file/publish.h"
#include "place/commit/install.h"
#include "place/decide/match.h"
#include "place/decide/order.h"
#include "place/decide/search.h"
#include "place/name/portable.h"
#include "place/group/number.h"
#include "place/name/variant.h"
#include "place/stage/stage.h"
#include "place/stage/target.h"

/* A job while it is decided. */
struct choice {
	struct jobs *jobs;
	struct place *p;
	struct rec *rec;
	struct job *job;
	struct folder *folder; /* where it is to go; NULL while that does not exist */
	struct search q;
	struct number n;
	bool numbered; /* the number is the group's, not the name's */
	bool joined;   /* it was to go beside its lead, and had no place there */
	bool unfilled; /* there is no unfinished file: it seemed to be in the library already */
	struct fail *why;
};

/* ---- what is known of this run ---- */

/*
 * Later records learn where this content is; st is of that file, NULL in a dry run.  The record itself is fine without
 * that; the run is not.
 */
static void
remember(struct choice *c, const struct stat *st)
{
	struct job *job = c->job;
	struct fail why = {0};
	uint64_t mark = st != NULL ? match_mark(st) : 0;

	if (!(job->have.mask & 1u << DIGEST_XXH128))
		return;
	if (contents_put(&c->p->contents, job->have.bytes[DIGEST_XXH128], mark, (struct slice){job->to.p, job->to.len},
		&why) == -1)
		run_stop(c->p->run, &why);
	else
		job->remembered = true;
}

/* The file at job->to is part of this job's promise: its folder joins the batch's flush. */
static int
touch_folder(struct choice *c)
{
	c->job->folder = tree_open(&c->jobs->tree, path_split(buf_cstr(&c->job->to)).folder, false, c->why);
	if (c->job->folder == NULL)
		return -1;
	tree_touch(c->job->folder);
	return 0;
}

/* Whether what was remembered at job->to, with its mark, is still there: MATCH_FILE, or something else. */
static enum match
look_at_known(struct choice *c, uint64_t mark)
{
	struct job *job = c->job;
	struct path at = path_split(buf_cstr(&job->to));
	struct folder *folder;
	struct digests holds;
	struct fail ignored;

	if (c->p->o.dry_run)
		return MATCH_FILE;
	folder = tree_open(&c->jobs->tree, at.folder, false, &ignored);
	if (folder == NULL || fstatat(folder->fd, at.name.p, &job->existing, AT_SYMLINK_NOFOLLOW) == -1)
		return MATCH_FREE;
	if (S_ISLNK(job->existing.st_mode))
		return job->how == JOB_SYMLINK ? MATCH_FILE : MATCH_OTHER;
	if (!S_ISREG(job->existing.st_mode) || job->existing.st_size != job->st.st_size)
		return MATCH_OTHER;
	if (match_mark(&job->existing) == mark)
		return MATCH_FILE;
	return match_content(
	    c->jobs->scratch, (struct match_at){folder->fd, at.name.p, &job->existing}, &job->have, &holds, c->why);
}

/* Whether this run has seen the content; then the outcome is set.  Returns 1, 0 or -1. */
static int
find_content(struct choice *c)
{
	struct job *job = c->job;
	struct path known, at = c->q.at;
	enum match match;
	uint64_t mark = 0;
	bool variant;

	if (contents_find(&c->p->contents, job->have.bytes[DIGEST_XXH128], &mark, &job->to, c->why) == -1)
		return -1;
	if (job->to.len == 0)
		return 0;
	if ((match = look_at_known(c, mark)) != MATCH_FILE)
		return match == MATCH_ERROR ? -1 : 0;
	known = path_split(buf_cstr(&job->to));
	variant = known.folder.len == at.folder.len && memcmp(known.folder.p, at.folder.p, known.folder.len) == 0 &&
		  variant_is(&(struct variant){at.name, c->q.stem, c->q.max}, known.name);
	job->outcome = variant ? JOB_EXISTS : JOB_DUPLICATE;
	job->by_run = true;
	return !c->p->o.dry_run && touch_folder(c) == -1 ? -1 : 1;
}

/* ---- names ---- */

/* Look at the folder that the job is to go to. */
static int
aim(struct choice *c)
{
	struct fail absent = {0};

	c->q.at = path_split(buf_cstr(&c->job->target));
	c->q.stem = c->job->stem;
	c->q.max = c->job->name_max;
	c->folder = tree_open(&c->jobs->tree, c->q.at.folder, false, &absent);
	if (c->folder == NULL && absent.errnum != ENOENT) {
		*c->why = absent;
		return -1;
	}
	c->n.dirfd = c->q.dirfd = c->folder != NULL ? c->folder->fd : -1;
	return 0;
}

/* A file of the library that has left its place makes room there. */
static int
leave_old_name(struct choice *c)
{
	struct origin *origin = &c->jobs->scratch->origin;
	const char *path = c->rec->path.p;
	struct path old = path_split(path);
	size_t root = c->p->lib.real.len;

	if (c->job->how != JOB_RENAME || !c->job->in_library)
		return 0;
	if (origin_locate(origin, &c->p->origins, c->p->dirfd, path, c->why) == -1)
		return -1;
	root += root > 1 && origin->real.len > root; /* the slash behind it */
	old.folder = (struct slice){origin->real.p + root, origin->real.len - root};
	number_left(&c->p->numbers, old);
	return search_freed(&c->q, old, c->why);
}

/* The name is seen from now on by those who look for a number. */
static int
note_name(struct choice *c, const struct stat *st)
{
	if (!c->numbered)
		return number_placed(&c->p->numbers, search_path(&c->q), c->job, st, c->why);
	c->n.dirfd = c->q.dirfd;
	return number_took(&c->n, c->q.k, search_path(&c->q).name, st, c->why);
}

static int
placed(struct choice *c)
{
	struct stat st;
	bool seen = c->folder != NULL && fstatat(c->folder->fd, c->q.name.p, &st, AT_SYMLINK_NOFOLLOW) == 0;

	c->job->outcome = JOB_PLACED;
	if (seen || c->p->o.dry_run)
		remember(c, seen ? &st : NULL);
	if (search_took(&c->q, seen ? &st : NULL, c->why) == -1 || note_name(c, seen ? &st : NULL) == -1)
		return -1;
	return leave_old_name(c);
}

/* Append how `folder` spells a name that led to something in it. */
static int
add_spelling(struct choice *c, struct folder *folder, const char *name, struct buf *out)
{
	const struct listing *listing;
	struct stat st;

	if (fstatat(folder->fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    (c->p->lib.folds || listing_suspects(folder->fd, name, &st))) {
		if ((listing = tree_listing(folder, c->why)) == NULL)
			return -1;
		name = listing_spelling(listing, folder->fd, name, &st);
	}
	return buf_adds(out, name) == -1 ? fail_nomem(c->why) : 0;
}

/* The same for the names of the folder itself, in place of what is in `out`. */
static int
add_folders(struct choice *c, struct buf *out)
{
	struct slice path = c->q.at.folder;
	struct buf name = {0};
	int rc = 0;

	buf_clear(out, SIZE_MAX);
	for (size_t from = 0, to; from < path.len && rc == 0; from = to + 1) {
		struct folder *above =
		    tree_open(&c->jobs->tree, (struct slice){path.p, from > 0 ? from - 1 : 0}, false, c->why);

		for (to = from; to < path.len && path.p[to] != '/';)
			to++;
		buf_clear(&name, SIZE_MAX);
		if (above == NULL)
			rc = -1;
		else if (buf_add(&name, path.p + from, to - from) == -1)
			rc = fail_nomem(c->why);
		else if ((rc = add_spelling(c, above, name.p, out)) == 0)
			buf_addc(out, '/');
	}
	buf_fini(&name);
	return rc;
}

/*
 * Where the content is.  A file system that folds case or normalises may call folders otherwise than what led to them,
 * and, where it was `there` before, the file.
 */
static int
set_to(struct choice *c, bool there)
{
	struct buf *to = &c->job->to;
	struct path folder = {.folder = c->q.at.folder, .name = {"", 0}};

	if (c->folder == NULL || (!there && !c->p->lib.folds))
		return job_set_to(c->job, search_path(&c->q), c->why);
	if ((c->p->lib.folds ? add_folders(c, to) : job_set_to(c->job, folder, c->why)) == -1)
		return -1;
	if (there)
		return add_spelling(c, c->folder, c->q.name.p, to);
	return buf_add(to, c->q.name.p, c->q.name.len) == -1 ? fail_nomem(c->why) : 0;
}

/* Claim the number, where it must be, before the name appears. */
static int
claim(struct choice *c)
{
	struct folder *claims;
	bool touched = false;

	if (!c->numbered)
		return 0;
	if (number_claim(&c->n, c->q.k, &touched, c->why) == -1)
		return -1;
	if (!touched || c->p->o.dry_run)
		return 0;
	if ((claims = tree_open(&c->jobs->tree, slice_of(CLAIMS_FOLDER), false, c->why)) == NULL)
		return -1;
	tree_touch(claims);
	return 0;
}

/* Take the name, which was free a moment ago.  Returns 1, 0 where it is taken now, or -1. */
static int
take_name(struct choice *c)
{
	bool dry = c->p->o.dry_run;

	if (!dry && (c->folder = tree_open(&c->jobs->tree, c->q.at.folder, true, c->why)) == NULL)
		return -1;
	if (set_to(c, false) == -1 || claim(c) == -1)
		return -1;
	if (dry)
		return placed(c) == 0 ? 1 : -1;
	c->q.dirfd = c->folder->fd;
	if (install_file(c->jobs, c->rec, c->folder, c->q.name.p, c->why) == 0) {
		c->job->folder = c->folder;
		tree_touch(c->folder);
		return placed(c) == 0 ? 1 : -1;
	}
	return c->why->code == FAIL_SYSTEM && c->why->errnum == EEXIST ? 0 : -1;
}

static int
exists(struct choice *c)
{
	c->job->outcome = JOB_EXISTS;
	c->job->existing = c->q.found;
	if (set_to(c, true) == -1)
		return -1;
	remember(c, c->p->o.dry_run ? NULL : &c->q.found);
	return c->p->o.dry_run ? 0 : touch_folder(c);
}

static int
stays(struct choice *c)
{
	c->job->outcome = JOB_SKIPPED;
	c->job->reason = REASON_IN_LIBRARY;
	if (buf_adds(&c->job->message, "in the library already, at another place; place-file with --move files it "
				       "anew, with --copy copies it") == -1)
		return fail_nomem(c->why);
	return 0;
}

/* What seemed to be in the library is not: it is read after all. */
static int
fill(struct choice *c)
{
	if (!c->unfilled)
		return 0;
	c->unfilled = false;
	return stage_again(c->p, c->jobs->scratch, c->job, c->rec, c->why);
}

/* A file of the library that is filed anew goes to its place whatever else holds the same content; so do companions. */
static bool
looks_elsewhere(const struct choice *c)
{
	return !c->job->companion && !(c->job->in_library && c->p->moves);
}

/* No variant of the name holds the content. */
static int
decide_free(struct choice *c)
{
	int rc;

	if (c->job->how == JOB_STAY)
		return stays(c) == 0;
	if (looks_elsewhere(c) && (rc = find_content(c)) != 0)
		return rc;
	if (fill(c) == -1)
		return -1;
	return take_name(c);
}

static int
choose_name(struct choice *c)
{
	unsigned taken = UINT_MAX; /* the number that was to be had, and then was not */

	for (;;) {
		enum match match = search_variants(&c->q, c->why);
		int rc = 0;

		if (match == MATCH_ERROR)
			return -1;
		if (match == MATCH_FILE)
			return exists(c);
		if (match == MATCH_FREE && c->q.k == taken) {
			c->q.unseen = taken + 1;
			continue;
		}
		taken = match == MATCH_FREE ? c->q.k : UINT_MAX;
		if ((rc = match == MATCH_FREE ? decide_free(c) : fill(c)) == -1)
			return -1;
		if (rc == 1)
			return 0;
	}
}

/* ---- numbers of groups ---- */

static enum match
look_at(struct choice *c, unsigned k)
{
	enum match match = search_at(&c->q, k, c->why);

	if (match != MATCH_SIZE)
		return match;
	return fill(c) == -1 ? MATCH_ERROR : search_at(&c->q, k, c->why);
}

/* Whether the name that was looked at last is the one that is known. */
static bool
came_as(const struct choice *c, const struct buf *known)
{
	struct path at = search_path(&c->q), path = path_split(buf_cstr(known));

	return path.folder.len == at.folder.len && memcmp(path.folder.p, at.folder.p, at.folder.len) == 0 &&
	       slice_eq(at.name, path.name.p);
}

/* As exists_by_name(); known: what target_known() says. */
static int
find_by_name(struct choice *c, const struct buf *known)
{
	bool itself = c->q.itself;
	unsigned k;
	int rc;

	while ((rc = number_own(&c->n, &k, c->why)) == 1) {
		enum match match;

		c->q.itself = true;
		match = search_at(&c->q, k, c->why);
		c->q.itself = itself;
		if (match == MATCH_OTHER && (!c->job->companion || came_as(c, known)))
			match = look_at(c, k);
		if (match == MATCH_ERROR)
			return -1;
		if (match == MATCH_FILE)
			return exists(c) == 0 ? 1 : -1;
	}
	return rc;
}

/*
 * A picture or film exists where its own name holds its content, whoever else has that number; a companion, only where
 * it is that file itself, or a database knows that it came from there.  Returns 1, 0 or -1.
 */
static int
exists_by_name(struct choice *c)
{
	struct buf known = {0};
	int rc;

	if (c->job->companion)
		target_known(c->jobs->scratch, c->job, c->rec, &known);
	rc = find_by_name(c, &known);
	buf_fini(&known);
	return rc;
}

/* The group has its companion already, and another version of it: this one stays where it is. */
static int
conflicts(struct choice *c)
{
	c->job->outcome = JOB_SKIPPED;
	c->job->reason = REASON_SIDECAR_CONFLICT;
	if (set_to(c, true) == -1)
		return -1;
	buf_adds(&c->job->message, "the library has another version of it beside the same picture: ");
	return buf_add(&c->job->message, c->job->to.p, c->job->to.len) == -1 ? fail_nomem(c->why) : 0;
}

/* The job at a number of its group.  Returns 1, 0 where it needs another one, or -1. */
static int
try_number(struct choice *c, unsigned k, bool empty)
{
	enum match match = look_at(c, k);
	int rc = 0;

	if (match == MATCH_ERROR)
		return -1;
	if (match == MATCH_FILE)
		rc = exists(c) == 0 ? 1 : -1;
	else if (match == MATCH_FREE)
		rc = decide_free(c);
	else if (!empty && c->job->companion && !party_is_twin(&c->p->numbers.party))
		rc = conflicts(c) == 0 ? 1 : -1;
	if (rc == 0 && (empty || match == MATCH_FREE))
		return number_taken(&c->n, (struct slice){c->q.name.p, c->q.name.len}, c->why);
	if (rc == 1 && !empty && c->job->outcome != JOB_DUPLICATE)
		return number_settled(&c->n, k, c->why) == -1 ? -1 : 1;
	return rc;
}

/* A job that goes beside its lead.  Returns 1, 0 where the name that it would have there is another picture's, or -1.
 */
static int
join(struct choice *c)
{
	enum match match = look_at(c, 0);
	int foreign;

	if (match == MATCH_ERROR)
		return -1;
	if (match == MATCH_FILE && !c->job->companion)
		return exists(c) == 0 ? 1 : -1;
	if (number_start(&c->n, c->why) == -1 || (foreign = number_foreign(&c->n, c->why)) == -1)
		return -1;
	if (foreign == 1)
		return 0;
	if (match == MATCH_FILE)
		return exists(c) == 0 ? 1 : -1;
	if (match == MATCH_FREE)
		return decide_free(c);
	return !c->job->companion ? 0 : conflicts(c) == 0 ? 1 : -1;
}

/* Whether what this run has placed with this content is still there; *path: where. */
static int
find_placed(struct choice *c, const uint8_t xxh128[PATH_KEY], struct buf *path)
{
	struct fail ignored;
	struct folder *folder;
	struct stat st;
	struct path at;
	uint64_t mark = 0;

	if (contents_find(&c->p->contents, xxh128, &mark, path, c->why) == -1)
		return -1;
	if (path->len == 0 || c->p->o.dry_run)
		return path->len > 0;
	at = path_split(buf_cstr(path));
	folder = tree_open(&c->jobs->tree, at.folder, false, &ignored);
	return folder != NULL && fstatat(folder->fd, at.name.p, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	       match_mark(&st) == mark;
}

/*
 * The lead comes later, in another batch, and is going to be the duplicate of what this run has placed elsewhere: as
 * with one that came first, its group goes there.  Returns 1, 0 or -1.
 */
static int
join_content(struct choice *c)
{
	const uint8_t *xxh128;
	struct buf lead = {0};
	int rc = 0;

	if (c->job->leads || c->joined || (c->job->in_library && c->p->moves) || contents_empty(&c->p->contents))
		return 0;
	if (number_lead_digest(&c->n, &xxh128, c->why) == -1)
		return -1;
	if (xxh128 != NULL)
		rc = find_placed(c, xxh128, &lead);
	if (rc == 1)
		rc = target_join(c->jobs->scratch, c->job, c->rec, (struct slice){lead.p, lead.len}, c->why) == 0 ? 1
														  : -1;
	buf_fini(&lead);
	if (rc != 1 || aim(c) == -1)
		return rc == 1 ? -1 : rc;
	c->joined = true;
	c->numbered = false;
	if ((rc = join(c)) != 0)
		return rc;
	c->numbered = true;
	if (target_again(c->jobs->scratch, c->job, c->rec, c->why) == -1 || aim(c) == -1)
		return -1;
	return number_start(&c->n, c->why);
}

static int
choose_number(struct choice *c)
{
	unsigned k;
	bool empty;
	int rc;

	c->numbered = true;
	if (number_start(&c->n, c->why) == -1)
		return -1;
	if ((rc = exists_by_name(c)) != 0)
		return rc == 1 ? 0 : -1;
	if (c->job->how == JOB_STAY)
		return stays(c);
	if ((rc = join_content(c)) != 0)
		return rc == 1 ? 0 : -1;
	while (number_next(&c->n, &k, &empty, c->why) == 0) {
		if (k > SEARCH_NUMBERS)
			return fail_set(
			    c->why, FAIL_LIMIT, "rename", "%u other files have this name already", SEARCH_NUMBERS);
		if ((rc = try_number(c, k, empty)) != 0)
			return rc == 1 ? 0 : -1;
	}
	return -1;
}

/* ---- beside a lead at another place ---- */

/* Whether the lead has been found elsewhere in this run; then the job goes there.  Returns 0 or -1. */
static int
find_lead(struct choice *c)
{
	struct buf lead = {0};
	int rc = 0;

	if (c->job->tie == JOB_MEMBER && !c->job->leads && !c->job->joins && c->job->how != JOB_STAY) {
		rc = number_lead(&c->p->numbers, c->job, &lead, c->why);
		if (rc == 0 && lead.len > 0)
			rc = target_join(c->jobs->scratch, c->job, c->rec, (struct slice){lead.p, lead.len}, c->why);
	}
	buf_fini(&lead);
	return rc;
}

/* The rest of the group learns where its lead is. */
static int
note_lead(struct choice *c)
{
	const struct job *job = c->job;

	if (job->tie != JOB_MEMBER || !job->leads || job->outcome != JOB_DUPLICATE || job->root.len > 0)
		return 0;
	return number_join(&c->p->numbers, job, c->why);
}

/* ---- one job ---- */

static int
choose(struct choice *c)
{
	int rc;

	if (c->job->joins) {
		if ((rc = join(c)) != 0)
			return rc == 1 ? 0 : -1;
		c->joined = true;
		if (target_again(c->jobs->scratch, c->job, c->rec, c->why) == -1 || aim(c) == -1)
			return -1;
	}
	return c->job->tie == JOB_UNASKED ? choose_name(c) : choose_number(c);
}

static int
decide_pending(struct choice *c)
{
	int rc;

	c->job->outcome = JOB_PENDING;
	if (find_lead(c) == -1 || aim(c) == -1)
		return -1;
	c->q.link = c->job->how == JOB_SYMLINK && !c->p->o.dry_run ? &c->job->link : NULL;
	c->q.itself = c->job->how == JOB_STAY;
	rc = choose(c);
	search_fini(&c->q);
	return rc;
}

/* Whether the file that a database knows is what stage_record() saw; where it is not, this one is placed. */
static bool
is_still_known(struct choice *c)
{
	struct path at = path_split(buf_cstr(&c->job->to));
	struct stat st;

	if (c->p->o.dry_run || c->job->root.len > 0)
		return true;
	return touch_folder(c) == 0 && fstatat(c->job->folder->fd, at.name.p, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	       io_same_version(&st, &c->job->existing);
}

static int
decide(struct choice *c)
{
	switch (c->job->outcome) {
	case JOB_PENDING:
		c->unfilled = c->job->rotten && c->job->temp.dirfd == -1 && c->job->source == -1;
		return fill(c) == -1 ? -1 : decide_pending(c);
	case JOB_EXISTS:
		c->unfilled = true;
		c->q.seen = match_mark(&c->job->existing);
		return decide_pending(c);
	case JOB_DUPLICATE:
		if (is_still_known(c))
			return 0;
		c->unfilled = true;
		c->job->unread = false;
		c->job->folder = NULL;
		*c->why = (struct fail){0};
		return fill(c) == -1 ? -1 : decide_pending(c);
	default:
		return 0;
	}
}

/* Where the library's file system can give no name, it will give none to the files behind: said once, by the run. */
static void
stop_where_hopeless(struct place *p, const struct fail *why)
{
	if (publish_impossible(why))
		run_stop(p->run, why);
	else
		place_library_failed(p, why);
}

static void
decide_job(struct jobs *jobs, const struct turn *turns, size_t turn)
{
	size_t i = turns[turn].i, first = turns[turn].first;
	struct job *job = jobs_at(jobs, i);
	struct fail why = {0};
	struct choice c = {.jobs = jobs, .p = jobs->p, .rec = jobs->held[i], .job = job, .why = &why};

	c.q = (struct search){.p = jobs->p,
	    .scratch = jobs->scratch,
	    .dryrun = jobs->p->o.dry_run ? &jobs->p->dryrun : NULL,
	    .dirfd = -1,
	    .source = &job->st,
	    .content = &job->have};
	c.n = (struct number){.p = jobs->p,
	    .s = &jobs->p->numbers,
	    .scratch = jobs->scratch,
	    .job = job,
	    .rec = c.rec,
	    .mates = {jobs, turns + first, turns[turn].end - first}};
	if (job_good(job) && (decide(&c) == -1 || note_lead(&c) == -1)) {
		portable_explain(&job->target, &why);
		stop_where_hopeless(jobs->p, &why);
		job_fail(job, &why);
	}
}

/* All jobs of the batch, or only those that are pending again. */
static int
decide_batch(struct jobs *jobs, bool again, struct fail *why)
{
	struct place *p = jobs->p;
	struct turn *turns = order_new(jobs, why);

	if (turns == NULL || library_lock(&p->lib, why) == -1) {
		free(turns);
		return -1;
	}
	numbers_begin(&p->numbers, p->lib.others);
	for (size_t t = 0; t < jobs->n; t++) {
		if (!again || jobs_at(jobs, turns[t].i)->outcome == JOB_PENDING)
			decide_job(jobs, turns, t);
	}
	numbers_end(&p->numbers);
	library_unlock(&p->lib);
	free(turns);
	return 0;
}

int
decide_all(struct jobs *jobs, struct fail *why)
{
	return decide_batch(jobs, false, why);
}

/* ---- again ---- */

static bool
relies_on(const struct job *job, const struct job *other)
{
	return job->by_run && job->to.len == other->to.len && memcmp(job->to.p, other->to.p, job->to.len) == 0;
}

static void
reset(struct job *job)
{
	job->why = (struct fail){0};
	job->outcome = JOB_PENDING;
	job->by_run = false;
	job->folder = NULL;
	buf_clear(&job->to, 0);
}

/* Forget what has failed; returns whether a job of the batch relied on it. */
static bool
forget_failed(struct jobs *jobs, size_t i)
{
	struct job *failed = jobs_at(jobs, i);
	bool found = false;

	if (job_good(failed) || !failed->remembered)
		return false;
	failed->remembered = false;
	contents_forget(&jobs->p->contents, failed->have.bytes[DIGEST_XXH128]);
	for (size_t k = 0; k < jobs->n; k++) {
		if (relies_on(jobs_at(jobs, k), failed)) {
			reset(jobs_at(jobs, k));
			found = true;
		}
	}
	return found;
}

/* Forget what was taken for a job's content and is not; returns whether the job is to be decided anew. */
static bool
forget_rotten(struct jobs *jobs, size_t i)
{
	struct job *job = jobs_at(jobs, i);

	if (!job_good(job) || !job->rotten || job->outcome != JOB_PENDING)
		return false;
	if (job->have.mask & 1u << DIGEST_XXH128)
		contents_forget(&jobs->p->contents, job->have.bytes[DIGEST_XXH128]);
	reset(job);
	job->unread = false;
	buf_clear(&job->root, 0);
	return true;
}

bool
decide_again(struct jobs *jobs)
{
	bool found = false;
	struct fail why = {0};

	for (size_t i = 0; i < jobs->n; i++)
		found |= forget_failed(jobs, i) || forget_rotten(jobs, i);
	if (!found)
		return false;
	if (decide_batch(jobs, true, &why) == 0)
		return true;
	for (size_t i = 0; i < jobs->n; i++) {
		if (jobs_at(jobs, i)->outcome == JOB_PENDING)
			job_fail(jobs_at(jobs, i), &why);
	}
	return true;
}
