/*
 * compare -- whether a source and the library's file hold the same bytes, as they are on the disk: the one comparison
 * on which a source is removed, or called safe.  Private to lib/place.
 */
#ifndef PLACE_COMPARE_COMPARE_H
#define PLACE_COMPARE_COMPARE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"
#include "hash/digest.h"
#include "place/scratch.h"
#include "run/reason.h"

struct compare {
	struct scratch *scratch;
	int source, copy;               /* open, the copy flushed */
	uint64_t size;                  /* of the source, bytes */
	const struct digests *recorded; /* what the bytes must have too; nothing where mask is 0 */
	bool both;       /* the source is read past the page cache, too; what cannot be is compared as it is */
	bool cached;     /* … and is told here */
	struct fail why; /* more than the reason, with errnum where the system said it; {0}: no more */
};

/*
 * compare_files() -- byte for byte, from byte 0 to the end; the copy past the page cache.
 *
 * Returns REASON_NONE, or DIFFERS, CHANGED, UNREADABLE (the source), COPY_UNREADABLE, NOT_READ_BACK, NOT_RECORDED.
 */
enum reason compare_files(struct compare *c);

#endif
