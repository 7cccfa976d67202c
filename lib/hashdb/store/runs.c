#include "hashdb/store/runs.h"

#include <sqlite3.h>
#include <string.h>

enum statement { FIND, ADD, UPDATE, STATEMENTS };
_Static_assert((int)STATEMENTS == (int)RUNS_STATEMENTS, "one for each");

static const char *const texts[STATEMENTS] = {
    [FIND] = "SELECT " RUN_COLUMNS " FROM run WHERE name = ?1",
    [ADD] = "INSERT INTO run (" RUN_COLUMNS ") VALUES (?1, ?2, ?3)",
    [UPDATE] = "UPDATE run SET bytes = ?2, sum = ?3 WHERE name = ?1",
};

int
runs_init(struct runs *r, const struct rows *rows, struct fail *why)
{
	r->rows = rows;
	return sql_prepare_all(rows->sql, texts, r->stmt, STATEMENTS, why);
}

void
runs_fini(struct runs *r)
{
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(r->stmt[i]);
}

/* 1, 0: there is none, -1. */
static int
find_run(struct runs *r, struct slice name, struct row *row, struct fail *why)
{
	sqlite3_stmt *stmt = r->stmt[FIND];
	int rc;

	*row = (struct row){.table = TABLE_RUN};
	sql_bind_text(stmt, 1, name);
	if ((rc = sql_step(r->rows->sql, stmt, why)) != 1)
		return rc;
	if (values_read(r->rows->sql, stmt, 0, row, why) == -1)
		rc = -1;
	sqlite3_reset(stmt);
	return rc;
}

int
runs_recorded(struct runs *r, const char *log, uint64_t *bytes, struct fail *why)
{
	struct row row;
	int rc = find_run(r, (struct slice){log, strlen(log)}, &row, why);

	*bytes = (uint64_t)row.v[RUN_BYTES].n;
	return rc == -1 ? -1 : 0;
}

int
runs_record(struct runs *r, const char *log, uint64_t bytes, struct fail *why)
{
	struct slice name = {log, strlen(log)};
	struct row row;
	int rc = find_run(r, name, &row, why);

	row.v[RUN_NAME] = value_text(name);
	row.v[RUN_BYTES] = value_int((int64_t)bytes);
	if (rc == 1)
		return rows_update(r->rows, r->stmt[UPDATE], &row, why);
	return rc == 0 && rows_insert(r->rows, r->stmt[ADD], &row, why) == 1 ? 0 : -1;
}
