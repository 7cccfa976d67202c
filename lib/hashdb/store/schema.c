/*
 * SQLite keeps the text of each CREATE statement as it was given, so that a schema is ours if these texts are, one by
 * one.  (Indexes that a PRIMARY KEY or UNIQUE brings have none.)
 */
#include "hashdb/store/schema.h"

#include <inttypes.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "hashdb/store/about.h"
#include "hashdb/store/pagesum.h"

static const char schema[] =
#include "hashdb/schema.inc"
    ;

static int
fill(struct sql *s, struct fail *why)
{
	struct about about = {0};
	uint64_t random;
	int reserved = PAGESUM_RESERVED;

	if (getentropy(&random, sizeof random) == -1)
		return fail_errno(why, "database", "cannot get random bytes");
	snprintf(about.id, sizeof about.id, "%016" PRIx64, random);
	if (sqlite3_open(":memory:", &s->c) != SQLITE_OK ||
	    sqlite3_file_control(s->c, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserved) != SQLITE_OK)
		return fail_nomem(why);
	if (sql_exec(s, "PRAGMA page_size = 4096", why) == -1 || sql_exec(s, schema, why) == -1)
		return -1;
	return about_write(s, &about, why);
}

unsigned char *
schema_build(size_t *size, struct fail *why)
{
	struct sql s = {0};
	unsigned char *bytes = NULL;
	sqlite3_int64 n = 0;

	sql_set_name(&s, "a new database");
	if (fill(&s, why) == 0) {
		if ((bytes = sqlite3_serialize(s.c, "main", &n, 0)) == NULL)
			fail_nomem(why);
		else
			pagesum_stamp(bytes, (size_t)n);
	}
	*size = (size_t)n;
	sqlite3_close(s.c);
	return bytes;
}

/* The next CREATE statement from *at on, without its semicolon; empty where there is none. */
static struct slice
next_statement(const char **at)
{
	const char *begin = strstr(*at, "\nCREATE "), *end = begin != NULL ? strstr(begin, ";\n") : NULL;

	if (end == NULL)
		return (struct slice){"", 0};
	*at = end;
	return (struct slice){begin + 1, (size_t)(end - begin) - 1};
}

int
schema_check(struct sql *s, struct fail *why)
{
	static const char query[] = "SELECT sql, name FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid";
	struct sqlite3_stmt *stmt = sql_prepare(s, query, why);
	const char *at = schema;
	bool ours = true;
	int rc;

	if (stmt == NULL)
		return -1;
	while (ours && (rc = sql_step(s, stmt, why)) == 1) {
		struct slice want = next_statement(&at), has = sql_column(stmt, 0);

		ours = want.len > 0 && want.len == has.len && memcmp(want.p, has.p, has.len) == 0;
		if (!ours)
			sql_damaged(s, why, "'%.64s' does not belong in it", sqlite3_column_text(stmt, 1));
	}
	sqlite3_finalize(stmt);
	if (!ours || rc == -1)
		return -1;
	return next_statement(&at).len == 0 ? 0 : sql_damaged(s, why, "a table is missing");
}
