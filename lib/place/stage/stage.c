#include "place/stage/stage.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/pathname.h"
#include "file/beneath.h"
#include "file/hidden.h"
#include "file/io.h"
#include "file/never.h"
#include "file/volume.h"
#include "media/group/companion.h"
#include "media/group/recgroup.h"
#include "place/decide/search.h"
#include "place/mirror/fill.h"
#include "place/name/portable.h"
#include "place/place-parts.h"
#include "place/remove/aside.h"
#include "place/stage/copy.h"
#include "place/stage/target.h"
#include "run/words.h"

#define SMALL_COMPANION (64 << 10)

/* What the steps of one record share. */
struct step {
	struct place *p;
	struct scratch *scratch;
	struct job *job;
	struct rec *rec;
	int fd; /* the source */
};

/* ---- what the record says ---- */

static int
read_hash(struct step *s, struct fail *why)
{
	struct slice value;

	return rec_get(s->rec, "hash", &value) ? digest_read_json(value, &s->job->want, why) : 0;
}

static bool
is_never(const struct step *s)
{
	return never_source(s->scratch->origin.dir) || never_source(hidden_own(s->rec->path.p));
}

/* A picture or film, what may be one that is hurt, or what is nothing without one; but no JSON of a Google Takeout,
 * whose words are in its picture's record. */
static bool
is_media(const struct step *s)
{
	const struct companion *c = companion_of(s->rec->path.p);
	struct slice type;

	if (rec_is(s->rec, "type", "takeout-json"))
		return false;
	return rec_get(s->rec, "type", &type) || rec_is_damaged(s->rec) ||
	       (c != NULL &&
		   (c->comes == COMPANION_ALWAYS || (c->comes == COMPANION_BESIDE && s->job->tie == JOB_MEMBER)));
}

static bool
is_true(const struct step *s, const char *name)
{
	struct slice value;

	return rec_get(s->rec, name, &value) && slice_eq(value, "true");
}

/* A companion goes where its picture goes. */
static bool
is_trashed(const struct step *s)
{
	return is_true(s, "trashed") || (companion_of(s->rec->path.p) != NULL && is_true(s, "group.fields.trashed"));
}

static enum reason
reason_to_skip(const struct step *s)
{
	if (s->scratch->origin.in_dcim)
		return REASON_IN_DCIM;
	if (is_never(s))
		return REASON_NEVER_SOURCE;
	if (!s->job->in_library && word_is(s->rec, STATUS_DELETED))
		return REASON_DELETED;
	if (s->p->o.media_only && !is_media(s))
		return REASON_NOT_MEDIA;
	if (s->p->o.media_only && is_trashed(s))
		return REASON_TRASHED;
	return REASON_NONE;
}

/* Beside its group's lead, where a database knows that; else where the template says. */
static int
set_target(struct step *s, struct fail *why)
{
	struct buf lead = {0};
	int rc;

	if (target_lead(s->scratch, s->job, s->rec, &lead))
		rc = target_join(s->scratch, s->job, s->rec, buf_slice(&lead), why);
	else
		rc = target_expand(s->scratch, s->job, s->rec, why);
	buf_fini(&lead);
	return rc;
}

/* Whether the file is another than the one that the record was made from, as far as the record tells. */
static bool
is_stale(const struct step *s)
{
	return !rec_agrees(s->rec, &s->job->st);
}

/* ---- the source's content ---- */

static digest_mask
mask_of(const struct job *job)
{
	return job->want.mask | 1u << DIGEST_XXH128;
}

/* The source has been read: was it one file all the while, and the one that was digested before? */
static int
accept(struct step *s, const struct digested *got, struct fail *why)
{
	struct job *job = s->job;
	struct stat after;

	if (fstat(s->fd, &after) == -1)
		return fail_errno(why, "fstat", "%s", "");
	if (!io_same_version(&job->st, &after) || got->bytes != (uint64_t)job->st.st_size)
		return fail_set(why, FAIL_CHANGED, "read", "changed while it was being read");
	if (job->want.mask != 0 && !digest_equal(&job->want, &got->digests)) {
		if (is_stale(s))
			return fail_set(why, FAIL_CHANGED, "verify", "changed since its digest was recorded");
		return fail_set(why, FAIL_VERIFY, "verify", "its content does not match the record's digest");
	}
	job->have = got->digests;
	return 0;
}

static int
digest_source(struct step *s, struct fail *why)
{
	struct job *job = s->job;
	struct copy_ends ends = {.from = s->fd, .to = -1};
	struct digested got;
	struct fill fill;

	if (job->have.mask != 0)
		return 0;
	if (s->p->o.dry_run && (job->want.mask & 1u << DIGEST_XXH128)) {
		job->have = job->want;
		return 0;
	}
	fill_ends(&fill, job, &ends);
	if (copy_bytes(s->scratch, &ends, mask_of(job), &got, why) == -1 || accept(s, &got, why) == -1)
		return -1;
	fill_done(&fill, job, s->rec, s->fd);
	return 0;
}

/* ---- what is in the library already ---- */

/* Open the root that a database's record names; this library's own leaves job->root empty. */
static int
open_root(struct step *s)
{
	struct scratch_root *root = &s->scratch->root;
	const struct library *lib = &s->p->lib;

	if (!rec_get_path(s->rec, "db.root", &s->job->root) || s->job->root.len == 0)
		return lib->fd;
	if (scratch_root(s->scratch, s->p->dirfd, s->job->root.p) == -1)
		return -1;
	if (root->dev == lib->at.dev && root->ino == lib->at.ino)
		buf_clear(&s->job->root, 0);
	return root->fd;
}

/* Whether a database knows the content, and the file it names is there, as long as the source, and another file. */
static bool
is_known(struct step *s)
{
	struct job *job = s->job;
	int root, fd;
	bool good;

	if (job->in_library || job->companion || !rec_known(s->rec) || !rec_get_path(s->rec, "db.path", &job->to) ||
	    never_source(buf_slice(&job->to)))
		return false;
	if ((root = open_root(s)) == -1)
		return false;
	fd = beneath_open(root, job->to.p, IO_OPEN_ITSELF);
	if (fd == -1)
		return false;
	good = fstat(fd, &job->existing) == 0 && S_ISREG(job->existing.st_mode) &&
	       job->existing.st_size == job->st.st_size && !job_same_file(&job->existing, &job->st);
	io_close(&fd);
	return good;
}

/* Nothing is written, and nothing read: who removes the source compares it with what is known. */
static int
accept_known(struct step *s, struct fail *why)
{
	s->job->outcome = JOB_DUPLICATE;
	s->job->unread = word_is(s->rec, BY_SOURCE);
	if (is_stale(s))
		return fail_set(why, FAIL_CHANGED, "open", "size or mtime changed since the record was made");
	return 0;
}

/* Whether it is another group's that has its bytes is known later; until then a copy costs least. */
static bool
is_small_companion(const struct job *job)
{
	return job->tie != JOB_UNASKED && job->companion && job->st.st_size <= SMALL_COMPANION;
}

/* Look for the content among the names that the file may get: what is found need not be copied. */
static int
look_ahead(struct step *s, struct fail *why)
{
	struct job *job = s->job;
	struct search q = {.p = s->p,
	    .scratch = s->scratch,
	    .dirfd = s->scratch->near.fd,
	    .at = path_split(buf_cstr(&job->target)),
	    .stem = job->stem,
	    .max = job->name_max,
	    .source = &job->st,
	    .content = &job->have,
	    .first_only = s->p->o.dry_run};
	enum match match;
	int rc = 0;

	if (s->scratch->near.path.len != q.at.folder.len || is_small_companion(job))
		return 0;
	if ((match = search_variants(&q, why)) == MATCH_SIZE && (rc = digest_source(s, why)) == 0)
		match = search_variants(&q, why);
	if (match == MATCH_ERROR)
		rc = -1;
	if (rc == 0 && match == MATCH_FILE) {
		job->outcome = JOB_EXISTS;
		job->existing = q.found;
		rc = job_set_to(job, search_path(&q), why);
	}
	search_fini(&q);
	return rc;
}

/* ---- how it gets there ---- */

static bool
is_on_one_mount(const struct step *s)
{
	const struct scratch_near *near = &s->scratch->near;
	uint64_t mount;

	if (near->dev != s->job->st.st_dev)
		return false;
	mount = volume_mount(s->fd, "");
	return mount == 0 || near->mount == 0 || mount == near->mount;
}

/*
 * Of what has a group, or may have one, each is copied, and its source removed at the end: a kill behind a rename would
 * part them.  Linked, what stays for another's sake and the library's file would be one.  What mirrors get, too, goes
 * only when all have it.
 */
static enum job_how
choose_move(const struct step *s)
{
	struct slice group;

	if (s->job->linked || s->p->nmirrors > 0 || !is_on_one_mount(s))
		return JOB_COPY;
	if (!s->job->in_library && (rec_get(s->rec, "group", &group) || rec_group_unknown(s->rec, NULL)))
		return JOB_COPY;
	return JOB_RENAME;
}

static enum job_how
choose_how(struct step *s)
{
	struct stat st;

	switch (s->p->o.how) {
	case PLACE_MOVE:
		s->job->linked =
		    fstatat(s->p->dirfd, s->rec->path.p, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(st.st_mode);
		return choose_move(s);
	case PLACE_REFLINK:
		return JOB_CLONE;
	case PLACE_HARDLINK:
		return JOB_HARDLINK;
	case PLACE_SYMLINK:
		return JOB_SYMLINK;
	default:
		return JOB_COPY;
	}
}

/* Fill the temporary file; *library says on which side it failed. */
static int
fill(struct step *s, bool *library, struct fail *why)
{
	struct job *job = s->job;
	struct copy_ends ends = {.from = s->fd, .to = job->temp.fd}, clone = {.from = job->temp.fd, .to = -1};
	struct digested got;
	struct fill fill;
	int rc;

	*library = job->how == JOB_CLONE && copy_clone(s->fd, job->temp.fd, why) == -1;
	if (*library)
		return -1;
	fill_ends(&fill, job, job->how == JOB_COPY ? &ends : &clone);
	if (job->how == JOB_COPY) {
		rc = copy_content(s->scratch, &ends, mask_of(job), &got, why);
		*library = ends.to_failed;
	} else /* the blocks that cannot be read are the source's */
		rc = copy_bytes(s->scratch, &clone, mask_of(job), &got, why);
	if (rc == -1 || accept(s, &got, why) == -1)
		return -1;
	fill_done(&fill, job, s->rec, s->fd);
	return 0;
}

/* What was copied for good is not read again soon; what else is in memory may be.  Of a clone, that was read. */
static void
forget(const struct step *s)
{
	if (s->p->moves || s->p->o.readback)
		return;
	copy_forget(s->fd, s->job->st.st_size);
	copy_forget(s->job->temp.fd, s->job->st.st_size);
}

static int
copy(struct step *s, struct fail *why)
{
	struct job *job = s->job;
	bool library = true;
	int rc = job_make_temp(job, s->scratch, why);

	if (rc == 0)
		rc = fill(s, &library, why);
	if (rc == -1) {
		temp_drop(&job->temp);
		return library ? place_library_failed(s->p, why) : -1;
	}
	job_keep_metadata(job, s->rec, s->fd, job->temp.fd);
	if (!s->p->o.sync_each)
		copy_begin_flush(job->temp.fd);
	forget(s);
	return job_hold_open(job, &job->temp.fd, why);
}

static int
set_link(struct step *s, struct fail *why)
{
	struct buf *link = &s->job->link;

	buf_add(link, s->scratch->origin.real.p, s->scratch->origin.real.len);
	if (link->len > 1)
		buf_addc(link, '/');
	return buf_adds(link, pathname_last(s->rec->path.p)) == -1 ? fail_nomem(why) : 0;
}

static int
transfer(struct step *s, struct fail *why)
{
	struct job *job = s->job;

	if (s->p->o.dry_run)
		return digest_source(s, why);
	if (job->how == JOB_COPY || job->how == JOB_CLONE)
		return copy(s, why);
	if (digest_source(s, why) == -1)
		return -1;
	if (job->how == JOB_SYMLINK)
		return set_link(s, why);
	job->source = s->fd;
	s->fd = -1;
	return job_hold_open(job, &job->source, why);
}

/* ---- in order ---- */

static int
stage_open(struct step *s, struct fail *why)
{
	struct job *job = s->job;
	bool known = is_known(s);

	if (!known) {
		buf_clear(&job->to, 0);
		buf_clear(&job->root, 0);
	}
	if (s->p->nmirrors > 0 && fill_begin(job, known && job->root.len == 0 ? &job->to : &job->target, why) == -1)
		return -1;
	if (known)
		return accept_known(s, why);
	if (job->in_library && s->p->o.how != PLACE_COPY && s->p->o.how != PLACE_MOVE) {
		job->how = JOB_STAY;
		return 0;
	}
	if (job->want.mask == 0 && is_stale(s))
		return fail_set(why, FAIL_CHANGED, "open", "size or mtime changed since the record was made");
	if (scratch_near(s->scratch, s->p->lib.fd, path_split(buf_cstr(&job->target)).folder, why) == -1)
		return place_library_failed(s->p, why);
	job->how = choose_how(s);
	if (look_ahead(s, why) == -1)
		return -1;
	return job->outcome == JOB_PENDING ? transfer(s, why) : 0;
}

/* Whether the source is to be read for the mirrors alone; in a dry run, for its digest. */
static bool
mirrors_want(const struct step *s)
{
	return s->p->o.dry_run ? s->p->nmirrors > 0 && s->job->have.mask == 0 : fill_wanted(s->job);
}

/* What is filled this late has missed the batch's flush, and its reading back. */
static int
finish_late(struct step *s, struct fail *why)
{
	struct job *job = s->job;
	int fd = job->source != -1 ? job->source : job->temp.fd, rc;

	if (!job->durable && fd != -1 && job_flush(job, fd, why) == -1)
		return -1;
	if ((!s->p->moves && !s->p->o.readback) || job->temp.dirfd == -1)
		return 0;
	if ((fd = openat(job->temp.dirfd, job->temp.name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)) == -1)
		return fail_errno(why, "open", "%s", "");
	rc = job_read_back(job, s->rec, s->scratch, fd, why);
	io_close(&fd);
	return rc;
}

/* The source, if it is still the file that was looked at. */
static int
read_again(struct step *s, struct fail *why)
{
	struct stat st;

	if ((s->fd = io_open(s->p->dirfd, s->rec->path.p, &st, why)) == -1)
		return -1;
	if (!io_same_again(&st, &s->job->st))
		return fail_set(why, FAIL_CHANGED, "open", "changed since it was read");
	s->job->how = choose_how(s);
	return transfer(s, why);
}

int
stage_again(struct place *p, struct scratch *scratch, struct job *job, struct rec *rec, struct fail *why)
{
	struct step s = {.p = p, .scratch = scratch, .job = job, .rec = rec, .fd = -1};
	int rc = scratch_near(scratch, p->lib.fd, path_split(buf_cstr(&job->target)).folder, why);

	if (rc == 0)
		rc = job->main != NULL ? fill_late(scratch, job, rec, why) : read_again(&s, why);
	if (rc == 0)
		rc = finish_late(&s, why);
	io_close(&s.fd);
	return rc;
}

static int
skip(struct step *s, enum reason reason, struct fail *why)
{
	s->job->outcome = JOB_SKIPPED;
	s->job->reason = reason;
	if (fstatat(s->p->dirfd, s->rec->path.p, &s->job->st, 0) == -1)
		return fail_errno(why, "stat", "%s", "");
	return 0;
}

/* A move that was killed may have left the source under its hidden name. */
static int
open_source(struct step *s, struct fail *why)
{
	struct place *p = s->p;
	const char *path = s->rec->path.p;

	s->fd = io_open(p->dirfd, path, &s->job->st, why);
	if (s->fd == -1 && p->moves && !p->o.dry_run && why->errnum == ENOENT &&
	    aside_restore(p->dirfd, path, &s->scratch->bare) == ASIDE_BACK)
		s->fd = io_open(p->dirfd, path, &s->job->st, why);
	return s->fd == -1 ? -1 : 0;
}

/*
 * A move that was killed has put it aside, under a hidden name.  What cannot have its own name back, which another file
 * has, or the card is write-protected, is not to be lost: it is placed from where it lies, under its own name.
 */
static int
put_back(const struct place *p, const struct rec *rec, struct fail *why)
{
	if (!p->moves || p->o.dry_run)
		return 0;
	if (aside_return(p->dirfd, rec->path.p, why) == -1)
		return why->errnum == EBUSY ? -1 : 0;
	return fail_set(why, FAIL_CHANGED, "open",
	    "was set aside by a move that was killed, and has its name back: run the same command again");
}

int
stage_record(struct place *p, struct scratch *scratch, struct job *job, struct rec *rec, struct fail *why)
{
	struct step s = {.p = p, .scratch = scratch, .job = job, .rec = rec, .fd = -1};
	enum reason reason;
	int rc;

	if (read_hash(&s, why) == -1 || origin_locate(&scratch->origin, &p->origins, p->dirfd, rec->path.p, why) == -1)
		return -1;
	job->in_library = scratch->origin.in_library;
	if (target_read(scratch, job, rec, why) == -1)
		return -1;
	if (aside_is(rec->path.p) && put_back(p, rec, why) == -1)
		return -1;
	if ((reason = reason_to_skip(&s)) != REASON_NONE)
		return skip(&s, reason, why);
	if (open_source(&s, why) == -1)
		return -1;
	rc = set_target(&s, why);
	if (rc == 0 && (rc = stage_open(&s, why)) == -1)
		portable_explain(&job->target, why);
	if (rc == 0 && mirrors_want(&s))
		rc = digest_source(&s, why);
	io_close(&s.fd);
	return rc;
}
