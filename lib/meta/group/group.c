#include "meta/group/group.h"

#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/pathname.h"
#include "file/volume.h"
#include "meta/group/answer.h"
#include "meta/group/cluster.h"
#include "meta/group/ids.h"
#include "meta/group/scope.h"

struct groups {
	struct folders *folders;
	int dirfd;
	struct seen *seen;
	struct ids *ids;
	pthread_mutex_t lock; /* guards volumes */
	struct volumes *volumes;
};

struct group_worker {
	struct groups *g;
	struct scope scope;
	struct cluster_file *file; /* those that may belong together */
	size_t n, cap;
	size_t own;     /* the one that is asked for */
	bool listed;    /* `file` is of this scope, and may be used again */
	bool clustered; /* … all that can matter has been asked, and each has its lead */
	struct buf path;
	struct volume_place place; /* of the scope's first folder … */
	bool placed;               /* … is known */
	struct shot shot;          /* of the own file, where no other asks for it */
	struct answer_group group; /* of `file` */
	struct record_group answer;
};

/* One question. */
struct question {
	struct group_worker *w;
	struct seen_reader *r;
	bool limited; /* there are too many */
	struct fail *why;
};

struct groups *
groups_new(struct folders *folders, int dirfd)
{
	struct groups *g = calloc(1, sizeof(*g));

	if (g == NULL)
		return NULL;
	g->folders = folders;
	g->dirfd = dirfd;
	pthread_mutex_init(&g->lock, NULL);
	if ((g->seen = seen_new()) != NULL && (g->ids = ids_new()) != NULL)
		return g;
	groups_free(g);
	return NULL;
}

void
groups_free(struct groups *g)
{
	if (g == NULL)
		return;
	seen_free(g->seen);
	ids_free(g->ids);
	volumes_free(g->volumes);
	pthread_mutex_destroy(&g->lock);
	free(g);
}

struct group_worker *
group_worker_new(struct groups *g)
{
	struct group_worker *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return NULL;
	w->g = g;
	w->scope = (struct scope){.folders = g->folders, .dirfd = g->dirfd};
	w->group.lead = CLUSTER_NONE;
	return w;
}

static void
clear_files(struct group_worker *w)
{
	for (size_t i = 0; i < w->n; i++)
		shot_fini(&w->file[i].shot);
	w->n = 0;
	w->clustered = false;
	w->group.lead = CLUSTER_NONE;
}

void
group_worker_free(struct group_worker *w)
{
	if (w == NULL)
		return;
	clear_files(w);
	shot_fini(&w->shot);
	scope_fini(&w->scope);
	free(w->file);
	buf_fini(&w->path);
	volume_place_fini(&w->place);
	answer_group_fini(&w->group);
	buf_fini(&w->answer.unknown);
	buf_fini(&w->answer.json);
	free(w);
}

/* ---- who may belong together ---- */

static size_t
find_file(const struct group_worker *w, size_t part, struct slice name)
{
	size_t i = 0;

	while (i < w->n && (w->file[i].part != part || !slice_same(w->file[i].name, name)))
		i++;
	return i;
}

/* The next file, which is not counted yet.  NULL: ENOMEM. */
static struct cluster_file *
next_file(struct group_worker *w, size_t part, const char *name)
{
	struct cluster_file *file = array_room(w->file, &w->cap, w->n, sizeof(*file));
	const struct buf *relative = &w->scope.part[part].relative;

	if (file == NULL)
		return NULL;
	w->file = file;
	file += w->n;
	*file = (struct cluster_file){.part = part, .name = slice_of(name)};
	file->relative = buf_slice(relative);
	return file;
}

/* Adds a file of a key, unless it is there, or of no group with those of the scope's first folder. */
static int
add_member(struct question *q, size_t part, const struct listing_entry *e, struct slice key)
{
	struct group_worker *w = q->w;
	const char *name = listing_name(w->scope.part[part].names, e);
	struct cluster_file *file;

	if (find_file(w, part, slice_of(name)) < w->n)
		return 0;
	if ((file = next_file(w, part, name)) == NULL)
		return fail_nomem(q->why);
	file->real = listing_real(name);
	w->n += scope_recall(&w->scope, part, e, key, &file->read);
	return 0;
}

static int
add_key(struct question *q, struct slice key)
{
	const struct listing_entry *found[GROUP_FILES_MAX];
	int rc = 0;

	for (size_t part = 0; part < q->w->scope.n; part++) {
		size_t n = listing_members(q->w->scope.part[part].names, key, part > 0, found, GROUP_FILES_MAX);

		q->limited |= q->w->n + n > GROUP_FILES_MAX;
		for (size_t i = 0; rc == 0 && !q->limited && i < n; i++)
			rc = add_member(q, part, found[i], key);
	}
	return rc;
}

/* Asks what a file says, once. */
static int
look(struct question *q, size_t i)
{
	struct cluster_file *f = &q->w->file[i];
	const struct buf *folder = &q->w->scope.part[f->part].path;
	struct buf *path = &q->w->path;

	if (f->asked)
		return 0;
	f->asked = true;
	buf_clear(path, SIZE_MAX);
	buf_add(path, folder->p, folder->len);
	if (buf_adds(path, f->real) == -1)
		return fail_nomem(q->why);
	return seen_look(q->w->g->seen, q->r, path->p, &f->shot, q->why);
}

/* ---- the halves of a Live Photo ---- */

/* By its extension, as it was looked for: an edit of a film is one. */
static bool
is_film(const struct cluster_file *f)
{
	static const struct groupname_need film = {.extension = {"", 0}, .film = true};

	return groupname_meets(f->name, &film);
}

/* Whether a file of the same key is its other half. */
static bool
has_half(const struct group_worker *w, const struct cluster_file *f)
{
	for (size_t i = 0; i < w->n; i++) {
		const struct cluster_file *other = &w->file[i];

		if (cluster_is_picture(other) && is_film(other) != is_film(f) &&
		    slice_same(groupname_key(&other->read), groupname_key(&f->read)) &&
		    other->shot.content_id.len > 0 && shot_fits(&other->shot, &f->shot, false))
			return true;
	}
	return false;
}

/* Whether a file of another key has its other half beside itself, and so is nobody else's. */
static int
is_taken(struct question *q, struct slice name, bool *taken)
{
	size_t first = q->w->n;
	struct groupname read;
	int rc;

	if (!scope_read(&q->w->scope, 0, name, &read))
		return 0;
	rc = add_key(q, groupname_key(&read));
	for (size_t i = first; rc == 0 && i < q->w->n; i++)
		rc = cluster_is_picture(&q->w->file[i]) ? look(q, i) : 0;
	for (size_t i = first; rc == 0 && i < q->w->n; i++) {
		struct cluster_file *f = &q->w->file[i];

		if (slice_same(f->name, name))
			*taken = has_half(q->w, f);
	}
	if (rc == -1 || !*taken)
		return rc;
	while (q->w->n > first)
		shot_fini(&q->w->file[--q->w->n].shot);
	return 0;
}

/* The other halves of a Live Photo's half, and what belongs to them. */
static int
add_halves(struct question *q, size_t i)
{
	struct group_worker *w = q->w;
	const char *found[GROUP_FILES_MAX];
	const struct scope_part *part = &w->scope.part[0];
	struct ids_search search = {.names = part->names,
	    .folder = buf_slice(&part->path),
	    .films = !is_film(&w->file[i]),
	    .content_id = w->file[i].shot.content_id};
	size_t n;
	int rc;

	if (search.content_id.len == 0 || has_half(w, &w->file[i]))
		return 0;
	rc = ids_match(w->g->ids, w->g->seen, q->r, &search, found, GROUP_FILES_MAX, &n, q->why);
	for (size_t k = 0; rc == 0 && k < n; k++) {
		bool taken = false;

		rc = is_taken(q, slice_of(found[k]), &taken);
	}
	return rc;
}

/* ---- one file ---- */

/* Whether companions are asked for a date, which they are where no picture has one; *pictures: whether there are any.
 */
static bool
lacks_date(const struct group_worker *w, bool *pictures)
{
	*pictures = false;
	for (size_t i = 0; i < w->n; i++) {
		if (cluster_is_picture(&w->file[i]) && w->file[i].shot.date == SHOT_CAPTURED)
			return false;
		*pictures |= cluster_is_picture(&w->file[i]);
	}
	return true;
}

/* Whether a file is asked when no picture has a date: of sidecars the pictures know already what they say. */
static bool
may_lead(const struct cluster_file *f, bool pictures)
{
	return f->part == 0 && (!pictures || f->read.role != GROUP_SIDECAR);
}

/* Ask all that can matter: the pictures, and where none of them has a date their companions.  Whether a picture has its
 * other half beside itself is known once all of its name have been asked. */
static int
ask(struct question *q)
{
	struct group_worker *w = q->w;
	size_t asked = 0;
	bool pictures;
	int rc = 0;

	for (size_t i = 0; rc == 0 && !q->limited && i < w->n; i++) {
		for (; rc == 0 && asked < w->n; asked++)
			rc = cluster_is_picture(&w->file[asked]) ? look(q, asked) : 0;
		if (rc == 0 && cluster_is_picture(&w->file[i]))
			rc = add_halves(q, i);
	}
	if (rc == -1 || q->limited || w->n == 1 || !lacks_date(w, &pictures))
		return rc;
	for (size_t i = 0; rc == 0 && i < w->n; i++)
		rc = may_lead(&w->file[i], pictures) ? look(q, i) : 0;
	return rc;
}

/* The files that have the key of the one that is asked for, unless they are there still from the last one. */
static int
find_files(struct question *q, size_t part, struct slice name, const char *real)
{
	struct group_worker *w = q->w;
	struct cluster_file *file;
	struct groupname read;

	if (w->listed && w->n > 1 && (w->own = find_file(w, part, name)) < w->n)
		return 0;
	clear_files(w);
	w->listed = true;
	if (!scope_read(&w->scope, part, name, &read))
		return 0;
	if (add_key(q, groupname_key(&read)) == -1)
		return -1;
	if ((w->own = find_file(w, part, name)) < w->n)
		return 0;
	w->listed = false; /* it has just come: its name lasts no longer than this question */
	if ((file = next_file(w, part, name.p)) == NULL)
		return fail_nomem(q->why);
	file->real = real;
	file->read = read;
	w->n++;
	return 0;
}

/* Read a file for its own record alone. */
static int
read_file(struct question *q, const char *path)
{
	return q->r->read(q->r->arg, path, q->r->facts, q->why);
}

/* Whether others of a file's group have asked for it, or may do so yet. */
static bool
is_shared(const struct group_worker *w, const struct cluster_file *f)
{
	return w->n > 1 && (f->asked || !w->clustered);
}

/* Read the file that is asked for.  Others of its group ask of it the same where it is a picture; of a companion only
 * what look() does. */
static int
read_own(struct question *q, const char *path)
{
	struct group_worker *w = q->w;
	struct cluster_file *f = &w->file[w->own];

	if ((is_shared(w, f) ? seen_take(w->g->seen, q->r, path, q->why) : read_file(q, path)) == -1)
		return -1;
	if (f->asked)
		return 0;
	f->asked = cluster_is_picture(f);
	if (!f->asked)
		shot_fini(&w->shot);
	return shot_read(f->asked ? &f->shot : &w->shot, q->r->facts) == 0 ? 0 : fail_nomem(q->why);
}

/* Where the scope's first folder is, in the same words for every process. */
static int
locate(struct question *q)
{
	struct group_worker *w = q->w;
	struct groups *g = w->g;
	int rc = 0;

	if (w->placed)
		return 0;
	buf_clear(&w->path, SIZE_MAX);
	buf_add(&w->path, w->scope.part[0].path.p, w->scope.part[0].path.len);
	pthread_mutex_lock(&g->lock);
	if (buf_addc(&w->path, '.') == -1 || (g->volumes == NULL && (g->volumes = volumes_new()) == NULL))
		rc = fail_nomem(q->why);
	else
		rc = volumes_locate(g->volumes, g->dirfd, w->path.p, &w->place, q->why);
	pthread_mutex_unlock(&g->lock);
	w->placed = rc == 0;
	return rc;
}

static int
answer(struct question *q)
{
	struct group_worker *w = q->w;
	const struct buf *folder = &w->scope.part[0].path;
	struct cluster_file *own = &w->file[w->own];
	struct answer a = {.file = w->file,
	    .n = w->n,
	    .own = w->own,
	    .shot = own->asked ? &own->shot : &w->shot,
	    .folder = buf_slice(folder),
	    .place = &w->place};

	answer_warn(&a, &q->r->facts->info);
	if (!answer_is_group(&a)) {
		w->answer.alone = own->lead != CLUSTER_NONE;
		return 0;
	}
	if (locate(q) == -1)
		return -1;
	return answer_write(&a, &w->group, &w->answer) == 0 ? 0 : fail_nomem(q->why);
}

/* Who belongs together, unless that is known still from the last one. */
static int
cluster(struct question *q)
{
	struct group_worker *w = q->w;

	if (w->clustered)
		return 0;
	if (!q->limited && ask(q) == -1)
		return -1;
	if (q->limited)
		return 0;
	cluster_files(w->file, w->n);
	w->clustered = true;
	return 0;
}

static int
search(struct question *q, const char *path, const char *own)
{
	struct group_worker *w = q->w;

	if (find_files(q, scope_of(&w->scope), slice_of(pathname_last(own)), pathname_last(path)) == -1)
		return -1;
	if (w->n == 0)
		return read_file(q, path);
	if (read_own(q, path) == -1 || cluster(q) == -1)
		return -1;
	if (!q->limited)
		return answer(q);
	w->listed = false;
	return buf_addf(&w->answer.unknown, "more than %d files may belong together; move some elsewhere",
		   GROUP_FILES_MAX) == 0
		   ? 0
		   : fail_nomem(q->why);
}

/* A file of a folder whose names are not known. */
static int
read_unlisted(struct question *q, const char *path, const char *own)
{
	const struct buf *why = &q->w->scope.unknown;

	if (read_file(q, path) == -1)
		return -1;
	if (groupname_may_belong(slice_of(pathname_last(own))) &&
	    buf_add(&q->w->answer.unknown, why->p, why->len) == -1)
		return fail_nomem(q->why);
	return 0;
}

int
group_read(struct group_worker *w, struct seen_reader *r, const char *path, const char *own, struct record_group *group,
    struct fail *why)
{
	struct question q = {.w = w, .r = r, .why = why};
	bool changed;
	int rc;

	answer_clear(&w->answer);
	if (scope_open(&w->scope, own, &changed) == -1)
		return fail_nomem(why);
	if (changed)
		w->listed = w->placed = false;
	if (w->scope.unknown.len > 0)
		rc = read_unlisted(&q, path, own);
	else if ((rc = search(&q, path, own)) == -1)
		w->listed = false;
	*group = w->answer;
	return rc;
}
