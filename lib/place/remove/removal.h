/*
 * removal -- the only code that removes a source, and only when its content is provably elsewhere.
 *
 * No record, digest or inode number stands in for the proof, which is an act: the source is renamed aside in its own
 * folder; then the library's file is opened anew by its name, with no link on the way, and compared with the source
 * byte for byte, past the page cache.  If it went with the source's name, or its folder shows the hidden one, they are
 * one file, whatever mounts are in between.  Any doubt gives the source its name back.
 *
 * Two sources that stand for each other's copy: each is looked for by its own name after the other was renamed aside,
 * and the last look comes before the removal, so at most one of them goes, also when two processes try at once.
 *
 * Killed at any instant it leaves the source under its own or its hidden name (place/remove/aside.h), or the compared
 * copy.
 */
#ifndef PLACE_REMOVE_REMOVAL_H
#define PLACE_REMOVE_REMOVAL_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "file/state.h"
#include "hash/digest.h"
#include "place/scratch.h"
#include "run/reason.h"

struct removal {
	int dirfd; /* where path starts */
	const char *path;
	struct state noted; /* of the source when it was read, size and mtime */
	int root;           /* the library's, or -1 */
	const char *to;     /* the copy, below it */
	bool durable;       /* the copy and its name are on the disk … */
	bool flushed;       /* … or all files on this device are */
	dev_t flushed_dev;
	struct timespec flushed_at;
	struct digests recorded; /* what the compared bytes must have too; nothing where mask is 0 */

	struct meter *meter; /* counts what is compared of the source; NULL: nobody does */
	const char *behind;  /* NULL, or the file that is to go first: proved with the others, it stays */

	enum reason reason; /* why the source stays; REASON_NONE: it has been removed */
	char message[224];  /* the same for a person */
	int errnum;         /* what the system said, where it is that */
	bool proved;        /* it was safe, even where it stays for another's sake */
};

/*
 * removal_do() -- remove sources, or say why not: all of them or none.  All are hidden and proved before the first is
 * removed; where one must stay, the others get their names back, with removal_keep().  One that has gone keeps none.
 * Where the system does not remove one that may go, those before it have gone, and those behind it stay.  Two names of
 * one file may be among them.  Of many, not all are kept open, and locked, until they go: who gives one its name back
 * then keeps the others.
 *
 * Threads: each its own removals; the scratch_pool is shared.
 */
void removal_do(struct removal *const *all, size_t n, struct scratch_pool *scratch_pool);

/* removal_refuse() -- note why a source stays. */
void removal_refuse(struct removal *r, enum reason reason, const char *message);

/* removal_keep() -- note that a source stays because of a bad one: REASON_GROUP, or that the card is write-protected.
 */
void removal_keep(struct removal *r, const struct removal *bad);

/*
 * removal_compare() -- whether a source that nobody removes now is safe: it is not there, or equal to the library's
 * file, which is made durable and read past the page cache.  Else r->message says why not.
 *
 *   r  where `noted` holds nothing, the source is taken as it is
 */
bool removal_compare(struct removal *r, struct scratch_pool *scratch_pool);

struct removal_seen {
	bool cached; /* not all of both could be read from the disk, and they were compared as they are in memory */
	struct timespec changed; /* ctime of the copy that was compared */
};

/*
 * removal_read_both() -- the same of a source that stays as it lies, write-protected or not: both sides are read past
 * the page cache, and nothing is renamed.  False also where it is not there.
 *
 *   seen  filled; it tells of the copy only where true is returned
 */
bool removal_read_both(struct removal *r, struct scratch_pool *scratch_pool, struct removal_seen *seen);

/*
 * removal_flush() -- make everything on the library's device durable at once, where its file system can do that.
 *
 *   before  NULL, or another removal of the batch, flushed already where it is of the same library
 */
void removal_flush(struct removal *r, const struct removal *before);

#endif
