/*
 * transaction -- changes that wait on disk until there are enough of them, and then are applied all at once, or none.
 *
 * Memory is 40 bytes a change.  Two programs may merge into one database: whichever comes first, the outcome is the
 * same, since of two contents for one path the one verified later stays, and of two verified at the same time the
 * one with the greater digest; so it is with what was found of one content, good or damaged.
 */
#ifndef HASHDB_TRANSACTION_H
#define HASHDB_TRANSACTION_H

#include <stdbool.h>
#include <stddef.h>

#include "hashdb/change.h"
#include "hashdb/hashdb.h"

#define TRANSACTION_MAX 100000u

struct transaction;

struct transaction *transaction_new(
    struct hashdb *db, bool mark_deleted, struct fail *why); /* db is borrowed.  NULL: failed */
void transaction_free(struct transaction *t);

/*
 * transaction_add() -- take a copy of a change, which gets the time of its reading if that was in this run.  At most
 * TRANSACTION_MAX in one.  Returns 0 or -1.
 */
int transaction_add(struct transaction *t, struct change *c, struct fail *why);

/* transaction_damaged() -- how many damaged files commits have found by themselves; and a line on them for a person. */
size_t transaction_damaged(const struct transaction *t, struct buf *line);

/*
 * transaction_log() -- let each commit from now on note that the log of this name, which is borrowed, is recorded so
 * far.  transaction_logged() -- how far a log is.  0 or -1.
 */
void transaction_log(struct transaction *t, const char *name, uint64_t bytes);
int transaction_logged(struct transaction *t, const char *name, uint64_t *bytes, struct fail *why);
size_t transaction_count(const struct transaction *t); /* changes that wait */

/*
 * transaction_commit() -- apply all of them, durably, and empty it.  On failure the database is as it was before.
 * The lock is held from here to the return.
 */
int transaction_commit(struct transaction *t, struct fail *why);

#endif
