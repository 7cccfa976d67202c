/*
 * cursor -- the files of a database in order, read some hundred at a time, so that a slow reader keeps no lock: a
 * statement held open would block the writer at the end of the same pipeline for ever.
 */
#ifndef HASHDB_STORE_CURSOR_H
#define HASHDB_STORE_CURSOR_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fail.h"
#include "hashdb/hashdb.h"

struct cursor;

/* One file; the slices are borrowed until the next call. */
struct cursor_row {
	struct slice path; /* below the root */
	bool has_size, has_mtime, deleted;
	int64_t size, mtime_ns, verified_ns, deleted_ns;
	uint64_t seq;                        /* of its content in this database */
	struct slice hash, mismatch, record; /* JSON; mismatch empty where there is none */
};

enum cursor_order {
	CURSOR_PATHS,  /* by path */
	CURSOR_STALE,  /* verified longest ago first, and none that is verified or added meanwhile */
	CURSOR_MARKS,  /* those that were marked as deleted, by path; of one path the first first */
	CURSOR_GROUPS, /* by path, but the files of a group (groups.h) with the first of them; none added meanwhile */
};

/* cursor_new() -- db is borrowed.  NULL: ENOMEM, a damaged database. */
struct cursor *cursor_new(struct hashdb *db, enum cursor_order order, struct fail *why);
void cursor_free(struct cursor *c);

/* cursor_next() -- 1: a row; 0: the end; -1. */
int cursor_next(struct cursor *c, struct cursor_row *row, struct fail *why);

#endif
