/*
 * claimed -- the claims of a group's numbers: what its own says, and who has claimed which.  Private to lib/place.
 *
 * The claims of a series are read once for all groups that share it, and sorted by what they say: so the n-th group of
 * one name learns its number, and that those of others are none of its own, without looking at each of them again.
 */
#ifndef PLACE_GROUP_CLAIMED_H
#define PLACE_GROUP_CLAIMED_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/fail.h"
#include "place/content/contents.h"

struct number;

/* Of the series that was read last; claimed_init() and claimed_fini(). */
struct claimed {
	unsigned long reads;     /* series.reads when they were read; 0: not yet */
	bool *at;                /* by number: whether it is claimed, and not only ahead */
	size_t n, cap;           /* … of that */
	struct contents numbers; /* by a line of a claim: its number */
	struct buf ours;         /* the lines of the group that is looked at; empty: nobody has asked */
};

void claimed_init(struct claimed *c);
void claimed_fini(struct claimed *c);

/* claimed_own() -- the number that the group has claimed and at which something stands.  Returns 1, 0 or -1. */
int claimed_own(struct number *n, unsigned *k, struct fail *why);

/* claimed_by_others() -- whether k is claimed for others, where the group has not claimed it.  Returns 1, 0 or -1. */
int claimed_by_others(struct number *n, unsigned k, struct fail *why);

/*
 * claimed_unseen() -- whether k, at which the group sees nothing, is claimed for others under one of its names: what
 * stands there begins otherwise, as GL010123.LRV before its GX010123.MP4.  Returns 1, 0 or -1.
 */
int claimed_unseen(struct number *n, unsigned k, struct fail *why);

/* claimed_put() -- claim k for the group under the name of its f-th file, durably.  Returns 0 or -1. */
int claimed_put(struct number *n, size_t f, unsigned k, struct fail *why);

/* claimed_ahead() -- claim k for the group under its lead's name, which may need that.  Returns 0, 1 where others have
 * claimed it, or -1. */
int claimed_ahead(struct number *n, unsigned k, struct fail *why);

/* claimed_drop() -- nobody needs to claim k under that name any more.  Returns 0 or -1. */
int claimed_drop(struct number *n, size_t f, unsigned k, struct fail *why);

#endif
