#include "file/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file/io.h"

#define FLUSH_BYTES (128u << 10)

static const char *
folder(void)
{
	const char *dir = getenv("TMPDIR");

	return dir != NULL && *dir != '\0' ? dir : "/tmp";
}

static int
make_file(struct fail *why)
{
	const char *dir = folder();
	char name[4096];
	int fd;

#ifdef O_TMPFILE
	if ((fd = open(dir, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)) != -1)
		return fd;
#endif
	if ((size_t)snprintf(name, sizeof(name), "%s/dcim.XXXXXX", dir) >= sizeof(name)) {
		errno = ENAMETOOLONG;
		return fail_errno(why, "spool", "the path in TMPDIR");
	}
	if ((fd = mkostemp(name, O_CLOEXEC)) == -1)
		return fail_errno(
		    why, "spool", "cannot create a temporary file in %s; set TMPDIR to another folder", dir);
	unlink(name);
	return fd;
}

static int
flush(struct spool *s, struct fail *why)
{
	if (s->fd == -1 && (s->fd = make_file(why)) == -1)
		return -1;
	if (io_write(s->fd, s->buf.p, s->buf.len, why) == -1) {
		errno = why->errnum;
		return fail_errno(
		    why, "spool", "cannot write to a temporary file in %s; set TMPDIR to another folder", folder());
	}
	s->flushed += s->buf.len;
	buf_clear(&s->buf, 2 * FLUSH_BYTES);
	return 0;
}

int
spool_add(struct spool *s, const void *bytes, size_t len, struct fail *why)
{
	if (buf_add(&s->buf, bytes, len) == -1)
		return fail_nomem(why);
	return s->buf.len >= FLUSH_BYTES ? flush(s, why) : 0;
}

uint64_t
spool_size(const struct spool *s)
{
	return s->flushed + s->buf.len;
}

int
spool_read(struct spool *s, uint64_t offset, void *dst, size_t len, struct fail *why)
{
	char *to = dst;
	size_t head = 0;
	ssize_t n;

	if (offset < s->flushed) {
		head = s->flushed - offset < len ? (size_t)(s->flushed - offset) : len;
		if ((n = io_read(s->fd, to, head, offset, why)) == -1)
			return -1;
		if ((size_t)n != head)
			return fail_set(why, FAIL_TRUNCATED, "spool", "the temporary file has become shorter");
	}
	if (head < len)
		memcpy(to + head, s->buf.p + (offset + head - s->flushed), len - head);
	return 0;
}

int
spool_reset(struct spool *s, struct fail *why)
{
	buf_clear(&s->buf, 2 * FLUSH_BYTES);
	if (s->flushed > 0 && (ftruncate(s->fd, 0) == -1 || lseek(s->fd, 0, SEEK_SET) == -1))
		return fail_errno(why, "spool", "cannot empty the temporary file");
	s->flushed = 0;
	return 0;
}

void
spool_fini(struct spool *s)
{
	io_close(&s->fd);
	buf_fini(&s->buf);
	*s = (struct spool){.fd = -1};
}
