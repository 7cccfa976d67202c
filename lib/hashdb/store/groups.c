/*
 * All files are appended to one table as they come, and then sorted into the other: inserting them in order would move
 * the disk about for each.
 */
#include "hashdb/store/groups.h"

#include <sqlite3.h>
#include <string.h>
#include <strings.h>

#include "base/json.h"
#include "base/span.h"
#include "hashdb/store/values.h"

#define ROWS 1000 /* in one piece */

static const char make_tables[] = "PRAGMA query_only = 0;"
				  "CREATE TEMP TABLE found (team, rank INTEGER, path BLOB, id INTEGER);"
				  "CREATE TEMP TABLE listed (at BLOB, rank INTEGER, path BLOB, id INTEGER, PRIMARY KEY "
				  "(at, rank, path)) WITHOUT ROWID";
static const char next_rows[] =
    "SELECT " FILE_COLUMNS("") " FROM main.file WHERE id > ?1 AND deleted IS NULL ORDER BY id LIMIT ?2";
static const char add_found[] = "INSERT INTO temp.found VALUES (?1, ?2, ?3, ?4)";
static const char sort[] = "INSERT INTO temp.listed SELECT first_value(path) OVER (PARTITION BY team ORDER BY rank, "
			   "path) AS at, rank, path, id"
			   " FROM temp.found ORDER BY at, rank, path;"
			   "DROP TABLE temp.found;"
			   "PRAGMA query_only = 1";

struct gather {
	struct sql *sql;
	sqlite3_stmt *next, *add;
	int64_t id; /* of the last row */
	struct buf team, lead;
};

/* What follows the last `c` in a name, or nothing. */
static struct slice
behind(struct slice name, char c)
{
	const char *at = memrchr(name.p, c, name.len);

	return at != NULL ? (struct slice){at + 1, (size_t)(name.p + name.len - at) - 1} : (struct slice){name.p, 0};
}

static struct slice
name_of(struct slice path)
{
	struct slice name = behind(path, '/');

	return memchr(path.p, '/', path.len) != NULL ? name : path;
}

static bool
same_extension(struct slice a, struct slice b)
{
	struct slice x = behind(a, '.'), y = behind(b, '.');

	return x.len == y.len && strncasecmp(x.p, y.p, x.len) == 0;
}

static bool
read_text(struct buf *out, struct slice group, const char *plain, const char *base64)
{
	struct slice value;

	buf_clear(out, SIZE_MAX);
	if (base64 != NULL && span_dig(group, base64, &value) && value.len >= 2)
		return json_unbase64(out, (struct slice){value.p + 1, value.len - 2});
	return span_dig(group, plain, &value) && json_unquote(out, value);
}

/* How far a file of this path is from being its group's lead. */
static int
rank_of(struct gather *g, struct slice path, struct slice group)
{
	struct slice name = name_of(path), lead, value;

	if (!read_text(&g->lead, group, "lead", "lead_b64"))
		return 3;
	lead = name_of(buf_slice(&g->lead));
	if (slice_same(name, lead))
		return span_dig(group, "role", &value) && slice_eq(value, "\"raw\"") ? 0 : 1;
	return same_extension(name, lead) && !span_dig(group, "fields", &value) && !span_dig(group, "lacks", &value)
		   ? 2
		   : 3;
}

/* A file's own path, as bytes, is no group's id, which is text. */
static int
add_row(struct gather *g, const struct value *v, struct fail *why)
{
	struct slice path = v[FILE_PATH].bytes, group;
	int rank = 0;

	if (span_dig(v[FILE_RECORD].bytes, "group", &group) && read_text(&g->team, group, "id", NULL) &&
	    g->team.len > 0) {
		rank = rank_of(g, path, group);
		sql_bind_text(g->add, 1, buf_slice(&g->team));
	} else {
		sql_bind_blob(g->add, 1, path);
	}
	if (g->team.failed || g->lead.failed)
		return fail_nomem(why);
	sqlite3_bind_int64(g->add, 2, rank);
	sql_bind_blob(g->add, 3, path);
	sqlite3_bind_int64(g->add, 4, v[FILE_ID].n);
	return sql_step(g->sql, g->add, why);
}

/* How many rows there were, or -1.  After it nothing stays locked. */
static int
add_piece(struct gather *g, struct fail *why)
{
	struct row row = {.table = TABLE_FILE};
	int rc = 0, n = 0;

	sqlite3_bind_int64(g->next, 1, g->id);
	sqlite3_bind_int(g->next, 2, ROWS);
	for (; rc == 0 && (rc = sql_step(g->sql, g->next, why)) == 1; n++) {
		if ((rc = values_read(g->sql, g->next, 0, &row, why)) == 0 && row.v[FILE_ID].n <= g->id)
			rc = sql_damaged(g->sql, why, "table file is out of order");
		g->id = row.v[FILE_ID].n;
		if (rc == 0)
			rc = add_row(g, row.v, why);
	}
	sqlite3_reset(g->next);
	return rc == -1 ? -1 : n;
}

static int
add_all(struct gather *g, struct fail *why)
{
	int n;

	do {
		if (sql_exec(g->sql, "BEGIN", why) == -1 || (n = add_piece(g, why)) == -1 ||
		    sql_exec(g->sql, "COMMIT", why) == -1)
			return -1;
	} while (n == ROWS);
	return sql_exec(g->sql, sort, why);
}

int
groups_gather(struct sql *sql, struct fail *why)
{
	struct gather g = {.sql = sql, .id = INT64_MIN};
	int rc = -1;

	if (sql_exec(sql, make_tables, why) == 0 && (g.next = sql_prepare(sql, next_rows, why)) != NULL &&
	    (g.add = sql_prepare(sql, add_found, why)) != NULL)
		rc = add_all(&g, why);
	sqlite3_finalize(g.next);
	sqlite3_finalize(g.add);
	buf_fini(&g.team);
	buf_fini(&g.lead);
	return rc;
}
