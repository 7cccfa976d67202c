#include "hashdb/lookup/divert.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "file/io.h"
#include "file/replace.h"

#define FLUSH_BYTES (128u << 10)

int
divert_open(struct divert *d, const char *file, struct fail *why)
{
	struct stat st;

	d->fd = -1;
	if (stat(file, &st) == 0 && S_ISREG(st.st_mode) && io_is_stream(&st))
		return fail_set(why, FAIL_INPUT, "open", "%s is also the input or the output", file);
	if (replace_suits(file, "{\"", why) == -1)
		return -1;
	d->fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	return d->fd != -1 ? 0 : fail_errno(why, "open", "%s", file);
}

int
divert_flush(struct divert *d, struct fail *why)
{
	int rc = d->lines.len > 0 ? io_write(d->fd, d->lines.p, d->lines.len, why) : 0;

	buf_clear(&d->lines, 2 * FLUSH_BYTES);
	return rc;
}

int
divert_add(struct divert *d, struct rec *rec, struct fail *why)
{
	if (rec_write(rec, &d->lines, why) == -1)
		return -1;
	return d->lines.len >= FLUSH_BYTES ? divert_flush(d, why) : 0;
}

void
divert_close(struct divert *d)
{
	io_close(&d->fd);
	buf_fini(&d->lines);
}
