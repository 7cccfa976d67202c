/*
 * beneath -- opening what lies below a folder, whatever links were planted there.
 *
 * openat2(2) with RESOLVE_BENEATH lets a link lead elsewhere inside the folder, never out of it.  Where the kernel or
 * a sandbox refuses that call, the path is walked name by name and no link is followed at all.
 */
#ifndef FILE_BENEATH_H
#define FILE_BENEATH_H

#include "base/fail.h"

/*
 * beneath_open() -- open a path below `root`.
 *
 *   path   relative; "" is root itself
 *   flags  of open(2), without O_CREAT; O_CLOEXEC is added
 *
 * Returns a descriptor, or -1 with errno: EXDEV or ELOOP where a link is in the way.
 */
int beneath_open(int root, const char *path, int flags);

/* beneath_open_plain() -- the same, following no link at all: ELOOP. */
int beneath_open_plain(int root, const char *path, int flags);

/* beneath_fail() -- note a failure of beneath_open() from errno.  Returns -1. */
int beneath_fail(struct fail *why, const char *op, const char *path);

#endif
