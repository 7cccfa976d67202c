/*
 * inflate -- zlib streams inside a file, handed out piece by piece, so that nothing need be held whole.
 *
 * Source: RFC 1950 (zlib), RFC 1951 (deflate).
 */
#ifndef FORMAT_INFLATE_H
#define FORMAT_INFLATE_H

#include "base/buf.h"
#include "meta/reader.h"

#define INFLATE_BLOCK_MAX (1u << 20)

/* Takes a piece; false: that is enough.  It must not ask the reader for bytes. */
typedef bool inflate_take(void *arg, const uint8_t *bytes, size_t len);

struct inflate {
	uint64_t at, end; /* the stream begins at `at` and ends before `end` */
	bool raw;         /* deflate without zlib's header */
	uint64_t max;     /* bytes handed out at most */
	inflate_take *take;
	void *arg;
	uint64_t total; /* set: bytes handed out */
};

/*
 * inflate_run() -- inflate a stream.  Returns whether it was whole, or take() had enough; else there is a warning, and
 * what was handed out before the fault is good, or a failure.
 */
bool inflate_run(struct reader *r, struct inflate *in);

/*
 * inflate_enter() -- inflate a block of metadata (max, take and arg are set here) to *block, the caller's to release,
 * and enter it.  Returns what reader_leave() takes; NULL: there is nothing to read, or a failure.
 */
struct src *inflate_enter(struct reader *r, struct inflate *in, struct buf *block);

#endif
