#include "file/replace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/io.h"

#define TRIES 100

/* Under a name that nothing has: what a killed process has left, or anyone, stays.  *beside: to be freed; or NULL. */
static int
open_beside(const char *path, char **beside)
{
	int fd = -1, bad = EEXIST;

	*beside = NULL;
	for (int i = 0; fd == -1 && bad == EEXIST && i < TRIES; i++) {
		free(*beside);
		*beside = NULL;
		if (asprintf(beside, "%s.%ld.%d", path, (long)getpid(), i) == -1)
			*beside = NULL, bad = ENOMEM;
		else if ((fd = open(*beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0666)) == -1)
			bad = errno;
	}
	errno = bad;
	return fd;
}

/* All of it, into a descriptor that is closed then; -1, with errno: it could not be opened. */
static int
write_all(int fd, const char *name, struct slice content, struct fail *why)
{
	int rc = fd != -1 ? io_write(fd, content.p, content.len, why) : -1;

	if (fd != -1 && rc == -1)
		errno = why->errnum;
	if (rc == 0)
		rc = close(fd);
	else
		io_close(&fd);
	return rc == 0 ? 0 : fail_errno(why, "write", "cannot write %s", name);
}

static int
write_into(const char *path, struct slice content, struct fail *why)
{
	return write_all(open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC), path, content, why);
}

static int
swap(const char *path, struct slice content, bool keep, struct fail *why)
{
	char *beside;
	int fd = open_beside(path, &beside), rc = write_all(fd, path, content, why);

	if (rc == 0 && keep && rename(beside, path) == -1)
		rc = fail_errno(why, "rename", "cannot write %s", path);
	if (fd != -1 && (rc == -1 || !keep))
		unlink(beside);
	free(beside);
	return rc;
}

/* What a link leads to may not be there yet, or never be; the link itself is not replaced. */
static int
make_target(const char *path, struct fail *why)
{
	struct stat st;
	int fd;

	if (stat(path, &st) == 0 || lstat(path, &st) == -1 || !S_ISLNK(st.st_mode))
		return 0;
	if ((fd = open(path, O_WRONLY | O_CREAT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0666)) == -1)
		return fail_errno(why, "open", "cannot write %s", path);
	io_close(&fd);
	return 0;
}

/* Where a path leads to a file that has no name any more, only the link could be replaced. */
static int
put_file(const char *path, struct slice content, bool keep, struct fail *why)
{
	struct stat link;
	char *real;
	int rc;

	if (make_target(path, why) == -1)
		return -1;
	if ((real = realpath(path, NULL)) == NULL && lstat(path, &link) == 0)
		return fail_errno(why, "open", "cannot write %s", path);
	rc = swap(real != NULL ? real : path, content, keep, why);
	free(real);
	return rc;
}

/* `keep`: or only try. */
static int
put(const char *path, struct slice content, bool keep, struct fail *why)
{
	struct stat st;
	bool there = stat(path, &st) == 0;

	if (*path == '\0' || (there && S_ISDIR(st.st_mode))) {
		errno = *path == '\0' ? ENOENT : EISDIR;
		return fail_errno(why, "open", "cannot write '%s'", path);
	}
	if (there && !S_ISREG(st.st_mode))
		return keep ? write_into(path, content, why) : 0;
	return put_file(path, content, keep, why);
}

int
replace_file(const char *path, struct slice content, struct fail *why)
{
	return put(path, content, true, why);
}

int
replace_suits(const char *path, const char *beginning, struct fail *why)
{
	char found[32];
	size_t len = strlen(beginning);
	struct stat st;
	ssize_t n;
	int fd;

	if (stat(path, &st) == -1 || !S_ISREG(st.st_mode))
		return 0;
	fd = io_open(AT_FDCWD, path, &st, why);
	n = fd != -1 ? io_read(fd, found, len < sizeof(found) ? len : sizeof(found), 0, why) : -1;
	io_close(&fd);
	if (n <= 0)
		return (int)n;
	if ((size_t)n == len && memcmp(found, beginning, len) == 0)
		return 0;
	errno = EEXIST;
	return fail_errno(why, "open", "%s holds something else, and is not replaced", path);
}

int
replace_check(const char *path, const char *beginning, struct fail *why)
{
	return replace_suits(path, beginning, why) == 0 ? put(path, slice_of(""), false, why) : -1;
}
