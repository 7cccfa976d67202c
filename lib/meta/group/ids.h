/*
 * ids -- which files of a folder have a ContentIdentifier, by which Apple's phones join the two halves of a Live Photo
 * whatever these are called.
 *
 * A folder's films, or its pictures, are read for it when the first half is found whose other half does not bear its
 * name; what was found is kept for all workers, in bounded memory.
 */
#ifndef META_GROUP_IDS_H
#define META_GROUP_IDS_H

#include "meta/group/seen.h"
#include "meta/listing.h"

struct ids;

struct ids *ids_new(void); /* NULL: ENOMEM */
void ids_free(struct ids *ids);

/* A question. */
struct ids_search {
	const struct listing *names; /* of the folder */
	struct slice folder;         /* its path, with a slash at its end, or "" */
	bool films;                  /* among films; else among pictures */
	struct slice content_id;     /* as in a shot */
};

/*
 * ids_match() -- the names that have it.
 *
 *   found  takes up to max of them, borrowed from the listing
 *   n      how many were taken
 *
 * Returns 0, or -1 as seen_look().  Threads: any, each its own reader.
 */
int ids_match(struct ids *ids, struct seen *seen, struct seen_reader *r, const struct ids_search *q, const char **found,
    size_t max, size_t *n, struct fail *why);

#endif
