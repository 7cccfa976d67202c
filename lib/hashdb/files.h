/* files -- the files that a database has, inside a transaction; and the table that finds them by their digests. */
#ifndef HASHDB_FILES_H
#define HASHDB_FILES_H

#include "hash/digest.h"
#include "hashdb/change.h"
#include "hashdb/store/rows.h"

enum { FILES_STATEMENTS = 10 };

struct link;

/* {0} is none yet. */
struct files {
	const struct rows *rows; /* borrowed */
	struct sqlite3_stmt *stmt[FILES_STATEMENTS];
	uint64_t seq;   /* the last given to a file */
	struct row row; /* the file that was found last, its bytes those below; id 0: it was not, or one came since */
	struct buf path, hash, mismatch, record;
	struct digests digests;
	struct link *links; /* entries of the digest table that come or go */
	size_t nlinks, cap_links;
};

int files_init(struct files *f, const struct rows *rows, struct fail *why); /* 0, or -1; files_fini() in any case */
void files_fini(struct files *f);

void files_begin(struct files *f);                   /* a transaction has begun: rows->about is set */
int files_finish(struct files *f, struct fail *why); /* before its end; 0 or -1 */

/* files_find() -- the file at a path, into f->row and f->digests.  1; 0: there is none; -1. */
int files_find(struct files *f, struct slice path, struct fail *why);

/* files_find_number() -- the same of the file that has this number. */
int files_find_number(struct files *f, int64_t id, struct fail *why);

/* files_was_deleted() -- whether a file of the change's content was marked as deleted at its path.  1, 0, -1. */
int files_was_deleted(struct files *f, const struct change *c, struct fail *why);

/* files_insert() -- a new file, unless the path is taken.  1: inserted, *id is its number; 0: taken; -1. */
int files_insert(struct files *f, const struct change *c, int64_t *id, struct fail *why);

/* Of the file that was found last; all return 0 or -1.  files_update() writes the values that f->row has now. */
int files_update(struct files *f, struct fail *why);
int files_rename(struct files *f, struct slice to, struct fail *why);
int files_mark_deleted(struct files *f, int64_t when_ns, struct fail *why);
int files_delete(struct files *f, struct fail *why);

#endif
