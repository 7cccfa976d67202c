#include "hashdb/lookup/beside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/array.h"
#include "base/hash.h"
#include "base/pathname.h"
#include "media/group/groupname.h"

void
beside_fini(struct beside *b)
{
	buf_fini(&b->folder);
	free(b->keys);
	*b = (struct beside){0};
}

static int
compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static int
add(struct beside *b, const char *name, struct fail *why)
{
	struct groupname is;
	uint64_t *keys;

	if (!groupname_alone(slice_of(name), &is) || group_is_companion(is.role))
		return 0;
	if ((keys = array_room(b->keys, &b->cap, b->n, sizeof *keys)) == NULL)
		return fail_nomem(why);
	b->keys = keys;
	keys[b->n++] = hash_bytes(HASH_START, groupname_key(&is));
	return 0;
}

static int
read_names(struct beside *b, int dirfd, struct fail *why)
{
	int fd = openat(dirfd, b->folder.len > 0 ? b->folder.p : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc = 0;
	DIR *dir = fd != -1 ? fdopendir(fd) : NULL;
	struct dirent *e;

	if (dir == NULL) {
		rc = fail_short_errno(errno) ? fail_errno(why, "open", "%s", buf_cstr(&b->folder)) : 0;
		if (fd != -1)
			close(fd);
		return rc;
	}
	while (rc == 0 && (e = readdir(dir)) != NULL)
		rc = add(b, e->d_name, why);
	closedir(dir);
	if (b->n > 1)
		qsort(b->keys, b->n, sizeof *b->keys, compare);
	return rc;
}

/* Lists a folder, unless it is the last one. */
static int
list(struct beside *b, int dirfd, struct slice folder, struct fail *why)
{
	if (b->folder.p != NULL && slice_same(buf_slice(&b->folder), folder))
		return 0;
	b->n = 0;
	buf_clear(&b->folder, SIZE_MAX);
	if (buf_add(&b->folder, folder.p, folder.len) == -1) {
		beside_fini(b);
		return fail_nomem(why);
	}
	if (read_names(b, dirfd, why) == 0)
		return 0;
	beside_fini(b); /* who asks next lists it anew */
	return -1;
}

/* Whatever a rule needs: the key that comes of it is looked for. */
static bool
has(void *arg, struct slice key, const struct groupname_need *need)
{
	const struct beside *b = arg;
	uint64_t hash = hash_bytes(HASH_START, key);

	(void)need;
	return b->n > 0 && bsearch(&hash, b->keys, b->n, sizeof hash, compare) != NULL;
}

int
beside_has_picture(struct beside *b, int dirfd, const char *path, struct fail *why)
{
	const char *name = pathname_last(path);
	static const struct groupname_need any = {.extension = {"", 0}};
	struct groupname is;

	if (list(b, dirfd, pathname_folder(path), why) == -1)
		return -1;
	return groupname_read(slice_of(name), has, b, &is) && has(b, groupname_key(&is), &any);
}
