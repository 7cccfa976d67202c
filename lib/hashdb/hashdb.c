/*
 * Whatever lies at the path is looked at with plain reads first, so that SQLite never touches a file that is not ours
 * (it would, to finish the work of a journal that lies beside it).
 */
#include "hashdb/hashdb.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/num.h"
#include "file/io.h"
#include "hashdb/store/about.h"
#include "hashdb/store/create.h"
#include "hashdb/store/journal.h"
#include "hashdb/store/pagesum.h"
#include "hashdb/store/schema.h"
#include "hashdb/store/sql.h"

#define FOLDER ".dcim"

struct hashdb {
	struct sql sql;
	char *root, *real_root;
	bool root_given; /* --root */
	struct about about;
	struct about first; /* of a new database, as its first file decides: required and index */
};

/* Open it, and name it where that fails: it is no file of the input. */
static int
open_named(const char *file, const char *shown, struct fail *why)
{
	struct fail plain;
	struct stat st;
	int fd = io_open(AT_FDCWD, file, &st, &plain);

	if (fd != -1)
		return fd;
	if (plain.code != FAIL_SYSTEM)
		return fail_set(why, plain.code, "database", "%s: %s", shown, plain.message);
	if (plain.errnum == EISDIR) {
		fail_set(
		    why, FAIL_SYSTEM, "database", "%s is a folder; a library's database is its .dcim/hash.db", shown);
		why->errnum = EISDIR;
		return -1;
	}
	errno = plain.errnum;
	return fail_errno(why, "database", "%s", shown);
}

/* SQLite's header: https://www.sqlite.org/fileformat.html, 1.3. */
static int
check_header(const char *file, const char *shown, struct fail *why)
{
	/* Pages of 4096 bytes; a rollback journal, no WAL; the bytes that pagesum.h needs. */
	static const unsigned char layout[] = {PAGESUM_PAGE >> 8, PAGESUM_PAGE & 255, 1, 1, PAGESUM_RESERVED};
	unsigned char head[100];
	ssize_t n;
	int fd;

	if ((fd = open_named(file, shown, why)) == -1)
		return -1;
	n = io_read(fd, head, sizeof head, 0, why);
	io_close(&fd);
	if (n == -1)
		return -1;
	if (n != sizeof head || memcmp(head, "SQLite format 3", 16) != 0 ||
	    num_be32(head + 68) != SCHEMA_APPLICATION_ID)
		return fail_set(why, FAIL_FORMAT, "database", "%s is not a hash database", shown);
	if (num_be32(head + 60) > SCHEMA_VERSION)
		return fail_set(why, FAIL_FORMAT, "database", "%s was made by a newer version of dcim-utils", shown);
	if (num_be32(head + 60) < SCHEMA_VERSION)
		return fail_set(why, FAIL_FORMAT, "database",
		    "%s was made by an older version of dcim-utils; make a new one, "
		    "in the library: cat .dcim/runs/*.ndjson | hashdb-merge --root=. .dcim/new.db",
		    shown);
	if (memcmp(head + 16, layout, sizeof layout) != 0)
		return fail_set(
		    why, FAIL_FORMAT, "database", "%s: the database is damaged: its header is wrong", shown);
	return 0;
}

/* ---- what the database says of itself ---- */

struct about *
hashdb_load(struct hashdb *db, struct fail *why)
{
	digest_mask checked = db->about.required != 0 ? db->about.required : db->first.required;

	if (about_read(&db->sql, &db->about, why) == -1)
		return NULL;
	if (db->about.required == 0)
		about_require(&db->about, db->first.required);
	if (checked == 0 || (db->about.required & ~checked) == 0)
		return &db->about;
	fail_set(why, FAIL_FORMAT, "database",
	    "%s: another program has just changed which digests it requires; run the command again", db->sql.name);
	return NULL;
}

static char *default_root(const char *file);

/* A root that is given is recorded only where the default would be another: a library can then be moved as a whole. */
static int
set_root(struct hashdb *db, struct fail *why)
{
	char *usual = default_root(sqlite3_db_filename(db->sql.c, "main"));
	char *real = usual != NULL ? realpath(usual, NULL) : NULL;
	int rc = usual != NULL ? 0 : fail_nomem(why);

	buf_clear(&db->about.root, SIZE_MAX);
	if (rc == 0 && (real == NULL || strcmp(real, db->real_root) != 0) &&
	    buf_adds(&db->about.root, db->real_root) == -1)
		rc = fail_nomem(why);
	free(usual);
	free(real);
	return rc;
}

int
hashdb_save(struct hashdb *db, struct fail *why)
{
	if (db->root_given && set_root(db, why) == -1)
		return -1;
	return about_write(&db->sql, &db->about, why);
}

/* ---- the root ---- */

static bool
is_folder(char *path)
{
	return strcmp(basename(path), FOLDER) == 0;
}

/* The folder above the .dcim/ that holds the file, links resolved; NULL where it is in none, or on ENOMEM. */
static char *
resolved_root(const char *file)
{
	char *path = realpath(file, NULL), *dir = path != NULL ? dirname(path) : NULL, *name, *root = NULL;

	if (path == NULL)
		return NULL;
	if ((name = strdup(dir)) != NULL && is_folder(name))
		root = strdup(dirname(dir));
	free(name);
	free(path);
	return root;
}

static char *
default_root(const char *file)
{
	char *copy = strdup(file), *dir = copy != NULL ? dirname(copy) : NULL, *name, *root = NULL;

	if (copy == NULL)
		return NULL;
	if ((name = strdup(dir)) != NULL) {
		if (is_folder(name))
			root = strdup(dirname(dir));
		else if ((root = resolved_root(file)) == NULL)
			root = strdup(dir);
	}
	free(name);
	free(copy);
	return root;
}

static int
find_root(struct hashdb *db, const struct hashdb_conf *conf, struct fail *why)
{
	if (db->root_given)
		db->root = strdup(conf->root);
	else if (db->about.root.len > 0)
		db->root = strdup(db->about.root.p);
	else
		db->root = default_root(conf->file);
	if (db->root == NULL)
		return fail_nomem(why);
	db->real_root = realpath(db->root, NULL);
	return db->real_root == NULL && conf->writer ? hashdb_no_root(db, why) : 0;
}

int
hashdb_no_root(const struct hashdb *db, struct fail *why)
{
	errno = ENOENT;
	return fail_errno(why, "root", "the library's folder %s is not there (is the disk mounted?)", db->root);
}

/* 1 or 0; -1. */
static int
has_files(struct hashdb *db, struct fail *why)
{
	sqlite3_stmt *stmt = sql_prepare(&db->sql, "SELECT 1 FROM file WHERE deleted IS NULL LIMIT 1", why);
	int rc = stmt != NULL ? sql_step(&db->sql, stmt, why) : -1;

	sqlite3_finalize(stmt);
	return rc;
}

int
hashdb_mounted(struct hashdb *db, struct fail *why)
{
	DIR *dir = opendir(db->real_root);
	const struct dirent *d;
	bool empty = true;
	int rc, error;

	if (dir == NULL)
		return fail_errno(why, "root", "%s", db->root);
	while (errno = 0, empty && (d = readdir(dir)) != NULL)
		empty = strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0;
	error = errno;
	closedir(dir);
	if (empty && (errno = error) != 0)
		return fail_errno(why, "root", "%s", db->root);
	if (!empty || (rc = has_files(db, why)) == 0)
		return 0;
	return rc == -1 ? -1
			: fail_set(why, FAIL_FORMAT, "root", "the library's folder %s is empty (is the disk mounted?)",
			      db->root);
}

/* ---- the rest ---- */

/* Both as they are at one time. */
static int
look(struct hashdb *db, struct fail *why)
{
	int rc = sql_exec(&db->sql, "BEGIN", why);

	if (rc == 0 && (schema_check(&db->sql, why) == -1 || hashdb_load(db, why) == NULL))
		rc = -1;
	sqlite3_exec(db->sql.c, "ROLLBACK", NULL, NULL, NULL);
	return rc;
}

static int
open_file(struct hashdb *db, const struct hashdb_conf *conf, struct fail *why)
{
	if (conf->writer && create_file(conf->file, db->sql.name, why) == -1)
		return -1;
	if (check_header(conf->file, db->sql.name, why) == -1 ||
	    sql_open(&db->sql, conf->file, conf->lock_timeout_s, conf->writer, why) == -1)
		return -1;
	if (conf->writer)
		create_tidy(conf->file);
	return look(db, why) == -1 || find_root(db, conf, why) == -1 ? -1 : 0;
}

struct hashdb *
hashdb_open(const struct hashdb_conf *conf, struct fail *why)
{
	struct hashdb *db = calloc(1, sizeof *db);

	if (db == NULL) {
		fail_nomem(why);
		return NULL;
	}
	db->root_given = conf->root != NULL;
	sql_set_name(&db->sql, conf->file);
	if (open_file(db, conf, why) == 0)
		return db;
	hashdb_close(db);
	return NULL;
}

void
hashdb_close(struct hashdb *db)
{
	if (db == NULL)
		return;
	sql_close(&db->sql);
	about_fini(&db->about);
	free(db->root);
	free(db->real_root);
	free(db);
}

const char *
hashdb_root(const struct hashdb *db)
{
	return db->root;
}

const char *
hashdb_real_root(const struct hashdb *db)
{
	return db->real_root;
}

const char *
hashdb_id(const struct hashdb *db)
{
	return db->about.id;
}

/* What is recorded, else what the first file has decided. */
static const struct about *
needs(const struct hashdb *db)
{
	return db->about.required != 0 ? &db->about : &db->first;
}

digest_mask
hashdb_algorithms(const struct hashdb *db)
{
	return needs(db)->required;
}

enum digest_algorithm
hashdb_index(const struct hashdb *db)
{
	return needs(db)->required != 0 ? needs(db)->index : DIGEST_COUNT;
}

int
hashdb_require(struct hashdb *db, digest_mask have, struct fail *why)
{
	struct buf list = {0};

	if (needs(db)->required == 0 && have != 0) {
		about_require(&db->first, have);
		db->first.required = 1u << db->first.index;
	}
	if (have != 0 && (needs(db)->required & ~have) == 0)
		return 0;
	about_list(needs(db), &list);
	fail_set(why, FAIL_INPUT, "hash", "the database requires %s of every file: use file-hash -a %s",
	    buf_cstr(&list), buf_cstr(&list));
	buf_fini(&list);
	return -1;
}

void
hashdb_put_required(struct hashdb *db, struct buf *out)
{
	about_list(needs(db), out);
	if (needs(db)->required != 0)
		buf_addc(out, '\n');
}

int
hashdb_raise(struct hashdb *db, digest_mask more, struct fail *why)
{
	if ((more & ~db->about.required) == 0)
		return 0;
	if (sql_exec(&db->sql, JOURNAL_BEGIN, why) == 0 && about_read(&db->sql, &db->about, why) == 0) {
		about_require(&db->about, more);
		if (hashdb_save(db, why) == 0 && sql_exec(&db->sql, "COMMIT", why) == 0)
			return 0;
	}
	sqlite3_exec(db->sql.c, "ROLLBACK", NULL, NULL, NULL);
	return -1;
}

uint64_t
hashdb_seq(const struct hashdb *db)
{
	return db->about.seq;
}

int64_t
hashdb_now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

struct sql *
hashdb_sql(struct hashdb *db)
{
	return &db->sql;
}
