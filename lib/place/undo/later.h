/*
 * later -- what the runs that came after one have said of the library's files: which they placed themselves, which they
 * rely on, and which they have taken back.  Private to lib/place.
 *
 * A file is relied on by each source that a record leads to it from, until that record is undone.  The same source may
 * be imported as often as one likes, under whatever path its volume has; but one that was removed then relies on the
 * file for good: what lies there now has only the same name.  A file that was placed again belongs to who did that.
 */
#ifndef PLACE_UNDO_LATER_H
#define PLACE_UNDO_LATER_H

#include "hash/digest.h"
#include "place/content/contents.h"
#include "run/reason.h"
#include "run/rec.h"

/* Some 100 bytes of memory for each file; ready after later_init().  Threads: one at a time. */
struct later {
	struct digest *digest; /* NULL: nothing was read */
	struct contents pairs; /* for a file and a source, what the last record said */
	struct contents files; /* how many sources a file has that rely on it */
	struct buf to;
	struct buf source; /* by which it is told from others */
};

void later_init(struct later *l);
void later_fini(struct later *l);

/*
 * later_read() -- read a log; in the order in which the runs came.
 *
 *   dirfd  where a relative path starts
 *
 * Returns 0 or -1: it cannot be read, ENOMEM.
 */
int later_read(struct later *l, int dirfd, const char *log, struct fail *why);

/*
 * later_own() -- what a record of the run itself says of a file without having placed it, later ones may say again: the
 * same source was imported once more, and relies on nothing new.  Such records come before the one that placed the
 * file, since all come backwards.  Returns 0 or -1.
 */
int later_own(struct later *l, const struct rec *rec, struct fail *why);

/* later_find() -- why a record of an earlier run is to be left alone, or REASON_NONE.  Returns 0 or -1. */
int later_find(struct later *l, const struct rec *rec, const struct buf *to, enum reason *reason, struct fail *why);

#endif
