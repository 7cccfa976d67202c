/*
 * nosync -- a library for LD_PRELOAD: nothing is flushed.
 *
 * A program that forgot to, or a file system that only says it has: the rig of power losses (power) has to see that.
 * NOSYNC=data leaves what is flushed by fsync(2) and fdatasync(2), folders and databases, and drops the rest: contents.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int
unless_data(const char *name, int fd)
{
	const char *what = getenv("NOSYNC");

	if (what == NULL || strcmp(what, "data") != 0)
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
