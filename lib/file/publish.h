/* publish -- giving a file its name in the library, never in the place of another. */
#ifndef FILE_PUBLISH_H
#define FILE_PUBLISH_H

#include <stdbool.h>

#include "base/fail.h"

/* A name in a folder. */
struct publish_name {
	int dirfd;
	const char *name;
};

/*
 * publish_rename() -- rename unless the new name is taken.
 *
 *   weak  where the file system can neither rename without replacing nor link: reserve the name with an empty file
 *         and rename over that.  A kill in between leaves the empty file.
 *
 * Returns 0, or -1: EEXIST, EXDEV, ENOTSUP where it can neither and weak is false, or the system's errno; then the
 * file still has its old name.
 */
int publish_rename(struct publish_name from, struct publish_name to, bool weak, struct fail *why);

/* publish_impossible() -- whether publish_rename() failed because the file system can neither. */
bool publish_impossible(const struct fail *why);

/* publish_hardlink() -- a second name for the file, a symbolic link followed.  Returns 0 or -1 as above. */
int publish_hardlink(struct publish_name from, struct publish_name to, struct fail *why);

/* publish_symlink() -- a symbolic link to an absolute path.  Returns 0 or -1 as above. */
int publish_symlink(const char *target, struct publish_name to, struct fail *why);

#endif
