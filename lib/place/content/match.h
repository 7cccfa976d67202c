/* match -- what stands at a name where a file is to go. */
#ifndef PLACE_CONTENT_MATCH_H
#define PLACE_CONTENT_MATCH_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "hash/digest.h"
#include "place/scratch.h"

enum match {
	MATCH_ERROR,
	MATCH_FREE,  /* nothing */
	MATCH_OTHER, /* something else */
	MATCH_SIZE,  /* a regular file of the same size */
	MATCH_FILE   /* the source itself, or another name of it */
};

/*
 * match_name() -- look at a name without opening it; a symbolic link is MATCH_OTHER.
 *
 *   source  the file that is to go there
 *   found   its state, filled unless MATCH_FREE and MATCH_ERROR
 */
enum match match_name(int dirfd, const char *name, const struct stat *source, struct stat *found, struct fail *why);

/* A name that has been looked at. */
struct match_at {
	int dirfd;
	const char *name;
	const struct stat *found; /* its state */
};

/*
 * match_content() -- after MATCH_SIZE: whether the file holds this content.  One that cannot be read does not, as
 * far as anyone can tell.  Returns MATCH_FILE, MATCH_OTHER or MATCH_ERROR (no memory, no descriptors).
 *
 *   holds  what it holds, with the algorithms of content; none where that cannot be told
 */
enum match match_content(struct scratch *scratch, struct match_at at, const struct digests *content,
    struct digests *holds, struct fail *why);

/* match_mark() -- a number that changes with the file at a name: which one it is, its size and its times.  Never 0. */
uint64_t match_mark(const struct stat *st);

#endif
