/* back -- giving a file that was moved away its old name again.  Private to lib/place. */
#ifndef PLACE_UNDO_BACK_H
#define PLACE_UNDO_BACK_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/fail.h"
#include "file/publish.h"
#include "file/state.h"
#include "hash/digest.h"
#include "place/scratch.h"

struct back {
	int fd;                   /* the file, open for reading */
	struct publish_name from; /* where it is … */
	struct publish_name to;   /* … and is to be */
	const struct state *noted;
	const struct digests *recorded;
	bool weak; /* see file/publish.h */
};

/*
 * back_check() -- whether it holds what was placed: by the recorded digests, or by size and time where there are none.
 * Returns 0, or -1: FAIL_CHANGED, or it cannot be read.
 */
int back_check(const struct back *b, struct scratch *scratch, struct fail *why);

/*
 * back_rename() -- the name of a file that was checked.  Returns 0, or -1: FAIL_CHANGED where another file had its
 * name by then, or what publish_rename() fails with; then nothing has changed.
 */
int back_rename(const struct back *b, struct scratch *scratch, struct fail *why);

/*
 * back_copy() -- a durable copy with its time, whatever the file system; the file stays where it is.
 *
 *   lost  what could not be kept, as meta_keep()
 *
 * A kill leaves an unfinished file beside it (place/undo/unfinished.h), which the next call for this name removes.
 * Returns 0, or -1: FAIL_CHANGED, EBUSY where another process does the same, EEXIST, or what went wrong.
 */
int back_copy(const struct back *b, struct scratch *scratch, struct buf *lost, struct fail *why);

#endif
