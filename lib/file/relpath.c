#include "file/relpath.h"

#include <errno.h>
#include <string.h>

#include "base/pathname.h"
#include "file/folder.h"

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

static bool
leads_nowhere(const struct fail *why)
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
			return -1;
	} while (folder_resolve(dirfd, left->len > 0 ? left->p : ".", &r->resolved, why) == -1 && leads_nowhere(why));
	if (r->resolved.len == 0)
		return -1;
	rest = r->folder.p + left->len;
	rest += strspn(rest, "/");
	if (!folder_keeps(rest))
		return fail_set(why, FAIL_INPUT, "root", "the path goes up (..) from a folder that does not exist");
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
	rc = folder_resolve(dirfd, len > 0 ? r->folder.p : ".", &r->resolved, why);
	if (rc == -1 && leads_nowhere(why))
		rc = resolve_gone(r, dirfd, why);
	if (r->resolved.failed)
		rc = fail_nomem(why);
	if (rc == -1)
		buf_clear(&r->resolved, SIZE_MAX);
	return rc;
}

int
relpath_find(struct relpath *r, int dirfd, const char *path, struct buf *out, struct fail *why)
{
	const char *name = pathname_last(path), *folder;

	buf_clear(out, SIZE_MAX);
	if (*name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return fail_set(why, FAIL_INPUT, "root", "the path is that of a folder, not of a file");
	if (take_folder(r, dirfd, path, pathname_parent(path).len, why) == -1)
		return -1;
	if ((folder = folder_below(r->root, r->resolved.p)) == NULL)
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
