#include "place/stage/copy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "file/io.h"
#include "file/pages.h"

#define LARGE (32 << 20)

/* A part of a file that is all data, or all a hole: from where it was asked for to `end`. */
struct extent {
	uint64_t end;
	bool hole;
};

/* Of a file that is no shorter on its disk than it is long, all is data. */
static bool
has_holes(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_blocks < st.st_size / 512;
}

static struct extent
extent_at(int fd, uint64_t at)
{
	off_t data = lseek(fd, (off_t)at, SEEK_DATA), hole;

	if (data == -1)
		return (struct extent){UINT64_MAX, errno == ENXIO};
	if ((uint64_t)data > at)
		return (struct extent){(uint64_t)data, true};
	hole = lseek(fd, (off_t)at, SEEK_HOLE);
	return (struct extent){hole != -1 && (uint64_t)hole > at ? (uint64_t)hole : UINT64_MAX, false};
}

static bool
is_zeros(const unsigned char *bytes, size_t len)
{
	return bytes[0] == 0 && memcmp(bytes, bytes + 1, len - 1) == 0;
}

static int
put_at(int to, const unsigned char *bytes, size_t len, bool hole, struct fail *why)
{
	if (!hole)
		return io_write(to, bytes, len, why);
	return lseek(to, (off_t)len, SEEK_CUR) == -1 ? fail_errno(why, "seek", "%s", "") : 0;
}

/* A file system's word that here is a hole only saves writing zeros, once they have been read. */
static int
put(struct copy_ends *ends, const unsigned char *bytes, size_t len, bool hole, struct fail *why)
{
	hole = hole && is_zeros(bytes, len);
	if (ends->to != -1 && put_at(ends->to, bytes, len, hole, why) == -1) {
		ends->to_failed = true;
		return -1;
	}
	for (size_t i = 0; i < ends->nalso; i++) {
		if (ends->also[i].why.code == FAIL_NONE)
			put_at(ends->also[i].to, bytes, len, hole, &ends->also[i].why);
	}
	return 0;
}

/* What ends with a hole has its length only by being told it. */
static int
put_end(struct copy_ends *ends, uint64_t len, struct fail *why)
{
	if (ends->to != -1 && io_truncate(ends->to, len, why) == -1) {
		ends->to_failed = true;
		return -1;
	}
	for (size_t i = 0; i < ends->nalso; i++) {
		if (ends->also[i].why.code == FAIL_NONE)
			io_truncate(ends->also[i].to, len, &ends->also[i].why);
	}
	return 0;
}

static int
copy_extents(struct scratch *scratch, struct copy_ends *ends, bool sparse, uint64_t *bytes, struct fail *why)
{
	struct extent extent = {UINT64_MAX, false};
	size_t len;
	ssize_t n;

	*bytes = 0;
	do {
		if (sparse && (*bytes == 0 || *bytes == extent.end))
			extent = extent_at(ends->from, *bytes);
		len = extent.end - *bytes < sizeof(scratch->bytes) ? (size_t)(extent.end - *bytes)
								   : sizeof(scratch->bytes);
		if ((n = io_read(ends->from, scratch->bytes, len, *bytes, why)) == -1)
			return -1;
		digest_update(scratch->digest, scratch->bytes, (size_t)n);
		meter_add(scratch->meter, (uint64_t)n);
		if (n > 0 && put(ends, scratch->bytes, (size_t)n, extent.hole, why) == -1)
			return -1;
		*bytes += (uint64_t)n;
	} while ((size_t)n == len);
	return sparse ? put_end(ends, *bytes, why) : 0;
}

int
copy_bytes(struct scratch *scratch, struct copy_ends *ends, digest_mask mask, struct digested *out, struct fail *why)
{
	ends->to_failed = false;
	if (ends->to == -1 && ends->nalso == 0)
		return copy_digest(scratch, ends->from, mask, out, why);
	if (digest_start(scratch->digest, mask, why) == -1)
		return -1;
	posix_fadvise(ends->from, 0, 0, POSIX_FADV_SEQUENTIAL);
	if (copy_extents(scratch, ends, has_holes(ends->from), &out->bytes, why) == -1)
		return -1;
	return digest_final(scratch->digest, &out->digests, why);
}

int
copy_flow(struct scratch *scratch, const struct flow *from, struct copy_ends *ends, digest_mask mask,
    struct digested *out, struct fail *why)
{
	ssize_t n;

	ends->to_failed = false;
	out->bytes = 0;
	if (digest_start(scratch->digest, mask, why) == -1)
		return -1;
	while ((n = from->read(from->arg, scratch->bytes, sizeof(scratch->bytes), why)) > 0) {
		digest_update(scratch->digest, scratch->bytes, (size_t)n);
		meter_add(scratch->meter, (uint64_t)n);
		if (put(ends, scratch->bytes, (size_t)n, false, why) == -1)
			return -1;
		out->bytes += (uint64_t)n;
	}
	return n == -1 ? -1 : digest_final(scratch->digest, &out->digests, why);
}

int
copy_clone(int from, int to, struct fail *why)
{
	if (ioctl(to, FICLONE, from) == 0)
		return 0;
	return fail_errno(why, "reflink", "cannot share blocks with the source (try --copy)");
}

int
copy_content(struct scratch *scratch, struct copy_ends *ends, digest_mask mask, struct digested *out, struct fail *why)
{
	struct copy_ends others = {.from = ends->to, .to = -1, .also = ends->also, .nalso = ends->nalso};
	struct stat st;

	ends->to_failed = false;
	if (ioctl(ends->to, FICLONE, ends->from) == 0)
		return copy_bytes(scratch, &others, mask, out, why);
	/* Some file systems share a part before they fail. */
	if (fstat(ends->to, &st) == 0 && st.st_size > 0 && io_truncate(ends->to, 0, why) == -1) {
		ends->to_failed = true;
		return -1;
	}
	return copy_bytes(scratch, ends, mask, out, why);
}

int
copy_digest(struct scratch *scratch, int fd, digest_mask mask, struct digested *out, struct fail *why)
{
	const struct digest_source from = {fd, scratch->bytes, sizeof(scratch->bytes), scratch->meter};

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

void
copy_forget(int fd, off_t size)
{
	if (size >= LARGE)
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
}
