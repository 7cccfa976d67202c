#include "place/stage/meta.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

static void
note(struct buf *lost, const char *what, int error)
{
	if (lost->len > 0)
		buf_adds(lost, "; ");
	buf_addf(lost, "%s: %s", what, strerror(error));
}

static bool
of_the_host(const char *name)
{
	static const char *const prefixes[] = {"security.", "system.", "trusted."};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		if (strncmp(name, prefixes[i], strlen(prefixes[i])) == 0)
			return true;
	}
	return false;
}

static int
copy_attribute(int from, int to, const char *name, struct buf *value)
{
	ssize_t len = fgetxattr(from, name, NULL, 0);
	char *bytes;

	if (len == -1)
		return -1;
	buf_clear(value, SIZE_MAX);
	if ((bytes = buf_reserve(value, (size_t)len)) == NULL) {
		errno = ENOMEM;
		return -1;
	}
	if ((len = fgetxattr(from, name, bytes, (size_t)len)) == -1)
		return -1;
	return fsetxattr(to, name, bytes, (size_t)len, 0);
}

static void
copy_attributes(int from, int to, const char *names, size_t len, struct buf *lost)
{
	struct buf value = {0};
	const char *end = names + len;

	for (const char *name = names; name < end; name += strlen(name) + 1) {
		if (!of_the_host(name) && copy_attribute(from, to, name, &value) == -1)
			note(lost, name, errno);
	}
	buf_fini(&value);
}

static void
keep_attributes(int from, int to, struct buf *lost)
{
	struct buf names = {0};
	ssize_t len = flistxattr(from, NULL, 0);
	char *p;

	if (len == -1 && errno != ENOTSUP && errno != ENOSYS)
		note(lost, "extended attributes", errno);
	if (len <= 0)
		return;
	if ((p = buf_reserve(&names, (size_t)len)) == NULL)
		note(lost, "extended attributes", ENOMEM);
	else if ((len = flistxattr(from, p, (size_t)len)) == -1)
		note(lost, "extended attributes", errno);
	else
		copy_attributes(from, to, p, (size_t)len, lost);
	buf_fini(&names);
}

void
meta_keep(int from, const struct stat *st, int to, long mode, struct buf *lost)
{
	struct timespec times[2] = {st->st_atim, st->st_mtim};

	if (from != -1)
		keep_attributes(from, to, lost);
	if (mode != META_MODE_DEFAULT && fchmod(to, (mode_t)mode) == -1)
		note(lost, "mode", errno);
	if (futimens(to, times) == -1)
		note(lost, "times", errno);
}
