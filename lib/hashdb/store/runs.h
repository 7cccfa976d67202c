/* runs -- how far the log of each run is recorded in a database. */
#ifndef HASHDB_STORE_RUNS_H
#define HASHDB_STORE_RUNS_H

#include "hashdb/store/rows.h"

enum { RUNS_STATEMENTS = 3 };

/* {0} is none yet. */
struct runs {
	const struct rows *rows; /* borrowed */
	struct sqlite3_stmt *stmt[RUNS_STATEMENTS];
};

int runs_init(struct runs *r, const struct rows *rows, struct fail *why); /* 0, or -1; runs_fini() in any case */
void runs_fini(struct runs *r);

/* runs_recorded() -- how much of the log of this name is recorded: 0 bytes of one that is not known.  0 or -1. */
int runs_recorded(struct runs *r, const char *log, uint64_t *bytes, struct fail *why);

/* runs_record() -- before the end of a transaction: so much is.  0 or -1. */
int runs_record(struct runs *r, const char *log, uint64_t bytes, struct fail *why);

#endif
