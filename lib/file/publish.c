/*
 * renameat2(RENAME_NOREPLACE) is the one call that moves a name and cannot replace another.  Where the kernel or the
 * file system lacks it, link and unlink do the same in two steps, during which the file has both names.
 *
 * A call may have been made although it says that it failed: NFS asks again where an answer was lost, and hears that
 * the old name has gone.  So what has the new name is looked at.
 */
#include "file/publish.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "file/io.h"

#ifndef RENAME_NOREPLACE
#define RENAME_NOREPLACE (1 << 0)
#endif

static int
rename_noreplace(struct publish_name from, struct publish_name to)
{
#ifdef SYS_renameat2
	return (int)syscall(SYS_renameat2, from.dirfd, from.name, to.dirfd, to.name, RENAME_NOREPLACE);
#else
	(void)from, (void)to;
	errno = ENOSYS;
	return -1;
#endif
}

/* Whether a name leads to the file, which may have gained a name.  errno stays. */
static bool
is_name_of(struct publish_name name, const struct stat *file, nlink_t gained)
{
	int saved = errno;
	struct stat st;
	bool is = fstatat(name.dirfd, name.name, &st, AT_SYMLINK_NOFOLLOW) == 0 && io_same_file(&st, file) &&
		  st.st_nlink == file->st_nlink + gained;

	errno = saved;
	return is;
}

static int
rename_or_see(struct publish_name from, struct publish_name to, const struct stat *file)
{
	if (rename_noreplace(from, to) == 0)
		return 0;
	return errno != EEXIST && is_name_of(to, file, 0) && !is_name_of(from, file, 0) ? 0 : -1;
}

/* Names that a file system folds are one, and no link: then the file has not gained one. */
static int
link_or_see(struct publish_name from, struct publish_name to, const struct stat *file)
{
	if (linkat(from.dirfd, from.name, to.dirfd, to.name, 0) == 0)
		return 0;
	return errno != EEXIST && is_name_of(to, file, 1) ? 0 : -1;
}

/* Whether the old name has gone, or does so now. */
static int
unlink_or_see(struct publish_name from)
{
	int saved;
	struct stat st;

	if (unlinkat(from.dirfd, from.name, 0) == 0)
		return 0;
	saved = errno;
	if (saved == ENOENT || (fstatat(from.dirfd, from.name, &st, AT_SYMLINK_NOFOLLOW) == -1 && errno == ENOENT))
		return 0;
	errno = saved;
	return -1;
}

/* Whether a failed call was refused, and not made for certain. */
static bool
was_refused(int error)
{
	return error == EACCES || error == EPERM || error == EROFS || error == EBUSY;
}

/* The new name may be the last that the file has: it is taken back only while the old one is there for certain. */
static int
link_and_unlink(struct publish_name from, struct publish_name to, const struct stat *file)
{
	int saved;

	if (link_or_see(from, to, file) == -1)
		return -1;
	if (unlink_or_see(from) == 0)
		return 0;
	saved = errno;
	if (was_refused(saved) && is_name_of(from, file, 1))
		unlinkat(to.dirfd, to.name, 0);
	errno = saved;
	return -1;
}

/* Remove our own reservation: still empty, still the file that was made. */
static void
unreserve(struct publish_name to, const struct stat *own)
{
	struct stat st;

	if (fstatat(to.dirfd, to.name, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_ino == own->st_ino && st.st_size == 0)
		unlinkat(to.dirfd, to.name, 0);
}

static int
reserve_and_rename(struct publish_name from, struct publish_name to)
{
	int fd = openat(to.dirfd, to.name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	struct stat own;
	int rc, saved;

	if (fd == -1)
		return -1;
	rc = fstat(fd, &own);
	io_close(&fd);
	if (rc == 0 && (rc = renameat(from.dirfd, from.name, to.dirfd, to.name)) == -1) {
		saved = errno;
		unreserve(to, &own);
		errno = saved;
	}
	return rc;
}

static int
cannot_publish(struct fail *why)
{
	errno = ENOTSUP;
	return fail_errno(why, "rename",
	    "this file system can neither link files nor rename them without replacing others; use --weak-publish");
}

bool
publish_impossible(const struct fail *why)
{
	return why->code == FAIL_SYSTEM && why->errnum == ENOTSUP && strcmp(why->op, "rename") == 0;
}

int
publish_rename(struct publish_name from, struct publish_name to, bool weak, struct fail *why)
{
	struct stat file;

	if (fstatat(from.dirfd, from.name, &file, AT_SYMLINK_NOFOLLOW) == -1)
		return fail_errno(why, "rename", "%s", to.name);
	if (rename_or_see(from, to, &file) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS && errno != ENOTSUP)
		return fail_errno(why, "rename", "%s", to.name);
	if (link_and_unlink(from, to, &file) == 0)
		return 0;
	if (errno != EPERM && errno != ENOSYS && errno != ENOTSUP && errno != EMLINK)
		return fail_errno(why, "link", "%s", to.name);
	if (!weak)
		return cannot_publish(why);
	return reserve_and_rename(from, to) == 0 ? 0 : fail_errno(why, "rename", "%s", to.name);
}

int
publish_hardlink(struct publish_name from, struct publish_name to, struct fail *why)
{
	if (linkat(from.dirfd, from.name, to.dirfd, to.name, AT_SYMLINK_FOLLOW) == 0)
		return 0;
	return fail_errno(why, "link", "%s", to.name);
}

int
publish_symlink(const char *target, struct publish_name to, struct fail *why)
{
	return symlinkat(target, to.dirfd, to.name) == 0 ? 0 : fail_errno(why, "symlink", "%s", to.name);
}
