/* tail -- whether what a file ends with was ever written. */
#ifndef FORMAT_TAIL_H
#define FORMAT_TAIL_H

#include "media/media.h"
#include "media/src.h"

#define EMPTY_TAIL 4096 /* no more is needed where pictures have no padding */

/*
 * tail_check() -- warn where the last `len` bytes of a picture that reaches from `at` to `end` are nothing but zeros,
 * as a copy leaves them that was broken off.  For coded pictures only, in which so many cannot be; of a shorter one, or
 * one that the file does not hold to its end, nothing is said.
 *
 * Returns 0, or -1 when the source could not be read.
 */
int tail_check(struct src *src, uint64_t at, uint64_t end, size_t len, struct media_info *info, struct fail *why);

#endif
