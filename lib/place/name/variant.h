/*
 * variant -- what a file may be called, since its name may be taken: NAME, then STEM-1.EXT, STEM-2.EXT … .  None is
 * longer than a file system takes: what is cut is the stem, between characters.  Where the stem of a name ends is known
 * to those who know what the name is (groupname.h); of any other name, variant_stem() says it.
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

/* A name that may get a number. */
struct variant {
	struct slice name;
	size_t stem; /* bytes of it before the place of the number */
	size_t max;  /* bytes of all its variants, VARIANT_NAME_MAX or less */
};

/* variant_name() -- append the k-th variant, k == 0 being the name itself.  Returns 0, or -1: ENOMEM. */
int variant_name(const struct variant *v, unsigned k, struct buf *out);

/* variant_number() -- the number at the end of a stem that is cut off there, 0 where there is none. */
unsigned variant_number(struct slice *stem);

/* variant_first() -- append the name that one with a number before its extension is a variant of; false: it has none.
 */
bool variant_first(struct slice name, struct buf *out);

/* variant_is() -- whether `other` is one of the variants; false also when memory runs out. */
bool variant_is(const struct variant *v, struct slice other);

#endif
