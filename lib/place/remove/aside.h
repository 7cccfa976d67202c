/*
 * aside -- a source that is about to be removed is renamed first, in its own folder, to `.NAME.dcim-XXXXXXXX`.
 *
 * What still finds it under its own name then is another file, and what went with it was the same one, whatever
 * device and inode numbers say.  The hidden name holds the whole old one, so that whoever comes after a kill can give
 * it back.  It is flocked by the process that works on it, while that has it open.
 */
#ifndef PLACE_REMOVE_ASIDE_H
#define PLACE_REMOVE_ASIDE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <time.h>

#include "base/buf.h"
#include "base/fail.h"

struct aside {
	int dirfd; /* of the folder, borrowed */
	const char *name;
	char hidden[NAME_MAX + 1];
};

/* A folder that held no hidden name at all, and when it was last changed then. */
struct aside_bare {
	dev_t dev;
	ino_t ino;
	struct timespec mtime;
};

/*
 * aside_hide() -- take a->name out of the way; a->hidden is filled.
 * Returns 0, or -1: ENAMETOOLONG, or what the file system said; then the file still has its name.
 */
int aside_hide(struct aside *a, struct fail *why);

/* aside_undo() -- undo that.  Returns 0, or -1: EEXIST where the name was taken meanwhile; it stays hidden. */
int aside_undo(const struct aside *a, struct fail *why);

/* aside_is() -- whether the last name of a path is such a hidden one. */
bool aside_is(const char *path);

/*
 * aside_list() -- add the hidden names in the folder of a path, as paths like it, each with its NUL.  Returns 0, also
 * where that folder is not there, or -1: it cannot be listed, or ENOMEM.
 */
int aside_list(int dirfd, const char *path, struct buf *hidden);

/*
 * aside_return() -- give a hidden file that a killed run has left its name back.
 *
 *   path  relative to dirfd; its last name is a hidden one
 *
 * Returns 0, also where it has its own name as well (a kill between link and unlink) or an old empty file has that, or
 * -1: EBUSY while another process works on it, EEXIST, or what the file system said.
 */
int aside_return(int dirfd, const char *path, struct fail *why);

enum aside_found { ASIDE_NONE, ASIDE_BACK, ASIDE_STUCK };

/*
 * aside_restore() -- look beside a path that is not there for what a killed run has left of it.  Returns ASIDE_BACK
 * where it is back, ASIDE_STUCK where it lies there and cannot be, such as while another process works on it.
 *
 *   bare  what was learnt the last time, at first all zero: many files may have gone from one folder
 */
enum aside_found aside_restore(int dirfd, const char *path, struct aside_bare *bare);

#endif
