/* rows -- rows written whole, each with its new checksum, and the total of its table with it. */
#ifndef HASHDB_STORE_ROWS_H
#define HASHDB_STORE_ROWS_H

#include "base/fail.h"
#include "hashdb/store/about.h"
#include "hashdb/store/sql.h"
#include "hashdb/store/values.h"

/* Where they go; both borrowed.  `about` is set while a transaction lasts. */
struct rows {
	struct sql *sql;
	struct about *about;
};

/* rows_insert() -- a new row, unless its key is taken.  1: inserted; 0: taken; -1. */
int rows_insert(const struct rows *to, struct sqlite3_stmt *stmt, struct row *row, struct fail *why);

/* rows_update() -- what a row that was read is now; the statement must change exactly one.  0 or -1. */
int rows_update(const struct rows *to, struct sqlite3_stmt *stmt, struct row *row, struct fail *why);

/* rows_delete() -- a row that was read.  The statement's parameters are bound.  0 or -1. */
int rows_delete(const struct rows *to, struct sqlite3_stmt *stmt, const struct row *row, struct fail *why);

#endif
