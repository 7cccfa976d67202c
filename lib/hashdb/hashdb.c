/*
 * Whatever lies at the path is looked at with plain reads first, so that SQLite never touches a file that is not ours
 * (it would, to finish the work of a journal that lies beside it).
 */
#include "hashdb/hashdb.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "hashdb/create.h"
#include "hashdb/sql.h"
#include "run/io.h"

#define FOLDER ".dcim"

struct hashdb {
	struct sql sql;
	char *root, *real_root;
	bool root_given, root_stored; /* --root; a root is recorded */
	digest_mask algorithms;
	bool algorithms_new; /* not recorded yet */
	uint64_t seq;
};

static uint32_t
be32(const unsigned char *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* SQLite's header: https://www.sqlite.org/fileformat.html, 1.3. */
static int
check_header(const char *file, const char *shown, struct fail *why)
{
	unsigned char head[100];
	struct stat st;
	ssize_t n;
	int fd;

	if ((fd = io_open(AT_FDCWD, file, &st, why)) == -1)
		return -1;
	n = io_read(fd, head, sizeof head, 0, why);
	io_close(&fd);
	if (n == -1)
		return -1;
	if (n != sizeof head || memcmp(head, "SQLite format 3", 16) != 0 || be32(head + 68) != CREATE_APPLICATION_ID)
		return fail_set(why, FAIL_FORMAT, "database", "%s is not a hash database", shown);
	if (be32(head + 60) > CREATE_VERSION)
		return fail_set(why, FAIL_FORMAT, "database", "%s was made by a newer version of dcim-utils", shown);
	if (be32(head + 60) == 0)
		return fail_set(why, FAIL_FORMAT, "database", "%s is not a hash database", shown);
	return 0;
}

/* ---- what the database says of itself ---- */

static int
take_about(struct hashdb *db, struct slice name, struct slice value, int64_t number, struct fail *why)
{
	char list[128];

	if (slice_eq(name, "seq")) {
		db->seq = (uint64_t)number;
	} else if (slice_eq(name, "root")) {
		db->root_stored = true;
		if (!db->root_given && db->root == NULL && (db->root = strndup(value.p, value.len)) == NULL)
			return fail_nomem(why);
	} else if (slice_eq(name, "algorithms") && value.len < sizeof list) {
		memcpy(list, value.p, value.len);
		list[value.len] = '\0';
		db->algorithms_new = false;
		if (digest_parse_list(list, &db->algorithms, why) == -1)
			return fail_set(why, FAIL_FORMAT, "database",
			    "%s requires digests that this version does not know", db->sql.name);
	}
	return 0;
}

int
hashdb_load(struct hashdb *db, struct fail *why)
{
	struct sqlite3_stmt *stmt = sql_prepare(&db->sql, "SELECT name, value FROM about", why);
	digest_mask expected = db->algorithms;
	int rc, failed = 0;

	if (stmt == NULL)
		return -1;
	while ((rc = sql_step(&db->sql, stmt, why)) == 1 && failed == 0)
		failed = take_about(db, sql_column(stmt, 0), sql_column(stmt, 1), sqlite3_column_int64(stmt, 1), why);
	sqlite3_finalize(stmt);
	if (rc == -1 || failed == -1)
		return -1;
	if (expected != 0 && (db->algorithms & ~expected) != 0)
		return fail_set(why, FAIL_FORMAT, "database", "%s: another program has begun it with other digests",
		    db->sql.name);
	return 0;
}

static void
write_algorithms(digest_mask mask, struct buf *out)
{
	for (int a = 0; a < DIGEST_COUNT; a++)
		if (mask & 1u << a)
			buf_addf(out, "%s%s", out->len > 0 ? "," : "", digest_name(a));
}

static int
save_one(struct hashdb *db, const char *name, const char *text, uint64_t number, struct fail *why)
{
	static const char insert[] = "INSERT OR REPLACE INTO about (name, value) VALUES (?1, ?2)";
	struct sqlite3_stmt *stmt = sql_prepare(&db->sql, insert, why);
	int rc;

	if (stmt == NULL)
		return -1;
	sql_bind_text(stmt, 1, (struct slice){ name, strlen(name) });
	if (text != NULL)
		sql_bind_text(stmt, 2, (struct slice){ text, strlen(text) });
	else
		sqlite3_bind_int64(stmt, 2, (int64_t)number);
	rc = sql_step(&db->sql, stmt, why);
	sqlite3_finalize(stmt);
	return rc;
}

static char *default_root(const char *file);

/* A root that is given is recorded only where the default would be another: a library can then be moved as a whole. */
static int
save_root(struct hashdb *db, struct fail *why)
{
	char *usual = default_root(sqlite3_db_filename(db->sql.c, "main"));
	char *real = usual != NULL ? realpath(usual, NULL) : NULL;
	int rc = 0;

	if (usual == NULL)
		rc = fail_nomem(why);
	else if (real == NULL || strcmp(real, db->real_root) != 0)
		rc = save_one(db, "root", db->real_root, 0, why);
	else if (db->root_stored)
		rc = sql_exec(&db->sql, "DELETE FROM about WHERE name = 'root'", why);
	free(usual);
	free(real);
	return rc;
}

int
hashdb_save(struct hashdb *db, uint64_t seq, struct fail *why)
{
	struct buf list = { 0 };
	int rc = 0;

	if (db->root_given)
		rc = save_root(db, why);
	if (rc == 0 && db->algorithms_new) {
		write_algorithms(db->algorithms, &list);
		rc = list.failed ? fail_nomem(why) : save_one(db, "algorithms", buf_cstr(&list), 0, why);
		buf_fini(&list);
	}
	if (rc == 0 && seq != db->seq)
		rc = save_one(db, "seq", NULL, seq, why);
	return rc;
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
	else if (db->root == NULL)
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

/* ---- the rest ---- */

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
	if ((conf->writer && create_file(conf->file, db->sql.name, why) == -1) ||
	    check_header(conf->file, db->sql.name, why) == -1 ||
	    sql_open(&db->sql, conf->file, conf->lock_timeout_s, conf->writer, why) == -1 ||
	    hashdb_load(db, why) == -1 || find_root(db, conf, why) == -1) {
		hashdb_close(db);
		return NULL;
	}
	return db;
}

void
hashdb_close(struct hashdb *db)
{
	if (db == NULL)
		return;
	sql_close(&db->sql);
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

digest_mask
hashdb_algorithms(const struct hashdb *db)
{
	return db->algorithms;
}

int
hashdb_require(struct hashdb *db, digest_mask have, struct fail *why)
{
	digest_mask lacking = db->algorithms & ~have;
	struct buf list = { 0 };

	if (db->algorithms == 0 && have != 0) {
		db->algorithms = have;
		db->algorithms_new = true;
	}
	if (have != 0 && lacking == 0)
		return 0;
	write_algorithms(db->algorithms, &list);
	fail_set(why, FAIL_INPUT, "hash", "the database needs %s of every file: use file-hash -a %s",
	    buf_cstr(&list), buf_cstr(&list));
	buf_fini(&list);
	return -1;
}

uint64_t
hashdb_seq(const struct hashdb *db)
{
	return db->seq;
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
