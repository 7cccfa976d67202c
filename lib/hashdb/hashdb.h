/*
 * hashdb -- one hash database: what a library contains, by content, by path, and by where it came from.
 *
 * hashdb opens, creates and describes it; transaction.h changes it, lookup.h looks things up in it, cursor.h lists it.
 * A database is locked only while one of these calls runs, never between two.
 */
#ifndef HASHDB_HASHDB_H
#define HASHDB_HASHDB_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fail.h"
#include "hash/digest.h"

struct about;
struct hashdb;
struct sql;

struct hashdb_conf {
	const char *file;
	const char *root;      /* the library's; NULL: as recorded, else the folder that holds .dcim/, else file's */
	bool writer;           /* create it where it does not exist; a root that does not exist is a failure */
	double lock_timeout_s; /* how long to wait for another program */
};

#define HASHDB_LOCK_TIMEOUT_S 60.0

/*
 * hashdb_open() -- conf is read, not kept.  NULL: ENOENT where it does not exist (and conf->writer is false);
 * FAIL_FORMAT where the file is no hash database, is damaged, or comes from a newer version: it is left as it is.
 * Threads: one at a time.
 */
struct hashdb *hashdb_open(const struct hashdb_conf *conf, struct fail *why);
void hashdb_close(struct hashdb *db);

const char *hashdb_root(const struct hashdb *db);      /* as given, for records and messages */
const char *hashdb_real_root(const struct hashdb *db); /* absolute, without links; NULL where there is no such folder */

/* hashdb_no_root() -- the failure of who needs a root that is not there.  Returns -1. */
int hashdb_no_root(const struct hashdb *db, struct fail *why);

/* hashdb_mounted() -- where files are recorded, an empty root is where a disk should be: none is missing.  0, or -1. */
int hashdb_mounted(struct hashdb *db, struct fail *why);

const char *hashdb_id(const struct hashdb *db); /* of this database and no other: 16 hex digits */

/* hashdb_algorithms() -- the digests that a file must have to be recorded; 0: that has not been decided yet. */
digest_mask hashdb_algorithms(const struct hashdb *db);

/* hashdb_put_required() -- append them as a line, "xxh128,sha256"; nothing where that has not been decided yet. */
void hashdb_put_required(struct hashdb *db, struct buf *out);

/* hashdb_index() -- the one of them that every file here has, by which contents are found; none yet: DIGEST_COUNT. */
enum digest_algorithm hashdb_index(const struct hashdb *db);

/*
 * hashdb_require() -- check a file's digests against them; 0, or -1 with FAIL_INPUT.  Where nothing is decided yet, the
 * first file decides: xxh128, or one that it has.  What else it has is required of no other.
 */
int hashdb_require(struct hashdb *db, digest_mask have, struct fail *why);

/* hashdb_raise() -- require these as well from now on, durably.  Files that lack them stay.  0 or -1. */
int hashdb_raise(struct hashdb *db, digest_mask more, struct fail *why);

/* hashdb_seq() -- the last number given to a content or source when the database was opened; later ones are larger. */
uint64_t hashdb_seq(const struct hashdb *db);

/* hashdb_now_ns() -- the time as databases count it. */
int64_t hashdb_now_ns(void);

/* For the other files of this layer. */
struct sql *hashdb_sql(struct hashdb *db);
/*
 * hashdb_load() -- read what the database says of itself again, inside a transaction; NULL: failed.  hashdb_save()
 * writes it after it was changed; 0 or -1.
 */
struct about *hashdb_load(struct hashdb *db, struct fail *why);
int hashdb_save(struct hashdb *db, struct fail *why);

#endif
