/* merge -- one change applied to the tables, inside a transaction that the caller holds. */
#ifndef HASHDB_MERGE_H
#define HASHDB_MERGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"
#include "hashdb/change.h"
#include "hashdb/store/about.h"
#include "hashdb/store/sql.h"

struct merge;

/* merge_new() -- mark_deleted: files read as missing leave a mark instead of nothing.  NULL: failed. */
struct merge *merge_new(struct sql *sql, bool mark_deleted, struct fail *why);
void merge_free(struct merge *m);

/*
 * merge_begin() -- a transaction has begun.
 *
 *   about    of the database; borrowed, and kept up until merge_finish(): seq and totals
 *   changes  how many there will be at most, each with a number of its own in `order`
 */
void merge_begin(struct merge *m, struct about *about, size_t changes);
int merge_apply(struct merge *m, const struct change *c, struct fail *why); /* 0 or -1 */
int merge_finish(struct merge *m, struct fail *why);                        /* 0 or -1 */

/*
 * merge_damaged() -- how many files so far were found to have another content than recorded, with nothing to say that
 * it was written; *first is the path of the first one, borrowed.
 */
size_t merge_damaged(const struct merge *m, struct slice *first);

/* merge_log() -- before the end of the transaction: the log of this name is recorded so far.  merge_logged(): how far.
 */
int merge_log(struct merge *m, const char *name, uint64_t bytes, struct fail *why);
int merge_logged(struct merge *m, const char *name, uint64_t *bytes, struct fail *why);

#endif
