/*
 * origin -- where a source lies: inside the library or not, and in which folder of what is being imported.
 *
 * Folders are compared with their links resolved, so that no other spelling of the library's name makes a file of
 * the library look like one from outside.
 */
#ifndef PLACE_STAGE_ORIGIN_H
#define PLACE_STAGE_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/fail.h"

/* The folders named with --from, resolved. */
struct origins {
	struct buf *from;
	size_t n, cap;
	const struct buf *library; /* resolved, borrowed; and its .dcim, empty where there is none */
	const struct buf *dcim;
};

/* {0} is ready.  It remembers the folder of the last path, since paths come folder by folder. */
struct origin {
	struct buf folder; /* as the path spells it, "." for none */
	struct buf real;
	struct slice dir; /* {dir}: a part of real, or of folder where there is no --from */
	bool in_library;
	bool in_dcim;
};

/* origins_add() -- one --from.  Returns 0 or -1; origins_fini() in either case. */
int origins_add(struct origins *o, int dirfd, const char *folder, struct fail *why);
void origins_fini(struct origins *o);

/* origin_locate() -- fill `at` for a path.  Returns 0 or -1; then nothing is remembered. */
int origin_locate(struct origin *at, const struct origins *o, int dirfd, const char *path, struct fail *why);
/*
 * origin_inside() -- the same for the name of a member of an archive: {dir} is its folder within that, which is in no
 * library.  Returns 0 or -1 (ENOMEM).
 */
int origin_inside(struct origin *at, const char *path, struct fail *why);
void origin_fini(struct origin *at);

#endif
