#include "place/remove/removal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "file/beneath.h"
#include "file/io.h"
#include "place/library.h"
#include "place/name/path.h"
#include "place/remove/aside.h"
#include "place/stage/copy.h"

#define OPEN_OWN (O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
#define TRIES_MAX 3 /* of comparing a source whose ctime changes meanwhile */
#define OVERLAY_MAGIC 0x794c7630
#define OPEN_FILE (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
#define HALF (SCRATCH_BYTES / 2)
#define QUIET_S 600 /* after that nobody is taken to be writing on */

/* One side, open, and its state when it was. */
struct side {
	int fd;
	struct stat st;
};

struct act {
	struct removal *r;
	struct scratch *scratch;
	int folder; /* of the source */
	struct aside aside;
	struct side source, before, copy; /* before: the library's file while the source still has its name */
	bool blind;                       /* the source's ctime does not tell of its rename */
	bool hidden;                      /* the source is */
	bool elsewhere;                   /* it has gone, but only under a hidden name that another program works on */
};

/* ---- saying why ---- */

/* With a detail, or, for errno, with the system's words.  Returns the reason. */
static enum reason
doubt(struct act *a, enum reason reason, const char *detail)
{
	snprintf(a->r->message, sizeof(a->r->message), "%.100s%s%.100s", reason_text(reason),
	    *detail != '\0' ? ": " : "", detail);
	return reason;
}

static enum reason
doubt_errno(struct act *a, enum reason reason)
{
	return doubt(a, reason, strerror(errno));
}

/* A source's name that cannot be changed. */
static enum reason
doubt_name(struct act *a, int error)
{
	errno = error;
	if (error == EROFS)
		return doubt(a, REASON_READ_ONLY, "");
	return error == ENOENT ? doubt(a, REASON_GONE, "") : doubt_errno(a, REASON_NO_PERMISSION);
}

/* ---- before anything is touched ---- */

static int
open_side(struct side *side, int fd)
{
	side->fd = fd;
	return fd == -1 ? -1 : fstat(fd, &side->st);
}

/* Whether the source is the file that was recorded, as far as size and time tell. */
static bool
is_recorded(const struct act *a)
{
	const struct stat *st = &a->source.st;

	return S_ISREG(st->st_mode) && state_agrees(&a->r->noted, st);
}

static enum reason
open_source(struct act *a)
{
	const struct removal *r = a->r;
	struct statvfs fs;
	int rc;

	if ((a->folder = path_open_folder(r->dirfd, r->path)) == -1)
		return errno == ENOENT ? doubt(a, REASON_GONE, "") : doubt_errno(a, REASON_UNREADABLE);
	a->aside = (struct aside){.dirfd = a->folder, .name = path_name(r->path)};
	if (fstatvfs(a->folder, &fs) == 0 && (fs.f_flag & ST_RDONLY))
		return doubt(a, REASON_READ_ONLY, "");
	rc = open_side(&a->source, openat(a->folder, a->aside.name, OPEN_FILE));
	if (rc == -1 && errno == ENOENT) {
		enum aside_found found = aside_restore(r->dirfd, r->path, &a->scratch->bare);

		errno = ENOENT;
		if (found == ASIDE_BACK)
			rc = open_side(&a->source, openat(a->folder, a->aside.name, OPEN_FILE));
		a->elsewhere = found == ASIDE_STUCK;
	}
	if (rc == -1 && errno == ENOENT)
		return doubt(a, REASON_GONE, a->elsewhere ? "or only under a hidden name" : "");
	if (rc == -1)
		return errno == ELOOP ? doubt(a, REASON_LINK, "") : doubt_errno(a, REASON_UNREADABLE);
	if (!S_ISREG(a->source.st.st_mode))
		return doubt(a, REASON_LINK, "");
	if (!r->noted.has_size)
		a->r->noted = (struct state){true, true, (uint64_t)a->source.st.st_size, a->source.st.st_mtim};
	return is_recorded(a) ? REASON_NONE : doubt(a, REASON_CHANGED, "");
}

/* Its state from where the file system is, not from what is remembered here of it. */
static struct timespec
true_ctime(const struct side *side)
{
#ifdef AT_STATX_FORCE_SYNC
	struct statx sx;

	if (statx(side->fd, "", AT_EMPTY_PATH | AT_STATX_FORCE_SYNC, STATX_CTIME, &sx) == 0)
		return (struct timespec){sx.stx_ctime.tv_sec, sx.stx_ctime.tv_nsec};
#endif
	return side->st.st_ctim;
}

static enum reason
doubt_copy(struct act *a)
{
	switch (errno) {
	case ENOENT:
	case ENOTDIR:
		return doubt(a, REASON_COPY_MISSING, "");
	case ELOOP:
	case EXDEV:
		return doubt(a, REASON_COPY_UNREADABLE, "its path leads through a symbolic link");
	default:
		return doubt_errno(a, REASON_COPY_UNREADABLE);
	}
}

static enum reason
open_copy(struct act *a, struct side *side)
{
	const struct removal *r = a->r;

	if (r->root == -1)
		return doubt(a, REASON_COPY_MISSING, "");
	if (open_side(side, beneath_open_plain(r->root, r->to, OPEN_FILE)) == -1)
		return doubt_copy(a);
	if (!S_ISREG(side->st.st_mode))
		return doubt(a, REASON_COPY_MISSING, "something else has its name");
	if (io_same_file(&side->st, &a->source.st))
		return doubt(a, REASON_SAME_FILE, "");
	if (side->st.st_size != a->source.st.st_size)
		return doubt(a, REASON_DIFFERS, "its size differs");
	return REASON_NONE;
}

/* A pool of disks shows one of the files that have a name, and renames and removes them all. */
static bool
is_one_of_many(int fd)
{
	char paths[4096];
	ssize_t n = fgetxattr(fd, "user.mergerfs.allpaths", paths, sizeof(paths));

	return n == -1 ? errno == ERANGE : n > 0 && strnlen(paths, (size_t)n) + 1 < (size_t)n;
}

static bool
was_written_lately(const struct side *side)
{
	time_t now = time(NULL), then = side->st.st_mtim.tv_sec;

	return then <= now && now - then < QUIET_S; /* a clock that is ahead tells nothing */
}

/*
 * Whether another program has it open for writing.  Of another user's file only root is told; then it may be, if it was
 * written lately.  Where there are no leases, nobody can tell.
 */
static bool
is_being_written(const struct side *side)
{
	fcntl(side->fd, F_SETSIG, SIGURG); /* one who opens it in this moment is to end nobody */
	if (fcntl(side->fd, F_SETLEASE, F_RDLCK) == -1)
		return errno == EAGAIN || (errno == EACCES && was_written_lately(side));
	fcntl(side->fd, F_SETLEASE, F_UNLCK);
	return false;
}

/* An overlay may show the source's own bytes under a name of its own: opened for writing, the file gets its own. */
static enum reason
own_bytes(struct act *a)
{
	struct statfs fs;
	int fd;

	if (fstatfs(a->before.fd, &fs) == -1 || fs.f_type != OVERLAY_MAGIC)
		return REASON_NONE;
	io_close(&a->before.fd);
	fd = beneath_open_plain(a->r->root, a->r->to, OPEN_OWN);
	if (fd == -1)
		return doubt_copy(a);
	io_close(&fd);
	return open_copy(a, &a->before);
}

/* ---- the proof ---- */

/* A file with another number: some unions give one to what is renamed, or another file had taken the name. */
static void
use_hidden(struct act *a, struct side *hidden)
{
	io_close(&a->source.fd);
	a->source = *hidden;
	hidden->fd = -1;
	copy_lock(a->source.fd);
}

/* What is hidden now is what is compared and removed, if it is as the source was recorded. */
static enum reason
look_aside(struct act *a)
{
	const struct timespec before = a->source.st.st_ctim;
	struct side hidden;

	if (open_side(&hidden, openat(a->folder, a->aside.hidden, OPEN_FILE)) == -1) {
		io_close(&hidden.fd);
		return doubt(a, REASON_CHANGED, "another file took its name");
	}
	if (io_same_file(&hidden.st, &a->source.st))
		a->source.st = hidden.st;
	else
		use_hidden(a, &hidden);
	io_close(&hidden.fd);
	a->source.st.st_ctim = true_ctime(&a->source);
	a->blind = io_same_time(&before, &a->source.st.st_ctim);
	return is_recorded(a) ? REASON_NONE : doubt(a, REASON_CHANGED, "another file took its name");
}

/* Open what the copy's folder shows under a name, "" for itself. */
static int
open_beside(const struct act *a, const char *name, int flags)
{
	const char *to = a->r->to;
	struct buf path = {0};
	int fd = -1;

	buf_add(&path, to, (size_t)(path_name(to) - to));
	if (buf_adds(&path, name) == 0)
		fd = beneath_open_plain(a->r->root, buf_cstr(&path), flags);
	else
		errno = ENOMEM;
	buf_fini(&path);
	return fd;
}

/*
 * A view that remembers names, as an overlay does of the folders below it, leads to a renamed file for a while.  Of the
 * hidden name it has never heard: where the copy's folder shows that too, the folder is the source's.  One that is the
 * source's own in plain sight proves nothing: there the files' numbers have told.
 */
static enum reason
look_beside(struct act *a)
{
	struct side hidden = {.fd = open_beside(a, a->aside.hidden, O_PATH)};
	bool there, own;

	if (hidden.fd == -1 && errno != ENOENT && errno != ENAMETOOLONG)
		return doubt_errno(a, REASON_COPY_UNREADABLE);
	there = hidden.fd != -1;
	own = there && fstat(hidden.fd, &hidden.st) == 0 && io_same_file(&hidden.st, &a->source.st);
	io_close(&hidden.fd);
	return there && !own ? doubt(a, REASON_SAME_FILE, "its temporary name has appeared in the library's folder")
			     : REASON_NONE;
}

/* Where times do not tell of a rename, equal ones and an equal number may be of one file. */
static bool
may_be_one(const struct act *a, const struct timespec *ctime)
{
	return a->blind && a->copy.st.st_ino == a->source.st.st_ino && io_same_time(ctime, &a->source.st.st_ctim);
}

/* The library's file is still there, and the rename was of another one. */
static enum reason
look_again(struct act *a)
{
	enum reason reason = open_copy(a, &a->copy);
	struct timespec now;

	if (reason == REASON_COPY_MISSING)
		return doubt(a, REASON_SAME_FILE, "the library's file was renamed with it");
	if (reason != REASON_NONE)
		return reason;
	if (!io_same_file(&a->copy.st, &a->before.st))
		return doubt(a, REASON_CHANGED, "the library's file was replaced meanwhile");
	now = true_ctime(&a->copy);
	if (!io_same_time(&a->before.st.st_ctim, &now))
		return doubt(a, REASON_SAME_FILE, "the library's file changed when it was renamed");
	if (may_be_one(a, &now))
		return doubt(a, REASON_SAME_FILE, "nothing tells them apart");
	return look_beside(a);
}

static int
flush_folder(struct act *a)
{
	int fd = open_beside(a, "", O_RDONLY | O_DIRECTORY), rc = fd == -1 ? -1 : io_sync_folder(fd);

	io_close(&fd);
	return rc;
}

/* A file system that cannot write has nothing to flush. */
static enum reason
flush_copy(struct act *a)
{
	const struct removal *r = a->r;

	if (r->durable || (r->flushed && a->copy.st.st_dev == r->flushed_dev))
		return REASON_NONE;
	if ((fsync(a->copy.fd) == -1 || flush_folder(a) == -1) && errno != EROFS)
		return doubt_errno(a, REASON_COPY_UNREADABLE);
	return REASON_NONE;
}

static enum reason
compare_bytes(struct act *a)
{
	unsigned char *mine = a->scratch->bytes, *theirs = mine + HALF;
	uint64_t at = 0;
	ssize_t n, m;
	struct fail why;

	do {
		if ((n = io_read(a->source.fd, mine, HALF, at, &why)) == -1)
			return doubt(a, REASON_UNREADABLE, why.message);
		if ((m = io_read(a->copy.fd, theirs, HALF, at, &why)) == -1)
			return doubt(a, REASON_COPY_UNREADABLE, why.message);
		if (n != m || memcmp(mine, theirs, (size_t)n) != 0)
			return doubt(a, REASON_DIFFERS, "");
		if (a->r->recorded.mask != 0)
			digest_update(a->scratch->digest, mine, (size_t)n);
		at += (uint64_t)n;
	} while ((size_t)n == HALF);
	return at == a->r->noted.size ? REASON_NONE : doubt(a, REASON_CHANGED, "");
}

static bool
has_all(const struct digests *have, const struct digests *want)
{
	return digest_equal(have, want) && (have->mask & want->mask) == want->mask;
}

static enum reason
compare(struct act *a)
{
	const struct digests *recorded = &a->r->recorded;
	struct digests got;
	struct fail why;
	enum reason reason;

	if (recorded->mask != 0 && digest_start(a->scratch->digest, recorded->mask, &why) == -1)
		return doubt(a, REASON_UNREADABLE, why.message);
	if ((reason = compare_bytes(a)) != REASON_NONE || recorded->mask == 0)
		return reason;
	if (digest_final(a->scratch->digest, &got, &why) == -1)
		return doubt(a, REASON_UNREADABLE, why.message);
	return has_all(&got, recorded) ? REASON_NONE : doubt(a, REASON_NOT_RECORDED, "its digest differs");
}

static enum reason
compare_past_cache(struct act *a)
{
	enum reason reason;

	copy_lock(a->copy.fd);
	if (copy_drop_pages(a->scratch, a->copy.fd, a->r->noted.size))
		reason = compare(a);
	else
		reason = doubt(a, REASON_NOT_READ_BACK, "");
	copy_unlock(a->copy.fd);
	return reason;
}

static bool
unchanged(const struct side *side)
{
	struct stat st;

	return fstat(side->fd, &st) == 0 && io_same_version(&st, &side->st) &&
	       io_same_time(&st.st_ctim, &side->st.st_ctim);
}

/* Neither was touched while they were compared, and the name still leads to what was compared. */
static enum reason
look_last(struct act *a)
{
	struct side now = {.fd = -1};
	bool same;

	if (is_being_written(&a->source))
		return doubt(a, REASON_CHANGED, "another program may still be writing it");
	if (!unchanged(&a->source))
		return doubt(a, REASON_CHANGED, "");
	if (!unchanged(&a->copy))
		return doubt(a, REASON_CHANGED, "the library's file changed meanwhile");
	same = open_side(&now, beneath_open_plain(a->r->root, a->r->to, O_PATH)) == 0 &&
	       io_same_file(&now.st, &a->copy.st);
	io_close(&now.fd);
	return same ? REASON_NONE : doubt(a, REASON_COPY_MISSING, "it disappeared while it was compared");
}

/* Takes the source's ctime where nothing else about it has changed since. */
static bool
only_ctime_changed(struct act *a)
{
	struct stat st;

	if (fstat(a->source.fd, &st) == -1 || !io_same_version(&st, &a->source.st) ||
	    io_same_time(&st.st_ctim, &a->source.st.st_ctim))
		return false;
	a->source.st.st_ctim = st.st_ctim;
	return true;
}

/*
 * A union may give up the old name of what was renamed only when the last descriptor is closed, in its own time, and
 * that changes ctime.  An edit does, too: so it is all compared again.
 */
static enum reason
prove(struct act *a)
{
	enum reason reason;
	unsigned tries = 0;

	if ((reason = look_aside(a)) != REASON_NONE || (reason = look_again(a)) != REASON_NONE ||
	    (reason = flush_copy(a)) != REASON_NONE)
		return reason;
	do {
		if ((reason = compare_past_cache(a)) != REASON_NONE)
			return reason;
	} while (++tries < TRIES_MAX && only_ctime_changed(a));
	return REASON_NONE;
}

/* ---- removing ---- */

static enum reason
give_back(struct act *a, enum reason reason)
{
	struct fail why;
	char detail[96];

	if (aside_undo(&a->aside, &why) == 0)
		return reason;
	if (why.errnum == ENOENT)
		return doubt(a, REASON_CHANGED, "another program is using it");
	snprintf(detail, sizeof(detail), "it is in the same folder, under a hidden name that ends in %s",
	    strrchr(a->aside.hidden, '.'));
	return doubt(a, REASON_ELSEWHERE, detail);
}

static enum reason
hide_and_prove(struct act *a)
{
	struct fail why;

	copy_lock(a->source.fd);
	if (aside_hide(&a->aside, &why) == -1)
		return doubt_name(a, why.errnum);
	a->hidden = true;
	return prove(a);
}

static enum reason
act(struct act *a)
{
	enum reason reason;

	if ((reason = open_source(a)) != REASON_NONE || (reason = open_copy(a, &a->before)) != REASON_NONE ||
	    (reason = own_bytes(a)) != REASON_NONE)
		return reason;
	if (is_one_of_many(a->source.fd))
		return doubt(a, REASON_UNREADABLE, "the pool of disks holds several files of this name");
	if (is_being_written(&a->source))
		return doubt(a, REASON_CHANGED, "another program may still be writing it");
	a->before.st.st_ctim = true_ctime(&a->before);
	return hide_and_prove(a);
}

/* Begin with a removal; its reason is set. */
static void
begin(struct act *a, struct removal *r, enum reason (*first)(struct act *a), struct scratch_pool *scratch_pool)
{
	struct fail why;

	*a = (struct act){.r = r, .folder = -1, .source = {.fd = -1}, .before = {.fd = -1}, .copy = {.fd = -1}};
	if ((a->scratch = scratch_take(scratch_pool, &why)) == NULL) {
		r->reason = doubt(a, REASON_UNREADABLE, why.message);
		return;
	}
	r->reason = first(a);
	scratch_return(scratch_pool, a->scratch);
}

static void
end(struct act *a)
{
	if (a->hidden)
		a->r->reason = give_back(a, a->r->reason);
	io_close(&a->copy.fd);
	io_close(&a->before.fd);
	io_close(&a->source.fd);
	io_close(&a->folder);
}

/* Only what is nowhere any more keeps no other. */
static bool
keeps_others(const struct act *a)
{
	return a->r->reason != REASON_NONE && (a->r->reason != REASON_GONE || a->elsewhere);
}

static enum reason
doubt_behind(struct act *a)
{
	snprintf(a->r->message, sizeof(a->r->message), "a file that belongs to it is to be removed first: %.100s",
	    path_name(a->r->behind));
	return REASON_GROUP;
}

static void
unlink_hidden(struct act *a)
{
	if (!a->hidden)
		return;
	if (a->r->behind != NULL)
		a->r->reason = doubt_behind(a);
	else if (unlinkat(a->folder, a->aside.hidden, 0) == 0)
		a->hidden = false;
	else
		a->r->reason = doubt_name(a, errno);
}

/* In order, so that where one cannot go, a companion before its picture, what comes behind it stays. */
static void
unlink_all(struct act *acts, struct removal *const *all, size_t n)
{
	const struct act *bad = NULL;

	for (size_t i = 0; i < n; i++) {
		if (bad != NULL && acts[i].hidden)
			removal_keep(all[i], bad->r);
		else if (bad == NULL)
			unlink_hidden(&acts[i]);
		if (bad == NULL && acts[i].hidden && all[i]->behind == NULL)
			bad = &acts[i];
	}
}

/* All are hidden and proved, or *n ends with the first that is not.  Returns that one, or NULL. */
static const struct act *
prove_all(struct act *acts, struct removal *const *all, size_t *n, struct scratch_pool *scratch_pool)
{
	for (size_t i = 0; i < *n; i++) {
		begin(&acts[i], all[i], act, scratch_pool);
		if (keeps_others(&acts[i])) {
			*n = i + 1;
			return &acts[i];
		}
	}
	for (size_t i = 0; i < *n; i++) {
		if (acts[i].hidden && (acts[i].r->reason = look_last(&acts[i])) != REASON_NONE)
			return &acts[i];
		all[i]->proved = acts[i].hidden;
	}
	return NULL;
}

static void
act_on_all(struct act *acts, struct removal *const *all, size_t n, struct scratch_pool *scratch_pool)
{
	size_t begun = n;
	const struct act *bad = prove_all(acts, all, &begun, scratch_pool);

	for (size_t i = 0; i < n && bad != NULL; i++) {
		if (all[i]->reason == REASON_NONE)
			removal_keep(all[i], bad->r);
	}
	if (bad == NULL)
		unlink_all(acts, all, n);
	for (size_t i = 0; i < begun; i++)
		end(&acts[i]);
}

void
removal_do(struct removal *const *all, size_t n, struct scratch_pool *scratch_pool)
{
	struct act one, *acts = n == 1 ? &one : calloc(n, sizeof(*acts));

	for (size_t i = 0; i < n; i++)
		all[i]->reason = REASON_NONE;
	if (acts != NULL)
		act_on_all(acts, all, n, scratch_pool);
	for (size_t i = 0; i < n && acts == NULL; i++) {
		all[i]->reason = REASON_UNREADABLE;
		snprintf(all[i]->message, sizeof(all[i]->message), "%s", strerror(ENOMEM));
	}
	if (acts != &one)
		free(acts);
}

void
removal_keep(struct removal *r, const struct removal *bad)
{
	r->reason = bad->reason == REASON_READ_ONLY ? REASON_READ_ONLY : REASON_GROUP;
	if (r->reason == REASON_READ_ONLY)
		snprintf(r->message, sizeof(r->message), "%s", bad->message);
	else
		snprintf(r->message, sizeof(r->message), "%.60s: %.60s: %.96s", reason_text(REASON_GROUP),
		    path_name(bad->path), bad->message);
}

/* ---- of a file that stays for now ---- */

static enum reason
compare_only(struct act *a)
{
	enum reason reason;

	if ((reason = open_source(a)) != REASON_NONE || (reason = open_copy(a, &a->copy)) != REASON_NONE)
		return reason;
	if (is_being_written(&a->source))
		return doubt(a, REASON_CHANGED, "another program may still be writing it");
	if ((reason = flush_copy(a)) != REASON_NONE || (reason = compare_past_cache(a)) != REASON_NONE)
		return reason;
	return look_last(a);
}

bool
removal_compare(struct removal *r, struct scratch_pool *scratch_pool)
{
	struct act a;
	bool safe;

	begin(&a, r, compare_only, scratch_pool);
	safe = !keeps_others(&a);
	end(&a);
	return safe;
}

void
removal_flush(struct removal *r, const struct removal *before)
{
	struct stat st;

	if (r->root == -1 || fstat(r->root, &st) == -1)
		return;
	r->flushed_dev = st.st_dev;
	r->flushed = (before != NULL && before->flushed && before->flushed_dev == st.st_dev) ||
		     (library_batches(r->root) && syncfs(r->root) == 0);
}
