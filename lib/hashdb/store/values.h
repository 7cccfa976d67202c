/*
 * values -- rows as arrays of values, and the checksum that each row carries.
 *
 * A row's `sum`, its last column, is XXH3-64 of the table and of all its other columns, kinds and keys included, so
 * that a row in another's place is seen too.  It is checked whenever a row is read; page checksums (pagesum.h) find
 * damage on the disk, this finds what happened to the bytes before they got there.
 */
#ifndef HASHDB_STORE_VALUES_H
#define HASHDB_STORE_VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/fail.h"
#include "file/state.h"
#include "hashdb/store/sql.h"

/* The tables whose rows carry a sum; the order counts, since it is part of the sum.  `about` counts all but itself. */
enum table { TABLE_FILE, TABLE_SOURCE, TABLE_VOLUME, TABLE_RUN, TABLE_COUNTED, TABLE_ABOUT = TABLE_COUNTED, TABLES };

/* Their columns, in the order of the schema; t is "", or an alias and a point. */
enum {
	FILE_ID,
	FILE_PATH,
	FILE_SEQ,
	FILE_SIZE,
	FILE_MTIME,
	FILE_VERIFIED,
	FILE_HASH,
	FILE_MISMATCH,
	FILE_DELETED,
	FILE_RECORD,
	FILE_VALUES
};
enum { SOURCE_VOLUME, SOURCE_PATH, SOURCE_SIZE, SOURCE_MTIME, SOURCE_FILE, SOURCE_SEQ, SOURCE_FIRST, SOURCE_VALUES };
enum { VOLUME_ID, VOLUME_NAME, VOLUME_LABEL, VOLUME_SEQ, VOLUME_VALUES };
enum { RUN_NAME, RUN_BYTES, RUN_VALUES };
enum { ABOUT_NAME, ABOUT_VALUE, ABOUT_VALUES };
enum { VALUES_MAX = FILE_VALUES };

#define FILE_COLUMNS(t)                                                                                               \
	t "id, " t "path, " t "seq, " t "size, " t "mtime, " t "verified, " t "hash, " t "mismatch, " t "deleted, " t \
	  "record, " t "sum"
#define SOURCE_COLUMNS(t) t "volume, " t "path, " t "size, " t "mtime, " t "file, " t "seq, " t "first, " t "sum"
#define VOLUME_COLUMNS "id, name, label, seq, sum"
#define RUN_COLUMNS "name, bytes, sum"
#define ABOUT_COLUMNS "name, value, sum"

const char *table_name(enum table t);

struct value {
	enum { VALUE_NULL, VALUE_INT, VALUE_TEXT, VALUE_BLOB } kind;
	int64_t n;
	struct slice bytes; /* borrowed */
};

struct value value_int(int64_t n);
struct value value_maybe(bool there, int64_t n); /* or NULL */
struct value value_text(struct slice s);
struct value value_text_or_null(struct slice s); /* NULL where it is empty */
struct value value_blob(struct slice s);

struct row {
	enum table table;
	struct value v[VALUES_MAX]; /* in the order of the schema */
	int64_t sum;
};

int64_t values_sum(const struct row *row); /* what `sum` should be */

/* values_bind() -- a row and its sum to the parameters from ?1 on; bytes stay borrowed until the next bind. */
void values_bind(struct sqlite3_stmt *stmt, const struct row *row);

/*
 * values_read() -- a row of row->table from the columns of a statement, from `column` on: its values, then its sum,
 * which must be theirs.  Bytes are borrowed until the next step.  Returns 0, or -1: the row is damaged.
 */
int values_read(struct sql *s, struct sqlite3_stmt *stmt, int column, struct row *row, struct fail *why);

/* values_state() -- size and mtime of a row of TABLE_FILE, as far as it has them. */
struct state values_state(const struct value *file);

#endif
