/*
 * diff -- what one of two databases has and the other has not: by content, wherever it is called what, and by what
 * stands under one name.
 */
#ifndef HASHDB_LIST_DIFF_H
#define HASHDB_LIST_DIFF_H

#include "base/fail.h"
#include "hashdb/hashdb.h"
#include "hashdb/lookup/query.h"
#include "hashdb/store/cursor.h"
#include "run/words.h"

struct diff;

/* What was found; all borrowed until the next call. */
struct diff_found {
	enum word word;               /* DIFF_ONLY_A, DIFF_ONLY_B or DIFF_DIFFERS */
	struct hashdb *db;            /* whose file it is, of DIFF_DIFFERS A's */
	const struct cursor_row *row; /* the file */
	struct query_result known;    /* what the other database has of its content */
	struct hashdb *other_db;      /* of DIFF_DIFFERS only: B, and its file of that path */
	const struct cursor_row *other;
};

/* diff_new() -- both are borrowed.  NULL: ENOMEM, a damaged database. */
struct diff *diff_new(struct hashdb *a, struct hashdb *b, struct fail *why);
void diff_free(struct diff *d);

/*
 * diff_next() -- in the order of the paths.  The databases are read in pieces, and not locked between two calls.
 *
 * A file that both have at its path, with the same content and the same damage, is none.  Else its content is looked
 * for in the other database, as with `hashdb-lookup --offline`: where that has it elsewhere, sound, nothing is wanting
 * there.  Returns 1; 0 at the end; -1: a damaged database, or FAIL_INPUT for a file without a digest by which the other
 * finds files.
 */
int diff_next(struct diff *d, struct diff_found *found, struct fail *why);

#endif
