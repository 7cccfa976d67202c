#include "run/out.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file/io.h"

#define SMALL_PIPE_BYTES 4096

void
out_init(struct out *o, int fd, bool small_pipe)
{
	struct stat st;

	*o = (struct out){.fd = fd, .log = -1};
	buf_reserve(&o->buf, 2 * OUT_FLUSH_BYTES - 1);
	o->buf.failed = false; /* it is asked for again when it is needed */
	o->pipe = fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode);
#ifdef F_SETPIPE_SZ
	if (o->pipe && small_pipe)
		fcntl(fd, F_SETPIPE_SZ, SMALL_PIPE_BYTES); /* a hint: a refusal changes nothing but the cache */
#else
	(void)small_pipe;
#endif
}

/* A refusal (no locks to be had) leaves the lines to the kernel's mercy, as without the lock. */
static void
set_lock(const struct out *o, short type)
{
	struct flock lock = {.l_type = type, .l_whence = SEEK_SET};

	if (!o->pipe)
		return;
	while (fcntl(o->fd, F_SETLKW, &lock) == -1 && errno == EINTR)
		;
}

static void
note_failure(struct out *o, const struct fail *why)
{
	o->closed_by_reader = why->errnum == EPIPE;
	o->failed = true;
}

int
out_log(struct out *o, const char *lines, size_t len, struct fail *why)
{
	if (o->log == -1 || len == 0)
		return 0;
	if (!o->log_failed && io_write(o->log, lines, len, why) == 0)
		return 0;
	errno = o->log_failed ? EIO : why->errnum;
	o->log_failed = true;
	return fail_errno(why, "write", "the log");
}

int
out_flush(struct out *o, struct fail *why)
{
	int rc = 0;

	if (o->buf.failed)
		return fail_nomem(why);
	if (out_log(o, o->buf.p, o->buf.len, why) == -1) {
		rc = o->failed ? 0 : -1;
	} else if (o->buf.len > 0 && !o->failed) {
		set_lock(o, F_WRLCK);
		if ((rc = io_write(o->fd, o->buf.p, o->buf.len, why)) == -1) {
			errno = why->errnum;
			fail_errno(why, "write", "standard output");
		}
		set_lock(o, F_UNLCK);
	}
	if (rc == -1)
		note_failure(o, why);
	buf_clear(&o->buf, 2 * OUT_FLUSH_BYTES);
	return rc;
}

int
out_close(struct out *o, struct fail *why)
{
	int rc = out_flush(o, why);

	if (close(o->fd) == -1 && !o->failed) {
		rc = fail_errno(why, "close", "cannot close standard output");
		note_failure(o, why);
	}
	o->fd = -1;
	buf_fini(&o->buf);
	return rc;
}
