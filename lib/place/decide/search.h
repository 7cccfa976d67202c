/*
 * search -- what the variants of a name hold: the content that is to go there, or nothing, so that one is free. Private
 * to lib/place.
 */
#ifndef PLACE_DECIDE_SEARCH_H
#define PLACE_DECIDE_SEARCH_H

#include <stdbool.h>
#include <sys/stat.h>

#include "place/content/cache.h"
#include "place/content/match.h"
#include "place/job.h"
#include "place/place-parts.h"

#define SEARCH_NUMBERS 99999 /* NAME-99999.EXT is the last */

struct search {
	struct place *p;
	struct scratch *scratch;
	struct contents *dryrun;       /* NULL: the disk alone tells */
	int dirfd;                     /* the folder, -1 where there is none yet */
	struct path at;                /* its path below the root, and the name without a number */
	size_t stem;                   /* bytes of that before the place of the number … */
	size_t max;                    /* … and how long the whole may be */
	const struct stat *source;     /* what is to go there */
	const struct digests *content; /* its; mask 0: not read yet */
	const struct buf *link;        /* the target of a symbolic link that counts as the content, or NULL */
	bool itself;                   /* nothing but the source itself counts */
	bool first_only;               /* look at the first name only, and remember nothing */
	uint64_t seen;                 /* match_mark() of a file that is known to hold the content, or 0 */
	unsigned unseen;               /* the numbers below are taken, though there may be nothing to be seen */

	unsigned k; /* the number of `name` */
	struct buf name;
	struct stat found; /* of the file at `name`, where it is on the disk */
};

/*
 * search_variants() -- the first name that holds the content, else the first that is free.
 *
 * Returns MATCH_FILE, MATCH_FREE, MATCH_SIZE where the content must be known to tell, MATCH_OTHER (first_only), or
 * MATCH_ERROR: what the system said, or FAIL_LIMIT where all numbers are taken.  Threads: any.
 */
enum match search_variants(struct search *q, struct fail *why);

/*
 * search_at() -- what stands at the k-th name alone: MATCH_FILE, MATCH_FREE, MATCH_OTHER, MATCH_SIZE or MATCH_ERROR as
 * above.
 */
enum match search_at(struct search *q, unsigned k, struct fail *why);

/*
 * search_took() -- q->name now holds q->content.
 *
 *   st  of the file, or NULL in a dry run
 */
int search_took(struct search *q, const struct stat *st, struct fail *why);

/* search_freed() -- a file of the library has left this name.  Returns 0 or -1. */
int search_freed(struct search *q, struct path old, struct fail *why);

static inline struct path
search_path(const struct search *q) /* of the variant that was looked at last */
{
	return (struct path){q->at.folder, buf_slice(&q->name)};
}

void search_fini(struct search *q);

#endif
