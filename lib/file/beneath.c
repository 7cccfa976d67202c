#include "file/beneath.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef SYS_openat2
#include <linux/openat2.h>
#endif

#include "file/io.h"

#define TRIES 64 /* openat2 gives EAGAIN when a folder is renamed under its feet */

#ifdef SYS_openat2
static int
open_beneath(int root, const char *path, int flags, bool links)
{
	struct open_how how = {.flags = (uint64_t)flags,
	    .resolve = RESOLVE_BENEATH | (links ? RESOLVE_NO_MAGICLINKS : RESOLVE_NO_SYMLINKS)};
	int fd = -1;

	for (int i = 0; i < TRIES; i++) {
		fd = (int)syscall(SYS_openat2, root, path, &how, sizeof(how));
		if (fd != -1 || (errno != EAGAIN && errno != EINTR))
			break;
	}
	return fd;
}
#else
static int
open_beneath(int root, const char *path, int flags, bool links)
{
	(void)root, (void)path, (void)flags, (void)links;
	errno = ENOSYS;
	return -1;
}
#endif

/* The next name of a path; false at its end, or with errno where it is ".." or too long. */
static bool
next_name(const char **path, char name[NAME_MAX + 1], bool *last)
{
	size_t len;

	*path += strspn(*path, "/");
	len = strcspn(*path, "/");
	errno = len > NAME_MAX ? ENAMETOOLONG : len == 2 && memcmp(*path, "..", 2) == 0 ? EXDEV : 0;
	if (len == 0 || errno != 0)
		return false;
	memcpy(name, *path, len);
	name[len] = '\0';
	*path += len + strspn(*path + len, "/");
	*last = **path == '\0';
	return true;
}

/* The same without openat2: no link anywhere. */
static int
walk(int root, const char *path, int flags)
{
	char name[NAME_MAX + 1];
	int fd = -1, next;
	bool last = false;

	while (next_name(&path, name, &last)) {
		next =
		    openat(fd == -1 ? root : fd, name, (last ? flags : O_PATH | O_DIRECTORY | O_CLOEXEC) | O_NOFOLLOW);
		io_close(&fd);
		if ((fd = next) == -1 || last)
			return fd;
	}
	io_close(&fd);
	if (errno == 0)
		errno = ENOENT;
	return -1;
}

static int
open_below(int root, const char *path, int flags, bool links)
{
	int fd;

	flags |= O_CLOEXEC;
	if (*path == '\0')
		path = ".";
	fd = open_beneath(root, path, flags, links);
	if (fd == -1 && (errno == ENOSYS || errno == EPERM))
		fd = walk(root, path, flags);
	return fd;
}

int
beneath_open(int root, const char *path, int flags)
{
	return open_below(root, path, flags, true);
}

int
beneath_open_plain(int root, const char *path, int flags)
{
	return open_below(root, path, flags | O_NOFOLLOW, false);
}

int
beneath_fail(struct fail *why, const char *op, const char *path)
{
	if (errno == EXDEV || errno == ELOOP)
		return fail_errno(why, op, "a symbolic link in the library is in the way: %s", path);
	return fail_errno(why, op, "%s", path);
}
