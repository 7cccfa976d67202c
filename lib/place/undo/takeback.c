#include "place/undo/takeback.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/pathname.h"
#include "file/folder.h"
#include "file/io.h"
#include "place/name/path.h"
#include "place/remove/aside.h"
#include "place/remove/removal.h"
#include "place/undo/back.h"

/* A name in an open folder, and what it leads to. */
struct end {
	int folder; /* -1: there is none */
	const char *name;
	bool there;
	struct stat st;
};

struct step {
	struct takeback *t;
	struct scratch_pool *scratch_pool;
	struct scratch *scratch;
	struct end copy;   /* in the library */
	struct end source; /* where it came from */
};

/* ---- how it ends ---- */

static void
leave(struct takeback *t, enum reason reason, const char *message)
{
	t->reason = reason;
	snprintf(t->message, sizeof(t->message), "%s", message);
}

static void
leave_changed(struct takeback *t)
{
	leave(t, REASON_CHANGED, "the library's file has changed since it was placed");
}

static void
leave_errno(struct takeback *t, enum reason reason)
{
	snprintf(t->message, sizeof(t->message), "%.100s: %.100s", reason_text(reason), strerror(errno));
	t->reason = reason;
}

static void
finish(struct takeback *t)
{
	t->done = true;
}

/* What kept a file from getting its old name: some of it is nobody's failure. */
static void
leave_for(struct takeback *t, const struct fail *why)
{
	if (why->code == FAIL_CHANGED)
		leave(t, REASON_CHANGED, why->message);
	else if (why->code == FAIL_SYSTEM && why->errnum == EEXIST)
		leave(t, REASON_NAME_TAKEN, "");
	else if (why->code == FAIL_SYSTEM && why->errnum == EROFS)
		leave(t, REASON_READ_ONLY, "");
	else
		t->why = *why;
}

/* ---- looking ---- */

static int
look_once(struct end *e)
{
	e->there = fstatat(e->folder, e->name, &e->st, AT_SYMLINK_NOFOLLOW) == 0;
	return e->there || errno == ENOENT ? 0 : -1;
}

/*
 * What lies aside of the name since a run was killed gets it back.  Returns 0, or -1 with errno: nobody can tell
 * whether the file is there.
 */
static int
look(const struct step *s, struct end *e)
{
	if (e->folder == -1)
		return 0;
	if (look_once(e) == -1)
		return -1;
	if (e->there || s->t->dry_run)
		return 0;
	switch (aside_restore(e->folder, e->name, &s->scratch->bare)) {
	case ASIDE_BACK:
		return look_once(e);
	case ASIDE_STUCK:
		errno = EBUSY;
		return -1;
	default:
		return 0;
	}
}

/* Whether a folder is the library's own, however a record or a link has led there; where that cannot be told, too. */
static bool
is_own(const struct takeback *t, int folder)
{
	struct buf own = {0}, real = {0};
	struct fail ignored;
	bool other = folder_resolve(t->root, ".dcim", &own, &ignored) == 0 &&
		     folder_resolve(folder, ".", &real, &ignored) == 0 && folder_below(own.p, real.p) == NULL;

	buf_fini(&own);
	buf_fini(&real);
	return !other;
}

static bool
is_nowhere(int error)
{
	return error == ENOENT || error == ENOTDIR;
}

/* Returns false where that cannot be told: then that is the reason. */
static bool
look_at_both(struct step *s)
{
	struct takeback *t = s->t;

	if ((s->copy.folder = path_open_folder_beneath(t->root, t->to)) == -1 && !is_nowhere(errno))
		leave_errno(t, REASON_COPY_UNREADABLE);
	else if (s->copy.folder != -1 && is_own(t, s->copy.folder))
		leave(t, REASON_IN_DCIM, "");
	else if ((s->source.folder = path_open_folder(t->dirfd, t->path)) == -1 && !is_nowhere(errno))
		leave_errno(t, REASON_SOURCE_GONE);
	else if (look(s, &s->copy) == -1)
		leave_errno(t, REASON_COPY_UNREADABLE);
	else if (look(s, &s->source) == -1)
		leave_errno(t, REASON_UNREADABLE);
	return t->reason == REASON_NONE;
}

/* Whether the source is as it was when its copy was made, as far as size and time tell. */
static bool
is_source_noted(const struct step *s)
{
	return s->source.there && S_ISREG(s->source.st.st_mode) && s->t->noted.has_size &&
	       state_agrees(&s->t->noted, &s->source.st);
}

/* The library has no such file: an undo that was killed, or a person, has removed it. */
static void
leave_gone(struct step *s)
{
	leave(s->t, REASON_COPY_MISSING, "");
	if (is_source_noted(s))
		finish(s->t);
}

/* ---- the proof, with the sides exchanged ---- */

static struct back
back_of(const struct step *s, int fd)
{
	const struct takeback *t = s->t;

	return (struct back){.fd = fd,
	    .from = {s->copy.folder, s->copy.name},
	    .to = {s->source.folder, s->source.name},
	    .noted = &t->noted,
	    .recorded = &t->recorded,
	    .weak = t->weak};
}

/* The two differ: which of them is not what it was? */
static void
leave_different(struct step *s)
{
	int fd = openat(s->copy.folder, s->copy.name, IO_OPEN_ITSELF);
	const struct back b = back_of(s, fd);
	struct fail why;

	if (fd == -1 || back_check(&b, s->scratch, &why) == -1)
		leave_changed(s->t);
	else if (s->t->kind == TAKEBACK_MOVE)
		leave(s->t, REASON_NAME_TAKEN, "");
	else
		leave(s->t, REASON_SOURCE_CHANGED, "");
	io_close(&fd);
}

/* A removal speaks of a source and of the library's file, which are the other way round here. */
static void
leave_unproved(struct step *s, const struct removal *r)
{
	struct takeback *t = s->t;

	switch (r->reason) {
	case REASON_DIFFERS:
		leave_different(s);
		return;
	case REASON_NOT_RECORDED:
	case REASON_LINK:
		leave_changed(t);
		return;
	case REASON_COPY_MISSING:
		leave(t, REASON_SOURCE_GONE, "");
		return;
	case REASON_COPY_UNREADABLE:
		leave(t, REASON_UNREADABLE, "its source cannot be read");
		return;
	case REASON_NOT_READ_BACK:
		leave(t, REASON_NOT_READ_BACK, "its source could not be read past the page cache");
		return;
	case REASON_GONE:
		leave(t, REASON_COPY_MISSING, "");
		return;
	default:
		leave(t, r->reason, r->message);
	}
}

/* Remove the library's file, if what is where it came from is the same, and another file. */
static void
remove_proved(struct step *s)
{
	const struct takeback *t = s->t;
	struct removal r = {.dirfd = s->copy.folder,
	    .path = s->copy.name,
	    .root = s->source.folder,
	    .to = s->source.name,
	    .recorded = t->recorded};

	if (t->dry_run)
		r.reason = removal_compare(&r, s->scratch_pool) ? REASON_NONE : r.reason;
	else
		removal_do((struct removal *[]){&r}, 1, s->scratch_pool);
	if (r.reason == REASON_NONE)
		finish(s->t);
	else
		leave_unproved(s, &r);
}

/* ---- by what was done ---- */

static void
undo_copy(struct step *s)
{
	if (!s->copy.there)
		leave_gone(s);
	else if (!s->source.there)
		leave(s->t, REASON_SOURCE_GONE, "");
	else if (!S_ISREG(s->source.st.st_mode))
		leave(s->t, REASON_LINK, "its source is a symbolic link, or not a regular file");
	else
		remove_proved(s);
}

static void
copy_back(struct step *s, const struct back *b)
{
	struct fail why;

	if (back_copy(b, s->scratch, &s->t->lost, &why) == -1)
		leave_for(s->t, &why);
	else if (s->t->kind == TAKEBACK_RETURN)
		leave(s->t, REASON_GIVEN_BACK, "");
	else
		remove_proved(s);
}

static void
give_back(struct step *s, const struct back *b)
{
	struct fail why;

	if (back_check(b, s->scratch, &why) == -1)
		leave_for(s->t, &why);
	else if (s->t->dry_run && s->t->kind == TAKEBACK_RETURN)
		leave(s->t, REASON_GIVEN_BACK, "");
	else if (s->t->dry_run)
		finish(s->t);
	else if (s->t->kind == TAKEBACK_RETURN)
		copy_back(s, b);
	else if (back_rename(b, s->scratch, &why) == 0)
		finish(s->t);
	else if (why.code == FAIL_SYSTEM && why.errnum == EXDEV)
		copy_back(s, b);
	else
		leave_for(s->t, &why);
}

/* The old name is free. */
static void
open_and_give_back(struct step *s)
{
	int fd = S_ISREG(s->copy.st.st_mode) ? openat(s->copy.folder, s->copy.name, IO_OPEN_ITSELF) : -1;
	const struct back b = back_of(s, fd);

	if (!S_ISREG(s->copy.st.st_mode))
		leave(s->t, REASON_CHANGED, "something else has the name of the library's file");
	else if (fd == -1)
		leave_errno(s->t, REASON_COPY_UNREADABLE);
	else
		give_back(s, &b);
	io_close(&fd);
}

static void
undo_move(struct step *s)
{
	if (!s->copy.there)
		leave_gone(s);
	else if (s->source.folder == -1)
		leave(s->t, REASON_FOLDER_GONE, "");
	else if (!s->source.there)
		open_and_give_back(s);
	else if (S_ISREG(s->source.st.st_mode))
		remove_proved(s);
	else
		leave(s->t, REASON_NAME_TAKEN, "");
}

static void
undo_return(struct step *s)
{
	if (is_source_noted(s))
		leave(s->t, REASON_GIVEN_BACK, "");
	else if (s->source.there)
		leave(s->t, REASON_NAME_TAKEN, "");
	else if (s->source.folder == -1)
		leave(s->t, REASON_FOLDER_GONE, "");
	else if (!s->copy.there)
		leave(s->t, REASON_COPY_MISSING, "");
	else
		open_and_give_back(s);
}

/*
 * Remove the library's name, which is hidden first: where the other went with it, or what is hidden is not what was
 * seen, it gets that back.
 */
static void
remove_name(struct step *s, bool (*is_ours)(const struct step *s, const char *hidden))
{
	struct aside aside = {.dirfd = s->copy.folder, .name = s->copy.name};
	struct fail why;

	if (s->t->dry_run) {
		if (is_ours(s, aside.name))
			finish(s->t);
		else
			leave_changed(s->t);
	} else if (aside_hide(&aside, &why) == -1) {
		s->t->why = why;
	} else if (is_ours(s, aside.hidden) && unlinkat(s->copy.folder, aside.hidden, 0) == 0) {
		finish(s->t);
	} else {
		leave_changed(s->t);
		if (aside_undo(&aside, &why) == -1)
			s->t->why = why;
	}
}

static bool
is_hardlink(const struct step *s, const char *hidden)
{
	struct stat mine, theirs;

	return fstatat(s->copy.folder, hidden, &mine, AT_SYMLINK_NOFOLLOW) == 0 &&
	       fstatat(s->source.folder, s->source.name, &theirs, AT_SYMLINK_NOFOLLOW) == 0 &&
	       io_same_file(&mine, &theirs) && mine.st_nlink > 1;
}

static void
undo_hardlink(struct step *s)
{
	if (!s->copy.there)
		leave_gone(s);
	else if (!s->source.there)
		leave(s->t, REASON_SOURCE_GONE, "");
	else if (!io_same_file(&s->copy.st, &s->source.st))
		leave(s->t, REASON_SOURCE_CHANGED, "its source is another file by now");
	else
		remove_name(s, is_hardlink);
}

/* As place-file has made it: to the source's folder, links resolved. */
static bool
is_symlink(const struct step *s, const char *hidden)
{
	struct path at = path_split(s->t->path);
	struct buf folder = {0}, want = {0};
	char target[PATH_MAX];
	ssize_t len = readlinkat(s->copy.folder, hidden, target, sizeof(target));
	struct fail why;
	bool same = false;

	buf_add(&folder, at.folder.p, (size_t)(at.name.p - at.folder.p));
	if (len > 0 && !folder.failed &&
	    folder_resolve(s->t->dirfd, folder.len > 0 ? folder.p : ".", &want, &why) == 0) {
		buf_adds(&want, want.len > 1 ? "/" : "");
		same = buf_adds(&want, at.name.p) == 0 &&
		       slice_same(buf_slice(&want), (struct slice){target, (size_t)len});
	}
	buf_fini(&folder);
	buf_fini(&want);
	return same;
}

static void
undo_symlink(struct step *s)
{
	if (!s->copy.there)
		finish(s->t);
	else if (s->source.folder == -1)
		leave(s->t, REASON_SOURCE_GONE, "");
	else if (!S_ISLNK(s->copy.st.st_mode))
		leave(s->t, REASON_CHANGED, "something else has the name of the library's link");
	else
		remove_name(s, is_symlink);
}

static void
undo(struct step *s)
{
	static void (*const by_kind[])(struct step *) = {[TAKEBACK_COPY] = undo_copy,
	    [TAKEBACK_MOVE] = undo_move,
	    [TAKEBACK_RETURN] = undo_return,
	    [TAKEBACK_HARDLINK] = undo_hardlink,
	    [TAKEBACK_SYMLINK] = undo_symlink};

	if (s->t->kind != TAKEBACK_NOTHING && look_at_both(s))
		by_kind[s->t->kind](s);
}

void
takeback_do(struct takeback *t, struct scratch_pool *scratch_pool)
{
	struct step s = {.t = t,
	    .scratch_pool = scratch_pool,
	    .copy = {.folder = -1, .name = pathname_last(t->to)},
	    .source = {.folder = -1, .name = pathname_last(t->path)}};

	if ((s.scratch = scratch_take(scratch_pool, &t->why)) == NULL)
		return;
	undo(&s);
	io_close(&s.copy.folder);
	io_close(&s.source.folder);
	scratch_return(scratch_pool, s.scratch);
}
