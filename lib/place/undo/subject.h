/* subject -- what a record says was done, with which file, of which library.  Private to lib/place. */
#ifndef PLACE_UNDO_SUBJECT_H
#define PLACE_UNDO_SUBJECT_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/fail.h"
#include "file/relpath.h"
#include "file/volume.h"
#include "place/undo/takeback.h"
#include "run/rec.h"

/* What all of a run share.  Threads: one at a time. */
struct subjects {
	const char *wanted; /* the library's root, whatever records call it; NULL: the one that each names */
	int dirfd;          /* where relative paths start */
	struct buf name;    /* of the library that is open, as records name it */
	struct buf real;    /* the same without links */
	int fd;             /* … or -1 */
	struct relpath relpath;
	struct volumes *volumes;
	struct volume_place at;
	struct buf text;
};

struct subject {
	struct takeback t; /* with a reason: it is left alone */
	int root;          /* a descriptor of its own, or -1 */
	struct buf to;     /* below the root */
	struct buf source; /* where its volume is mounted now, if that is elsewhere */
	bool tied;         /* its source is in the library, too: it may be another record's file */
};

/* subjects_init() -- 0, or -1: FAIL_INPUT where the library that is wanted is none.  subjects_fini() in either case. */
int subjects_init(struct subjects *s, int dirfd, const char *wanted, struct fail *why);
void subjects_fini(struct subjects *s);

/*
 * subject_read() -- fill an empty one from a record, which it borrows the path of; release it with subject_fini().  A
 * source is looked for on its own volume, wherever that is mounted now, and never on another one that is there instead.
 * Returns 0 or -1: FAIL_INPUT (a `hash` that is none, or a path and nothing else), ENOMEM, no descriptors.
 */
int subject_read(struct subject *subject, struct subjects *s, const struct rec *rec, struct fail *why);
void subject_fini(struct subject *subject);

/* subject_same() -- whether two are about one file, on either side, so that one has to be taken back after the other.
 */
bool subject_same(const struct subject *a, const struct subject *b);

#endif
