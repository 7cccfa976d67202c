#include "place/stage/origin.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "file/beneath.h"
#include "place/name/path.h"

int
origins_add(struct origins *o, int dirfd, const char *folder, struct fail *why)
{
	struct buf *from = array_room(o->from, &o->cap, o->n, sizeof(*from));

	if (from == NULL)
		return fail_nomem(why);
	o->from = from;
	o->from[o->n] = (struct buf){0};
	return beneath_resolve(dirfd, folder, &o->from[o->n++], why);
}

void
origins_fini(struct origins *o)
{
	for (size_t i = 0; i < o->n; i++)
		buf_fini(&o->from[i]);
	free(o->from);
	o->from = NULL;
	o->n = o->cap = 0;
}

/* What of `path` lies below `folder`: 0 where it is that folder, its offset in path, or -1; both are resolved. */
static ptrdiff_t
below(const struct buf *path, const struct buf *folder)
{
	size_t len = folder->len == 1 ? 0 : folder->len; /* "/" */

	if (folder->len == 0 || path->len < len || memcmp(path->p, folder->p, len) != 0)
		return -1;
	if (path->len == len || path->len == 1)
		return 0;
	return path->p[len] == '/' ? (ptrdiff_t)len + 1 : -1;
}

/* {dir}: below the longest --from, or the folder as the path spells it where there is none. */
static struct slice
find_dir(const struct origin *at, const struct origins *o)
{
	struct slice dir = {"", 0};
	size_t longest = 0;

	if (o->n == 0)
		return (struct slice){at->folder.p, at->folder.len};
	for (size_t i = 0; i < o->n; i++) {
		ptrdiff_t from = below(&at->real, &o->from[i]);

		if (from == -1 || o->from[i].len < longest)
			continue;
		longest = o->from[i].len;
		dir =
		    from == 0 ? (struct slice){"", 0} : (struct slice){at->real.p + from, at->real.len - (size_t)from};
	}
	return dir;
}

int
origin_locate(struct origin *at, const struct origins *o, int dirfd, const char *path, struct fail *why)
{
	size_t len = (size_t)(path_name(path) - path);
	struct slice folder = len == 0 ? (struct slice){".", 1} : (struct slice){path, len};

	if (at->folder.len == folder.len && memcmp(at->folder.p, folder.p, folder.len) == 0)
		return 0;
	buf_clear(&at->folder, SIZE_MAX);
	if (buf_add(&at->folder, folder.p, folder.len) == -1)
		return fail_nomem(why);
	if (beneath_resolve(dirfd, at->folder.p, &at->real, why) == -1) {
		buf_clear(&at->folder, SIZE_MAX);
		return -1;
	}
	at->dir = find_dir(at, o);
	at->in_library = below(&at->real, o->library) != -1;
	at->in_dcim = below(&at->real, o->dcim) != -1;
	return 0;
}

void
origin_fini(struct origin *at)
{
	buf_fini(&at->folder);
	buf_fini(&at->real);
	*at = (struct origin){0};
}
