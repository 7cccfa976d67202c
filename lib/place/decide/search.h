/*
 * search -- what a series of names holds: the content that is to go there, or a name that is free.  Private to
 * lib/place.
 */
#ifndef PLACE_DECIDE_SEARCH_H
#define PLACE_DECIDE_SEARCH_H

#include <stdbool.h>
#include <sys/stat.h>

#include "place/decide/claims.h"
#include "place/job.h"
#include "place/decide/match.h"
#include "place/decide/shelf.h"

struct search {
	struct place *p;
	struct kit *kit;
	struct claims *claims;         /* NULL: the disk alone tells */
	int dirfd;                     /* the folder, -1 where there is none yet */
	struct job_path at;            /* its path below the root, and the series' first name */
	const struct stat *source;     /* what is to go there */
	const struct digests *content; /* its; mask 0: not read yet */
	const struct buf *link;        /* the target of a symbolic link that counts as the content, or NULL */
	bool itself;                   /* nothing but the source itself counts */
	bool first_only;               /* look at the first name only, and remember nothing */
	uint64_t seen;                 /* match_mark() of a file that is known to hold the content, or 0 */
	unsigned unseen;               /* the numbers below are taken, though there may be nothing to be seen */

	unsigned k; /* the number of `name` */
	struct buf name;
	struct stat twin; /* of the file at `name`, where it is on the disk */
};

/*
 * search_series() -- the first name that holds the content, else the first that is free.
 *
 * Returns MATCH_FILE, MATCH_FREE, MATCH_SIZE where the content must be known to tell, MATCH_OTHER (first_only), or
 * MATCH_ERROR: what the system said, or FAIL_LIMIT where all numbers are taken.  Threads: any.
 */
enum match search_series(struct search *q, struct fail *why);

/*
 * search_took() -- q->name has been given to q->content.
 *
 *   st  of the file, or NULL in a dry run
 */
int search_took(struct search *q, const struct stat *st, struct fail *why);

/* search_freed() -- a file of the library has left this name.  Returns 0 or -1. */
int search_freed(struct search *q, struct claims_name old, struct fail *why);

void search_fini(struct search *q);

#endif
