/*
 * In the order of their paths, files come from the index.  By age and by group there is none, since it would cost every
 * merge more than it is worth: the order is gathered first, in pieces, into a temporary table of this connection's own.
 */
#include "hashdb/store/cursor.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "hashdb/store/groups.h"
#include "hashdb/store/sql.h"
#include "hashdb/store/values.h"

#define AHEAD_ROWS 256
#define AHEAD_BYTES (256u << 10) /* the row that goes beyond is the last */

static const char by_path[] = "SELECT " FILE_COLUMNS("") " FROM file WHERE path > ?1 AND deleted IS NULL"
							 " ORDER BY path LIMIT 256";
static const char by_mark[] = "SELECT " FILE_COLUMNS("") " FROM file INDEXED BY file_mark"
							 " WHERE (path, id) > (?1, ?2) AND deleted IS NOT NULL"
							 " ORDER BY path, id LIMIT 256";
static const char by_age[] = "SELECT " FILE_COLUMNS(
    "f.") " FROM temp.age AS a CROSS JOIN file AS f ON f.id = a.id"
	  " WHERE (a.verified, a.id) > (?1, ?2) AND f.verified = a.verified AND f.deleted IS NULL"
	  " ORDER BY a.verified, a.id LIMIT 256";
static const char by_group[] =
    "SELECT " FILE_COLUMNS("f.") ", l.at, l.rank, l.path FROM " GROUPS_LISTED
				 " AS l CROSS JOIN file AS f ON f.id = l.id"
				 " WHERE (l.at, l.rank, l.path) > (?1, ?2, ?3) AND f.deleted IS NULL"
				 " ORDER BY l.at, l.rank, l.path LIMIT 256";
static const char *const orders[] = {
    [CURSOR_PATHS] = by_path, [CURSOR_STALE] = by_age, [CURSOR_MARKS] = by_mark, [CURSOR_GROUPS] = by_group};
static const char make_age[] =
    "PRAGMA query_only = 0;"
    "CREATE TEMP TABLE age (verified INTEGER, id INTEGER, PRIMARY KEY (verified, id)) WITHOUT ROWID";
static const char fill_age[] =
    "INSERT INTO temp.age SELECT verified, id FROM file WHERE id > ?1 AND id <= ?2 AND deleted IS NULL";
static const char next_piece[] = "SELECT max(id) FROM (SELECT id FROM file WHERE id > ?1 ORDER BY id LIMIT 10000)";

enum { GROUPS_AT = FILE_VALUES + 1, GROUPS_RANK, GROUPS_PATH }; /* behind a row and its sum */

static const int texts[] = {FILE_PATH, FILE_HASH, FILE_MISMATCH, FILE_RECORD};
enum { PATH, HASH, MISMATCH, RECORD, TEXTS };

struct held {
	size_t text[TEXTS + 1]; /* where each begins in the cursor's bytes, and where the last ends */
	int64_t id, seq, size, mtime_ns, verified_ns, deleted_ns;
	bool has_size, has_mtime, deleted;
};

struct cursor {
	struct sql *sql;
	sqlite3_stmt *stmt;
	enum cursor_order order;
	bool ended;
	struct held rows[AHEAD_ROWS];
	size_t n, next;
	struct buf bytes;
	struct buf last_path, last_at; /* of the last row; last_at only by group, as … */
	struct buf from_path, from_at; /* … what the piece began behind */
	int64_t last_verified_ns, last_id, last_rank;
};

/* Each step lets go of the database. */
static int
fill_ages(struct sql *sql, sqlite3_stmt *next, sqlite3_stmt *fill, struct fail *why)
{
	for (int64_t id = INT64_MIN, last;; id = last) {
		sqlite3_bind_int64(next, 1, id);
		if (sql_step(sql, next, why) != 1)
			return -1;
		if (sqlite3_column_type(next, 0) == SQLITE_NULL)
			return 0;
		last = sqlite3_column_int64(next, 0);
		sqlite3_reset(next);
		sqlite3_bind_int64(fill, 1, id);
		sqlite3_bind_int64(fill, 2, last);
		if (sql_step(sql, fill, why) == -1)
			return -1;
	}
}

static int
gather_ages(struct sql *sql, struct fail *why)
{
	sqlite3_stmt *fill = NULL, *next = NULL;
	int rc = -1;

	if (sql_exec(sql, make_age, why) == 0 && (fill = sql_prepare(sql, fill_age, why)) != NULL &&
	    (next = sql_prepare(sql, next_piece, why)) != NULL && fill_ages(sql, next, fill, why) == 0)
		rc = sql_exec(sql, "PRAGMA query_only = 1", why);
	sqlite3_finalize(fill);
	sqlite3_finalize(next);
	return rc;
}

static int
gather(struct sql *sql, enum cursor_order order, struct fail *why)
{
	switch (order) {
	case CURSOR_STALE:
		return gather_ages(sql, why);
	case CURSOR_GROUPS:
		return groups_gather(sql, why);
	default:
		return 0;
	}
}

struct cursor *
cursor_new(struct hashdb *db, enum cursor_order order, struct fail *why)
{
	struct cursor *c = calloc(1, sizeof *c);

	if (c == NULL) {
		fail_nomem(why);
		return NULL;
	}
	c->sql = hashdb_sql(db);
	c->order = order;
	c->last_verified_ns = INT64_MIN;
	c->last_rank = -1;
	if (gather(c->sql, order, why) == 0 && (c->stmt = sql_prepare(c->sql, orders[order], why)) != NULL)
		return c;
	cursor_free(c);
	return NULL;
}

void
cursor_free(struct cursor *c)
{
	if (c == NULL)
		return;
	sqlite3_finalize(c->stmt);
	buf_fini(&c->bytes);
	buf_fini(&c->last_path);
	buf_fini(&c->last_at);
	buf_fini(&c->from_path);
	buf_fini(&c->from_at);
	free(c);
}

static int
set(struct buf *to, struct slice from, struct fail *why)
{
	buf_clear(to, SIZE_MAX);
	return buf_add(to, from.p, from.len) == -1 ? fail_nomem(why) : 0;
}

/* The statement looks at these for each row: they have to stay as they are while it runs. */
static void
bind_group(struct cursor *c)
{
	struct buf path = c->from_path, at = c->from_at;

	c->from_path = c->last_path;
	c->from_at = c->last_at;
	c->last_path = path;
	c->last_at = at;
	sql_bind_blob(c->stmt, 1, buf_slice(&c->from_at));
	sqlite3_bind_int64(c->stmt, 2, c->last_rank);
	sql_bind_blob(c->stmt, 3, buf_slice(&c->from_path));
}

/* Likewise; which of them the piece began behind is still asked for its first row. */
static int
bind_mark(struct cursor *c, struct fail *why)
{
	if (set(&c->from_path, buf_slice(&c->last_path), why) == -1)
		return -1;
	sql_bind_blob(c->stmt, 1, buf_slice(&c->from_path));
	sqlite3_bind_int64(c->stmt, 2, c->last_id);
	return 0;
}

static int
bind(struct cursor *c, struct fail *why)
{
	switch (c->order) {
	case CURSOR_STALE:
		sqlite3_bind_int64(c->stmt, 1, c->last_verified_ns);
		sqlite3_bind_int64(c->stmt, 2, c->last_id);
		return 0;
	case CURSOR_GROUPS:
		bind_group(c);
		return 0;
	case CURSOR_MARKS:
		return bind_mark(c, why);
	default:
		sql_bind_blob(c->stmt, 1, buf_slice(&c->last_path));
		return 0;
	}
}

static struct slice
text_of(const struct cursor *c, const struct held *h, int i)
{
	return (struct slice){c->bytes.p + h->text[i], h->text[i + 1] - h->text[i]};
}

/* Where the next rows begin.  A loop over keys that do not grow may never end; those of groups are our own. */
static int
go_on(struct cursor *c, const struct value *v, struct fail *why)
{
	int64_t verified_ns = v[FILE_VERIFIED].n, id = v[FILE_ID].n;
	int order;
	bool grows;

	if (c->order == CURSOR_GROUPS) {
		c->last_rank = sqlite3_column_int64(c->stmt, GROUPS_RANK);
		if (set(&c->last_at, sql_column(c->stmt, GROUPS_AT), why) == -1)
			return -1;
		return set(&c->last_path, sql_column(c->stmt, GROUPS_PATH), why);
	}
	order = slice_compare(v[FILE_PATH].bytes, buf_slice(&c->last_path));
	if (c->order == CURSOR_STALE)
		grows = verified_ns > c->last_verified_ns || (verified_ns == c->last_verified_ns && id > c->last_id);
	else
		grows = order > 0 || (order == 0 && c->order == CURSOR_MARKS && id > c->last_id);
	if (!grows)
		return sql_damaged(c->sql, why, "table file is out of order");
	c->last_verified_ns = verified_ns;
	c->last_id = id;
	return set(&c->last_path, v[FILE_PATH].bytes, why);
}

/* The row that the statement stands on. */
static int
keep(struct cursor *c, struct fail *why)
{
	struct held *h = &c->rows[c->n];
	struct row row = {.table = TABLE_FILE};
	const struct value *v = row.v;

	if (values_read(c->sql, c->stmt, 0, &row, why) == -1 || go_on(c, v, why) == -1)
		return -1;
	for (int i = 0; i < TEXTS; i++) {
		h->text[i] = c->bytes.len;
		buf_add(&c->bytes, v[texts[i]].bytes.p, v[texts[i]].bytes.len);
	}
	h->text[TEXTS] = c->bytes.len;
	h->id = v[FILE_ID].n;
	h->seq = v[FILE_SEQ].n;
	h->has_size = v[FILE_SIZE].kind == VALUE_INT;
	h->size = v[FILE_SIZE].n;
	h->has_mtime = v[FILE_MTIME].kind == VALUE_INT;
	h->mtime_ns = v[FILE_MTIME].n;
	h->verified_ns = v[FILE_VERIFIED].n;
	h->deleted = v[FILE_DELETED].kind == VALUE_INT;
	h->deleted_ns = v[FILE_DELETED].n;
	c->n++;
	return c->bytes.failed ? fail_nomem(why) : 0;
}

static int
read_ahead(struct cursor *c, struct fail *why)
{
	int rc = 1, kept = 0;

	c->n = c->next = 0;
	buf_clear(&c->bytes, 2 * AHEAD_BYTES);
	if (bind(c, why) == -1)
		return -1;
	while (
	    kept == 0 && c->n < AHEAD_ROWS && c->bytes.len < AHEAD_BYTES && (rc = sql_step(c->sql, c->stmt, why)) == 1)
		kept = keep(c, why);
	sqlite3_reset(c->stmt);
	c->ended = c->n == 0;
	return rc == -1 || kept == -1 ? -1 : 0;
}

int
cursor_next(struct cursor *c, struct cursor_row *row, struct fail *why)
{
	const struct held *h;

	if (c->next == c->n && !c->ended && read_ahead(c, why) == -1)
		return -1;
	if (c->ended)
		return 0;
	h = &c->rows[c->next++];
	*row = (struct cursor_row){
	    .path = text_of(c, h, PATH),
	    .hash = text_of(c, h, HASH),
	    .mismatch = text_of(c, h, MISMATCH),
	    .record = text_of(c, h, RECORD),
	    .has_size = h->has_size,
	    .has_mtime = h->has_mtime,
	    .size = h->size,
	    .mtime_ns = h->mtime_ns,
	    .verified_ns = h->verified_ns,
	    .deleted = h->deleted,
	    .deleted_ns = h->deleted_ns,
	    .seq = (uint64_t)h->seq,
	};
	return 1;
}
