#include "place/stage/transfer.h"

#include <sys/stat.h>

#include "base/pathname.h"
#include "file/io.h"
#include "file/volume.h"
#include "media/group/recgroup.h"
#include "place/mirror/fill.h"
#include "place/place-parts.h"
#include "place/stage/copy.h"
#include "place/stage/member.h"

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

enum job_how
transfer_how(struct step *s)
{
	struct stat st;

	if (s->job->packed)
		return JOB_COPY;
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

/* ---- the source's content ---- */

static digest_mask
mask_of(const struct job *job)
{
	return job->want.mask | 1u << DIGEST_XXH128;
}

/* Whether it was one file all the while; a member's archive tells that itself, at its end. */
static int
check_version(const struct step *s, uint64_t bytes, struct fail *why)
{
	struct stat after;

	if (s->job->packed)
		return 0;
	if (fstat(s->fd, &after) == -1)
		return fail_errno(why, "fstat", "%s", "");
	if (!io_same_version(&s->job->st, &after) || bytes != (uint64_t)s->job->st.st_size)
		return fail_set(why, FAIL_CHANGED, "read", "changed while it was being read");
	return 0;
}

/* The source has been read: was it one file all the while, and the one that was digested before? */
static int
accept(struct step *s, const struct digested *got, struct fail *why)
{
	struct job *job = s->job;

	if (check_version(s, got->bytes, why) == -1)
		return -1;
	if (job->want.mask != 0 && !digest_equal(&job->want, &got->digests)) {
		if (step_is_stale(s))
			return fail_set(why, FAIL_CHANGED, "verify", "changed since its digest was recorded");
		return fail_set(why, FAIL_VERIFY, "verify", "its content does not match the record's digest");
	}
	job->have = got->digests;
	return 0;
}

/* The content comes once, for all who wait for it. */
static int
read_source(struct step *s, struct copy_ends *ends, struct fail *why)
{
	struct job *job = s->job;
	struct digested got;
	struct fill fill;
	int rc;

	fill_ends(&fill, job, ends);
	if (job->packed)
		rc = member_read(s, ends, mask_of(job), &got, why);
	else if (ends->to != -1)
		rc = copy_content(s->scratch, ends, mask_of(job), &got, why);
	else
		rc = copy_bytes(s->scratch, ends, mask_of(job), &got, why);
	if (rc == -1 || accept(s, &got, why) == -1)
		return -1;
	fill_done(&fill, job, s->rec, s->fd);
	return 0;
}

/* Fill the temporary file; *library says on which side it failed. */
static int
fill(struct step *s, bool *library, struct fail *why)
{
	struct job *job = s->job;
	struct copy_ends ends = {.from = s->fd, .to = job->temp.fd}, clone = {.from = job->temp.fd, .to = -1};
	int rc;

	*library = job->how == JOB_CLONE && copy_clone(s->fd, job->temp.fd, why) == -1;
	if (*library)
		return -1;
	if (job->how == JOB_CLONE) /* the blocks that cannot be read are the source's */
		return read_source(s, &clone, why);
	rc = read_source(s, &ends, why);
	*library = ends.to_failed;
	return rc;
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

/* Of a member: what its record says of it does, where nobody waits for its bytes; else they come for all who may. */
static int
digest_member(struct step *s, struct fail *why)
{
	struct job *job = s->job;
	struct copy_ends ends = {.from = -1, .to = -1};

	if (job->have.mask == 0 && (job->want.mask & 1u << DIGEST_XXH128))
		job->have = job->want;
	if (job->have.mask != 0 && !fill_wanted(job))
		return 0;
	return job->outcome == JOB_PENDING && !s->p->o.dry_run ? copy(s, why) : read_source(s, &ends, why);
}

int
transfer_digest(struct step *s, struct fail *why)
{
	struct job *job = s->job;
	struct copy_ends ends = {.from = s->fd, .to = -1};

	if (job->packed)
		return digest_member(s, why);
	if (job->have.mask != 0)
		return 0;
	if (s->p->o.dry_run && (job->want.mask & 1u << DIGEST_XXH128)) {
		job->have = job->want;
		return 0;
	}
	return read_source(s, &ends, why);
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

int
transfer(struct step *s, struct fail *why)
{
	struct job *job = s->job;

	if (s->p->o.dry_run)
		return transfer_digest(s, why);
	if (job->temp.dirfd != -1) /* a member that was read in passing */
		return 0;
	if (job->how == JOB_COPY || job->how == JOB_CLONE)
		return copy(s, why);
	if (transfer_digest(s, why) == -1)
		return -1;
	if (job->how == JOB_SYMLINK)
		return set_link(s, why);
	job->source = s->fd;
	s->fd = -1;
	return job_hold_open(job, &job->source, why);
}
