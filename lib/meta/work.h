/* work -- what a worker keeps from one file to the next, for readers that need it. */
#ifndef META_WORK_H
#define META_WORK_H

#include <stdbool.h>

#include "media/src.h"

struct tags;
struct xmp;
struct xmp_sidecar;

struct work {
	struct tags *tags;           /* NULL until first needed; see tags.h */
	struct xmp *xmp;             /* NULL until first needed; see xmp.h */
	struct xmp_sidecar *sidecar; /* while one is read; else NULL; see xmp.h */
	struct src *inner;
	bool inner_in_use;
};

struct work *work_new(void); /* NULL: ENOMEM */
void work_free(struct work *w);

/*
 * work_open() -- a source over bytes in memory (borrowed), for a block that a container keeps compressed or in pieces.
 * One at a time: it is the worker's until work_close().  NULL: ENOMEM, or one is open already (a block within a block
 * within a file is nothing that a camera writes).
 */
struct src *work_open(struct work *work, const uint8_t *bytes, size_t len);
void work_close(struct work *work);

/* work_lacks_memory() -- why work_open() gave none: ENOMEM, and not that one is open. */
static inline bool
work_lacks_memory(const struct work *work)
{
	return !work->inner_in_use;
}

#endif
