/* readfile -- the digests of a file, if it stays what it is while it is read. */
#ifndef HASH_READFILE_H
#define HASH_READFILE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "file/flow.h"
#include "file/meter.h"
#include "file/state.h"
#include "hash/digest.h"

#define READFILE_BYTES (256u << 10) /* stays in a core's cache between the algorithms */

/* What one thread needs for it, and what was read last. */
struct readfile {
	struct digest *digest;
	struct digests now;
	struct stat st; /* before and after it was read */
	bool from_disk; /* no page of it was in memory when the reading began */
	char bytes[READFILE_BYTES];
};

struct readfile *readfile_new(digest_mask mask, struct fail *why); /* NULL: as digest_new() */
void readfile_free(struct readfile *r);

struct readfile_how {
	int dirfd; /* where a relative path starts */
	digest_mask mask;
	const struct state *noted; /* NULL, or: it is to have this size and time */
	struct meter *meter;       /* counts what is read; may be NULL */
	bool readback;             /* forget what is in memory of it before it is read; a link is not followed */
};

/*
 * readfile_digest() -- read it, once for all algorithms, into r->now, r->st and, with readback, r->from_disk.
 *
 * Returns 0, or -1: FAIL_CHANGED, what io_open() fails with, or the system's errno.
 */
int readfile_digest(struct readfile *r, const struct readfile_how *how, const char *path, struct fail *why);

/*
 * readfile_flow() -- the same of what comes from elsewhere: into r->now, and how many bytes came into r->st.
 * Returns 0, or -1 as the flow fails.
 */
int readfile_flow(struct readfile *r, digest_mask mask, const struct flow *from, struct meter *meter, struct fail *why);

#endif
