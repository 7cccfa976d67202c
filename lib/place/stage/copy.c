#include "place/stage/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "file/io.h"
#include "file/pages.h"

int
copy_bytes(struct scratch *scratch, struct copy_ends *ends, digest_mask mask, struct digested *out, struct fail *why)
{
	ssize_t n;

	ends->to_failed = false;
	out->bytes = 0;
	if (digest_start(scratch->digest, mask, why) == -1)
		return -1;
	posix_fadvise(ends->from, 0, 0, POSIX_FADV_SEQUENTIAL);
	do {
		if ((n = io_read(ends->from, scratch->bytes, sizeof(scratch->bytes), out->bytes, why)) == -1)
			return -1;
		digest_update(scratch->digest, scratch->bytes, (size_t)n);
		if (io_write(ends->to, scratch->bytes, (size_t)n, why) == -1) {
			ends->to_failed = true;
			return -1;
		}
		out->bytes += (uint64_t)n;
	} while ((size_t)n == sizeof(scratch->bytes));
	return digest_final(scratch->digest, &out->digests, why);
}

int
copy_clone(int from, int to, struct fail *why)
{
	if (ioctl(to, FICLONE, from) == 0)
		return 0;
	return fail_errno(why, "reflink", "cannot share blocks with the source (try --copy)");
}

int
copy_digest(struct scratch *scratch, int fd, digest_mask mask, struct digested *out, struct fail *why)
{
	const struct digest_source from = {fd, scratch->bytes, sizeof(scratch->bytes)};

	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return digest_file(scratch->digest, mask, &from, out, why);
}

bool
copy_drop_pages(struct scratch *scratch, int fd, uint64_t size)
{
	_Static_assert(PAGES_VECTOR <= SCRATCH_BYTES, "the scratch's buffer holds the vector");

	return pages_drop(fd, size, scratch->bytes);
}

void
copy_lock(int fd)
{
	pages_lock(fd);
}

void
copy_lock_free(int fd)
{
	pages_lock_free(fd);
}

void
copy_unlock(int fd)
{
	pages_unlock(fd);
}

int
copy_check(struct scratch *scratch, int fd, const struct digested *content, bool *past_cache, struct fail *why)
{
	struct digested now;
	int rc;

	if (past_cache != NULL) {
		copy_lock(fd);
		*past_cache = copy_drop_pages(scratch, fd, content->bytes);
	}
	rc = copy_digest(scratch, fd, content->digests.mask, &now, why);
	if (past_cache != NULL)
		copy_unlock(fd);
	if (rc == -1)
		return -1;
	if (now.bytes == content->bytes && digest_equal(&now.digests, &content->digests))
		return 0;
	return fail_set(why, FAIL_VERIFY, "verify", "what was read back differs from what was written");
}

void
copy_begin_flush(int fd)
{
#ifdef SYNC_FILE_RANGE_WRITE
	sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
#else
	(void)fd;
#endif
}

int
copy_end_flush(int fd)
{
#ifdef SYNC_FILE_RANGE_WRITE
	if (sync_file_range(
		fd, 0, 0, SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER) == 0)
		return 0;
	if (errno != ENOSYS && errno != EINVAL && errno != ESPIPE)
		return -1;
#endif
	return fsync(fd);
}
