/* query -- what several databases know of a file: known to any of them is known, or only what is known to all. */
#ifndef HASHDB_LOOKUP_QUERY_H
#define HASHDB_LOOKUP_QUERY_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/fail.h"
#include "file/relpath.h"
#include "hash/digest.h"
#include "hashdb/lookup/lookup.h"
#include "run/words.h"

struct query_conf {
	enum word by; /* BY_HASH, BY_SOURCE or BY_PATH */
	bool offline; /* take recorded files for present */
	bool skipped; /* a source that was left out is known */
	bool every;   /* known is what every database knows */
	int dirfd;    /* where relative paths start */
};

/* The file that is looked for, as far as `by` needs it; all borrowed. */
struct query_file {
	const char *path;
	struct stat st;
	struct digests digests;
	enum word verify; /* what a reading has found, which is news unless it says the recorded content again */
	struct slice volume, below; /* of the source */
};

/* {0} is ready.  path is where the file is below root; both are borrowed until the next query_run(). */
struct query_result {
	enum lookup_status status;
	const char *root; /* NULL: nobody knows anything */
	struct slice path;
	enum group_role role; /* as lookup_answer has it */
	struct slice lead;    /* of the file's group, below root, as leads_add() has found it */
};

/* One of them, as it was opened. */
struct query_database {
	struct hashdb *db;
	struct lookup *lookup;
	struct relpath relpath;
};

struct query;

struct query *query_new(const struct query_conf *conf); /* NULL: ENOMEM */
void query_free(struct query *q);

/* query_add() -- one more database; it is no failure if there is none yet, then *exists is false.  Returns 0 or -1. */
int query_add(struct query *q, const char *database, bool *exists, struct fail *why);

/* query_first() -- the database that was named first; NULL where there is none yet. */
const struct query_database *query_first(const struct query *q);

/*
 * query_run() -- the first database that knows the file answers, else the first that remembers it; of `every`, the
 * first that does not know it, else the first of all.
 *
 * Returns 0; 1 where that one's file cannot be looked at, which is no answer, with why; -1: a failure of a database.
 */
int query_run(struct query *q, const struct query_file *file, struct query_result *result, struct fail *why);

/* query_write_json() -- append the result as a record's `db`. */
void query_write_json(enum word by, const struct query_result *result, struct buf *out);

#endif
