/*
 * forward -- ranges of a member that only comes once, from front to back: what has passed is kept on disk, within
 * bounds.  A film's index behind 4 GB of pictures is found so, with the memory of a few buffers.
 */
#ifndef ARCHIVE_FORWARD_H
#define ARCHIVE_FORWARD_H

#include <stdint.h>
#include <sys/types.h>

#include "archive/packed.h"
#include "base/fail.h"
#include "file/spool.h"

#define FORWARD_KEEP (UINT64_C(128) << 20) /* bytes of the beginning, and of the end, that are kept */

/* {.spool.fd = -1} is ready for any number of members.  Threads: one at a time. */
struct forward {
	struct packed *from;
	struct spool spool;
	uint64_t passed;
	uint64_t head, tail; /* kept: what lies before the one, and what lies behind the other */
};

/*
 * forward_begin() -- go over the member that `from` (borrowed) has just been led to.
 *
 *   size  its bytes.  Where the archive does not say, it is read to its end for them, and of its end nothing is kept
 *
 * Returns 0, or -1: as packed_read(), or the temporary folder is full.
 */
int forward_begin(struct forward *f, struct packed *from, uint64_t *size, struct fail *why);

/*
 * forward_read() -- the bytes at an offset, fewer only at the member's end.  `forward` is a struct forward.
 * Returns the count, or -1: FAIL_LIMIT where they have passed and were not kept, or as forward_begin().
 */
ssize_t forward_read(void *forward, void *dst, size_t len, uint64_t offset, struct fail *why);

void forward_fini(struct forward *f);

#endif
