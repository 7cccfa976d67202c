/*
 * log -- a run's records in a file, from which a database can be rebuilt: the file never lacks what the database has.
 *
 * Lines are appended and flushed before the transaction that records them is committed, and the commit notes how long
 * the file is (transaction_log()).  So a run that was killed has left lines that are recorded, then lines that are not
 * yet, then perhaps part of one; the next to open the file records those, which are true, and cuts this one off, which
 * nobody was told of. The file is locked by who writes it (flock).
 */
#ifndef HASHDB_LOG_H
#define HASHDB_LOG_H

#include <stdint.h>

#include "base/fail.h"
#include "hashdb/change.h"
#include "hashdb/hashdb.h"
#include "hashdb/transaction.h"

struct log;

/* All borrowed. */
struct log_conf {
	const char *file;
	struct hashdb *db;
	struct transaction *transaction;
	const struct change_conf *change; /* how records are understood */
};

/*
 * log_new() -- open or make the file, durably, lock it, and record what it has and the database has not, in commits of
 * its own.  Half a line at its end is cut off, and so is what follows blocks that never reached the disk.  A file with
 * anything else in it that is no record is not a log, and is left as it is; so is a link to one.
 *
 *   added  how many were recorded
 *
 * NULL: another writes it; it is no log, or standard input or output as well; what a commit fails with.
 */
struct log *log_new(const struct log_conf *conf, uint64_t *added, struct fail *why);

/* log_free() -- cut off a line that was not written whole, and flush. */
void log_free(struct log *log);

int log_fd(const struct log *log); /* for run_log() */

/* log_flush() -- before a commit: make what was written durable, and let the commit note it.  Returns 0 or -1. */
int log_flush(struct log *log, struct transaction *t, struct fail *why);

#endif
