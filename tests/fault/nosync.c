/*
 * nosync -- a library for LD_PRELOAD: nothing is flushed.
 *
 * A program that forgot to, or a file system that only says it has: the rig of power losses (power) has to see that.
 * NOSYNC=data still flushes folders, and the files of a library's own, its database and logs; not what is placed.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool
own(int fd)
{
	char name[32], path[4096] = "";
	const char *at;

	snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
	if (readlink(name, path, sizeof path - 1) == -1)
		return false;
	at = strstr(path, "/.dcim/");
	return at != NULL && strncmp(at, "/.dcim/tmp/", 11) != 0;
}

static int
unless_data(const char *name, int fd)
{
	const char *what = getenv("NOSYNC");
	struct stat st;

	if (what == NULL || strcmp(what, "data") != 0)
		return 0;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && !own(fd))
		return 0;
	return ((int (*)(int))(uintptr_t)dlsym(RTLD_NEXT, name))(fd);
}

int
fsync(int fd)
{
	return unless_data("fsync", fd);
}

int
fdatasync(int fd)
{
	return unless_data("fdatasync", fd);
}

int
syncfs(int fd)
{
	(void)fd;
	return 0;
}

int
sync_file_range(int fd, off_t at, off_t n, unsigned how)
{
	(void)fd, (void)at, (void)n, (void)how;
	return 0;
}
