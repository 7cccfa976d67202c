/*
 * What belongs into the digest table is collected and written at the end of a transaction in the order of the digests,
 * which touches each of its pages once.
 */
#include "hashdb/files.h"

#include <sqlite3.h>
#include <stdlib.h>

#include "base/array.h"

enum statement {
	INSERT,
	FIND,
	FIND_NUMBER,
	ANY_MARK,
	FIND_MARKS,
	UPDATE,
	RENAME,
	DELETE,
	LINK,
	LINK_MANY,
	UNLINK,
	STATEMENTS
};
_Static_assert((int)STATEMENTS == (int)FILES_STATEMENTS, "one for each");

#define ROWS_8 "(?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?)"
enum { MANY = 32 };

static const char *const texts[STATEMENTS] = {
    [INSERT] = "INSERT OR IGNORE INTO file (" FILE_COLUMNS("") ")"
							       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    [FIND] = "SELECT " FILE_COLUMNS("") " FROM file WHERE path = ?1 AND deleted IS NULL",
    [FIND_NUMBER] = "SELECT " FILE_COLUMNS("") " FROM file WHERE id = ?1 AND deleted IS NULL",
    [ANY_MARK] = "SELECT 1 FROM file INDEXED BY file_mark WHERE deleted IS NOT NULL LIMIT 1",
    [FIND_MARKS] = "SELECT " FILE_COLUMNS("") " FROM file WHERE path = ?1 AND deleted IS NOT NULL ORDER BY id",
    /* Two, since a path that is set is also written to its index. */
    [UPDATE] = "UPDATE file SET seq = ?3, size = ?4, mtime = ?5, verified = ?6, hash = ?7, mismatch = ?8,"
	       " record = ?10, sum = ?11 WHERE id = ?1",
    [RENAME] = "UPDATE file SET path = ?2, deleted = ?9, sum = ?11 WHERE id = ?1",
    [DELETE] = "DELETE FROM file WHERE id = ?1",
    [LINK] = "INSERT INTO digest (prefix, file) VALUES (?, ?)",
    /* Half the time a row of one after the other. */
    [LINK_MANY] = "INSERT INTO digest (prefix, file) VALUES " ROWS_8 "," ROWS_8 "," ROWS_8 "," ROWS_8,
    [UNLINK] = "DELETE FROM digest WHERE prefix = ? AND file = ?",
};

/* An entry that the digest table is to get, or to lose. */
struct link {
	int64_t prefix;
	int64_t file;
	int change;
};

int
files_init(struct files *f, const struct rows *rows, struct fail *why)
{
	f->rows = rows;
	f->row.table = TABLE_FILE;
	return sql_prepare_all(rows->sql, texts, f->stmt, STATEMENTS, why);
}

void
files_fini(struct files *f)
{
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(f->stmt[i]);
	free(f->links);
	buf_fini(&f->path);
	buf_fini(&f->hash);
	buf_fini(&f->mismatch);
	buf_fini(&f->record);
}

void
files_begin(struct files *f)
{
	f->seq = f->rows->about->seq;
	f->nlinks = 0;
	f->marks = MARKS_UNKNOWN;
}

/* ---- the digest table ---- */

static int
add_link(struct files *f, int64_t prefix, int64_t file, int change, struct fail *why)
{
	struct link *links = array_room(f->links, &f->cap_links, f->nlinks, sizeof *links);

	if (links == NULL)
		return fail_nomem(why);
	f->links = links;
	links[f->nlinks++] = (struct link){prefix, file, change};
	return 0;
}

static int
by_prefix(const void *a, const void *b)
{
	const struct link *x = a, *y = b;

	if (x->prefix != y->prefix)
		return x->prefix < y->prefix ? -1 : 1;
	return (x->file > y->file) - (x->file < y->file);
}

/* What comes and goes in one transaction cancels out; what is left is new, or an entry there must be.  Sorted. */
static void
net_links(struct files *f)
{
	size_t n = 0;

	qsort(f->links, f->nlinks, sizeof *f->links, by_prefix);
	for (size_t i = 0; i < f->nlinks; i++) {
		if (n > 0 && by_prefix(&f->links[n - 1], &f->links[i]) == 0)
			f->links[n - 1].change += f->links[i].change;
		else
			f->links[n++] = f->links[i];
		if (f->links[n - 1].change == 0)
			n--;
	}
	f->nlinks = n;
}

static int
write_links(struct files *f, enum statement which, const struct link *links, int n, struct fail *why)
{
	sqlite3_stmt *stmt = f->stmt[which];

	for (int i = 0; i < n; i++) {
		sqlite3_bind_int64(stmt, 2 * i + 1, links[i].prefix);
		sqlite3_bind_int64(stmt, 2 * i + 2, links[i].file);
	}
	if (sql_step(f->rows->sql, stmt, why) == -1)
		return -1;
	if (sqlite3_changes(f->rows->sql->c) != n)
		return sql_damaged(f->rows->sql, why, "a row of table digest is missing");
	return 0;
}

/* How many of the links from i on, up to MANY, are added. */
static size_t
added_from(const struct files *f, size_t i)
{
	size_t n = 0;

	while (n < MANY && i + n < f->nlinks && f->links[i + n].change > 0)
		n++;
	return n;
}

int
files_finish(struct files *f, struct fail *why)
{
	if (f->nlinks > 0)
		net_links(f);
	for (size_t i = 0; i < f->nlinks;) {
		bool many = added_from(f, i) == MANY;
		enum statement which = many ? LINK_MANY : f->links[i].change > 0 ? LINK : UNLINK;

		if (write_links(f, which, f->links + i, many ? MANY : 1, why) == -1)
			return -1;
		i += many ? MANY : 1;
	}
	return 0;
}

/* ---- the file table ---- */

/* The row's bytes out of SQLite's memory into ours. */
static int
own_bytes(struct files *f)
{
	struct buf *const bufs[FILE_VALUES] = {
	    [FILE_PATH] = &f->path, [FILE_HASH] = &f->hash, [FILE_MISMATCH] = &f->mismatch, [FILE_RECORD] = &f->record};

	for (int i = 0; i < FILE_VALUES; i++) {
		struct value *v = &f->row.v[i];

		if (bufs[i] == NULL || v->kind == VALUE_NULL)
			continue;
		buf_clear(bufs[i], 64 << 10);
		if (buf_add(bufs[i], v->bytes.p, v->bytes.len) == -1)
			return -1;
		v->bytes = (struct slice){buf_cstr(bufs[i]), bufs[i]->len};
	}
	return 0;
}

/* The row that a statement stands on.  0 or -1. */
static int
read_row(struct files *f, sqlite3_stmt *stmt, struct fail *why)
{
	struct sql *sql = f->rows->sql;

	if (values_read(sql, stmt, 0, &f->row, why) == -1)
		return -1;
	if (own_bytes(f) == -1)
		return fail_nomem(why);
	if (digest_read_json(f->row.v[FILE_HASH].bytes, &f->digests, why) == -1 ||
	    !(f->digests.mask & 1u << f->rows->about->index))
		return sql_damaged(sql, why, "a file has no hash");
	return 0;
}

/* The file of a statement whose parameter is bound; content: of several, the one that has it. */
static int
find(struct files *f, sqlite3_stmt *stmt, const struct digests *content, struct fail *why)
{
	bool found = false;
	int rc = 1;

	while (!found && (rc = sql_step(f->rows->sql, stmt, why)) == 1) {
		if ((rc = read_row(f, stmt, why)) == -1)
			break;
		found = content == NULL || digest_equal(content, &f->digests);
	}
	sqlite3_reset(stmt);
	if (!found)
		f->row.v[FILE_ID] = value_int(0);
	return rc == -1 ? -1 : found;
}

int
files_find(struct files *f, struct slice path, struct fail *why)
{
	sql_bind_blob(f->stmt[FIND], 1, path);
	return find(f, f->stmt[FIND], NULL, why);
}

int
files_find_number(struct files *f, int64_t id, struct fail *why)
{
	sqlite3_bind_int64(f->stmt[FIND_NUMBER], 1, id);
	return find(f, f->stmt[FIND_NUMBER], NULL, why);
}

int
files_has_marks(struct files *f, struct fail *why)
{
	int rc;

	if (f->marks == MARKS_UNKNOWN) {
		if ((rc = sql_step(f->rows->sql, f->stmt[ANY_MARK], why)) == -1)
			return -1;
		sqlite3_reset(f->stmt[ANY_MARK]);
		f->marks = rc == 1 ? MARKS_ANY : MARKS_NONE;
	}
	return f->marks == MARKS_ANY;
}

int
files_find_mark(struct files *f, struct slice path, const struct digests *content, struct fail *why)
{
	sql_bind_blob(f->stmt[FIND_MARKS], 1, path);
	return find(f, f->stmt[FIND_MARKS], content, why);
}

int
files_insert(struct files *f, const struct change *c, int64_t *id, struct fail *why)
{
	struct row row = {.table = TABLE_FILE};
	int rc;

	*id = (int64_t)(f->seq + 1);
	row.v[FILE_ID] = row.v[FILE_SEQ] = value_int(*id);
	row.v[FILE_PATH] = value_blob(change_text(c, CHANGE_PATH));
	row.v[FILE_SIZE] = value_maybe(c->has_size, c->size);
	row.v[FILE_MTIME] = value_maybe(c->has_mtime, c->mtime_ns);
	row.v[FILE_VERIFIED] = value_int(c->verified_ns);
	row.v[FILE_HASH] = value_text(change_text(c, CHANGE_HASH));
	row.v[FILE_MISMATCH] = value_text_or_null(change_text(c, CHANGE_HASH_NOW));
	row.v[FILE_DELETED] = value_maybe(c->op == CHANGE_LISTED, c->marked_ns);
	row.v[FILE_RECORD] = value_text(change_text(c, CHANGE_RECORD));
	if ((rc = rows_insert(f->rows, f->stmt[INSERT], &row, why)) != 1)
		return rc;
	f->seq++;
	f->marks = c->op == CHANGE_LISTED ? MARKS_ANY : f->marks;
	f->row.v[FILE_ID] = value_int(0);
	return add_link(f, c->prefix[f->rows->about->index], *id, 1, why) == -1 ? -1 : 1;
}

int
files_update(struct files *f, struct fail *why)
{
	return rows_update(f->rows, f->stmt[UPDATE], &f->row, why);
}

int
files_rename(struct files *f, struct slice to, struct fail *why)
{
	f->row.v[FILE_PATH] = value_blob(to);
	return rows_update(f->rows, f->stmt[RENAME], &f->row, why);
}

int
files_mark_deleted(struct files *f, int64_t when_ns, struct fail *why)
{
	f->row.v[FILE_DELETED] = value_int(when_ns);
	f->marks = MARKS_ANY;
	return rows_update(f->rows, f->stmt[RENAME], &f->row, why);
}

int
files_delete(struct files *f, struct fail *why)
{
	int64_t id = f->row.v[FILE_ID].n;

	if (add_link(f, digest_prefix(&f->digests, f->rows->about->index), id, -1, why) == -1)
		return -1;
	f->row.v[FILE_ID] = value_int(0);
	sqlite3_bind_int64(f->stmt[DELETE], 1, id);
	return rows_delete(f->rows, f->stmt[DELETE], &f->row, why);
}

bool
files_greater_state(const struct row *row, const struct change *c)
{
	const struct value *size = &row->v[FILE_SIZE], *mtime = &row->v[FILE_MTIME];
	bool has_mtime = mtime->kind == VALUE_INT, has_size = size->kind == VALUE_INT;

	if (c->has_mtime != has_mtime)
		return c->has_mtime;
	if (c->mtime_ns != mtime->n)
		return c->mtime_ns > mtime->n;
	return c->has_size != has_size ? c->has_size : c->size > size->n;
}
