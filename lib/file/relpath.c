#include "file/relpath.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file/io.h"

/* realpath(3) for those who have no /proc; it knows no dirfd. */
static int
resolve_plainly(int dirfd, const char *path, struct buf *out, struct fail *why)
{
	char *real;

	if (*path != '/' && dirfd != AT_FDCWD) {
		errno = ENOSYS;
		return fail_errno(why, "root", "cannot resolve a folder without /proc");
	}
	if ((real = realpath(path, NULL)) == NULL)
		return fail_errno(why, "root", "cannot resolve the folder");
	buf_adds(out, real);
	free(real);
	return 0;
}

static int
resolve(int dirfd, const char *path, struct buf *out, struct fail *why)
{
#ifdef O_PATH
	char link[64], *to = buf_reserve(out, PATH_MAX);
	int fd = to != NULL ? openat(dirfd, path, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
	ssize_t n;

	if (to == NULL)
		return fail_nomem(why);
	if (fd == -1)
		return fail_errno(why, "root", "cannot resolve the folder");
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	n = readlink(link, to, PATH_MAX);
	io_close(&fd);
	if (n > 0 && n < PATH_MAX && to[0] == '/') {
		out->len += (size_t)n;
		to[n] = '\0';
		return 0;
	}
#endif
	return resolve_plainly(dirfd, path, out, why);
}

int
relpath_folder(int dirfd, const char *path, struct buf *out, struct fail *why)
{
	buf_clear(out, SIZE_MAX);
	if (resolve(dirfd, path, out, why) == -1)
		return -1;
	return out->failed ? fail_nomem(why) : 0;
}

/* Cut the last part off a path, slashes and all; false where nothing is left to cut. */
static bool
cut_last(struct buf *path)
{
	size_t len = path->len;

	while (len > 0 && path->p[len - 1] != '/')
		len--;
	while (len > 1 && path->p[len - 1] == '/')
		len--;
	if (len == path->len)
		return false;
	path->len = len;
	path->p[len] = '\0';
	return true;
}

/* Whether `rest`, which could not be resolved, is safe to take as it is written. */
static bool
is_plain(const char *rest)
{
	for (; *rest != '\0'; rest += strcspn(rest, "/")) {
		rest += strspn(rest, "/");
		if (strncmp(rest, "..", 2) == 0 && (rest[2] == '/' || rest[2] == '\0'))
			return false;
	}
	return true;
}

static bool
has_gone(const struct fail *why)
{
	return why->code == FAIL_SYSTEM && (why->errnum == ENOENT || why->errnum == ENOTDIR);
}

/* A folder that has gone: resolve what is left of it, the rest is taken as written. */
static int
resolve_gone(struct relpath *r, int dirfd, struct fail *why)
{
	struct buf *left = &r->scratch;
	const char *rest;

	do {
		if (!cut_last(left))
			return fail_errno(why, "root", "cannot resolve the folder");
		buf_clear(&r->resolved, SIZE_MAX);
	} while (resolve(dirfd, left->len > 0 ? left->p : ".", &r->resolved, why) == -1 && has_gone(why));
	if (r->resolved.len == 0)
		return -1;
	rest = r->folder.p + left->len;
	rest += strspn(rest, "/");
	if (!is_plain(rest))
		return fail_set(why, FAIL_INPUT, "root", "the path leads through a folder that is not there");
	if (r->resolved.p[r->resolved.len - 1] != '/')
		buf_addc(&r->resolved, '/');
	buf_adds(&r->resolved, rest);
	return 0;
}

static int
take_folder(struct relpath *r, int dirfd, const char *path, size_t len, struct fail *why)
{
	int rc;

	if (r->resolved.len > 0 && r->folder.len == len && memcmp(r->folder.p, path, len) == 0)
		return 0;
	buf_clear(&r->folder, SIZE_MAX);
	buf_clear(&r->scratch, SIZE_MAX);
	buf_clear(&r->resolved, SIZE_MAX);
	buf_add(&r->folder, path, len);
	if (buf_add(&r->scratch, path, len) == -1 || r->folder.failed)
		return fail_nomem(why);
	rc = resolve(dirfd, len > 0 ? r->folder.p : ".", &r->resolved, why);
	if (rc == -1 && has_gone(why))
		rc = resolve_gone(r, dirfd, why);
	if (r->resolved.failed)
		rc = fail_nomem(why);
	if (rc == -1)
		buf_clear(&r->resolved, SIZE_MAX);
	return rc;
}

/* What follows the root in an absolute path: "" for the root itself, NULL outside it. */
static const char *
below(const char *root, const char *path)
{
	size_t len = strlen(root);

	if (strcmp(root, "/") == 0)
		return path + 1;
	if (strncmp(path, root, len) != 0 || (path[len] != '/' && path[len] != '\0'))
		return NULL;
	return path[len] == '/' ? path + len + 1 : path + len;
}

int
relpath_find(struct relpath *r, int dirfd, const char *path, struct buf *out, struct fail *why)
{
	const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path, *folder;
	size_t len = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);

	buf_clear(out, SIZE_MAX);
	if (*name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return fail_set(why, FAIL_INPUT, "root", "the path names no file");
	if (take_folder(r, dirfd, path, len, why) == -1)
		return -1;
	if ((folder = below(r->root, r->resolved.p)) == NULL)
		return 1;
	buf_adds(out, folder);
	if (*folder != '\0')
		buf_addc(out, '/');
	return buf_adds(out, name) == -1 ? fail_nomem(why) : 0;
}

void
relpath_fini(struct relpath *r)
{
	buf_fini(&r->folder);
	buf_fini(&r->resolved);
	buf_fini(&r->scratch);
}
