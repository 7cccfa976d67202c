/*
 * The digest table carries no sums: it follows from the files.  Their entries are hashed and added up, whatever the
 * order, on both sides, and must come to the same.
 */
#include "hashdb/store/check.h"

#include <sqlite3.h>
#include <string.h>
#include <xxhash.h>

#include "hashdb/store/about.h"
#include "hashdb/store/sql.h"
#include "hashdb/store/values.h"

struct check {
	struct sql *sql;
	const struct about *about;
	struct total links; /* that the files must have */
};

static void
add_entry(struct total *t, int64_t prefix, int64_t file)
{
	const int64_t entry[] = {prefix, file};

	t->rows++;
	t->sum += XXH3_64bits(entry, sizeof entry);
}

static int
add_file(struct check *c, const struct value *v, struct fail *why)
{
	struct digests d = {0};

	if (digest_read_json(v[FILE_HASH].bytes, &d, why) == -1 || !(d.mask & 1u << c->about->index))
		return sql_damaged(c->sql, why, "a file has no hash");
	add_entry(&c->links, digest_prefix(&d, c->about->index), v[FILE_ID].n);
	return 0;
}

/* The rows of one statement, and what they come to. */
static int
add_up(struct check *c, struct sqlite3_stmt *stmt, enum table t, struct total *sum, struct fail *why)
{
	struct row row = {.table = t};
	int rc;

	while ((rc = sql_step(c->sql, stmt, why)) == 1) {
		if (values_read(c->sql, stmt, 0, &row, why) == -1 || (t == TABLE_FILE && add_file(c, row.v, why) == -1))
			return -1;
		sum->rows++;
		sum->sum += (uint64_t)row.sum;
	}
	return rc;
}

static int
check_table(struct check *c, enum table t, const char *query, struct fail *why)
{
	struct sqlite3_stmt *stmt = sql_prepare(c->sql, query, why);
	const struct total *want = &c->about->totals[t];
	struct total sum = {0};
	int rc = stmt != NULL ? add_up(c, stmt, t, &sum, why) : -1;

	sqlite3_finalize(stmt);
	if (rc == -1)
		return -1;
	if (sum.rows != want->rows)
		return sql_damaged(c->sql, why, "table %s has %lld rows and should have %lld", table_name(t),
		    (long long)sum.rows, (long long)want->rows);
	return sum.sum == want->sum ? 0 : sql_damaged(c->sql, why, "the checksum of table %s is wrong", table_name(t));
}

static int
check_links(struct check *c, struct fail *why)
{
	struct sqlite3_stmt *stmt = sql_prepare(c->sql, "SELECT prefix, file FROM digest", why);
	struct total sum = {0};
	int rc = stmt != NULL ? 1 : -1;

	while (rc == 1 && (rc = sql_step(c->sql, stmt, why)) == 1)
		add_entry(&sum, sqlite3_column_int64(stmt, 0), sqlite3_column_int64(stmt, 1));
	sqlite3_finalize(stmt);
	if (rc == -1)
		return -1;
	if (sum.rows != c->links.rows || sum.sum != c->links.sum)
		return sql_damaged(c->sql, why, "table digest does not match table file");
	return 0;
}

/* SQLite's own look: B-trees, free pages, the order of keys, indexes against their tables. */
static int
check_structure(struct check *c, struct fail *why)
{
	struct sqlite3_stmt *stmt = sql_prepare(c->sql, "PRAGMA integrity_check(1)", why);
	int rc;

	if (stmt == NULL)
		return -1;
	if ((rc = sql_step(c->sql, stmt, why)) == 1 && !slice_eq(sql_column(stmt, 0), "ok"))
		rc = sql_damaged(c->sql, why, "%.100s", sqlite3_column_text(stmt, 0));
	sqlite3_finalize(stmt);
	return rc == -1 ? -1 : 0;
}

static int
check_tables(struct check *c, struct fail *why)
{
	static const char *const queries[TABLE_COUNTED] = {
	    [TABLE_FILE] = "SELECT " FILE_COLUMNS("") " FROM file",
	    [TABLE_SOURCE] = "SELECT " SOURCE_COLUMNS("") " FROM source",
	    [TABLE_VOLUME] = "SELECT " VOLUME_COLUMNS " FROM volume",
	    [TABLE_RUN] = "SELECT " RUN_COLUMNS " FROM run",
	};

	for (int t = 0; t < TABLE_COUNTED; t++)
		if (check_table(c, t, queries[t], why) == -1)
			return -1;
	return check_links(c, why);
}

int
check_all(struct hashdb *db, struct fail *why)
{
	struct check c = {.sql = hashdb_sql(db)};
	int rc = sql_exec(c.sql, "BEGIN", why);

	if (rc == 0 &&
	    ((c.about = hashdb_load(db, why)) == NULL || check_structure(&c, why) == -1 || check_tables(&c, why) == -1))
		rc = -1;
	sqlite3_exec(c.sql->c, "ROLLBACK", NULL, NULL, NULL);
	return rc;
}
