#include "place/undo/subject.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/pathname.h"
#include "file/folder.h"
#include "file/io.h"
#include "place/name/path.h"
#include "run/words.h"

#define OWN_FOLDER ".dcim/"

/* ---- the library ---- */

/* Files were placed there once: a folder that has not the library's own is where a disk should be. */
static bool
is_library(const struct subjects *s, const char *name)
{
	struct buf own = {0};
	bool is = buf_addf(&own, "%s/" OWN_FOLDER, name) == 0 && faccessat(s->dirfd, own.p, F_OK, 0) == 0;

	buf_fini(&own);
	return is;
}

int
subjects_init(struct subjects *s, int dirfd, const char *wanted, struct fail *why)
{
	*s = (struct subjects){.wanted = wanted, .dirfd = dirfd, .fd = -1, .volumes = volumes_new()};
	if (s->volumes == NULL)
		return fail_nomem(why);
	if (wanted == NULL || is_library(s, wanted))
		return 0;
	return fail_set(why, FAIL_INPUT, "open", "no library at %s (is the disk mounted?)", wanted);
}

void
subjects_fini(struct subjects *s)
{
	io_close(&s->fd);
	buf_fini(&s->name);
	buf_fini(&s->real);
	buf_fini(&s->text);
	relpath_fini(&s->relpath);
	volume_place_fini(&s->at);
	volumes_free(s->volumes);
}

/* The root of a record's library, opened once for neighbours.  Returns a descriptor, borrowed, or -1. */
static int
use_root(struct subjects *s, const struct rec *rec)
{
	struct fail ignored;

	buf_clear(&s->text, SIZE_MAX);
	if (s->wanted != NULL)
		buf_adds(&s->text, s->wanted);
	else
		rec_get_path(rec, "place.root", &s->text);
	if (s->text.len == 0)
		return -1;
	if (s->name.len > 0 && slice_same(buf_slice(&s->name), buf_slice(&s->text)))
		return s->fd;
	io_close(&s->fd);
	buf_clear(&s->name, SIZE_MAX);
	if (buf_add(&s->name, s->text.p, s->text.len) == 0 && is_library(s, s->name.p) &&
	    folder_resolve(s->dirfd, s->name.p, &s->real, &ignored) == 0)
		s->fd = openat(s->dirfd, s->name.p, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return s->fd;
}

/* ---- the file ---- */

static enum takeback_kind
kind_of(const struct rec *rec)
{
	bool removed = word_is(rec, PLACE_SOURCE_REMOVED);

	switch (word_find(rec, "place.action")) {
	case ACTION_COPIED:
	case ACTION_REFLINKED:
		return removed ? TAKEBACK_MOVE : TAKEBACK_COPY;
	case ACTION_MOVED:
		return TAKEBACK_MOVE;
	case ACTION_HARDLINKED:
		return TAKEBACK_HARDLINK;
	case ACTION_SYMLINKED:
		return TAKEBACK_SYMLINK;
	case ACTION_EXISTS:
	case ACTION_DUPLICATE:
		return removed ? TAKEBACK_RETURN : TAKEBACK_NOTHING;
	default:
		return TAKEBACK_NOTHING;
	}
}

/* Whether a path that a record brings stays in the library, and out of what is the library's own. */
static bool
stays_below(const struct buf *to)
{
	return to->len > 0 && to->p[0] != '/' && strlen(to->p) == to->len && folder_keeps(to->p) &&
	       strncmp(to->p, OWN_FOLDER, strlen(OWN_FOLDER)) != 0 && *pathname_last(to->p) != '\0';
}

/* Whether the source is in the library, as far as can be told. */
static bool
is_tied(struct subjects *s, const char *path)
{
	struct fail ignored;

	s->relpath.root = s->real.p;
	return relpath_find(&s->relpath, s->dirfd, path, &s->text, &ignored) != 1;
}

/* Which file of the library a record is about; `to` is empty where it is about none. */
static void
read_file(const struct rec *rec, struct buf *to)
{
	if (!rec_get_path(rec, "place.to", to) && rec_known(rec) && word_is(rec, BY_SOURCE))
		rec_get_path(rec, "db.path", to);
	if (to->len > 0 && !stays_below(to))
		buf_clear(to, SIZE_MAX);
}

/* Of the source: what only paths were given for has it in no other place. */
static void
read_state(const struct rec *rec, struct state *noted)
{
	struct slice mtime;

	if (rec_get_state(rec, noted) && noted->has_size && noted->has_mtime)
		return;
	noted->has_size = rec_get_u64(rec, "source.size", &noted->size);
	noted->has_mtime = rec_get(rec, "source.mtime", &mtime) && rec_parse_time(mtime, &noted->mtime);
}

static bool
is_uuid(const struct buf *volume)
{
	return volume->len > 0 && volume->p[0] != '/';
}

/* Another volume has its place. */
static void
leave_absent(struct takeback *t)
{
	bool goes_back = t->kind == TAKEBACK_MOVE || t->kind == TAKEBACK_RETURN;

	t->reason = goes_back ? REASON_FOLDER_GONE : REASON_SOURCE_GONE;
}

/*
 * Its own volume, if that has a UUID, and not whatever is mounted there now.  Where nobody can tell, as in a container
 * without /dev/disk, the path counts; it always does for a link, which leads to one.
 */
static int
find_source(struct subject *subject, struct subjects *s, const struct rec *rec, struct fail *why)
{
	struct takeback *t = &subject->t;
	struct buf volume = {0}, below = {0};
	struct fail ignored;
	int rc = 0;
	bool located = volumes_locate(s->volumes, s->dirfd, t->path, &s->at, &ignored) == 0;

	if (t->kind == TAKEBACK_SYMLINK || !rec_get_string(rec, "source.volume", &volume) || !is_uuid(&volume) ||
	    !rec_get_path(rec, "source.path", &below) ||
	    (located && slice_same(buf_slice(&s->at.volume), buf_slice(&volume))))
		;
	else if ((rc = volumes_find(s->volumes, volume.p, buf_cstr(&below), &subject->source, why)) == 1)
		t->path = subject->source.p;
	else if (rc == 0 && located && is_uuid(&s->at.volume))
		leave_absent(t);
	buf_fini(&volume);
	buf_fini(&below);
	return rc == -1 ? -1 : 0;
}

/* A log given as an operand, or a list of files. */
static bool
is_only_path(const struct rec *rec)
{
	struct slice any;

	return !rec_get(rec, "place", &any) && !rec_get(rec, "error", &any) && !rec_get(rec, "size", &any) &&
	       !rec_get(rec, "db", &any);
}

int
subject_read(struct subject *subject, struct subjects *s, const struct rec *rec, struct fail *why)
{
	struct takeback *t = &subject->t;
	struct slice hash;
	int root;

	*subject = (struct subject){
	    .t = {.kind = kind_of(rec), .dirfd = s->dirfd, .path = rec->path.p, .root = -1}, .root = -1};
	if (is_only_path(rec))
		return fail_set(
		    why, FAIL_INPUT, "undo", "a path does not tell what was placed: place-file --undo <LOG");
	read_file(rec, &subject->to);
	t->to = buf_cstr(&subject->to);
	if (t->kind == TAKEBACK_NOTHING || subject->to.len == 0) {
		t->reason = REASON_NOT_PLACED;
		return 0;
	}
	if (rec->archive.len > 0) {
		t->reason = REASON_ARCHIVE;
		snprintf(t->message, sizeof(t->message),
		    "it came from an archive, with which it is not compared: remove it yourself");
		return 0;
	}
	if ((root = use_root(s, rec)) == -1) {
		t->reason = REASON_OTHER_LIBRARY;
		return 0;
	}
	if (rec_get(rec, "hash", &hash) && digest_read_json(hash, &t->recorded, why) == -1)
		return -1;
	read_state(rec, &t->noted);
	if (find_source(subject, s, rec, why) == -1)
		return -1;
	subject->tied = is_tied(s, t->path);
	if ((subject->root = fcntl(root, F_DUPFD_CLOEXEC, 0)) == -1)
		return fail_errno(why, "open", "the library");
	t->root = subject->root;
	return 0;
}

void
subject_fini(struct subject *subject)
{
	io_close(&subject->root);
	buf_fini(&subject->to);
	buf_fini(&subject->source);
	buf_fini(&subject->t.lost);
}

bool
subject_same(const struct subject *a, const struct subject *b)
{
	return slice_same(buf_slice(&a->to), buf_slice(&b->to)) || strcmp(a->t.path, b->t.path) == 0;
}
