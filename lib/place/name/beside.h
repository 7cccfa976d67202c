/*
 * beside -- what a file is called beside another one of its group, which has been given a name in the library.
 *
 * Of a name the tail stays the file's own, the rest is the other's, with this file's stem in the place of the other's
 * (groupname.h): beside 1200_IMG_1234-1.heic of IMG_1234.HEIC, IMG_E1234.MOV is 1200_IMG_E1234-1.mov.
 */
#ifndef PLACE_NAME_BESIDE_H
#define PLACE_NAME_BESIDE_H

#include <stddef.h>

#include "base/buf.h"

struct beside_file {
	struct slice name; /* as its source is called */
	size_t stem;       /* bytes of that before the place of a number */
};

/*
 * beside_name() -- append what `file` is called where `other` is called `target`.
 *
 *   stem  how many of the appended bytes stand before the place of a number
 *
 * Returns 0, or -1: ENOMEM.
 */
int beside_name(struct slice target, const struct beside_file *other, const struct beside_file *file, struct buf *out,
    size_t *stem);

#endif
