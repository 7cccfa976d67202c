/*
 * variant -- what a file may be called, since its name may be taken: NAME, then STEM-1.EXT, STEM-2.EXT … .  None is
 * longer than a file system takes: what is cut is the stem, between characters.
 */
#ifndef PLACE_NAME_VARIANT_H
#define PLACE_NAME_VARIANT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define VARIANT_NAME_MAX 255 /* bytes in one name, on every file system in use */

/* Bytes before the dot of the extension: 1 to 16 ASCII letters or digits after the last dot, something before it. */
size_t variant_stem(struct slice name);

/* variant_cut() -- the longest beginning of at most max bytes that does not end inside a UTF-8 character. */
size_t variant_cut(struct slice text, size_t max);

/*
 * variant_name() -- append the k-th variant of a name, k == 0 being the name itself.
 *
 *   max  bytes, VARIANT_NAME_MAX or less
 *
 * Returns 0, or -1: ENOMEM.
 */
int variant_name(struct slice name, unsigned k, size_t max, struct buf *out);

/* variant_first() -- append the name that one with a number is a variant of; false: it has none. */
bool variant_first(struct slice name, struct buf *out);

/* variant_is() -- whether `other` is a variant of `name`; false also when memory runs out. */
bool variant_is(struct slice name, size_t max, struct slice other);

#endif
