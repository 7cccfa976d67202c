/*
 * takeback -- taking back what was done with one file, if that is safe: the state from before, or nothing.
 *
 * A copy is removed as a source is (place/remove/removal.h), with the sides exchanged: hidden, compared byte for byte
 * with what it was copied from, past the page cache, and only then unlinked.  What was moved goes back under its old
 * name, if that is free and the content is what was placed: by a rename, or as a durable copy, after which the
 * library's file is removed by the same proof.  Private to lib/place.
 *
 * Killed at any instant, the same call completes it: what is hidden has its name again then, and a file that is back
 * already is only removed from the library.
 */
#ifndef PLACE_UNDO_TAKEBACK_H
#define PLACE_UNDO_TAKEBACK_H

#include <stdbool.h>

#include "base/buf.h"
#include "file/state.h"
#include "hash/digest.h"
#include "place/scratch.h"
#include "run/reason.h"

enum takeback_kind {
	TAKEBACK_NOTHING, /* it was not placed */
	TAKEBACK_COPY,    /* its source stayed */
	TAKEBACK_MOVE,    /* … or did not */
	TAKEBACK_RETURN,  /* it was not placed, but its source was removed */
	TAKEBACK_HARDLINK,
	TAKEBACK_SYMLINK
};

struct takeback {
	enum takeback_kind kind;
	bool dry_run; /* only look */
	bool weak;    /* see file/publish.h */
	int dirfd;    /* where path starts */
	const char *path;
	int root;           /* of the library */
	const char *to;     /* the file, below it */
	struct state noted; /* of the source when it was placed, as far as known */
	struct digests recorded;

	bool done;          /* it is as it was before; else … */
	enum reason reason; /* … why it is not, or what there was to be said of it */
	char message[224];  /* the same for a person; "": reason_text() */
	struct fail why;    /* it went wrong */
	struct buf lost;    /* what of its metadata could not be kept; "" where nothing */
};

/* takeback_do() -- the caller flushes the folders.  Threads: each its own; the scratch_pool is shared. */
void takeback_do(struct takeback *t, struct scratch_pool *scratch_pool);

#endif
