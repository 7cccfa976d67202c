#include "place/remove/together.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/pathname.h"
#include "file/hidden.h"
#include "file/io.h"
#include "place/name/beside.h"
#include "place/name/path.h"
#include "place/remove/aside.h"

struct batch {
	struct together *t;
	struct together_file *files;
	size_t n;
	struct buf hidden; /* paths of what killed runs have left in the folders of groups, each with its NUL */
	struct buf others; /* a path in each folder that was listed, and has no file of the batch, with its NUL */
};

/* A member of a group, looked at for one of its files in the batch. */
struct fellow {
	const struct together_file *of;
	struct buf path; /* its source */
	struct buf to;   /* what the library's file is called, beside that of the other */
	struct groupname read;
	struct removal compared;
};

void
together_init(struct together *t, struct scratch_pool *scratch_pool)
{
	*t = (struct together){.scratch_pool = scratch_pool};
	safe_init(&t->safe, scratch_pool);
}

void
together_fini(struct together *t)
{
	safe_fini(&t->safe);
}

/* ---- a member ---- */

static struct slice
name_of(const char *path)
{
	return slice_of(pathname_last(path));
}

static bool
is_there(const struct together_file *of, const char *path)
{
	return faccessat(of->removal.dirfd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

/* Where the library has a member, if it has it beside the file of the batch.  Returns 0, 1 where it is of no group. */
static int
find_beside(struct fellow *m)
{
	const struct together_file *of = m->of;
	struct path to = path_split(of->removal.to);
	struct groupname read;
	struct beside_file other = {.name = hidden_own(of->removal.path)}, file = {.name = name_of(buf_cstr(&m->path))};
	size_t stem;

	if (!rec_group_read(&of->group, other.name, &read) || !rec_group_read(&of->group, file.name, &m->read))
		return 1;
	other.stem = read.stem;
	file.stem = m->read.stem;
	buf_clear(&m->to, SIZE_MAX);
	buf_add(&m->to, to.folder.p, to.folder.len);
	if (to.folder.len > 0)
		buf_addc(&m->to, '/');
	return beside_name(to.name, &other, &file, &m->to, &stem);
}

/* Whether a source is the file of this path, also where a killed run has left it under its hidden name. */
static bool
is_of_path(const struct removal *r, const char *path)
{
	size_t folder = pathname_folder(r->path).len;
	const char *name = pathname_last(path);

	return (size_t)(name - path) == folder && memcmp(path, r->path, folder) == 0 &&
	       slice_eq(hidden_own(r->path), name);
}

/* A file of the batch that is this member. */
static const struct together_file *
in_batch(const struct fellow *m)
{
	const struct together_file *f = m->of->first;

	while (f != NULL && !is_of_path(&f->removal, buf_cstr(&m->path)))
		f = f->next;
	return f;
}

/* Whether its source and the library's file are equal, or it is not there; else m->compared says why not. */
static bool
is_safe(struct batch *b, struct fellow *m)
{
	const struct removal *of = &m->of->removal;
	int rc = find_beside(m);

	m->compared = (struct removal){
	    .dirfd = of->dirfd, .path = buf_cstr(&m->path), .root = rc == 0 ? of->root : -1, .to = buf_cstr(&m->to)};
	if (rc == 0 && safe_has(&b->t->safe, &m->compared))
		return true;
	if (!removal_compare(&m->compared, b->t->scratch_pool))
		return false;
	safe_note(&b->t->safe, &m->compared);
	return true;
}

/* The same beside any file of the batch: those of a group may lie at several places. */
static bool
is_safe_beside_any(struct batch *b, struct fellow *m)
{
	for (const struct together_file *f = m->of->first; f != NULL; f = f->next) {
		m->of = f;
		if (f->removal.to != NULL && is_safe(b, m))
			return true;
	}
	return false;
}

/* ---- a group ---- */

/*
 * Asks about each member of a file's group until the answer is `until`.  Returns that then, and else the opposite;
 * false without memory.
 */
static bool
ask(struct batch *b, const struct together_file *file, bool (*question)(struct batch *b, struct fellow *m), bool until)
{
	const char *member = NULL;
	struct fellow m = {0};
	bool answer = !until;

	while (answer != until && (member = rec_group_next(&file->group, member)) != NULL) {
		m.of = file;
		answer = rec_group_path(&file->group, member, &m.path) == 0 ? question(b, &m) : false;
		if (m.path.failed)
			break;
	}
	buf_fini(&m.path);
	buf_fini(&m.to);
	return answer;
}

static void
keep_all(struct together_file *first, const struct removal *bad)
{
	for (struct together_file *f = first; f != NULL; f = f->next) {
		if (f->removal.reason == REASON_NONE)
			removal_keep(&f->removal, bad);
	}
}

/* The pictures and films of the batch stay while a companion's source does: without them nobody knows whose it is. */
static void
stay_behind(struct together_file *first, const struct fellow *m)
{
	for (struct together_file *f = first; f != NULL; f = f->next) {
		if (!group_is_companion(f->group.role) && f->removal.behind == NULL &&
		    buf_adds(&f->behind, buf_cstr(&m->path)) == 0)
			f->removal.behind = f->behind.p;
	}
}

/* The library's file was never there: as far as this run knows, the member has not come. */
static void
tell_absent(struct removal *compared)
{
	snprintf(compared->message, sizeof(compared->message),
	    "it is not in the library; import it too (was it left out, thrown away, or did it fail?)");
}

/* What is in the batch is proved with the others. */
static bool
is_safe_outside(struct batch *b, struct fellow *m)
{
	struct together_file *first = m->of->first;
	bool safe = in_batch(m) != NULL || is_safe_beside_any(b, m), comes;

	comes = safe ? in_batch(m) == NULL && m->compared.reason == REASON_NONE && group_is_companion(m->read.role)
		     : m->compared.reason == REASON_COPY_MISSING;
	if (comes && !safe)
		tell_absent(&m->compared);
	if (comes && b->t->patient)
		first->waits = true;
	else if (comes && safe)
		stay_behind(first, m);
	else if (!safe)
		keep_all(first, &m->compared);
	return safe && !first->waits;
}

/* Whether it is a picture or film of the group whose content the library has beside this companion. */
static bool
is_beside(struct batch *b, struct fellow *m)
{
	const struct together_file *other = in_batch(m);

	if (find_beside(m) != 0 || group_is_companion(m->read.role))
		return false;
	if (other != NULL)
		return other->removal.to != NULL && strcmp(other->removal.to, m->to.p) == 0;
	return is_there(m->of, m->path.p) && is_safe(b, m);
}

static void
look_at_companions(struct batch *b, struct together_file *first)
{
	for (struct together_file *f = first; f != NULL; f = f->next) {
		if (f->beside && f->removal.reason == REASON_NONE && !ask(b, f, is_beside, true))
			removal_refuse(&f->removal, REASON_COMPANION, reason_text(REASON_COMPANION));
	}
}

/* ---- what a kill has left, and another file has its name ---- */

static bool
names_the_same(const struct rec_group *a, const struct rec_group *b)
{
	return slice_same(buf_slice(&a->members), buf_slice(&b->members)) &&
	       slice_same(buf_slice(&a->lead), buf_slice(&b->lead));
}

static bool
in_folder_of(const struct together_file *a, const struct together_file *b)
{
	return a->group.n > 0 && path_same_folder(a->removal.path, b->removal.path);
}

/* Each folder once for the batch: those that hold nothing hidden are large. */
static void
list_all_hidden(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		struct together_file *f = &b->files[i];
		size_t j = 0;

		if (f->group.n == 0)
			continue;
		while (j < i && !in_folder_of(&b->files[j], f))
			j++;
		f->listed = j < i ? b->files[j].listed : aside_list(f->removal.dirfd, f->removal.path, &b->hidden) == 0;
		if (!f->listed && f->removal.reason == REASON_NONE)
			removal_refuse(&f->removal, REASON_UNREADABLE, "its folder cannot be listed");
	}
}

static bool
has_listed(const struct batch *b, const char *path)
{
	const char *other = buf_cstr(&b->others), *end = other + b->others.len;

	while (other < end && !path_same_folder(other, path))
		other += strlen(other) + 1;
	return other < end;
}

/* A member's folder, as that of a clip's thumbnail, of which nothing else may be in the batch. */
static bool
list_folder(struct batch *b, struct fellow *m)
{
	const char *path = buf_cstr(&m->path);
	size_t i = 0;

	if (path_same_folder(m->of->removal.path, path) || has_listed(b, path))
		return true;
	while (i < b->n && !(b->files[i].group.n > 0 && path_same_folder(b->files[i].removal.path, path)))
		i++;
	if (i < b->n)
		return b->files[i].listed;
	return aside_list(m->of->removal.dirfd, path, &b->hidden) == 0 &&
	       buf_add(&b->others, path, strlen(path) + 1) == 0;
}

static void
list_other_folders(struct batch *b)
{
	for (size_t i = 0; i < b->n; i++) {
		struct together_file *f = &b->files[i];

		if (f->group.n > 0 && (f->first == f || !names_the_same(&f->group, &f->first->group)) &&
		    !ask(b, f, list_folder, false) && f->removal.reason == REASON_NONE)
			removal_refuse(
			    &f->removal, REASON_UNREADABLE, "the folder of a file that belongs to it cannot be listed");
	}
}

static bool
has_path(const struct together_file *f, const char *path)
{
	while (f != NULL && strcmp(f->removal.path, path) != 0)
		f = f->next;
	return f != NULL;
}

/* Whether nothing of a member is left beside the file that has its name now, but for what is in the batch. */
static bool
is_whole(struct batch *b, struct fellow *m)
{
	const char *hidden = buf_cstr(&b->hidden), *end = hidden + b->hidden.len, *path = buf_cstr(&m->path);
	struct together_file *first = m->of->first;

	for (; hidden < end; hidden += strlen(hidden) + 1) {
		struct removal left = {.path = hidden, .reason = REASON_GROUP};

		if (!is_of_path(&left, path) || has_path(first, hidden) || !is_there(m->of, hidden) ||
		    !is_there(m->of, path)) /* or it has had it back meanwhile */
			continue;
		snprintf(left.message, sizeof left.message, "a killed run has left it, and another file has its name");
		keep_all(first, &left);
		return false;
	}
	return true;
}

/* What stays in any case keeps the others. */
static void
look_inside(struct together_file *first)
{
	for (const struct together_file *f = first; f != NULL; f = f->next) {
		if (!f->gone && f->removal.reason != REASON_NONE) {
			keep_all(first, &f->removal);
			return;
		}
	}
}

/* All files of a group name the same members, but for records of different runs. */
static void
look_outside(struct batch *b, struct together_file *first)
{
	for (const struct together_file *f = first; f != NULL; f = f->next) {
		struct removal bad;

		if (f->removal.reason != REASON_NONE || (f != first && names_the_same(&f->group, &first->group)) ||
		    ask(b, f, is_safe_outside, false))
			continue;
		if (first->waits)
			return;
		bad = f->removal;
		removal_refuse(&bad, REASON_UNREADABLE, strerror(ENOMEM)); /* else they are all kept by now */
		keep_all(first, &bad);
	}
}

/* A path that came twice is looked at once. */
static bool
is_twin(const struct removal *r, struct removal *const *all, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(all[i]->path, r->path) == 0)
			return true;
	}
	return false;
}

/* Adds those whose role is a companion's, or the others. */
static size_t
add_all(struct together_file *first, bool companions, struct removal **all, size_t n)
{
	for (struct together_file *f = first; f != NULL; f = f->next) {
		struct removal *r = &f->removal;

		if (f->gone || r->reason != REASON_NONE || group_is_companion(f->group.role) != companions)
			continue;
		if (is_twin(r, all, n))
			removal_refuse(r, REASON_GONE, reason_text(REASON_GONE));
		else
			all[n++] = r;
	}
	return n;
}

/* Companions first: a kill leaves none without the picture that tells whose it is. */
static void
remove_all(struct batch *b, struct together_file *first, struct removal **all)
{
	size_t n = add_all(first, false, all, add_all(first, true, all, 0));

	removal_do(all, n, b->t->scratch_pool);
	for (size_t i = 0; i < n; i++) {
		if (all[i]->proved && all[i]->reason == REASON_GROUP)
			safe_note(&b->t->safe, all[i]);
	}
}

/* Whether the whole group is left for later. */
static bool
leave(struct together_file *first)
{
	for (struct together_file *f = first; f != NULL; f = f->next)
		f->waits = first->waits;
	return first->waits;
}

static void
remove_group(struct batch *b, struct together_file *first)
{
	struct removal **all = malloc(b->n * sizeof *all);
	struct removal bad = first->removal;

	removal_refuse(&bad, REASON_UNREADABLE, strerror(ENOMEM));
	if (all == NULL)
		keep_all(first, &bad);
	look_inside(first);
	look_outside(b, first);
	if (!leave(first)) {
		if (b->hidden.len > 0)
			ask(b, first, is_whole, false);
		look_at_companions(b, first);
		look_inside(first);
		remove_all(b, first, all);
	}
	free(all);
}

static void
remove_file(void *arg, size_t i)
{
	struct batch *b = arg;
	struct together_file *f = &b->files[i];
	struct removal *r = &f->removal;

	if (f->group.n > 0 && f->first == f)
		remove_group(b, f);
	if (f->group.n > 0 || f->gone || r->reason != REASON_NONE)
		return;
	if (f->beside)
		removal_refuse(r, REASON_COMPANION, reason_text(REASON_COMPANION));
	else
		removal_do(&r, 1, b->t->scratch_pool);
}

static bool
is_one_group(const struct rec_group *a, const struct rec_group *b)
{
	return a->n > 0 && b->n > 0 && slice_same(buf_slice(&a->id), buf_slice(&b->id));
}

/* One whose group could not be read may be of any: nobody knows whom it would keep. */
static void
keep_whom_it_may_concern(struct together_file *files, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct together_file *f = &files[i];

		if (!f->gone && f->removal.reason == REASON_NONE && (f->group.n > 0 || rec_group_failed(&f->group)))
			removal_refuse(&f->removal, REASON_UNREADABLE, strerror(ENOMEM));
	}
}

/* Behind those of its group that came before it. */
static void
link_to_group(struct together_file *files, size_t i)
{
	struct together_file *f = &files[i], *first = files, *last;

	while (first < f && (first->first != first || !is_one_group(&first->group, &f->group)))
		first++;
	f->first = first;
	f->next = NULL;
	for (last = first; last->next != NULL; last = last->next)
		;
	if (last != f)
		last->next = f;
}

static void
read_groups(struct together_file *files, size_t n)
{
	bool failed = false;

	for (size_t i = 0; i < n; i++) {
		if (files[i].rec->archive.len == 0) /* else no file lies beside it */
			failed |= !rec_get_group(files[i].rec, &files[i].group) && rec_group_failed(&files[i].group);
		link_to_group(files, i);
	}
	if (failed)
		keep_whom_it_may_concern(files, n);
}

static void
free_groups(struct together_file *files, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		rec_group_fini(&files[i].group);
		buf_fini(&files[i].behind);
	}
}

/* Of a file whose group is not known nobody can tell whom it would leave behind. */
static void
keep_unknown(struct together_file *files, size_t n)
{
	struct buf why = {0};

	for (size_t i = 0; i < n; i++) {
		struct together_file *f = &files[i];

		if (!f->gone && f->removal.reason == REASON_NONE && rec_group_unknown(f->rec, &why))
			removal_refuse(&f->removal, REASON_GROUP_UNKNOWN, buf_cstr(&why));
	}
	buf_fini(&why);
}

void
together_remove(struct together *t, struct run *run, struct together_file *files, size_t n)
{
	struct batch b = {.t = t, .files = files, .n = n};

	read_groups(files, n);
	keep_unknown(files, n);
	list_all_hidden(&b);
	list_other_folders(&b);
	run_parallel(run, n, remove_file, &b);
	free_groups(files, n);
	buf_fini(&b.hidden);
	buf_fini(&b.others);
}

/* ---- before the names are chosen ---- */

static bool
has_gone(struct batch *b, const struct fellow *m)
{
	struct fail why;
	struct scratch *scratch;
	struct stat st;
	bool gone;

	if (fstatat(m->of->removal.dirfd, m->path.p, &st, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT ||
	    (scratch = scratch_take(b->t->scratch_pool, &why)) == NULL)
		return false;
	gone = aside_restore(m->of->removal.dirfd, m->path.p, &scratch->bare) == ASIDE_NONE;
	scratch_return(b->t->scratch_pool, scratch);
	return gone;
}

static bool
has_come(struct batch *b, struct fellow *m)
{
	return in_batch(m) != NULL || has_gone(b, m);
}

static void
look(void *arg, size_t i)
{
	struct batch *b = arg;
	struct together_file *f = &b->files[i];

	f->waits = !ask(b, f, has_come, false);
}

void
together_look(struct together *t, struct run *run, struct together_file *files, size_t n)
{
	struct batch b = {.t = t, .files = files, .n = n};

	read_groups(files, n);
	run_parallel(run, n, look, &b);
	free_groups(files, n);
}
