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
#include "place/stage/member.h"
#include "place/stage/target.h"
#include "place/stage/transfer.h"
#include "run/words.h"

#define SMALL_COMPANION (64 << 10)

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
	const struct scratch *at = s->scratch;

	return never_source(at->origin.dir) || never_source(hidden_own(s->rec->path.p)) ||
	       (s->job->packed &&
		   (never_source(at->archive.dir) || never_source(slice_of(pathname_last(s->rec->archive.p)))));
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
	if (s->scratch->origin.in_dcim || (s->job->packed && s->scratch->archive.in_dcim))
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
	if (step_is_stale(s))
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
	if ((match = search_variants(&q, why)) == MATCH_SIZE && (rc = transfer_digest(s, why)) == 0)
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

/* ---- in order ---- */

/* A member is the one that the record names, and how long it is is known before it is looked for. */
static int
open_member(struct step *s, struct fail *why)
{
	if (member_seek(s, why) == -1)
		return -1;
	return member_size_known(s) ? 0 : transfer(s, why);
}

/* Into the library, unless it seems to be there. */
static int
bring(struct step *s, struct fail *why)
{
	struct job *job = s->job;

	job->how = transfer_how(s);
	if ((job->packed && open_member(s, why) == -1) || look_ahead(s, why) == -1)
		return -1;
	if (job->outcome == JOB_PENDING)
		return transfer(s, why);
	temp_drop(&job->temp); /* of a member that was read to be compared */
	return 0;
}

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
	if (job->want.mask == 0 && step_is_stale(s))
		return fail_set(why, FAIL_CHANGED, "open", "size or mtime changed since the record was made");
	if (scratch_near(s->scratch, s->p->lib.fd, path_split(buf_cstr(&job->target)).folder, why) == -1)
		return place_library_failed(s->p, why);
	return bring(s, why);
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

	if (!s->job->packed && (s->fd = io_open(s->p->dirfd, s->rec->path.p, &st, why)) == -1)
		return -1;
	if (!s->job->packed && !io_same_again(&st, &s->job->st))
		return fail_set(why, FAIL_CHANGED, "open", "changed since it was read");
	s->job->how = transfer_how(s);
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
	if (s->job->packed)
		return member_look(s, why);
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

	if (s->job->packed)
		return member_look(s, why);
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

/* What lies inside an archive lies in no folder of the disk, whatever its name says. */
static int
locate(struct step *s, struct fail *why)
{
	struct scratch *scratch = s->scratch;
	const struct origins *o = &s->p->origins;

	if (!s->job->packed)
		return origin_locate(&scratch->origin, o, s->p->dirfd, s->rec->path.p, why);
	if (origin_locate(&scratch->archive, o, s->p->dirfd, s->rec->archive.p, why) == -1)
		return -1;
	return origin_inside(&scratch->origin, s->rec->path.p, why);
}

int
stage_record(struct place *p, struct scratch *scratch, struct job *job, struct rec *rec, struct fail *why)
{
	struct step s = {.p = p, .scratch = scratch, .job = job, .rec = rec, .fd = -1};
	enum reason reason;
	int rc;

	job->packed = rec->archive.len > 0;
	if (read_hash(&s, why) == -1 || locate(&s, why) == -1)
		return -1;
	job->in_library = scratch->origin.in_library;
	if (target_read(scratch, job, rec, why) == -1)
		return -1;
	if (!job->packed && aside_is(rec->path.p) && put_back(p, rec, why) == -1)
		return -1;
	if ((reason = reason_to_skip(&s)) != REASON_NONE)
		return skip(&s, reason, why);
	if (open_source(&s, why) == -1)
		return -1;
	rc = set_target(&s, why);
	if (rc == 0 && (rc = stage_open(&s, why)) == -1)
		portable_explain(&job->target, why);
	if (rc == 0 && mirrors_want(&s))
		rc = transfer_digest(&s, why);
	io_close(&s.fd);
	return rc;
}
