#include "place/stage/origin.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/pathname.h"
#include "file/folder.h"
#include "place/name/path.h"

int
origins_add(struct origins *o, int dirfd, const char *folder, struct fail *why)
{
	struct buf *from = array_room(o->from, &o->cap, o->n, sizeof(*from));

	if (from == NULL)
		return fail_nomem(why);
	o->from = from;
	o->from[o->n] = (struct buf){0};
	return folder_resolve(dirfd, folder, &o->from[o->n++], why);
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

/* {dir}: below the longest --from, or the folder as the path spells it where there is none. */
static struct slice
find_dir(const struct origin *at, const struct origins *o)
{
	struct slice dir = {"", 0};
	size_t longest = 0;

	if (o->n == 0)
		return buf_slice(&at->folder);
	for (size_t i = 0; i < o->n; i++) {
		const char *rest = folder_below(o->from[i].p, at->real.p);

		if (rest == NULL || o->from[i].len < longest)
			continue;
		longest = o->from[i].len;
		dir = (struct slice){rest, strlen(rest)};
	}
	return dir;
}

int
origin_locate(struct origin *at, const struct origins *o, int dirfd, const char *path, struct fail *why)
{
	size_t len = pathname_folder(path).len;
	struct slice folder = len == 0 ? (struct slice){".", 1} : (struct slice){path, len};

	if (at->folder.len == folder.len && memcmp(at->folder.p, folder.p, folder.len) == 0)
		return 0;
	buf_clear(&at->folder, SIZE_MAX);
	if (buf_add(&at->folder, folder.p, folder.len) == -1)
		return fail_nomem(why);
	if (folder_resolve(dirfd, at->folder.p, &at->real, why) == -1) {
		buf_clear(&at->folder, SIZE_MAX);
		return -1;
	}
	at->dir = find_dir(at, o);
	at->in_library = folder_below(buf_cstr(o->library), at->real.p) != NULL;
	at->in_dcim = folder_below(buf_cstr(o->dcim), at->real.p) != NULL;
	return 0;
}

int
origin_inside(struct origin *at, const char *path, struct fail *why)
{
	buf_clear(&at->folder, 0); /* the path of no file has the same */
	buf_clear(&at->real, SIZE_MAX);
	at->in_library = at->in_dcim = false;
	at->dir = (struct slice){"", 0};
	if (buf_add(&at->real, path, pathname_folder(path).len) == -1)
		return fail_nomem(why);
	at->dir = buf_slice(&at->real);
	return 0;
}

void
origin_fini(struct origin *at)
{
	buf_fini(&at->folder);
	buf_fini(&at->real);
	*at = (struct origin){0};
}
