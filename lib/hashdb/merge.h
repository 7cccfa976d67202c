/* merge -- one change applied to the tables, inside a transaction that the caller holds. */
#ifndef HASHDB_MERGE_H
#define HASHDB_MERGE_H

#include <stdbool.h>
#include <stdint.h>

#include "hashdb/change.h"
#include "hashdb/sql.h"
#include "run/fail.h"

struct merge;

/* merge_new() -- mark_deleted: files read as missing leave a mark instead of nothing.  NULL: failed. */
struct merge *merge_new(struct sql *sql, bool mark_deleted, struct fail *why);
void merge_free(struct merge *m);

/*
 * merge_begin() -- a transaction has begun.
 *
 *   seq         the last number given
 *   algorithms  whose digests are to be found again
 */
void merge_begin(struct merge *m, uint64_t seq, digest_mask algorithms);
int merge_apply(struct merge *m, const struct change *c, struct fail *why); /* 0 or -1 */
int merge_finish(struct merge *m, uint64_t *seq, struct fail *why);         /* 0 or -1; seq: the last number now */

#endif
