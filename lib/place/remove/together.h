/*
 * together -- removing the sources of a batch, those of a group together: none goes before every member is safe.
 *
 * Safe is a member whose source is not there any more, one that is removed in the same act (removal_do()), and one
 * whose source and the library's file beside the others' are equal.  What was found safe and stays is remembered, so
 * that a group which comes in several batches is not read again for each of them.
 *
 * Companions go first, and pictures and films only when no companion's source is left: what is left by a kill or the
 * end of a batch then still is one group, of which each file finds its own place in the library again.
 */
#ifndef PLACE_REMOVE_TOGETHER_H
#define PLACE_REMOVE_TOGETHER_H

#include <stdbool.h>
#include <stddef.h>

#include "media/group/recgroup.h"
#include "place/remove/removal.h"
#include "place/remove/safe.h"
#include "run/filter.h"
#include "run/rec.h"

/* What a whole run shares; ready with scratch_pool, after together_init(). */
struct together {
	struct scratch_pool *scratch_pool;
	bool patient;     /* what waits for a member that the library does not have yet is left for later */
	struct safe safe; /* what was compared, and stays */
};

/* A record of the batch. */
struct together_file {
	const struct rec *rec;
	struct removal removal; /* with a reason: it stays for that, and keeps its group */
	bool beside;   /* it may go only where a picture or film of its group is beside its copy, if it has one */
	bool gone;     /* its source has been moved away already, or is where it belongs */
	bool waits;    /* from either: a member has not come yet; with `patient` nothing has been done then */
	struct buf to; /* the caller's own, for removal.to */

	/* private */
	struct rec_group group;
	bool listed;                 /* what is hidden in its folder is known */
	struct buf behind;           /* for removal.behind */
	struct together_file *first; /* of the same group in the batch … */
	struct together_file *next;  /* … and the one after this, or NULL */
};

void together_init(struct together *t, struct scratch_pool *scratch_pool);
void together_fini(struct together *t);

/*
 * together_remove() -- on the pool, remove what has no reason to stay; each file's removal says what became of it,
 * unless it waits.  From a commit.
 */
void together_remove(struct together *t, struct run *run, struct together_file *files, size_t n);

/*
 * together_look() -- before anything is done with a batch, on the pool: whether all others of a file's group are in the
 * batch, or not there any more; else it waits.
 */
void together_look(struct together *t, struct run *run, struct together_file *files, size_t n);

#endif
