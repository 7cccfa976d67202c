#include "place/remove/proof.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "file/beneath.h"
#include "file/io.h"
#include "place/name/path.h"
#include "place/remove/doubt.h"
#include "place/stage/copy.h"

#define OPEN_OWN (O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
#define OPEN_FILE (O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
#define OVERLAY_MAGIC 0x794c7630
#define TRIES_MAX 3 /* of comparing a source whose ctime changes meanwhile */
#define HALF (SCRATCH_BYTES / 2)

/* ---- before anything is touched ---- */

/* Whether the source is the file that was recorded, as far as size and time tell. */
static bool
is_recorded(const struct proof *p)
{
	const struct stat *st = &p->source.st;

	return S_ISREG(st->st_mode) && state_agrees(&p->r->noted, st);
}

/* Those of one folder share its descriptor. */
static int
open_folder(struct proof *p)
{
	for (const struct proof *o = p->first; o < p; o++) {
		if (o->folder != -1 && path_same_folder(o->r->path, p->r->path)) {
			p->folder = o->folder;
			p->lent = true;
			return 0;
		}
	}
	p->folder = path_open_folder(p->r->dirfd, p->r->path);
	return p->folder == -1 ? -1 : 0;
}

static enum reason
open_source(struct proof *p)
{
	const struct removal *r = p->r;
	struct statvfs fs;
	int rc;

	if (open_folder(p) == -1)
		return doubt_folder(p->r);
	p->aside = (struct aside){.dirfd = p->folder, .name = path_name(r->path)};
	if (fstatvfs(p->folder, &fs) == 0 && (fs.f_flag & ST_RDONLY))
		return doubt_say(p->r, REASON_READ_ONLY, "");
	rc = side_open(&p->source, openat(p->folder, p->aside.name, OPEN_FILE));
	if (rc == -1 && errno == ENOENT) {
		enum aside_found found = aside_restore(r->dirfd, r->path, &p->scratch->bare);

		errno = ENOENT;
		if (found == ASIDE_BACK)
			rc = side_open(&p->source, openat(p->folder, p->aside.name, OPEN_FILE));
		p->elsewhere = found == ASIDE_STUCK;
	}
	if (rc == -1 && errno == ENOENT)
		return doubt_say(p->r, REASON_GONE, p->elsewhere ? "or only under a hidden name" : "");
	if (rc == -1)
		return errno == ELOOP ? doubt_say(p->r, REASON_LINK, "") : doubt_errno(p->r, REASON_UNREADABLE);
	if (!S_ISREG(p->source.st.st_mode))
		return doubt_say(p->r, REASON_LINK, "");
	if (!r->noted.has_size)
		p->r->noted = (struct state){true, true, (uint64_t)p->source.st.st_size, p->source.st.st_mtim};
	return is_recorded(p) ? REASON_NONE : doubt_say(p->r, REASON_CHANGED, "");
}

static enum reason
open_copy(struct proof *p, struct side *side)
{
	const struct removal *r = p->r;

	if (r->root == -1)
		return doubt_say(p->r, REASON_COPY_MISSING, "");
	if (side_open(side, beneath_open_plain(r->root, r->to, OPEN_FILE)) == -1)
		return doubt_copy(p->r);
	if (!S_ISREG(side->st.st_mode))
		return doubt_say(p->r, REASON_COPY_MISSING, "something else has its name");
	if (io_same_file(&side->st, &p->source.st))
		return doubt_say(p->r, REASON_SAME_FILE, "");
	if (side->st.st_size != p->source.st.st_size)
		return doubt_say(p->r, REASON_DIFFERS, "its size differs");
	return REASON_NONE;
}

/* An overlay may show the source's own bytes under a name of its own: opened for writing, the file gets its own. */
static enum reason
own_bytes(struct proof *p)
{
	struct statfs fs;
	int fd;

	if (fstatfs(p->before.fd, &fs) == -1 || fs.f_type != OVERLAY_MAGIC)
		return REASON_NONE;
	io_close(&p->before.fd);
	fd = beneath_open_plain(p->r->root, p->r->to, OPEN_OWN);
	if (fd == -1)
		return doubt_copy(p->r);
	io_close(&fd);
	return open_copy(p, &p->before);
}

/* ---- the proof ---- */

/* Who has a lock waits for no other: two names of one file would for itself, two groups in another order for each
 * other. */
static void
lock_source(const struct proof *p)
{
	if (p == p->first)
		copy_lock(p->source.fd);
	else
		copy_lock_free(p->source.fd);
}

/* A file with another number: some unions give one to what is renamed, or another file had taken the name. */
static void
use_hidden(struct proof *p, struct side *hidden)
{
	io_close(&p->source.fd);
	p->source = *hidden;
	hidden->fd = -1;
	lock_source(p);
}

/* What is hidden now is what is compared and removed, if it is as the source was recorded. */
static enum reason
look_aside(struct proof *p)
{
	const struct timespec before = p->source.st.st_ctim;
	struct side hidden;

	if (side_open(&hidden, openat(p->folder, p->aside.hidden, OPEN_FILE)) == -1)
		return doubt_errno(p->r, REASON_UNREADABLE);
	if (io_same_file(&hidden.st, &p->source.st))
		p->source.st = hidden.st;
	else
		use_hidden(p, &hidden);
	io_close(&hidden.fd);
	p->source.st.st_ctim = side_ctime(&p->source);
	p->blind = io_same_time(&before, &p->source.st.st_ctim);
	return is_recorded(p) ? REASON_NONE : doubt_say(p->r, REASON_CHANGED, "another file took its name");
}

/* Open what the copy's folder shows under a name, "" for itself. */
static int
open_beside(const struct proof *p, const char *name, int flags)
{
	const char *to = p->r->to;
	struct buf path = {0};
	int fd = -1;

	buf_add(&path, to, (size_t)(path_name(to) - to));
	if (buf_adds(&path, name) == 0)
		fd = beneath_open_plain(p->r->root, buf_cstr(&path), flags);
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
look_beside(struct proof *p)
{
	struct side hidden = {.fd = open_beside(p, p->aside.hidden, O_PATH)};
	bool there, own;

	if (hidden.fd == -1 && errno != ENOENT && errno != ENAMETOOLONG)
		return doubt_errno(p->r, REASON_COPY_UNREADABLE);
	there = hidden.fd != -1;
	own = there && fstat(hidden.fd, &hidden.st) == 0 && io_same_file(&hidden.st, &p->source.st);
	io_close(&hidden.fd);
	return there && !own
		   ? doubt_say(p->r, REASON_SAME_FILE, "its temporary name has appeared in the library's folder")
		   : REASON_NONE;
}

/* Where times do not tell of a rename, equal ones and an equal number may be of one file. */
static bool
may_be_one(const struct proof *p, const struct timespec *ctime)
{
	return p->blind && p->copy.st.st_ino == p->source.st.st_ino && io_same_time(ctime, &p->source.st.st_ctim);
}

/* The library's file is still there, and the rename was of another one. */
static enum reason
look_again(struct proof *p)
{
	enum reason reason = open_copy(p, &p->copy);
	struct timespec now;

	if (reason == REASON_COPY_MISSING)
		return doubt_say(p->r, REASON_SAME_FILE, "the library's file was renamed with it");
	if (reason != REASON_NONE)
		return reason;
	if (!io_same_file(&p->copy.st, &p->before.st))
		return doubt_say(p->r, REASON_CHANGED, "the library's file was replaced meanwhile");
	now = side_ctime(&p->copy);
	if (!io_same_time(&p->before.st.st_ctim, &now))
		return doubt_say(p->r, REASON_SAME_FILE, "the library's file changed when it was renamed");
	if (may_be_one(p, &now))
		return doubt_say(p->r, REASON_SAME_FILE, "nothing tells them apart");
	return look_beside(p);
}

static int
flush_folder(struct proof *p)
{
	int fd = open_beside(p, "", O_RDONLY | O_DIRECTORY), rc = fd == -1 ? -1 : io_sync_folder(fd);

	io_close(&fd);
	return rc;
}

/* A file system that cannot write has nothing to flush. */
static enum reason
flush_copy(struct proof *p)
{
	const struct removal *r = p->r;

	if (r->durable || (r->flushed && p->copy.st.st_dev == r->flushed_dev))
		return REASON_NONE;
	if ((fsync(p->copy.fd) == -1 || flush_folder(p) == -1) && errno != EROFS)
		return doubt_errno(p->r, REASON_COPY_UNREADABLE);
	return REASON_NONE;
}

static enum reason
compare_bytes(struct proof *p)
{
	unsigned char *mine = p->scratch->bytes, *theirs = mine + HALF;
	uint64_t at = 0;
	ssize_t n, m;
	struct fail why;

	do {
		if ((n = io_read(p->source.fd, mine, HALF, at, &why)) == -1)
			return doubt_say(p->r, REASON_UNREADABLE, why.message);
		if ((m = io_read(p->copy.fd, theirs, HALF, at, &why)) == -1)
			return doubt_say(p->r, REASON_COPY_UNREADABLE, why.message);
		if (n != m || memcmp(mine, theirs, (size_t)n) != 0)
			return doubt_say(p->r, REASON_DIFFERS, "");
		if (p->r->recorded.mask != 0)
			digest_update(p->scratch->digest, mine, (size_t)n);
		at += (uint64_t)n;
	} while ((size_t)n == HALF);
	return at == p->r->noted.size ? REASON_NONE : doubt_say(p->r, REASON_CHANGED, "");
}

static bool
has_all(const struct digests *have, const struct digests *want)
{
	return digest_equal(have, want) && (have->mask & want->mask) == want->mask;
}

static enum reason
compare(struct proof *p)
{
	const struct digests *recorded = &p->r->recorded;
	struct digests got;
	struct fail why;
	enum reason reason;

	if (recorded->mask != 0 && digest_start(p->scratch->digest, recorded->mask, &why) == -1)
		return doubt_say(p->r, REASON_UNREADABLE, why.message);
	if ((reason = compare_bytes(p)) != REASON_NONE || recorded->mask == 0)
		return reason;
	if (digest_final(p->scratch->digest, &got, &why) == -1)
		return doubt_say(p->r, REASON_UNREADABLE, why.message);
	return has_all(&got, recorded) ? REASON_NONE : doubt_say(p->r, REASON_NOT_RECORDED, "its digest differs");
}

static enum reason
compare_past_cache(struct proof *p)
{
	enum reason reason;

	copy_lock(p->copy.fd);
	if (copy_drop_pages(p->scratch, p->copy.fd, p->r->noted.size))
		reason = compare(p);
	else
		reason = doubt_say(p->r, REASON_NOT_READ_BACK, "");
	copy_unlock(p->copy.fd);
	return reason;
}

/*
 * ctime changes with another name of the file, and in a union some time after a rename.  An edit changes it, too: so it
 * is all compared, until nothing has changed meanwhile.
 */
static enum reason
compare_until_still(struct proof *p)
{
	enum reason reason;
	unsigned tries = 0;

	do {
		if ((reason = compare_past_cache(p)) != REASON_NONE)
			return reason;
	} while (++tries < TRIES_MAX && side_is_touched(&p->source));
	return REASON_NONE;
}

/* Descriptors keep the numbers of files from changing, as FAT's do; but many files would take them all. */
static void
rest(struct proof *p)
{
	struct rlimit limit = {0};

	io_close(&p->before.fd);
	getrlimit(RLIMIT_NOFILE, &limit);
	if ((rlim_t)p->source.fd < limit.rlim_cur / 4 && (rlim_t)p->copy.fd < limit.rlim_cur / 4)
		return;
	io_close(&p->source.fd);
	io_close(&p->copy.fd);
}

static enum reason
prove(struct proof *p)
{
	enum reason reason;

	if ((reason = look_aside(p)) != REASON_NONE || (reason = look_again(p)) != REASON_NONE ||
	    (reason = flush_copy(p)) != REASON_NONE || (reason = compare_until_still(p)) != REASON_NONE)
		return reason;
	rest(p);
	return REASON_NONE;
}

/* ---- the last look ---- */

/* What a name leads to now is the file that was looked at before, whether that is still open or not. */
static bool
take_again(struct side *side, struct side *now)
{
	bool same = io_same_version(&now->st, &side->st);

	if (side->fd == -1) {
		side->fd = now->fd;
		now->fd = -1;
	}
	io_close(&now->fd);
	return same;
}

static enum reason
find_source(struct proof *p)
{
	struct side now;
	int rc = side_open(&now, openat(p->folder, p->hidden ? p->aside.hidden : p->aside.name, OPEN_FILE));

	if (rc == -1)
		return errno == ENOENT ? doubt_say(p->r, REASON_CHANGED, "another program is using it")
				       : doubt_errno(p->r, REASON_UNREADABLE);
	return take_again(&p->source, &now) ? REASON_NONE : doubt_say(p->r, REASON_CHANGED, "");
}

static enum reason
find_copy(struct proof *p)
{
	struct side now;

	if (side_open(&now, beneath_open_plain(p->r->root, p->r->to, OPEN_FILE)) == -1)
		return doubt_copy(p->r);
	if (!io_same_file(&now.st, &p->copy.st)) {
		io_close(&now.fd);
		return doubt_say(p->r, REASON_COPY_MISSING, "it disappeared while it was compared");
	}
	return take_again(&p->copy, &now) && side_is_unchanged(&p->copy)
		   ? REASON_NONE
		   : doubt_say(p->r, REASON_CHANGED, "the library's file changed meanwhile");
}

static enum reason
look_at_both(struct proof *p)
{
	enum reason reason;

	if ((reason = find_source(p)) != REASON_NONE || (reason = find_copy(p)) != REASON_NONE)
		return reason;
	return side_is_being_written(&p->source)
		   ? doubt_say(p->r, REASON_CHANGED, "another program may still be writing it")
		   : REASON_NONE;
}

/* Others have been hidden since: one that is another name of this file has changed its ctime. */
enum reason
proof_look_last(struct proof *p)
{
	enum reason reason = look_at_both(p);

	if (reason == REASON_NONE && side_is_touched(&p->source) && (reason = compare_until_still(p)) == REASON_NONE)
		reason = look_at_both(p);
	if (reason == REASON_NONE && !side_is_unchanged(&p->source))
		reason = doubt_say(p->r, REASON_CHANGED, "");
	if (reason == REASON_NONE)
		rest(p);
	return reason;
}

/* ---- in order ---- */

static enum reason
give_back(struct proof *p, enum reason reason)
{
	struct fail why;
	char detail[96];

	if (aside_undo(&p->aside, &why) == 0)
		return reason;
	if (why.errnum == ENOENT)
		return doubt_say(p->r, REASON_CHANGED, "another program is using it");
	snprintf(detail, sizeof(detail), "it is in the same folder, under a hidden name that ends in %s",
	    strrchr(p->aside.hidden, '.'));
	return doubt_say(p->r, REASON_ELSEWHERE, detail);
}

static enum reason
hide_and_prove(struct proof *p)
{
	struct fail why;

	lock_source(p);
	if (aside_hide(&p->aside, &why) == -1)
		return doubt_name(p->r, why.errnum);
	p->hidden = true;
	return prove(p);
}

enum reason
proof_find(struct proof *p)
{
	enum reason reason;

	if ((reason = open_source(p)) != REASON_NONE || (reason = open_copy(p, &p->before)) != REASON_NONE ||
	    (reason = own_bytes(p)) != REASON_NONE)
		return reason;
	if (side_is_one_of_many(&p->source))
		return doubt_say(p->r, REASON_UNREADABLE, "the pool of disks holds several files of this name");
	if (side_is_being_written(&p->source))
		return doubt_say(p->r, REASON_CHANGED, "another program may still be writing it");
	p->before.st.st_ctim = side_ctime(&p->before);
	return hide_and_prove(p);
}

enum reason
proof_compare(struct proof *p)
{
	enum reason reason;

	if ((reason = open_source(p)) != REASON_NONE || (reason = open_copy(p, &p->copy)) != REASON_NONE)
		return reason;
	if (side_is_being_written(&p->source))
		return doubt_say(p->r, REASON_CHANGED, "another program may still be writing it");
	if ((reason = flush_copy(p)) != REASON_NONE || (reason = compare_past_cache(p)) != REASON_NONE)
		return reason;
	return proof_look_last(p);
}

/* ---- beginning and ending ---- */

void
proof_begin(struct proof *p, const struct proof *first, struct removal *r, struct scratch *scratch)
{
	*p = (struct proof){.first = first,
	    .r = r,
	    .scratch = scratch,
	    .folder = -1,
	    .source = {.fd = -1},
	    .before = {.fd = -1},
	    .copy = {.fd = -1}};
}

void
proof_end(struct proof *p)
{
	if (p->hidden)
		p->r->reason = give_back(p, p->r->reason);
	io_close(&p->copy.fd);
	io_close(&p->before.fd);
	io_close(&p->source.fd);
	if (!p->lent)
		io_close(&p->folder);
}

bool
proof_keeps_others(const struct proof *p)
{
	return p->r->reason != REASON_NONE && (p->r->reason != REASON_GONE || p->elsewhere);
}
