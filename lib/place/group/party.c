#include "place/group/party.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/array.h"
#include "file/hidden.h"
#include "file/io.h"
#include "place/order.h"
#include "place/jobs.h"
#include "place/name/portable.h"
#include "place/place-parts.h"
#include "place/stage/copy.h"

void
party_forget(struct party *y)
{
	y->n = 0;
}

void
party_fini(struct party *y)
{
	members_fini(&y->members);
	buf_fini(&y->folder);
	buf_fini(&y->names);
	free(y->v);
	*y = (struct party){0};
}

/* ---- names ---- */

/* What the i-th is called where `self` has its target; appended to `names`. */
static int
add_name(struct party *y, size_t i, struct slice target, struct party_file *file, struct fail *why)
{
	struct beside_file self = members_part(&y->members, y->members.self), other = members_part(&y->members, i);
	struct buf name = {0};
	bool ignored;
	int rc = 0;

	if (i == y->members.self)
		buf_add(&name, target.p, target.len);
	else if (beside_name(target, &self, &other, &name, &file->stem) == 0 && y->p->o.portable)
		rc = portable_path(&name, &ignored, why);
	file->at = y->names.len;
	file->len = name.len;
	buf_add(&y->names, name.p, name.len);
	if (rc == 0 && (name.failed || buf_addc(&y->names, '\0') == -1))
		rc = fail_nomem(why);
	buf_fini(&name);
	return rc;
}

static int
fill(struct party *y, const struct job *job, struct slice target, struct fail *why)
{
	y->n = 0;
	buf_clear(&y->names, SIZE_MAX);
	for (size_t i = 0; i < y->members.n; i++) {
		struct party_file *v = array_room(y->v, &y->cap, y->n, sizeof(*v)), file = {.stem = job->stem};

		if (v == NULL)
			return fail_nomem(why);
		y->v = v;
		file.companion = i == y->members.self ? job->companion : members_is_companion(&y->members, i);
		if (add_name(y, i, target, &file, why) == -1)
			return -1;
		v[y->n++] = file;
	}
	return 0;
}

/* Whether the files are those of this job's group already, under the names that follow from its own. */
static bool
is_set(const struct party *y, const struct job *job, struct path at, const struct rec *rec)
{
	size_t i = 0;

	if (y->n == 0 || y->alone || job->tie != JOB_MEMBER || y->max != job->name_max ||
	    memcmp(y->group, job->group, PATH_KEY) != 0 || !slice_same(buf_slice(&y->folder), at.folder))
		return false;
	while (i < y->n && y->v[i].job != job)
		i++;
	return i < y->n && slice_same(y->members.v[i].name, hidden_own(rec->path.p)) &&
	       slice_same(party_name(y, i).name, at.name);
}

static void
set_self(struct party *y, const struct job *job)
{
	for (size_t i = 0; i < y->n; i++) {
		if (y->v[i].job == job)
			y->self = i;
	}
	y->v[y->self].looked = y->v[y->self].digested = false; /* it may have been read meanwhile */
}

static void
meet(struct party *y, const struct job *job, const struct rec *rec)
{
	struct slice name = hidden_own(rec->path.p);

	for (size_t i = 0; i < y->n; i++) {
		if (y->v[i].job == job)
			return;
		if (y->v[i].job == NULL && slice_same(y->members.v[i].name, name)) {
			y->v[i].job = job;
			return;
		}
	}
}

int
party_set(struct party *y, const struct job *job, const struct rec *rec, struct party_mates mates, struct fail *why)
{
	struct path at = path_split(buf_cstr(&job->target));
	bool found;

	if (is_set(y, job, at, rec)) {
		set_self(y, job);
		return 0;
	}
	y->n = 0;
	y->p = job->place;
	y->max = job->name_max;
	y->alone = job->tie == JOB_ALONE;
	memcpy(y->group, job->group, PATH_KEY);
	buf_clear(&y->folder, SIZE_MAX);
	if (members_read(&y->members, rec, &found, why) == -1)
		return -1;
	if (!found || buf_add(&y->folder, at.folder.p, at.folder.len) == -1)
		return fail_nomem(why);
	if (fill(y, job, at.name, why) == -1) {
		y->n = 0;
		return -1;
	}
	y->self = y->members.self;
	y->v[y->self].job = job;
	for (size_t i = 0; i < mates.n; i++)
		meet(y, jobs_at(mates.jobs, mates.turns[i].i), mates.jobs->held[mates.turns[i].i]);
	return 0;
}

bool
party_is_twin(const struct party *y)
{
	for (size_t i = 0; i < y->n; i++) {
		if (i != y->self && slice_same(party_name(y, i).name, party_name(y, y->self).name))
			return true;
	}
	return false;
}

bool
party_same_head(const struct party *y, size_t a, size_t b)
{
	struct variant v = party_name(y, a), w = party_name(y, b);

	return v.stem == w.stem && memcmp(v.name.p, w.name.p, v.stem) == 0;
}

static bool
may_come(const struct party *y, size_t i)
{
	const struct party_file *f = &y->v[i];

	return !f->companion && f->job == NULL && !(f->looked && f->size == CACHE_NO_FILE);
}

bool
party_is_awaited(const struct party *y, size_t i)
{
	if (!may_come(y, i) || party_same_head(y, i, y->members.lead) || party_same_head(y, i, y->self))
		return false;
	for (size_t k = 0; k < i; k++) {
		if (may_come(y, k) && party_same_head(y, k, i))
			return false;
	}
	return true;
}

/* ---- what the sources hold ---- */

static int
source_of(const struct party *y, size_t i, struct buf *path, struct fail *why)
{
	return members_source(&y->members, i, path, why);
}

int
party_look(struct party *y, size_t i, struct fail *why)
{
	struct party_file *f = &y->v[i];
	struct buf path = {0};
	struct stat st = {.st_size = -1};
	struct fail unseen = {0};
	int rc = 0;

	if (f->looked)
		return 0;
	if (f->job != NULL)
		st = f->job->st;
	else if (source_of(y, i, &path, &unseen) == -1 || io_stat(y->p->dirfd, path.p, &st, &unseen) == -1)
		rc = fail_is_short(&unseen) ? -1 : 0;
	buf_fini(&path);
	if (rc == -1) {
		*why = unseen;
		return -1;
	}
	f->looked = true;
	f->size = st.st_size == -1 ? CACHE_NO_FILE : (uint64_t)st.st_size;
	f->inode = st.st_size != -1 && st.st_dev == y->p->lib.at.dev ? (uint64_t)st.st_ino : 0;
	return 0;
}

/* The digest of what lies at a path. */
static int
read_source(const struct party *y, const char *path, struct scratch *scratch, struct digested *got, struct fail *why)
{
	struct stat st;
	int fd = io_open(y->p->dirfd, path, &st, why), rc;

	if (fd == -1)
		return -1;
	rc = copy_digest(scratch, fd, 1u << DIGEST_XXH128, got, why);
	io_close(&fd);
	return rc;
}

void
party_know(struct party *y, size_t i)
{
	struct party_file *f = &y->v[i];

	if (f->job == NULL || !(f->job->have.mask & 1u << DIGEST_XXH128))
		return;
	f->digested = true;
	memcpy(f->xxh128, f->job->have.bytes[DIGEST_XXH128], sizeof(f->xxh128));
}

/* Nothing lies there that could be read: what its bytes would have told nobody can tell. */
static bool
is_absent(const struct fail *why)
{
	return why->code != FAIL_SYSTEM || why->errnum == ENOENT || why->errnum == ENOTDIR || why->errnum == ELOOP;
}

int
party_digest(struct party *y, size_t i, struct scratch *scratch, struct fail *why)
{
	struct party_file *f = &y->v[i];
	struct buf path = {0};
	struct digested got;
	struct fail unread = {0};
	int rc;

	party_know(y, i);
	if (f->digested || f->size == CACHE_NO_FILE)
		return 0;
	if ((rc = source_of(y, i, &path, &unread)) == 0)
		rc = read_source(y, path.p, scratch, &got, &unread);
	if (rc == -1 && !is_absent(&unread)) {
		if (fail_is_short(&unread))
			*why = unread;
		else
			fail_set(why, FAIL_GROUP, unread.op, "%s belongs to it, and cannot be read: %s", path.p,
			    unread.message);
		buf_fini(&path);
		return -1;
	}
	buf_fini(&path);
	if (rc == -1 || got.bytes != f->size) {
		f->size = CACHE_NO_FILE;
		return 0;
	}
	f->digested = true;
	memcpy(f->xxh128, got.digests.bytes[DIGEST_XXH128], sizeof(f->xxh128));
	return 0;
}

bool
party_is_left(const struct party *y)
{
	struct buf path = {0};
	struct fail ignored;
	struct stat st;
	bool left = false;

	for (size_t i = 0; i < y->n && !left; i++)
		left = i != y->self &&
		       (source_of(y, i, &path, &ignored) == -1 ||
			   fstatat(y->p->dirfd, path.p, &st, AT_SYMLINK_NOFOLLOW) == 0 || fail_short_errno(errno));
	buf_fini(&path);
	return left;
}
