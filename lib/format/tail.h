/* tail -- whether what a file ends with was ever written. */
#ifndef FORMAT_TAIL_H
#define FORMAT_TAIL_H

#include "meta/reader.h"

#define EMPTY_TAIL (16u << 10) /* longer than padding, and than what cameras leave empty in maker notes */

/*
 * tail_check() -- warn where the last EMPTY_TAIL bytes of a picture that reaches from `at` to `end` are nothing but
 * zeros, as a copy leaves them that was broken off.  For coded pictures only, in which so many cannot be; of a shorter
 * one, or one that the file does not hold to its end, nothing is said.
 */
void tail_check(struct reader *r, uint64_t at, uint64_t end);

#endif
