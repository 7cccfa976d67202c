/*
 * An index on sizes would cost every merge more than it is worth to the few lookups that ask.  The rows' sums are not
 * checked: the set only saves reading files that nobody can have, and a row that is found later is checked then.
 */
#include "hashdb/group/sizes.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "hashdb/store/sql.h"

#define BITS (1u << 23)
#define ROWS 10000 /* in one piece */

static const char next_rows[] = "SELECT id, size FROM file WHERE id > ?1 AND deleted IS NULL ORDER BY id LIMIT ?2";

struct sizes {
	bool any;
	uint64_t bits[BITS / 64];
};

static uint32_t
bit_of(uint64_t size)
{
	return (uint32_t)((size * 0x9e3779b97f4a7c15u) >> 41) % BITS;
}

static void
add(struct sizes *s, sqlite3_stmt *stmt)
{
	uint32_t bit = bit_of((uint64_t)sqlite3_column_int64(stmt, 1));

	if (sqlite3_column_type(stmt, 1) == SQLITE_NULL)
		s->any = true;
	else
		s->bits[bit / 64] |= UINT64_C(1) << bit % 64;
}

/* The rows behind *id.  How many there were, or -1. */
static int
add_piece(struct sizes *s, struct sql *sql, sqlite3_stmt *stmt, int64_t *id, struct fail *why)
{
	int rc, n = 0;

	sqlite3_bind_int64(stmt, 1, *id);
	sqlite3_bind_int(stmt, 2, ROWS);
	for (; (rc = sql_step(sql, stmt, why)) == 1; n++) {
		int64_t at = sqlite3_column_int64(stmt, 0);

		if (at <= *id) {
			sqlite3_reset(stmt);
			return sql_damaged(sql, why, "table file is out of order");
		}
		*id = at;
		add(s, stmt);
	}
	return rc == -1 ? -1 : n;
}

struct sizes *
sizes_new(struct hashdb *db, struct fail *why)
{
	struct sql *sql = hashdb_sql(db);
	struct sizes *s = calloc(1, sizeof *s);
	sqlite3_stmt *stmt = NULL;
	int64_t id = INT64_MIN;
	int n = -1;

	if (s == NULL)
		fail_nomem(why);
	else if ((stmt = sql_prepare(sql, next_rows, why)) != NULL)
		while ((n = add_piece(s, sql, stmt, &id, why)) == ROWS)
			continue;
	sqlite3_finalize(stmt);
	if (n != -1)
		return s;
	sizes_free(s);
	return NULL;
}

void
sizes_free(struct sizes *s)
{
	free(s);
}

bool
sizes_may_have(const struct sizes *s, uint64_t size)
{
	uint32_t bit = bit_of(size);

	return s->any || (s->bits[bit / 64] >> bit % 64 & 1) != 0;
}
