#include "file/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file/io.h"

/* Without /proc only what realpath(3) can see. */
static int
resolve_by_name(int dirfd, const char *folder, struct buf *out)
{
	char *real;

	if (dirfd != AT_FDCWD && *folder != '/') {
		errno = ENOSYS;
		return -1;
	}
	if ((real = realpath(folder, NULL)) == NULL)
		return -1;
	buf_adds(out, real);
	free(real);
	return 0;
}

int
folder_resolve(int dirfd, const char *folder, struct buf *out, struct fail *why)
{
	char link[64], *to;
	int fd = openat(dirfd, folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	ssize_t len = -1;

	buf_clear(out, SIZE_MAX);
	if (fd == -1)
		return fail_errno(why, "open", "%s", folder);
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if ((to = buf_reserve(out, PATH_MAX)) != NULL)
		len = readlink(link, to, PATH_MAX);
	io_close(&fd);
	if (len > 0 && len < PATH_MAX && *to == '/') {
		out->len = (size_t)len;
		to[len] = '\0';
	} else if (!out->failed && resolve_by_name(dirfd, folder, out) == -1) {
		return fail_errno(why, "open", "cannot tell where %s is", folder);
	}
	return out->failed ? fail_nomem(why) : 0;
}

const char *
folder_below(const char *folder, const char *path)
{
	size_t len = strcmp(folder, "/") == 0 ? 0 : strlen(folder);

	if (*folder == '\0' || strncmp(path, folder, len) != 0 || (path[len] != '/' && path[len] != '\0'))
		return NULL;
	return path + len + (path[len] == '/');
}

bool
folder_keeps(const char *path)
{
	for (; *path != '\0'; path += strcspn(path, "/")) {
		path += strspn(path, "/");
		if (strncmp(path, "..", 2) == 0 && (path[2] == '/' || path[2] == '\0'))
			return false;
	}
	return true;
}
