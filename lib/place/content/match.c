#include "place/content/match.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "file/io.h"
#include "place/stage/copy.h"

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
	if (io_same_file(found, source))
		return MATCH_FILE;
	return found->st_size == source->st_size ? MATCH_SIZE : MATCH_OTHER;
}

static bool
is_unreadable(int error)
{
	return error == EACCES || error == EPERM || error == EIO || error == ELOOP || error == ENOENT;
}

enum match
match_content(
    struct scratch *scratch, struct match_at at, const struct digests *content, struct digests *holds, struct fail *why)
{
	int fd = openat(at.dirfd, at.name, IO_OPEN_ITSELF);
	struct digested got;
	int rc = -1;

	holds->mask = 0;
	if (fd == -1)
		fail_errno(why, "open", "%s", at.name);
	else
		rc = copy_digest(scratch, fd, content->mask, &got, why);
	io_close(&fd);
	if (rc == -1)
		return is_unreadable(why->errnum) ? MATCH_OTHER : MATCH_ERROR;
	if (got.bytes == (uint64_t)at.found->st_size)
		*holds = got.digests;
	return digest_equal(holds, content) ? MATCH_FILE : MATCH_OTHER;
}

uint64_t
match_mark(const struct stat *st)
{
	const uint64_t parts[] = {(uint64_t)st->st_dev, (uint64_t)st->st_ino, (uint64_t)st->st_size,
	    (uint64_t)st->st_mtim.tv_sec, (uint64_t)st->st_mtim.tv_nsec, (uint64_t)st->st_ctim.tv_sec,
	    (uint64_t)st->st_ctim.tv_nsec};
	uint64_t mark = 0;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		mark = (mark ^ parts[i]) * UINT64_C(0x9e3779b97f4a7c15);
		mark ^= mark >> 32;
	}
	return mark != 0 ? mark : 1;
}
