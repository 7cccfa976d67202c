/* files -- the files that a database has, inside a transaction; and the table that finds them by their digests. */
#ifndef HASHDB_FILES_H
#define HASHDB_FILES_H

#include "hash/digest.h"
#include "hashdb/change.h"
#include "hashdb/store/rows.h"

enum { FILES_STATEMENTS = 11 };

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
	enum { MARKS_UNKNOWN, MARKS_NONE, MARKS_ANY } marks; /* that the database has */
};

int files_init(struct files *f, const struct rows *rows, struct fail *why); /* 0, or -1; files_fini() in any case */
void files_fini(struct files *f);

void files_begin(struct files *f);                   /* a transaction has begun: rows->about is set */
int files_finish(struct files *f, struct fail *why); /* before its end; 0 or -1 */

/* files_find() -- the file at a path, into f->row and f->digests.  1; 0: there is none; -1. */
int files_find(struct files *f, struct slice path, struct fail *why);

/* files_find_number() -- the same of the file that has this number. */
int files_find_number(struct files *f, int64_t id, struct fail *why);

/* files_has_marks() -- whether any file is marked as deleted: most databases need not be asked for each.  1, 0, -1. */
int files_has_marks(struct files *f, struct fail *why);

/* files_find_mark() -- the file of this content that was marked as deleted at a path, likewise.  path is not f's. */
int files_find_mark(struct files *f, struct slice path, const struct digests *content, struct fail *why);

/* files_insert() -- a new file, unless the path is taken; or a mark.  1: inserted, *id is its number; 0: taken; -1. */
int files_insert(struct files *f, const struct change *c, int64_t *id, struct fail *why);

/* Of the file that was found last; all return 0 or -1.  files_update() writes the values that f->row has now. */
int files_update(struct files *f, struct fail *why);
int files_rename(struct files *f, struct slice to, struct fail *why);
int files_mark_deleted(struct files *f, int64_t when_ns, struct fail *why);
int files_delete(struct files *f, struct fail *why);

/* files_greater_state() -- of two sizes and times that were read at the same time, whether the change's counts: it only
 * has to be always the same one. */
bool files_greater_state(const struct row *row, const struct change *c);

#endif
