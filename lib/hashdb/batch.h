/*
 * batch -- changes that wait on disk until there are enough of them, and then become one transaction.
 *
 * Memory is 40 bytes a change.  Two programs may merge into one database: whichever comes first, the outcome is the
 * same, since of two contents for one path the one verified later stays, and of two verified at the same time the
 * one with the greater digest; so it is with what was found of one content, good or damaged.
 */
#ifndef HASHDB_BATCH_H
#define HASHDB_BATCH_H

#include <stdbool.h>
#include <stddef.h>

#include "hashdb/change.h"
#include "hashdb/hashdb.h"

#define BATCH_MAX 100000u

struct batch;

struct batch *batch_new(struct hashdb *db, bool mark_deleted, struct fail *why); /* db is borrowed.  NULL: failed */
void batch_free(struct batch *b);

/* batch_add() -- take a copy of a change.  At most BATCH_MAX in one batch.  Returns 0 or -1. */
int batch_add(struct batch *b, const struct change *c, struct fail *why);

/* batch_damaged() -- how many damaged files commits have found by themselves, and a line about them for a person. */
size_t batch_damaged(const struct batch *b, struct buf *line);

/*
 * batch_log() -- let each commit from now on note that the log of this name is recorded so far.  name is borrowed.
 * batch_logged() -- how far a log is.  0 or -1.
 */
void batch_log(struct batch *b, const char *name, uint64_t bytes);
int batch_logged(struct batch *b, const char *name, uint64_t *bytes, struct fail *why);
size_t batch_count(const struct batch *b); /* changes that wait */

/*
 * batch_commit() -- apply all of them, durably, and empty the batch.  On failure the database is as it was before.
 * The lock is held from here to the return.
 */
int batch_commit(struct batch *b, struct fail *why);

#endif
