/*
 * A list of paths may hold anything: a FIFO without a writer, a terminal, a socket.  O_NONBLOCK keeps the open itself
 * from hanging, and what is no regular file is closed again unread.
 */
#include "file/io.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Whether the path can be shown inside '…' in a command line to type, with room left in a message. */
static bool
can_be_typed(const char *path)
{
	const char *p;

	for (p = path; *p != '\0'; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f || *p == '\'')
			return false;
	}
	return p > path && *path != '-' && p - path < 160;
}

static int
fail_folder(struct fail *why, const char *path)
{
	bool typed = can_be_typed(path), plain = path[strcspn(path, " \"\\$`!*?[](){}<>|&;#~")] == '\0';

	fail_set(why, FAIL_SYSTEM, "open", "is a folder; use: find %s%s%s -type f -print0", typed && !plain ? "'" : "",
	    typed ? path : "FOLDER", typed && !plain ? "'" : "");
	why->errnum = EISDIR;
	return -1;
}

static int
open_retrying(int dirfd, const char *path, int follow)
{
	int fd;

	do
		fd = openat(dirfd, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | follow);
	while (fd == -1 && errno == EINTR);
	return fd;
}

/* What open(2) has answered, if it is a regular file. */
static int
take_file(int fd, const char *path, struct stat *st, struct fail *why)
{
	if (fd == -1 && errno == ENXIO) /* a socket, or a device without its driver */
		return fail_set(why, FAIL_INPUT, "open", "not a regular file");
	if (fd == -1)
		return fail_errno(why, "open", "%s", "");
	if (fstat(fd, st) == -1)
		fail_errno(why, "fstat", "%s", "");
	else if (S_ISDIR(st->st_mode))
		fail_folder(why, path);
	else if (!S_ISREG(st->st_mode))
		fail_set(why, FAIL_INPUT, "open", "not a regular file");
	else
		return fd;
	io_close(&fd);
	return -1;
}

int
io_open(int dirfd, const char *path, struct stat *st, struct fail *why)
{
	return take_file(open_retrying(dirfd, path, 0), path, st, why);
}

int
io_open_itself(int dirfd, const char *path, struct stat *st, struct fail *why)
{
	int fd = open_retrying(dirfd, path, O_NOFOLLOW);

	if (fd == -1 && errno == ELOOP)
		return fail_set(why, FAIL_INPUT, "open", "is a symbolic link, or lies behind too many");
	return take_file(fd, path, st, why);
}

int
io_stat(int dirfd, const char *path, struct stat *st, struct fail *why)
{
	if (fstatat(dirfd, path, st, 0) == -1)
		return fail_errno(why, "stat", "%s", "");
	if (S_ISDIR(st->st_mode))
		return fail_folder(why, path);
	return S_ISREG(st->st_mode) ? 0 : fail_set(why, FAIL_INPUT, "stat", "not a regular file");
}

ssize_t
io_read(int fd, void *dst, size_t len, uint64_t offset, struct fail *why)
{
	size_t done = 0;
	ssize_t n;

	if (len > SSIZE_MAX)
		len = SSIZE_MAX;
	while (done < len) {
		n = pread(fd, (char *)dst + done, len - done, (off_t)(offset + done));
		if (n == 0)
			break;
		if (n > 0)
			done += (size_t)n;
		else if (errno != EINTR)
			return fail_errno(why, "read", "%s", "");
	}
	return (ssize_t)done;
}

static int
wait_writable(int fd)
{
	struct pollfd pfd = {.fd = fd, .events = POLLOUT};

	return poll(&pfd, 1, -1) == -1 && errno != EINTR ? -1 : 0;
}

int
io_write(int fd, const void *src, size_t len, struct fail *why)
{
	const char *p = src;
	ssize_t n;

	while (len > 0) {
		if ((n = write(fd, p, len)) >= 0) {
			p += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN || errno == EWOULDBLOCK) {
			if (wait_writable(fd) == -1)
				return fail_errno(why, "poll", "%s", "");
		} else if (errno != EINTR) {
			return fail_errno(why, "write", "%s", "");
		}
	}
	return 0;
}

int
io_truncate(int fd, uint64_t len, struct fail *why)
{
	while (ftruncate(fd, (off_t)len) == -1) {
		if (errno != EINTR)
			return fail_errno(why, "truncate", "%s", "");
	}
	return 0;
}

int
io_sync_folder(int fd)
{
	int rc;

	while ((rc = fsync(fd)) == -1 && errno == EINTR)
		;
	return rc == -1 && (errno == EINVAL || errno == ENOTSUP || errno == EROFS) ? 0 : rc;
}

int
io_sync_folder_of(const char *file)
{
	char *copy = strdup(file);
	int fd, rc;

	if (copy == NULL)
		return -1;
	fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	rc = fd != -1 ? io_sync_folder(fd) : 0;
	io_close(&fd);
	free(copy);
	return rc;
}

void
io_close(int *fd)
{
	int saved = errno;

	if (*fd != -1)
		close(*fd);
	*fd = -1;
	errno = saved;
}

bool
io_same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

bool
io_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev;
}

bool
io_is_stream(const struct stat *st)
{
	struct stat other;

	for (int fd = STDIN_FILENO; fd <= STDOUT_FILENO; fd++)
		if (fstat(fd, &other) == 0 && io_same_file(&other, st))
			return true;
	return false;
}

bool
io_same_version(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && io_same_time(&a->st_mtim, &b->st_mtim) && io_same_file(a, b);
}

bool
io_same_again(const struct stat *a, const struct stat *b)
{
	return io_same_version(a, b) ||
	       (a->st_dev == b->st_dev && a->st_size == b->st_size && io_same_time(&a->st_mtim, &b->st_mtim) &&
		   io_same_time(&a->st_ctim, &b->st_ctim));
}
