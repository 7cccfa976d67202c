/* unfold -- the records of an archive's members, in its order, by what its headers say. */
#ifndef ARCHIVE_UNFOLD_H
#define ARCHIVE_UNFOLD_H

#include <stdbool.h>
#include <stdint.h>

#include "archive/archives.h"
#include "archive/unpack.h"
#include "base/fail.h"
#include "file/spool.h"
#include "run/filter.h"
#include "run/rec.h"

/* {.spool.fd = -1, …} is ready.  Threads: one at a time. */
struct unfold {
	struct archives *of;
	const char *tool;      /* who says what fails */
	const struct run *run; /* while it goes on; NULL: to the end */
	/* private */
	bool begun;
	struct unpack *open;
	struct fail why_ended; /* before its end; FAIL_NONE: not yet, or it did not, or that is said */
	struct spool spool;
	uint64_t spool_at;
	struct buf line;
};

/*
 * unfold_next() -- the next record of the members of the file that `from` names; folders have none.  Behind the last
 * one comes a failed one of the archive, where not all of it could be read.
 *
 * What unpacks it with much memory is read to its end, and gone, before the first record comes: the records wait on
 * disk, since whoever reads the members then is to have that memory.
 *
 * Returns 1; 0: no more, and the next call begins with another file; where there was none, the file is no archive, or
 * is to be met as it is; -1: ENOMEM, or the temporary folder is full.
 */
int unfold_next(struct unfold *c, const struct rec *from, struct rec *rec, struct fail *why);

void unfold_fini(struct unfold *c);

#endif
