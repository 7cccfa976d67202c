/*
 * series -- file names that are safe below a library, and the series a name belongs to.
 *
 * A name's series is what it may be placed as: NAME, then STEM-1.EXT, STEM-2.EXT … .  A name with its suffix is never
 * longer than a file system takes: what is cut is the stem, between characters.
 */
#ifndef PLACE_NAME_SERIES_H
#define PLACE_NAME_SERIES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

#define SERIES_NAME_MAX 255 /* bytes in one name, on every file system in use */

/* Bytes before the dot of the extension: 1 to 16 ASCII letters or digits after the last dot, something before it. */
size_t series_stem(const char *name, size_t len);

/* series_cut() -- the longest beginning of at most max bytes that does not end inside a UTF-8 character. */
size_t series_cut(const char *bytes, size_t len, size_t max);

/*
 * series_name() -- append the k-th name of a series, k == 0 being the name itself.
 *
 *   max  bytes, SERIES_NAME_MAX or less
 *
 * Returns 0, or -1: ENOMEM.
 */
int series_name(const char *name, size_t len, unsigned k, size_t max, struct buf *out);

/* series_first() -- append the first name of the series that a name with a number belongs to; false: it has none. */
bool series_first(const char *name, size_t len, struct buf *out);

/* series_has() -- whether `other` is a name of the series of `name`; false also when memory runs out. */
bool series_has(const char *name, size_t len, size_t max, const char *other, size_t other_len);

#endif
