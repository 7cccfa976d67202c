/* relpath -- a path made relative to a library's root, links in its folder resolved. */
#ifndef FILE_RELPATH_H
#define FILE_RELPATH_H

#include "base/buf.h"
#include "base/fail.h"

/* Remembers the last folder.  {0} is ready; root is borrowed.  Threads: one at a time. */
struct relpath {
	const char *root;    /* absolute, without links */
	struct buf folder;   /* as it was written */
	struct buf resolved; /* … and where it is */
	struct buf scratch;
};

/*
 * relpath_find() -- replace `out` by where `path` lies below the root.  The file need not exist, nor its folder.
 *
 *   dirfd  where a relative path starts
 *
 * Returns 0; 1 where it lies elsewhere; -1 (a folder that cannot be resolved, ENOMEM).
 */
int relpath_find(struct relpath *r, int dirfd, const char *path, struct buf *out, struct fail *why);

void relpath_fini(struct relpath *r);

#endif
