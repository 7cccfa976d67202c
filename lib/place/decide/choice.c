#include "place/decide/choice.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "place/commit/install.h"
#include "place/order.h"
#include "place/decide/known.h"
#include "place/decide/spelling.h"
#include "place/stage/stage.h"

void
choice_begin(struct choice *c, struct jobs *jobs, const struct turn *turns, size_t turn, struct fail *why)
{
	size_t i = turns[turn].i, first = turns[turn].first;
	struct job *job = jobs_at(jobs, i);

	*c = (struct choice){.jobs = jobs, .p = jobs->p, .rec = jobs->held[i], .job = job, .why = why};
	c->q = (struct search){.p = jobs->p,
	    .scratch = jobs->scratch,
	    .dryrun = jobs->p->o.dry_run ? &jobs->p->dryrun : NULL,
	    .dirfd = -1,
	    .source = &job->st,
	    .content = &job->have};
	c->n = (struct number){.p = jobs->p,
	    .s = &jobs->p->numbers,
	    .scratch = jobs->scratch,
	    .job = job,
	    .rec = c->rec,
	    .mates = {jobs, turns + first, turns[turn].end - first}};
}

/* ---- looking ---- */

int
choice_aim(struct choice *c)
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

int
choice_fill(struct choice *c)
{
	if (!c->unfilled)
		return 0;
	c->unfilled = false;
	return stage_again(c->p, c->jobs->scratch, c->job, c->rec, c->why);
}

enum match
choice_look(struct choice *c, unsigned k)
{
	enum match match = search_at(&c->q, k, c->why);

	if (match != MATCH_SIZE)
		return match;
	return choice_fill(c) == -1 ? MATCH_ERROR : search_at(&c->q, k, c->why);
}

/* ---- a name that is taken ---- */

int
choice_touch(struct choice *c)
{
	c->job->folder = tree_open(&c->jobs->tree, path_split(buf_cstr(&c->job->to)).folder, false, c->why);
	if (c->job->folder == NULL)
		return -1;
	tree_touch(c->job->folder);
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
		known_remember(c, seen ? &st : NULL);
	if (search_took(&c->q, seen ? &st : NULL, c->why) == -1 || note_name(c, seen ? &st : NULL) == -1)
		return -1;
	return leave_old_name(c);
}

/* Take the name, which was free a moment ago.  Returns 1, 0 where it is taken now, or -1. */
static int
take_name(struct choice *c)
{
	bool dry = c->p->o.dry_run;

	if (!dry && (c->folder = tree_open(&c->jobs->tree, c->q.at.folder, true, c->why)) == NULL)
		return -1;
	if (spelling_set(c, false) == -1 || (c->numbered && number_claim(&c->n, c->q.k, c->why) == -1))
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

/* A file of the library that is filed anew goes to its place whatever else holds the same content; so do companions. */
static bool
looks_elsewhere(const struct choice *c)
{
	return !c->job->companion && !(c->job->in_library && c->p->moves);
}

int
choice_take(struct choice *c)
{
	int rc;

	if (c->job->how == JOB_STAY)
		return choice_stays(c) == 0;
	if (looks_elsewhere(c) && (rc = known_find(c)) != 0)
		return rc;
	if (choice_fill(c) == -1)
		return -1;
	return take_name(c);
}

/* ---- a name that is not ---- */

int
choice_exists(struct choice *c)
{
	c->job->outcome = JOB_EXISTS;
	c->job->existing = c->q.found;
	if (spelling_set(c, true) == -1)
		return -1;
	known_remember(c, c->p->o.dry_run ? NULL : &c->q.found);
	return c->p->o.dry_run ? 0 : choice_touch(c);
}

int
choice_found(struct choice *c, enum match match)
{
	if (match == MATCH_ERROR)
		return -1;
	return match != MATCH_FILE ? 0 : choice_exists(c) == 0 ? 1 : -1;
}

int
choice_stays(struct choice *c)
{
	c->job->outcome = JOB_SKIPPED;
	c->job->reason = REASON_IN_LIBRARY;
	if (buf_adds(&c->job->message, "in the library already, at another place; place-file with --move files it "
				       "anew, with --copy copies it") == -1)
		return fail_nomem(c->why);
	return 0;
}

int
choice_differs(struct choice *c, struct slice there)
{
	struct job *job = c->job;

	job->outcome = JOB_SKIPPED;
	job->reason = REASON_SIDECAR_CONFLICT;
	buf_clear(&job->to, SIZE_MAX);
	buf_add(&job->to, there.p, there.len);
	buf_adds(&job->message, "the library has another version of it beside the same picture: ");
	return buf_add(&job->message, there.p, there.len) == -1 ? fail_nomem(c->why) : 0;
}

int
choice_conflicts(struct choice *c)
{
	struct buf there = {0};
	int rc = spelling_set(c, true);

	if (rc == 0 && buf_add(&there, c->job->to.p, c->job->to.len) == -1)
		rc = fail_nomem(c->why);
	if (rc == 0)
		rc = choice_differs(c, (struct slice){there.p, there.len});
	buf_fini(&there);
	return rc;
}
