/*
 * walks -- how far the looking for a content has come, where many files had it and none is what it was: the next file
 * of that content goes on from there.  What was not known once is not looked at again, so that a card full of copies
 * takes no more looks than there are rows; and what comes back to the library meanwhile was not there at the start.
 */
#ifndef HASHDB_WALKS_H
#define HASHDB_WALKS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fail.h"
#include "hash/digest.h"
#include "hashdb/lookup.h"

struct walk {
	struct digests content;
	int64_t next;              /* the number of the file to go on with */
	enum lookup_status status; /* the best of those before it, never LOOKUP_KNOWN */
	int errnum;                /* of LOOKUP_UNSEEN */
	struct buf path;
};

/* {0} is ready. */
struct walks {
	void *tree;
	size_t n;
};

/* walks_find() -- of a content, or NULL; owned by w until the next walks_keep(). */
struct walk *walks_find(const struct walks *w, const struct digests *content);

/* walks_keep() -- remember a walk of a content that walks_find() does not find; takes its bytes.  0 or -1. */
int walks_keep(struct walks *w, struct walk *walk, struct fail *why);

void walks_fini(struct walks *w);

#endif
