/*
 * Where neither renaming without replacing nor linking is possible (exFAT through FUSE), a hidden name, which nobody
 * else would choose, is taken where it is free.  A name that is given back is reserved with an empty file and renamed
 * over; a kill in between leaves that empty file, which is renamed over then.
 */
#include "place/remove/aside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/pathname.h"
#include "file/hidden.h"
#include "file/io.h"
#include "file/publish.h"
#include "place/name/path.h"

#define TRIES 100
#define SETTLED_S 3 /* a folder that was changed before that is not changed again under the same time */
#define AT_REST_S 5 /* an empty file this old is none that somebody has just begun to write */

static int
make_hidden(struct aside *a)
{
	size_t len = strlen(a->name);
	uint32_t random;

	errno = ENAMETOOLONG;
	if (len + 1 + strlen(HIDDEN_MARK) + HIDDEN_DIGITS > NAME_MAX ||
	    getrandom(&random, sizeof(random), 0) != sizeof(random))
		return -1;
	a->hidden[0] = '.';
	memcpy(a->hidden + 1, a->name, len);
	snprintf(a->hidden + 1 + len, sizeof(a->hidden) - 1 - len, HIDDEN_MARK "%08x", (unsigned)random);
	return 0;
}

static int
rename_to_hidden(const struct aside *a, struct fail *why)
{
	struct stat st;

	if (publish_rename(
		(struct publish_name){a->dirfd, a->name}, (struct publish_name){a->dirfd, a->hidden}, false, why) == 0)
		return 0;
	if (!publish_impossible(why))
		return -1;
	if (fstatat(a->dirfd, a->hidden, &st, AT_SYMLINK_NOFOLLOW) == 0)
		errno = EEXIST;
	else if (errno == ENOENT && renameat(a->dirfd, a->name, a->dirfd, a->hidden) == 0)
		return 0;
	return fail_errno(why, "rename", "%s", a->name);
}

int
aside_hide(struct aside *a, struct fail *why)
{
	for (int i = 0; i < TRIES; i++) {
		if (make_hidden(a) == -1)
			return fail_errno(why, "rename", "%s", a->name);
		if (rename_to_hidden(a, why) == 0)
			return 0;
		if (why->errnum != EEXIST)
			return -1;
	}
	return -1;
}

int
aside_undo(const struct aside *a, struct fail *why)
{
	struct publish_name hidden = {a->dirfd, a->hidden}, own = {a->dirfd, a->name};
	struct stat st;

	if (publish_rename(hidden, own, true, why) == 0)
		return 0;
	/* A disk that takes no new file takes no reservation; nor can another have made a file of that name. */
	if ((why->errnum != ENOSPC && why->errnum != EDQUOT) ||
	    fstatat(own.dirfd, own.name, &st, AT_SYMLINK_NOFOLLOW) == 0 || errno != ENOENT)
		return -1;
	return renameat(hidden.dirfd, hidden.name, own.dirfd, own.name) == 0
		   ? 0
		   : fail_errno(why, "rename", "%s", own.name);
}

bool
aside_is(const char *path)
{
	const char *name = pathname_last(path);

	return hidden_own_length(name, strlen(name)) > 0;
}

static int
list(DIR *d, struct slice folder, struct buf *hidden)
{
	const struct dirent *e;

	while (errno = 0, (e = readdir(d)) != NULL) {
		if (aside_is(e->d_name)) {
			buf_add(hidden, folder.p, folder.len);
			buf_add(hidden, e->d_name, strlen(e->d_name) + 1);
		}
	}
	return errno == 0 && !hidden->failed ? 0 : -1;
}

int
aside_list(int dirfd, const char *path, struct buf *hidden)
{
	struct slice folder = pathname_folder(path);
	int fd = path_open_folder(dirfd, path), rc;
	DIR *d;

	if (fd == -1)
		return errno == ENOENT || errno == ENOTDIR ? 0 : -1;
	if ((d = fdopendir(fd)) == NULL) {
		io_close(&fd);
		return -1;
	}
	rc = list(d, folder, hidden);
	closedir(d);
	return rc;
}

static bool
is_reservation(const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_size == 0 && st->st_mtim.tv_sec < time(NULL) - AT_REST_S;
}

/* The name is taken: by the same file, by a reservation, or by another file. */
static int
take_over(const struct aside *a, const struct stat *hidden)
{
	struct stat own;

	errno = EEXIST;
	if (fstatat(a->dirfd, a->name, &own, AT_SYMLINK_NOFOLLOW) == -1)
		return -1;
	if (io_same_file(&own, hidden) || hidden->st_size == 0)
		return unlinkat(a->dirfd, a->hidden, 0);
	if (is_reservation(&own))
		return renameat(a->dirfd, a->hidden, a->dirfd, a->name);
	errno = EEXIST;
	return -1;
}

static int
return_one(struct aside *a, struct fail *why)
{
	int fd = openat(a->dirfd, a->hidden, IO_OPEN_ITSELF);
	struct stat st;
	int rc = -1;

	if (fd == -1 && errno == ELOOP) /* a link that was to be undone; none has a lock */
		fd = openat(a->dirfd, a->hidden, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1 || fstat(fd, &st) == -1)
		fail_errno(why, "open", "%s", a->hidden);
	else if (flock(fd, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK) {
		errno = EBUSY;
		fail_errno(why, "lock", "another program is removing it");
	} else {
		rc = aside_undo(a, why);
		if (rc == -1 && why->errnum == EEXIST && (rc = take_over(a, &st)) == -1)
			fail_errno(why, "rename", "%s", a->name);
	}
	io_close(&fd);
	return rc;
}

/* A hidden name of the folder. */
static int
return_hidden(int folder, const char *hidden, struct fail *why)
{
	char name[NAME_MAX + 1];
	struct aside a = {.dirfd = folder, .name = name};

	snprintf(name, sizeof(name), "%.*s", (int)hidden_own_length(hidden, strlen(hidden)), hidden + 1);
	snprintf(a.hidden, sizeof(a.hidden), "%s", hidden);
	return return_one(&a, why);
}

int
aside_return(int dirfd, const char *path, struct fail *why)
{
	int folder = path_open_folder(dirfd, path), rc;

	if (folder == -1)
		return fail_errno(why, "open", "the folder");
	rc = return_hidden(folder, pathname_last(path), why);
	io_close(&folder);
	return rc;
}

static bool
is_hidden_name_of(const char *hidden, const char *name)
{
	size_t len = hidden_own_length(hidden, strlen(hidden));

	return len > 0 && len == strlen(name) && memcmp(hidden + 1, name, len) == 0;
}

static bool
is_bare(const struct stat *st, const struct aside_bare *bare)
{
	return st->st_dev == bare->dev && st->st_ino == bare->ino && io_same_time(&st->st_mtim, &bare->mtime);
}

/* Whether the next change gives it another time: FAT knows two seconds, and none of its first folder. */
static bool
is_settled(const struct stat *st)
{
	return st->st_mtim.tv_sec != 0 && st->st_mtim.tv_sec < time(NULL) - SETTLED_S;
}

/* Give back what lies aside of a name; *any: whether something does of whatever name. */
static enum aside_found
restore_in(DIR *d, const char *name, bool *any)
{
	enum aside_found found = ASIDE_NONE;
	struct fail ignored;
	struct dirent *e;

	while (found != ASIDE_BACK && (errno = 0, e = readdir(d)) != NULL) {
		*any |= aside_is(e->d_name);
		if (is_hidden_name_of(e->d_name, name))
			found = return_hidden(dirfd(d), e->d_name, &ignored) == 0 ? ASIDE_BACK : ASIDE_STUCK;
	}
	if (found != ASIDE_NONE || errno == 0)
		return found;
	*any = true;
	return ASIDE_STUCK;
}

/* A folder that cannot be listed may hold it. */
static enum aside_found
restore_listed(int folder, const char *name, struct aside_bare *bare)
{
	enum aside_found found;
	bool any = false;
	struct stat st;
	DIR *d = NULL;

	errno = 0;
	if (fstat(folder, &st) == -1 || is_bare(&st, bare) || (d = fdopendir(folder)) == NULL) {
		found = errno == 0 ? ASIDE_NONE : ASIDE_STUCK;
		io_close(&folder);
		return found;
	}
	found = restore_in(d, name, &any);
	if (!any && is_settled(&st))
		*bare = (struct aside_bare){.dev = st.st_dev, .ino = st.st_ino, .mtime = st.st_mtim};
	closedir(d);
	return found;
}

enum aside_found
aside_restore(int dirfd, const char *path, struct aside_bare *bare)
{
	int folder = path_open_folder(dirfd, path);

	if (folder == -1)
		return errno == ENOENT || errno == ENOTDIR ? ASIDE_NONE : ASIDE_STUCK;
	return restore_listed(folder, pathname_last(path), bare);
}
