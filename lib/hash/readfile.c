#include "hash/readfile.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "file/io.h"
#include "file/pages.h"

struct readfile *
readfile_new(digest_mask mask, struct fail *why)
{
	struct readfile *r = malloc(sizeof *r); /* the buffer's pages are touched only when used */

	if (r == NULL) {
		fail_nomem(why);
		return NULL;
	}
	memset(r, 0, offsetof(struct readfile, bytes));
	if ((r->digest = digest_new(mask, why)) != NULL)
		return r;
	free(r);
	return NULL;
}

void
readfile_free(struct readfile *r)
{
	if (r == NULL)
		return;
	digest_free(r->digest);
	free(r);
}

static int
digest_open(struct readfile *r, const struct readfile_how *how, int fd, struct digested *got, struct fail *why)
{
	_Static_assert(PAGES_VECTOR <= READFILE_BYTES, "the buffer holds the vector");

	const struct digest_source from = {fd, r->bytes, sizeof r->bytes, how->meter};
	int rc;

	if (how->readback) {
		pages_lock(fd);
		r->from_disk = pages_drop(fd, (uint64_t)r->st.st_size, (unsigned char *)r->bytes);
	}
	posix_fadvise(fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	rc = digest_file(r->digest, how->mask, &from, got, why);
	if (how->readback)
		pages_unlock(fd);
	return rc;
}

int
readfile_digest(struct readfile *r, const struct readfile_how *how, const char *path, struct fail *why)
{
	struct digested got;
	struct stat after;
	int fd, rc = -1;

	fd = how->readback ? io_open_itself(how->dirfd, path, &r->st, why) : io_open(how->dirfd, path, &r->st, why);
	if (fd == -1)
		return -1;
	if (how->noted != NULL && !state_agrees(how->noted, &r->st))
		fail_set(why, FAIL_CHANGED, "open", "size or mtime changed since the record was made");
	else if (digest_open(r, how, fd, &got, why) == -1)
		;
	else if (fstat(fd, &after) == -1)
		fail_errno(why, "fstat", "%s", "");
	else if (!io_same_version(&r->st, &after) || got.bytes != (uint64_t)r->st.st_size)
		fail_set(why, FAIL_CHANGED, "read", "changed while it was being read");
	else
		rc = 0;
	io_close(&fd);
	if (rc == 0)
		r->now = got.digests;
	return rc;
}

int
readfile_flow(struct readfile *r, digest_mask mask, const struct flow *from, struct meter *meter, struct fail *why)
{
	struct digests got;
	uint64_t bytes = 0;
	ssize_t n;

	if (digest_start(r->digest, mask, why) == -1)
		return -1;
	while ((n = from->read(from->arg, r->bytes, sizeof r->bytes, why)) > 0) {
		digest_update(r->digest, r->bytes, (size_t)n);
		meter_add(meter, (uint64_t)n);
		bytes += (uint64_t)n;
	}
	if (n == -1 || digest_final(r->digest, &got, why) == -1)
		return -1;
	r->st.st_size = (off_t)bytes;
	r->now = got;
	return 0;
}
