#include "hashdb/store/rows.h"

#include <sqlite3.h>

/* 1: a row of the table was changed; 0: none; -1. */
static int
write_row(const struct rows *to, sqlite3_stmt *stmt, struct row *row, struct fail *why)
{
	row->sum = values_sum(row);
	values_bind(stmt, row);
	if (sql_step(to->sql, stmt, why) == -1)
		return -1;
	return sqlite3_changes(to->sql->c) == 1;
}

static int
lost(const struct rows *to, const struct row *row, struct fail *why)
{
	return sql_damaged(to->sql, why, "a row of table %s is missing", table_name(row->table));
}

int
rows_insert(const struct rows *to, sqlite3_stmt *stmt, struct row *row, struct fail *why)
{
	struct total *total = &to->about->totals[row->table];
	int rc = write_row(to, stmt, row, why);

	if (rc == 1) {
		total->rows++;
		total->sum += (uint64_t)row->sum;
	}
	return rc;
}

int
rows_update(const struct rows *to, sqlite3_stmt *stmt, struct row *row, struct fail *why)
{
	int64_t old = row->sum;
	int rc = write_row(to, stmt, row, why);

	to->about->totals[row->table].sum += (uint64_t)row->sum - (uint64_t)old;
	return rc == 0 ? lost(to, row, why) : rc == 1 ? 0 : -1;
}

int
rows_delete(const struct rows *to, sqlite3_stmt *stmt, const struct row *row, struct fail *why)
{
	struct total *total = &to->about->totals[row->table];

	if (sql_step(to->sql, stmt, why) == -1)
		return -1;
	if (sqlite3_changes(to->sql->c) != 1)
		return lost(to, row, why);
	total->rows--;
	total->sum -= (uint64_t)row->sum;
	return 0;
}
