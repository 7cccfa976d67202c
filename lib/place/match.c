#include "place/match.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "place/copy.h"
#include "run/io.h"

enum match
match_name(int dirfd, const char *name, const struct stat *source, struct stat *found, struct fail *why)
{
	if (fstatat(dirfd, name, found, AT_SYMLINK_NOFOLLOW) == -1) {
		if (errno == ENOENT)
			return MATCH_FREE;
		fail_errno(why, "stat", "%s", name);
		return MATCH_ERROR;
	}
	if (!S_ISREG(found->st_mode))
		return MATCH_OTHER;
	if (found->st_dev == source->st_dev && found->st_ino == source->st_ino)
		return MATCH_FILE;
	return found->st_size == source->st_size ? MATCH_SIZE : MATCH_OTHER;
}

static bool
is_unreadable(int error)
{
	return error == EACCES || error == EPERM || error == EIO || error == ELOOP || error == ENOENT;
}

enum match
match_content(struct kit *kit, int dirfd, const char *name, const struct stat *found, const struct digests *content,
    struct fail *why)
{
	int fd = openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	int rc;

	if (fd == -1)
		fail_errno(why, "open", "%s", name);
	if (fd == -1)
		return is_unreadable(why->errnum) ? MATCH_OTHER : MATCH_ERROR;
	rc = copy_check(kit, fd, (uint64_t)found->st_size, content, NULL, why);
	io_close(&fd);
	if (rc == 0)
		return MATCH_FILE;
	return why->code == FAIL_VERIFY || is_unreadable(why->errnum) ? MATCH_OTHER : MATCH_ERROR;
}
