/*
 * inflate -- zlib streams inside a file, given out piece by piece, so that nothing need be held whole.
 *
 * Source: RFC 1950 (zlib), RFC 1951 (deflate).
 */
#ifndef FORMAT_INFLATE_H
#define FORMAT_INFLATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "media/src.h"

struct inflate {
	struct src *src;
	uint64_t at, end; /* the stream begins at `at` and ends before `end` */
	bool raw;         /* deflate without zlib's header */
	uint64_t max;     /* bytes given out at most */
	/* Takes a piece; false: that is enough.  It must not use `src`. */
	bool (*take)(void *arg, const uint8_t *bytes, size_t len);
	void *arg;
	uint64_t given; /* set: bytes given out */
};

/*
 * inflate_run() -- inflate a stream.
 *
 * Returns 0, or -1 with why: FAIL_FORMAT, FAIL_TRUNCATED, FAIL_LIMIT (more than `max`, or a limit of the source) or
 * the error of a read.  What was given out before the fault is good.
 */
int inflate_run(struct inflate *in, struct fail *why);

#endif
