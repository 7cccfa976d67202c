/*
 * facts -- all that a file says, and its sidecars: what its own record tells, and what others of its group ask.
 */
#ifndef FORMAT_FACTS_H
#define FORMAT_FACTS_H

#include <stdbool.h>
#include <time.h>

#include "media/record.h"
#include "media/src.h"
#include "media/taken.h"
#include "meta/folder.h"
#include "meta/reader.h"

/* What all files of a run have in common. */
struct facts_options {
	int dirfd; /* where relative paths start */
	const struct taken_order *order;
	bool to_zone; /* see taken_choose() */
	bool all;     /* tags too */
	bool sidecars;
	struct folders *folders; /* shared by all workers; NULL where nobody asks for folders */
};

/* A worker's. */
struct facts_reader {
	const struct facts_options *o;
	struct src *src;
	struct reader_worker *worker;
	const struct folder *folder; /* of the last file; NULL at first */
};

int facts_reader_init(
    struct facts_reader *r, const struct facts_options *o); /* 0 or -1: ENOMEM, then nothing is left */
void facts_reader_fini(struct facts_reader *r);

/*
 * facts_read() -- read a file.
 *
 *   path  where it is
 *   own   where it would be if it did not lie aside (file/hidden.h): its name counts
 *   out   cleared, then filled
 *
 * Returns 0, or -1: the file cannot be opened or read, or ENOMEM.
 */
int facts_read(struct facts_reader *r, const char *path, const char *own, struct facts *out, struct fail *why);

/*
 * facts_read_from() -- the same of what comes from elsewhere, and has no sidecars.
 *
 *   st  its size and mtime, as far as they are known
 */
int facts_read_from(struct facts_reader *r, const struct src_from *from, const struct stat *st, const char *own,
    struct facts *out, struct fail *why);

#endif
