/*
 * scans -- how far the looking for a content has come, where many files had it and none is what it was: the next file
 * of that content goes on from there.  What was not known once is not looked at again, so that a card full of copies
 * takes no more looks than there are rows; and what comes back to the library meanwhile was not there at the start.
 */
#ifndef HASHDB_LOOKUP_SCANS_H
#define HASHDB_LOOKUP_SCANS_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fail.h"
#include "hash/digest.h"
#include "hashdb/lookup/lookup.h"

struct scan {
	struct digests content;
	int64_t next;              /* the number of the file to go on with */
	enum lookup_status status; /* the best of those before it, never LOOKUP_KNOWN */
	int errnum;                /* of LOOKUP_UNSEEN */
	struct buf path;
};

/* {0} is ready. */
struct scans {
	void *tree;
	size_t n;
};

/* scans_find() -- of a content, or NULL; owned by w until the next scans_keep(). */
struct scan *scans_find(const struct scans *w, const struct digests *content);

/* scans_keep() -- remember a scan of a content that scans_find() does not find; takes its bytes.  0 or -1. */
int scans_keep(struct scans *w, struct scan *scan, struct fail *why);

void scans_fini(struct scans *w);

#endif
