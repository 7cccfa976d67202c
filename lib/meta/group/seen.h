/*
 * seen -- what has been read of files that belong together, so that each is read once, whoever asks first: for its own
 * record or for another's of its group.
 *
 * One worker reads a file and others that ask for it meanwhile wait; who reads waits for nobody.  Memory is bounded:
 * what was asked for longest ago is forgotten, and read again by who needs it.
 */
#ifndef META_GROUP_SEEN_H
#define META_GROUP_SEEN_H

#include "base/fail.h"
#include "media/record.h"
#include "meta/group/shot.h"

#define SEEN_SHOTS 2048            /* files of which a group's questions are answered … */
#define SEEN_WHOLE 256             /* … and those kept whole for their own records, … */
#define SEEN_WHOLE_SIZE (2u << 20) /* … in bytes */

struct seen;

struct seen *seen_new(void); /* NULL: ENOMEM */
void seen_free(struct seen *s);

/* Who reads: a worker. */
struct seen_reader {
	/* read() -- all that a file says.  Returns 0 or -1. */
	int (*read)(void *arg, const char *path, struct facts *out, struct fail *why);
	void *arg;
	struct facts *facts; /* allocated; seen_take() may exchange it */
	struct facts *spare; /* what it had before, for the next file that is read ahead; NULL at first */
};

/*
 * seen_take() -- all that a file says, into r->facts, for its own record.
 * Returns 0, or -1 as read() failed.  Threads: any, each its own reader; so seen_look().
 */
int seen_take(struct seen *s, struct seen_reader *r, const char *path, struct fail *why);

/*
 * seen_look() -- what a group asks of a file: of one that cannot be read, nothing but that it is there, or is not.
 *
 *   out  the caller's to shot_fini()
 *
 * Returns 0, or -1 where memory or descriptors are short.
 */
int seen_look(struct seen *s, struct seen_reader *r, const char *path, struct shot *out, struct fail *why);

#endif
