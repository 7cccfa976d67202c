#include "place/name/path.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/pathname.h"
#include "file/beneath.h"

struct path
path_split(const char *path)
{
	const char *name = pathname_last(path);
	size_t len = name > path ? (size_t)(name - path) - 1 : 0;

	return (struct path){{path, len}, {name, strlen(name)}};
}

bool
path_same_folder(const char *a, const char *b)
{
	return slice_same(pathname_folder(a), pathname_folder(b));
}

int
path_open_folder(int dirfd, const char *path)
{
	struct buf folder = {0};
	int fd = -1;

	if (buf_add(&folder, path, pathname_folder(path).len) == -1)
		errno = ENOMEM;
	else
		fd = openat(dirfd, folder.len > 0 ? folder.p : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	buf_fini(&folder);
	return fd;
}

int
path_open_folder_beneath(int root, const char *path)
{
	struct path at = path_split(path);
	struct buf folder = {0};
	int fd = -1;

	if (buf_add(&folder, at.folder.p, at.folder.len) == -1)
		errno = ENOMEM;
	else
		fd = beneath_open(root, buf_cstr(&folder), O_RDONLY | O_DIRECTORY);
	buf_fini(&folder);
	return fd;
}

static void
add(struct digest *d, struct slice text, bool folds)
{
	for (size_t i = 0; folds && i < text.len; i++) {
		char lower = (char)tolower((unsigned char)text.p[i]);

		digest_update(d, &lower, 1);
	}
	if (!folds)
		digest_update(d, text.p, text.len);
}

int
path_key(struct path path, bool folds, struct digest *d, uint8_t key[PATH_KEY], struct fail *why)
{
	struct digests out;

	if (digest_start(d, 1u << DIGEST_XXH128, why) == -1)
		return -1;
	add(d, path.folder, folds);
	digest_update(d, "/", 1);
	add(d, path.name, folds);
	if (digest_final(d, &out, why) == -1)
		return -1;
	memcpy(key, out.bytes[DIGEST_XXH128], PATH_KEY);
	return 0;
}
