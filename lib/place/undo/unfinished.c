#include "place/undo/unfinished.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/pathname.h"
#include "file/io.h"
#include "place/name/path.h"

#define PREFIX ".dcim-tmp-undo-"
#define DIGITS 16

int
unfinished_name(const char *own, struct digest *digest, char name[UNFINISHED_SIZE], struct fail *why)
{
	struct digests d;

	if (digest_start(digest, 1u << DIGEST_XXH128, why) == -1)
		return -1;
	digest_update(digest, own, strlen(own));
	if (digest_final(digest, &d, why) == -1)
		return -1;
	snprintf(name, UNFINISHED_SIZE, PREFIX "%016" PRIx64, (uint64_t)digest_prefix(&d, DIGEST_XXH128));
	return 0;
}

bool
unfinished_is(const char *path)
{
	const char *name = pathname_last(path);

	return strncmp(name, PREFIX, strlen(PREFIX)) == 0 && strlen(name) == strlen(PREFIX) + DIGITS &&
	       strspn(name + strlen(PREFIX), "0123456789abcdef") == DIGITS;
}

int
unfinished_remove(int dirfd, const char *path, struct fail *why)
{
	int fd = openat(dirfd, path, IO_OPEN_ITSELF), rc = 0;

	if (fd != -1 && flock(fd, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK) {
		errno = EBUSY;
		rc = fail_errno(why, "lock", "another program gives it back");
	} else if (unlinkat(dirfd, path, 0) == -1 && errno != ENOENT) {
		rc = fail_errno(why, "unlink", "what an interrupted undo has left");
	}
	io_close(&fd);
	return rc;
}
