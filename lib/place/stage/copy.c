#include "place/stage/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "file/io.h"

#define MAP_BYTES (64u << 20) /* looked at in one mincore(2) */
#define DROP_TRIES 5          /* someone may just be reading the file */
#define DROP_WAIT_NS 5000000
#define LOCK_TRIES 2000 /* 20 s, and then without: it is a courtesy */
#define LOCK_WAIT_NS 10000000
#define PAGE_BYTES 4096u /* the smallest page there is: a vector of that many entries is always enough */

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

enum pages { PAGES_GONE, PAGES_HELD, PAGES_UNKNOWN };

/* Whether a page of [offset, offset + len) is in memory. */
static enum pages
resident(struct scratch *scratch, int fd, uint64_t offset, size_t len)
{
	void *map = mmap(NULL, len, PROT_READ, MAP_SHARED, fd, (off_t)offset);
	size_t pages = (len + PAGE_BYTES - 1) / PAGE_BYTES;
	bool known, found = false;

	if (map == MAP_FAILED)
		return PAGES_UNKNOWN;
	for (size_t i = 0; i < pages; i++)
		scratch->bytes[i] = 0;
	known = mincore(map, len, scratch->bytes) == 0;
	for (size_t i = 0; i < pages && !found; i++)
		found = scratch->bytes[i] & 1;
	munmap(map, len);
	return !known ? PAGES_UNKNOWN : found ? PAGES_HELD : PAGES_GONE;
}

static enum pages
drop_once(struct scratch *scratch, int fd, uint64_t size)
{
	_Static_assert(MAP_BYTES / PAGE_BYTES <= SCRATCH_BYTES, "the scratch's buffer holds the vector");

	enum pages pages = PAGES_GONE;

	posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	for (uint64_t at = 0; at < size && pages == PAGES_GONE; at += MAP_BYTES)
		pages = resident(scratch, fd, at, size - at < MAP_BYTES ? (size_t)(size - at) : MAP_BYTES);
	return pages;
}

bool
copy_drop_pages(struct scratch *scratch, int fd, uint64_t size)
{
	enum pages pages = drop_once(scratch, fd, size);

	for (int i = 0; i < DROP_TRIES && pages == PAGES_HELD; i++) {
		nanosleep(&(struct timespec){.tv_nsec = DROP_WAIT_NS}, NULL);
		pages = drop_once(scratch, fd, size);
	}
	return pages == PAGES_GONE;
}

void
copy_lock(int fd)
{
	for (int i = 0; i < LOCK_TRIES; i++) {
		if (flock(fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
			return;
		nanosleep(&(struct timespec){.tv_nsec = LOCK_WAIT_NS}, NULL);
	}
}

void
copy_lock_free(int fd)
{
	flock(fd, LOCK_EX | LOCK_NB);
}

void
copy_unlock(int fd)
{
	flock(fd, LOCK_UN);
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
