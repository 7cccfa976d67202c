/* groupfolder -- folders that hold what belongs to the pictures and films of another one: group-folders.def. */
#ifndef MEDIA_GROUP_GROUPFOLDER_H
#define MEDIA_GROUP_GROUPFOLDER_H

#include <stddef.h>

#include "base/buf.h"

struct groupfolder {
	const char *folder; /* its name */
	const char *other;  /* the other one, from there: "..", or "../CLIP" */
};

/* groupfolder_at() -- the i-th row, from 0; NULL behind the last. */
const struct groupfolder *groupfolder_at(size_t i);

/* groupfolder_find() -- the row of a folder's name; NULL: its files are its own. */
const struct groupfolder *groupfolder_find(struct slice name);

size_t groupfolder_index(const struct groupfolder *row); /* i */

#endif
