#include "place/stage/target.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "file/beneath.h"
#include "file/hidden.h"
#include "file/io.h"
#include "media/group/companion.h"
#include "place/mirror/fill.h"
#include "place/name/portable.h"
#include "place/name/variant.h"
#include "place/place-parts.h"
#include "run/words.h"

#define LONG_NAME 128 /* bytes; the tails of shorter ones have room whatever they are */

int
target_read(struct scratch *scratch, struct job *job, const struct rec *rec, struct fail *why)
{
	struct members *m = &scratch->members;
	bool found;

	job->companion = companion_of(rec->path.p) != NULL;
	if (members_read(m, rec, &found, why) == -1)
		return -1;
	if (!found)
		return 0;
	job->tie = m->group.n > 0 ? JOB_MEMBER : JOB_ALONE;
	job->companion = members_is_companion(m, m->self);
	job->leads = m->self == m->lead;
	if (job->tie == JOB_ALONE)
		return 0;
	return path_key((struct path){.name = buf_slice(&m->group.id)}, false, scratch->digest, job->group, why);
}

/* ---- by the template ---- */

static int
expand(struct place *p, const struct template_input *in, struct buf *path, struct fail *why)
{
	bool undated = true;

	for (size_t i = 0; undated && i < PLACE_TEMPLATES && p->templates[i] != NULL; i++) {
		if (template_expand(p->templates[i], in, path, &undated, why) == -1)
			return -1;
	}
	return 0;
}

/* The lead's {dir}, or the file's own where the lead's folder is not to be found. */
static struct slice
lead_dir(const struct job *job, struct scratch *scratch)
{
	const struct place *p = job->place;
	const char *lead = buf_cstr(&scratch->members.group.lead);
	struct fail ignored;

	if ((job->packed ? origin_inside(&scratch->lead, lead, &ignored)
			 : origin_locate(&scratch->lead, &p->origins, p->dirfd, lead, &ignored)) == -1)
		return scratch->origin.dir;
	return scratch->lead.dir;
}

/* Where a number goes into a target that is the file's own: before its tail, where that is still there. */
static size_t
own_stem(struct members *m, struct slice target)
{
	struct beside_file part = members_part(m, m->self);
	size_t tail = part.name.len - part.stem;

	if (m->n == 0 || tail >= target.len ||
	    strncasecmp(target.p + target.len - tail, part.name.p + part.stem, tail) != 0)
		return variant_stem(target);
	return target.len - tail;
}

/* Replace the last name of job->target, which `other` has, by what this file is called beside it. */
static int
set_beside(struct scratch *scratch, struct job *job, size_t other, struct fail *why)
{
	struct members *m = &scratch->members;
	struct beside_file theirs = members_part(m, other), mine = members_part(m, m->self);
	struct path at = path_split(buf_cstr(&job->target));
	struct buf *name = &scratch->text;

	buf_clear(name, SIZE_MAX);
	if (beside_name(at.name, &theirs, &mine, name, &job->stem) == -1)
		return fail_nomem(why);
	job->target.len -= at.name.len;
	return buf_add(&job->target, name->p, name->len) == -1 ? fail_nomem(why) : 0;
}

/* Names of a group are cut at one byte, whatever their tails. */
static void
set_room(struct scratch *scratch, struct job *job)
{
	size_t len = path_split(buf_cstr(&job->target)).name.len, tail = len - job->stem, longest = 0;

	job->name_max = job->place->lib.name_max;
	if (job->tie == JOB_MEMBER && len > LONG_NAME)
		longest = members_tail(&scratch->members);
	if (longest > tail && longest - tail < job->name_max / 2)
		job->name_max -= longest - tail;
}

/* Only what stands before the number can become longer or shorter. */
static int
make_portable(struct job *job, struct fail *why)
{
	struct path at = path_split(buf_cstr(&job->target));
	struct buf head = {0};
	bool ignored;
	int rc = buf_add(&head, at.name.p, job->stem) == -1 ? fail_nomem(why) : 0;

	if (rc == 0 && job->stem > 0 && (rc = portable_path(&head, &ignored, why)) == 0)
		job->stem = job->stem < at.name.len ? head.len : job->stem;
	buf_fini(&head);
	return rc == 0 ? portable_path(&job->target, &job->renamed, why) : -1;
}

static int
finish(struct scratch *scratch, struct job *job, struct fail *why)
{
	if (job->place->o.portable && make_portable(job, why) == -1)
		return -1;
	if (job->stem > path_split(buf_cstr(&job->target)).name.len)
		job->stem = variant_stem(path_split(buf_cstr(&job->target)).name);
	set_room(scratch, job);
	return 0;
}

int
target_expand(struct scratch *scratch, struct job *job, const struct rec *rec, struct fail *why)
{
	struct members *m = &scratch->members;
	bool member = job->tie == JOB_MEMBER;
	struct template_input in = {.rec = rec,
	    .name = member ? hidden_own(buf_cstr(&m->group.lead)) : hidden_own(rec->path.p),
	    .dir = member ? lead_dir(job, scratch) : scratch->origin.dir,
	    .as_lead = member,
	    .zoned = job->place->o.zone != NULL};
	struct slice name;

	if (expand(job->place, &in, &job->target, why) == -1)
		return -1;
	name = path_split(buf_cstr(&job->target)).name;
	job->stem = job->tie == JOB_ALONE ? own_stem(m, name) : variant_stem(name);
	if (member && set_beside(scratch, job, m->lead, why) == -1)
		return -1;
	return finish(scratch, job, why);
}

int
target_again(struct scratch *scratch, struct job *job, const struct rec *rec, struct fail *why)
{
	struct place *p = job->place;
	bool found;

	job->joins = false;
	if (job->main != NULL)
		return fill_target(job, why);
	if ((job->packed ? origin_inside(&scratch->origin, rec->path.p, why)
			 : origin_locate(&scratch->origin, &p->origins, p->dirfd, rec->path.p, why)) == -1 ||
	    members_read(&scratch->members, rec, &found, why) == -1)
		return -1;
	return target_expand(scratch, job, rec, why);
}

/* ---- beside the lead ---- */

int
target_join(struct scratch *scratch, struct job *job, const struct rec *rec, struct slice lead, struct fail *why)
{
	bool found;

	if (members_read(&scratch->members, rec, &found, why) == -1)
		return -1;
	buf_clear(&job->target, SIZE_MAX);
	if (!found || buf_add(&job->target, lead.p, lead.len) == -1)
		return fail_nomem(why);
	if (set_beside(scratch, job, scratch->members.lead, why) == -1)
		return -1;
	job->joins = true;
	return finish(scratch, job, why);
}

/* Whether the root that a database's record names is this library's. */
static bool
is_of_library(struct scratch *scratch, const struct place *p, const struct rec *rec)
{
	struct buf root = {0};
	bool ours = rec_get_path(rec, "db.root", &root) && root.len > 0 &&
		    scratch_root(scratch, p->dirfd, root.p) != -1 && scratch->root.dev == p->lib.at.dev &&
		    scratch->root.ino == p->lib.at.ino;

	buf_fini(&root);
	return ours;
}

bool
target_lead(struct scratch *scratch, const struct job *job, const struct rec *rec, struct buf *path)
{
	struct stat st;
	bool there;
	int fd;

	if (job->tie != JOB_MEMBER || job->leads || job->in_library || !rec_get_path(rec, "db.lead", path) ||
	    path->len == 0 || !is_of_library(scratch, job->place, rec))
		return false;
	fd = beneath_open(job->place->lib.fd, path->p, IO_OPEN_ITSELF);
	there = fd != -1 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
	io_close(&fd);
	return there;
}

void
target_known(struct scratch *scratch, const struct job *job, const struct rec *rec, struct buf *path)
{
	if (!rec_known(rec) || !word_is(rec, BY_SOURCE) || !rec_get_path(rec, "db.path", path) ||
	    !is_of_library(scratch, job->place, rec))
		buf_clear(path, 0);
}
