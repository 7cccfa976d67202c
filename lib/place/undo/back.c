#include "place/undo/back.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/io.h"
#include "place/stage/copy.h"
#include "place/stage/meta.h"
#include "place/undo/unfinished.h"

static int
changed(struct fail *why)
{
	return fail_set(why, FAIL_CHANGED, "undo", "the library's file has changed since it was placed");
}

static int
check_content(const struct back *b, struct scratch *scratch, int fd, struct fail *why)
{
	struct digested content = {.digests = *b->recorded};
	struct stat st;
	bool past_cache;

	if (fstat(fd, &st) == -1)
		return fail_errno(why, "stat", "the library's file");
	if (b->recorded->mask == 0)
		return b->noted->has_size && b->noted->has_mtime && state_agrees(b->noted, &st) ? 0 : changed(why);
	content.bytes = (uint64_t)st.st_size;
	if (copy_check(scratch, fd, &content, &past_cache, why) == 0)
		return 0;
	return why->code == FAIL_VERIFY ? changed(why) : -1;
}

int
back_check(const struct back *b, struct scratch *scratch, struct fail *why)
{
	return check_content(b, scratch, b->fd, why);
}

/* Whether what has the old name now is the file that was checked; some unions give it another number. */
static int
check_renamed(const struct back *b, struct scratch *scratch, struct fail *why)
{
	int fd = openat(b->to.dirfd, b->to.name, IO_OPEN_ITSELF), rc = -1;
	struct stat now, was;

	if (fd == -1 || fstat(fd, &now) == -1 || fstat(b->fd, &was) == -1)
		fail_errno(why, "open", "what was moved back");
	else
		rc = io_same_version(&now, &was) ? 0 : check_content(b, scratch, fd, why);
	io_close(&fd);
	return rc;
}

int
back_rename(const struct back *b, struct scratch *scratch, struct fail *why)
{
	struct fail ignored;

	if (publish_rename(b->from, b->to, b->weak, why) == -1)
		return -1;
	if (check_renamed(b, scratch, why) == 0)
		return 0;
	publish_rename(b->to, b->from, b->weak, &ignored);
	return -1;
}

/* ---- where a rename cannot reach ---- */

static int
make_unfinished(const struct back *b, const char *name, struct fail *why)
{
	int fd;

	if (unfinished_remove(b->to.dirfd, name, why) == -1)
		return -1;
	fd = openat(b->to.dirfd, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd == -1)
		return fail_errno(why, "open", "cannot make a file where it came from");
	flock(fd, LOCK_EX | LOCK_NB);
	return fd;
}

/* As the record has it: the library's file system may not have kept the time to the nanosecond. */
static void
keep_metadata(const struct back *b, int to, struct buf *lost)
{
	struct stat st;

	if (fstat(b->fd, &st) == -1)
		return;
	if (b->noted->has_mtime)
		st.st_mtim = b->noted->mtime;
	meta_keep(b->fd, &st, to, META_MODE_DEFAULT, lost);
}

static int
fill(const struct back *b, struct scratch *scratch, int to, struct buf *lost, struct fail *why)
{
	struct copy_ends ends = {.from = b->fd, .to = to};
	digest_mask mask = b->recorded->mask != 0 ? b->recorded->mask : 1u << DIGEST_XXH128;
	struct digested got;

	if (copy_bytes(scratch, &ends, mask, &got, why) == -1)
		return -1;
	if (b->recorded->mask != 0 && !digest_equal(&got.digests, b->recorded))
		return changed(why);
	keep_metadata(b, to, lost);
	return fsync(to) == 0 ? 0 : fail_errno(why, "fsync", "where it came from");
}

int
back_copy(const struct back *b, struct scratch *scratch, struct buf *lost, struct fail *why)
{
	struct publish_name unfinished = {.dirfd = b->to.dirfd};
	char name[UNFINISHED_SIZE];
	int fd, rc;

	if (unfinished_name(b->to.name, scratch->digest, name, why) == -1 || (fd = make_unfinished(b, name, why)) == -1)
		return -1;
	unfinished.name = name;
	if ((rc = fill(b, scratch, fd, lost, why)) == 0)
		rc = publish_rename(unfinished, b->to, b->weak, why);
	if (rc == -1)
		unlinkat(unfinished.dirfd, unfinished.name, 0);
	else if (io_sync_folder(b->to.dirfd) == -1)
		rc = fail_errno(why, "fsync", "the folder that it came from");
	io_close(&fd);
	return rc;
}
