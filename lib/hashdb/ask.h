/* ask -- one question put to several databases: known to any of them is known. */
#ifndef HASHDB_ASK_H
#define HASHDB_ASK_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/fail.h"
#include "hash/digest.h"
#include "hashdb/lookup.h"

enum ask_by { ASK_BY_HASH, ASK_BY_SOURCE, ASK_BY_PATH };

struct ask_conf {
	enum ask_by by;
	bool offline; /* take recorded files for present */
	bool skipped; /* a source that was left out is known */
	int dirfd;    /* where relative paths start */
};

/* What is asked about, as far as `by` needs it; all borrowed. */
struct ask_question {
	const char *path;
	struct stat st;
	struct digests digests;
	struct slice volume, below; /* of the source */
};

/* {0} is ready.  path is where the file is below root; both are borrowed until the next question. */
struct ask_answer {
	enum lookup_status status;
	const char *root; /* NULL: nobody knows anything */
	struct slice path;
};

struct ask;

struct ask *ask_new(const struct ask_conf *conf); /* NULL: ENOMEM */
void ask_free(struct ask *a);

/* ask_add() -- one more database; it is no failure if there is none yet, then *exists is false.  Returns 0 or -1. */
int ask_add(struct ask *a, const char *file, bool *exists, struct fail *why);

/*
 * ask_all() -- the first database that knows the file answers, else the first that remembers it.
 *
 * Returns 0; 1 where that one's file cannot be looked at, which is no answer, with why; -1: a failure of a database.
 */
int ask_all(struct ask *a, const struct ask_question *q, struct ask_answer *answer, struct fail *why);

/* ask_parse_by() -- "hash", "source" or "path"; false for anything else. */
bool ask_parse_by(const char *name, enum ask_by *by);

/* ask_write_json() -- append the answer as a record's `db`. */
void ask_write_json(enum ask_by by, const struct ask_answer *answer, struct buf *out);

#endif
