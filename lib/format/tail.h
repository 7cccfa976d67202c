/* tail -- whether what a file ends with was ever written. */
#ifndef FORMAT_TAIL_H
#define FORMAT_TAIL_H

#include "media/media.h"
#include "media/src.h"

#define EMPTY_TAIL (16u << 10) /* longer than padding, and than what cameras leave empty in maker notes */

/*
 * tail_check() -- warn where the last EMPTY_TAIL bytes of a picture that reaches from `at` to `end` are nothing but
 * zeros, as a copy leaves them that was broken off.  For coded pictures only, in which so many cannot be; of a shorter
 * one, or one that the file does not hold to its end, nothing is said.
 *
 * Returns 0, or -1 when the source could not be read.
 */
int tail_check(struct src *src, uint64_t at, uint64_t end, struct media_info *info, struct fail *why);

#endif
