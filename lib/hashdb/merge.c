/*
 * Rows are read, changed in memory and written whole, each with its new sum, and the table's total follows.  Which of
 * two things came later is told by their order in the input, not by the order in which a batch is applied: sources and
 * labels get their numbers by it, so that rebuilding a database from logs in one batch gives what many runs gave.
 */
#include "hashdb/merge.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/span.h"
#include "hashdb/store/values.h"
#include "run/rec.h"

#define UNITE_MEMBERS_MAX 1024 /* of records that are united member by member */

enum statement {
	INSERT,
	FIND,
	FIND_DELETED,
	UPDATE,
	RENAME,
	DELETE,
	LINK,
	LINK_MANY,
	UNLINK,
	FIND_VOLUME,
	ADD_VOLUME,
	UPDATE_VOLUME,
	ADD_SOURCE,
	FIND_SOURCE,
	UPDATE_SOURCE,
	DROP_SOURCE,
	FIND_RUN,
	ADD_RUN,
	UPDATE_RUN,
	STATEMENTS
};

#define ROWS_8 "(?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?), (?, ?)"
enum { MANY = 32 };

#define THIS_SOURCE " WHERE volume = ?1 AND path = ?2 AND size = ?3 AND mtime = ?4"

static const char *const texts[STATEMENTS] = {
    [INSERT] = "INSERT OR IGNORE INTO file (" FILE_COLUMNS("") ")"
							       " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
    [FIND] = "SELECT " FILE_COLUMNS("") " FROM file WHERE path = ?1 AND deleted IS NULL",
    [FIND_DELETED] = "SELECT 1 FROM digest AS d JOIN file AS f ON f.id = d.file"
		     " WHERE d.prefix = ?1 AND f.path = ?2 AND f.deleted IS NOT NULL LIMIT 1",
    /* Two, since a path that is set is also written to its index. */
    [UPDATE] = "UPDATE file SET seq = ?3, size = ?4, mtime = ?5, verified = ?6, hash = ?7, mismatch = ?8,"
	       " record = ?10, sum = ?11 WHERE id = ?1",
    [RENAME] = "UPDATE file SET path = ?2, deleted = ?9, sum = ?11 WHERE id = ?1",
    [DELETE] = "DELETE FROM file WHERE id = ?1",
    [LINK] = "INSERT INTO digest (prefix, file) VALUES (?, ?)",
    /* Half the time a row of one after the other. */
    [LINK_MANY] = "INSERT INTO digest (prefix, file) VALUES " ROWS_8 "," ROWS_8 "," ROWS_8 "," ROWS_8,
    [UNLINK] = "DELETE FROM digest WHERE prefix = ? AND file = ?",
    [FIND_VOLUME] = "SELECT " VOLUME_COLUMNS " FROM volume WHERE name = ?1",
    [ADD_VOLUME] = "INSERT INTO volume (" VOLUME_COLUMNS ") VALUES (?1, ?2, ?3, ?4, ?5)",
    [UPDATE_VOLUME] = "UPDATE volume SET label = ?3, seq = ?4, sum = ?5 WHERE id = ?1",
    [ADD_SOURCE] = "INSERT OR IGNORE INTO source (" SOURCE_COLUMNS("") ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    [FIND_SOURCE] = "SELECT " SOURCE_COLUMNS("") " FROM source" THIS_SOURCE,
    [UPDATE_SOURCE] = "UPDATE source SET file = ?5, seq = ?6, first = ?7, sum = ?8" THIS_SOURCE,
    [DROP_SOURCE] = "DELETE FROM source" THIS_SOURCE,
    [FIND_RUN] = "SELECT " RUN_COLUMNS " FROM run WHERE name = ?1",
    [ADD_RUN] = "INSERT INTO run (" RUN_COLUMNS ") VALUES (?1, ?2, ?3)",
    [UPDATE_RUN] = "UPDATE run SET bytes = ?2, sum = ?3 WHERE name = ?1",
};

/* An entry that the digest table is to get, or to lose. */
struct link {
	int64_t prefix;
	int64_t file;
	int change;
};

/* A file as the database has it; values point into the buffers. */
struct row {
	struct value v[FILE_VALUES];
	int64_t sum;
	struct buf path, hash, mismatch, record;
	struct digests digests;
};

/* The last volume that was asked for. */
struct volume {
	int64_t id, sum; /* id 0: none */
	uint64_t seq, stored_seq;
	struct buf name, label;
};

struct merge {
	struct sql *sql;
	bool mark_deleted;
	sqlite3_stmt *stmt[STATEMENTS];
	struct about *about;
	uint64_t seq;       /* the last given to a file or content */
	uint64_t orders_at; /* numbers of sources and labels: this, and a change's order */
	size_t changes;
	struct link *links;
	size_t nlinks, cap_links;
	struct volume volume;
	struct row row;
	struct buf hash, record;
	size_t damaged; /* files that were found to be, and the path of the first */
	struct buf first_damaged;
};

struct merge *
merge_new(struct sql *sql, bool mark_deleted, struct fail *why)
{
	struct merge *m = calloc(1, sizeof *m);

	if (m == NULL) {
		fail_nomem(why);
		return NULL;
	}
	m->sql = sql;
	m->mark_deleted = mark_deleted;
	for (int i = 0; i < STATEMENTS; i++)
		if ((m->stmt[i] = sql_prepare(sql, texts[i], why)) == NULL) {
			merge_free(m);
			return NULL;
		}
	return m;
}

void
merge_free(struct merge *m)
{
	if (m == NULL)
		return;
	for (int i = 0; i < STATEMENTS; i++)
		sqlite3_finalize(m->stmt[i]);
	free(m->links);
	buf_fini(&m->volume.name);
	buf_fini(&m->volume.label);
	buf_fini(&m->row.path);
	buf_fini(&m->row.hash);
	buf_fini(&m->row.mismatch);
	buf_fini(&m->row.record);
	buf_fini(&m->hash);
	buf_fini(&m->record);
	buf_fini(&m->first_damaged);
	free(m);
}

void
merge_begin(struct merge *m, struct about *about, size_t changes)
{
	m->about = about;
	m->seq = about->seq;
	m->orders_at = about->seq + changes + 1;
	m->changes = changes;
	m->nlinks = 0;
	m->volume.id = 0; /* its row may have been rolled back */
}

/* ---- rows ---- */

static int
copy(struct buf *to, struct slice from)
{
	buf_clear(to, 64 << 10);
	return buf_add(to, from.p, from.len);
}

static struct slice
text_of(const struct buf *b)
{
	return (struct slice){buf_cstr(b), b->len};
}

/* Bind a row with its new sum, and step.  1: a row of the table was changed; 0: none; -1. */
static int
write_row(struct merge *m, enum statement which, enum table t, const struct value *v, int64_t *sum, struct fail *why)
{
	*sum = values_sum(t, v);
	values_bind(m->stmt[which], t, v, *sum);
	if (sql_step(m->sql, m->stmt[which], why) == -1)
		return -1;
	return sqlite3_changes(m->sql->c) == 1;
}

/* A new row, unless its key is taken.  1: inserted; 0; -1. */
static int
insert_row(struct merge *m, enum statement which, enum table t, const struct value *v, int64_t *sum, struct fail *why)
{
	int rc = write_row(m, which, t, v, sum, why);

	if (rc == 1) {
		m->about->totals[t].rows++;
		m->about->totals[t].sum += (uint64_t)*sum;
	}
	return rc;
}

/* What a row that was read is now.  *sum: its old sum, then its new one. */
static int
change_row(struct merge *m, enum statement which, enum table t, const struct value *v, int64_t *sum, struct fail *why)
{
	int64_t old = *sum;
	int rc = write_row(m, which, t, v, sum, why);

	m->about->totals[t].sum += (uint64_t)*sum - (uint64_t)old;
	return rc == 0 ? sql_damaged(m->sql, why, "a row of table %s has gone", table_name(t)) : rc == 1 ? 0 : -1;
}

/* The statement's parameters are bound. */
static int
delete_row(struct merge *m, enum statement which, enum table t, int64_t sum, struct fail *why)
{
	if (sql_step(m->sql, m->stmt[which], why) == -1)
		return -1;
	if (sqlite3_changes(m->sql->c) != 1)
		return sql_damaged(m->sql, why, "a row of table %s has gone", table_name(t));
	m->about->totals[t].rows--;
	m->about->totals[t].sum -= (uint64_t)sum;
	return 0;
}

/* ---- the digest table ---- */

static int
add_link(struct merge *m, int64_t prefix, int64_t file, int change, struct fail *why)
{
	size_t cap = m->cap_links == 0 ? 1024 : m->cap_links * 2;
	struct link *links;

	if (m->nlinks == m->cap_links) {
		if ((links = realloc(m->links, cap * sizeof *links)) == NULL)
			return fail_nomem(why);
		m->links = links;
		m->cap_links = cap;
	}
	m->links[m->nlinks++] = (struct link){prefix, file, change};
	return 0;
}

static int
link_file(struct merge *m, const struct change *c, int64_t file, struct fail *why)
{
	return add_link(m, c->prefix[m->about->index], file, 1, why);
}

/* The file in m->row loses its content. */
static int
unlink_row(struct merge *m, struct fail *why)
{
	return add_link(m, digest_prefix(&m->row.digests, m->about->index), m->row.v[FILE_ID].n, -1, why);
}

static int
by_prefix(const void *a, const void *b)
{
	const struct link *x = a, *y = b;

	if (x->prefix != y->prefix)
		return x->prefix < y->prefix ? -1 : 1;
	return (x->file > y->file) - (x->file < y->file);
}

/* What comes and goes in one batch cancels out; what is left is new, or an entry there must be.  Sorted. */
static void
net_links(struct merge *m)
{
	size_t n = 0;

	qsort(m->links, m->nlinks, sizeof *m->links, by_prefix);
	for (size_t i = 0; i < m->nlinks; i++) {
		if (n > 0 && by_prefix(&m->links[n - 1], &m->links[i]) == 0)
			m->links[n - 1].change += m->links[i].change;
		else
			m->links[n++] = m->links[i];
		if (m->links[n - 1].change == 0)
			n--;
	}
	m->nlinks = n;
}

static int
write_links(struct merge *m, enum statement which, const struct link *links, int n, struct fail *why)
{
	sqlite3_stmt *stmt = m->stmt[which];

	for (int i = 0; i < n; i++) {
		sqlite3_bind_int64(stmt, 2 * i + 1, links[i].prefix);
		sqlite3_bind_int64(stmt, 2 * i + 2, links[i].file);
	}
	if (sql_step(m->sql, stmt, why) == -1)
		return -1;
	if (sqlite3_changes(m->sql->c) != n)
		return sql_damaged(m->sql, why, "a row of table digest has gone");
	return 0;
}

/* How many of the links from i on, up to MANY, are added. */
static size_t
added_from(const struct merge *m, size_t i)
{
	size_t n = 0;

	while (n < MANY && i + n < m->nlinks && m->links[i + n].change > 0)
		n++;
	return n;
}

static int
finish_links(struct merge *m, struct fail *why)
{
	if (m->nlinks > 0)
		net_links(m);
	for (size_t i = 0; i < m->nlinks;) {
		bool many = added_from(m, i) == MANY;
		enum statement which = many ? LINK_MANY : m->links[i].change > 0 ? LINK : UNLINK;

		if (write_links(m, which, m->links + i, many ? MANY : 1, why) == -1)
			return -1;
		i += many ? MANY : 1;
	}
	return 0;
}

/* ---- volumes ---- */

static uint64_t
order_of(const struct merge *m, const struct change *c)
{
	return m->orders_at + c->order;
}

static void
volume_values(const struct merge *m, struct value v[VOLUME_VALUES])
{
	v[VOLUME_ID] = value_int(m->volume.id);
	v[VOLUME_NAME] = value_text(text_of(&m->volume.name));
	v[VOLUME_LABEL] = value_text(text_of(&m->volume.label));
	v[VOLUME_SEQ] = value_int((int64_t)m->volume.seq);
}

/* The last volume's label, and when it was last given, back to its row. */
static int
leave_volume(struct merge *m, struct fail *why)
{
	struct value v[VOLUME_VALUES];

	if (m->volume.id == 0 || m->volume.seq == m->volume.stored_seq)
		return 0;
	m->volume.stored_seq = m->volume.seq;
	volume_values(m, v);
	return change_row(m, UPDATE_VOLUME, TABLE_VOLUME, v, &m->volume.sum, why);
}

static int
new_volume(struct merge *m, struct fail *why)
{
	struct value v[VOLUME_VALUES];

	m->volume.id = m->about->totals[TABLE_VOLUME].rows + 1; /* none ever goes */
	m->volume.seq = m->volume.stored_seq = 0;
	buf_clear(&m->volume.label, SIZE_MAX);
	volume_values(m, v);
	return insert_row(m, ADD_VOLUME, TABLE_VOLUME, v, &m->volume.sum, why) == 1 ? 0 : -1;
}

static int
read_volume(struct merge *m, struct slice name, struct fail *why)
{
	sqlite3_stmt *stmt = m->stmt[FIND_VOLUME];
	struct value v[VOLUME_VALUES];
	int rc;

	m->volume.id = 0;
	if (copy(&m->volume.name, name) == -1)
		return fail_nomem(why);
	sql_bind_text(stmt, 1, name);
	if ((rc = sql_step(m->sql, stmt, why)) == 1) {
		rc = values_read(m->sql, stmt, 0, TABLE_VOLUME, v, why);
		if (rc == 0 && copy(&m->volume.label, v[VOLUME_LABEL].bytes) == -1)
			rc = fail_nomem(why);
		m->volume.id = v[VOLUME_ID].n;
		m->volume.seq = m->volume.stored_seq = (uint64_t)v[VOLUME_SEQ].n;
		m->volume.sum = sqlite3_column_int64(stmt, VOLUME_VALUES);
		sqlite3_reset(stmt);
		return rc;
	}
	return rc == 0 ? new_volume(m, why) : -1;
}

static int
use_volume(struct merge *m, const struct change *c, struct fail *why)
{
	struct slice name = change_text(c, CHANGE_VOLUME), label = change_text(c, CHANGE_LABEL);
	struct volume *v = &m->volume;

	if ((v->id == 0 || v->name.len != name.len || memcmp(v->name.p, name.p, name.len) != 0) &&
	    (leave_volume(m, why) == -1 || read_volume(m, name, why) == -1))
		return -1;
	if (label.len == 0 || order_of(m, c) < v->seq)
		return 0;
	v->seq = order_of(m, c);
	return copy(&v->label, label) == -1 ? fail_nomem(why) : 0;
}

int
merge_finish(struct merge *m, struct fail *why)
{
	if (leave_volume(m, why) == -1 || finish_links(m, why) == -1)
		return -1;
	m->about->seq = m->orders_at + m->changes;
	return 0;
}

/* ---- sources ---- */

static void
source_values(const struct merge *m, const struct change *c, struct value v[SOURCE_VALUES])
{
	v[SOURCE_VOLUME] = value_int(m->volume.id);
	v[SOURCE_PATH] = value_blob(change_text(c, CHANGE_SOURCE_PATH));
	v[SOURCE_SIZE] = value_int(c->source_size);
	v[SOURCE_MTIME] = value_int(c->source_mtime_ns);
}

/* The source's row, its bytes those of the change.  1, 0: there is none, -1. */
static int
find_source(struct merge *m, const struct change *c, struct value v[SOURCE_VALUES], int64_t *sum, struct fail *why)
{
	sqlite3_stmt *stmt = m->stmt[FIND_SOURCE];
	int rc;

	source_values(m, c, v);
	for (int i = SOURCE_FILE; i < SOURCE_VALUES; i++)
		v[i] = value_int(0);
	values_bind(stmt, TABLE_SOURCE, v, 0); /* what the statement does not name is passed over */
	if ((rc = sql_step(m->sql, stmt, why)) == 1 && values_read(m->sql, stmt, 0, TABLE_SOURCE, v, why) == -1)
		rc = -1;
	*sum = rc == 1 ? sqlite3_column_int64(stmt, SOURCE_VALUES) : 0;
	sqlite3_reset(stmt);
	v[SOURCE_PATH] = value_blob(change_text(c, CHANGE_SOURCE_PATH));
	return rc;
}

/* The source was imported before: the later import counts, but one that was left out changes nothing. */
static int
again_source(struct merge *m, const struct change *c, const struct value new[SOURCE_VALUES], struct fail *why)
{
	struct value old[SOURCE_VALUES], late[SOURCE_VALUES];
	bool other;
	int64_t sum;
	int rc = find_source(m, c, old, &sum, why);

	if (rc != 1)
		return rc == 0 ? sql_damaged(m->sql, why, "a source cannot be found") : -1;
	other = old[SOURCE_FILE].kind != new[SOURCE_FILE].kind || old[SOURCE_FILE].n != new[SOURCE_FILE].n;
	if (new[SOURCE_FILE].kind == VALUE_NULL || (other && new[SOURCE_SEQ].n < old[SOURCE_SEQ].n))
		return 0;
	memcpy(late, new, sizeof late);
	if (!other && old[SOURCE_SEQ].n > new[SOURCE_SEQ].n)
		late[SOURCE_SEQ] = old[SOURCE_SEQ];
	if (!other && old[SOURCE_FIRST].n > new[SOURCE_FIRST].n)
		late[SOURCE_FIRST] = old[SOURCE_FIRST];
	return change_row(m, UPDATE_SOURCE, TABLE_SOURCE, late, &sum, why);
}

/* file: its number; NULL where the source was left out.  first: it brought the file its content. */
static int
add_source(struct merge *m, const struct change *c, struct value file, bool first, struct fail *why)
{
	struct value v[SOURCE_VALUES];
	int64_t sum;
	int rc;

	if (c->text_len[CHANGE_VOLUME] == 0)
		return 0;
	if (use_volume(m, c, why) == -1)
		return -1;
	source_values(m, c, v);
	v[SOURCE_FILE] = file;
	v[SOURCE_SEQ] = value_int((int64_t)order_of(m, c));
	v[SOURCE_FIRST] = value_int(first);
	rc = insert_row(m, ADD_SOURCE, TABLE_SOURCE, v, &sum, why);
	return rc == 0 ? again_source(m, c, v, why) : rc == 1 ? 0 : -1;
}

static int
drop_source(struct merge *m, const struct change *c, int64_t file, struct fail *why)
{
	struct value v[SOURCE_VALUES];
	int64_t sum;
	int rc;

	if (c->text_len[CHANGE_VOLUME] == 0)
		return 0;
	if (use_volume(m, c, why) == -1)
		return -1;
	if ((rc = find_source(m, c, v, &sum, why)) != 1)
		return rc;
	if (v[SOURCE_FILE].kind != VALUE_INT || v[SOURCE_FILE].n != file)
		return 0;
	values_bind(m->stmt[DROP_SOURCE], TABLE_SOURCE, v, 0);
	return delete_row(m, DROP_SOURCE, TABLE_SOURCE, sum, why);
}

/* ---- logs ---- */

static int
find_run(struct merge *m, struct slice name, uint64_t *bytes, int64_t *sum, struct fail *why)
{
	sqlite3_stmt *stmt = m->stmt[FIND_RUN];
	struct value v[RUN_VALUES];
	int rc;

	*bytes = 0;
	sql_bind_text(stmt, 1, name);
	if ((rc = sql_step(m->sql, stmt, why)) != 1)
		return rc;
	if (values_read(m->sql, stmt, 0, TABLE_RUN, v, why) == -1)
		rc = -1;
	*bytes = (uint64_t)v[RUN_BYTES].n;
	*sum = sqlite3_column_int64(stmt, RUN_VALUES);
	sqlite3_reset(stmt);
	return rc;
}

int
merge_logged(struct merge *m, const char *name, uint64_t *bytes, struct fail *why)
{
	int64_t sum;

	return find_run(m, (struct slice){name, strlen(name)}, bytes, &sum, why) == -1 ? -1 : 0;
}

int
merge_log(struct merge *m, const char *name, uint64_t bytes, struct fail *why)
{
	struct slice key = {name, strlen(name)};
	struct value v[RUN_VALUES];
	uint64_t before;
	int64_t sum;
	int rc = find_run(m, key, &before, &sum, why);

	v[RUN_NAME] = value_text(key);
	v[RUN_BYTES] = value_int((int64_t)bytes);
	if (rc == 1)
		return change_row(m, UPDATE_RUN, TABLE_RUN, v, &sum, why);
	return rc == 0 && insert_row(m, ADD_RUN, TABLE_RUN, v, &sum, why) == 1 ? 0 : -1;
}

/* ---- the file table ---- */

/* The row's bytes out of SQLite's memory into ours. */
static int
own_bytes(struct row *row)
{
	struct buf *const bufs[FILE_VALUES] = {[FILE_PATH] = &row->path,
	    [FILE_HASH] = &row->hash,
	    [FILE_MISMATCH] = &row->mismatch,
	    [FILE_RECORD] = &row->record};

	for (int i = 0; i < FILE_VALUES; i++) {
		if (bufs[i] == NULL || row->v[i].kind == VALUE_NULL)
			continue;
		if (copy(bufs[i], row->v[i].bytes) == -1)
			return -1;
		row->v[i].bytes = text_of(bufs[i]);
	}
	return 0;
}

/* The file at a path into m->row.  1, 0: there is none, -1. */
static int
find(struct merge *m, struct slice path, struct fail *why)
{
	sqlite3_stmt *stmt = m->stmt[FIND];
	struct row *row = &m->row;
	int rc;

	sql_bind_blob(stmt, 1, path);
	if ((rc = sql_step(m->sql, stmt, why)) != 1)
		return rc;
	row->sum = sqlite3_column_int64(stmt, FILE_VALUES);
	if (values_read(m->sql, stmt, 0, TABLE_FILE, row->v, why) == -1)
		rc = -1;
	else if (own_bytes(row) == -1)
		rc = fail_nomem(why);
	sqlite3_reset(stmt);
	if (rc == 1 && (digest_read_json(text_of(&row->hash), &row->digests, why) == -1 ||
			   !(row->digests.mask & 1u << m->about->index)))
		return sql_damaged(m->sql, why, "a file has no hash");
	return rc;
}

static int
change_file(struct merge *m, enum statement which, struct fail *why)
{
	return change_row(m, which, TABLE_FILE, m->row.v, &m->row.sum, why);
}

/* The file in m->row. */
static int
delete_file(struct merge *m, struct fail *why)
{
	if (unlink_row(m, why) == -1)
		return -1;
	sqlite3_bind_int64(m->stmt[DELETE], 1, m->row.v[FILE_ID].n);
	return delete_row(m, DELETE, TABLE_FILE, m->row.sum, why);
}

static int
rename_file(struct merge *m, struct slice to, struct fail *why)
{
	m->row.v[FILE_PATH] = value_blob(to);
	return change_file(m, RENAME, why);
}

static int
read_digests(const struct change *c, struct digests *d, struct fail *why)
{
	d->mask = 0;
	return c->mask == 0 ? 0 : digest_read_json(change_text(c, CHANGE_HASH), d, why);
}

static bool
greater(const struct digests *a, const struct digests *b)
{
	for (int i = 0; i < DIGEST_COUNT; i++) {
		int order = a->mask & b->mask & 1u << i ? memcmp(a->bytes[i], b->bytes[i], digest_size(i)) : 0;

		if (order != 0)
			return order > 0;
	}
	return false;
}

/* The members of both records into m->record; where they disagree, those of `first`. */
static int
unite(struct merge *m, struct slice first, struct slice second, struct fail *why)
{
	struct spans a = {0}, b = {0};
	struct buf *out = &m->record;
	int rc = -1;

	if (span_scan(first, &a, why) == -1 || span_scan(second, &b, why) == -1)
		goto done;
	buf_clear(out, 64 << 10);
	buf_add(out, first.p, first.len - 1);
	for (size_t i = 0; i < b.n && a.n <= UNITE_MEMBERS_MAX && b.n <= UNITE_MEMBERS_MAX; i++) {
		bool there = false;

		for (size_t j = 0; j < a.n && !there; j++)
			there =
			    a.v[j].key.len == b.v[i].key.len && memcmp(a.v[j].key.p, b.v[i].key.p, a.v[j].key.len) == 0;
		if (there)
			continue;
		json_comma(out);
		buf_add(out, b.v[i].key.p - 1, (size_t)(b.v[i].value.p + b.v[i].value.len - b.v[i].key.p) + 1);
	}
	rc = buf_addc(out, '}') == -1 ? fail_nomem(why) : 0;
done:
	spans_fini(&a);
	spans_fini(&b);
	return rc;
}

/* The same content was there before: keep what both know. */
static int
unite_contents(struct merge *m, const struct change *c, const struct digests *d, bool later, struct fail *why)
{
	struct slice mine = change_text(c, CHANGE_RECORD), theirs = text_of(&m->row.record);

	buf_clear(&m->hash, SIZE_MAX);
	if (digest_merge_json(text_of(&m->row.hash), d, &m->hash, why) == -1)
		return -1;
	if (mine.len == theirs.len && memcmp(mine.p, theirs.p, mine.len) == 0)
		return copy(&m->record, mine) == -1 ? fail_nomem(why) : 0;
	return unite(m, later ? mine : theirs, later ? theirs : mine, why);
}

/*
 * Whether a change comes later than the row it would replace.  What this run has read is later than what is there; what
 * this database listed is, if the content is still the one it listed; between databases the clocks decide, and at the
 * same time the greater digest, so that the order of merging does not matter.
 */
static bool
is_later(const struct row *row, const struct change *c, const struct digests *d, bool same)
{
	int64_t verified_ns = row->v[FILE_VERIFIED].n;

	if (c->own || c->seq != 0)
		return c->own || c->seq >= (uint64_t)row->v[FILE_SEQ].n;
	return c->verified_ns > verified_ns || (c->verified_ns == verified_ns && (same || greater(d, &row->digests)));
}

/* What the change has found instead of the content that is its own; empty: nothing. */
static struct slice
mismatch_of(const struct change *c)
{
	return c->op == CHANGE_NOTE ? change_text(c, CHANGE_HASH_NOW) : (struct slice){"", 0};
}

/*
 * The same of how a content was found, good or damaged.  A row that has been read since this database listed it has
 * another time, be it an earlier one.  Of two at the same time damage counts.
 */
static bool
is_fresher(const struct row *row, const struct change *c)
{
	int64_t verified_ns = row->v[FILE_VERIFIED].n;
	bool noted = row->v[FILE_MISMATCH].kind != VALUE_NULL;
	struct slice there = noted ? row->v[FILE_MISMATCH].bytes : (struct slice){"", 0};

	if (c->own)
		return true;
	if (c->verified_ns == verified_ns)
		return values_order(mismatch_of(c), there) > 0;
	return c->seq == 0 && c->verified_ns > verified_ns;
}

/* Whether size and time, as far as the change knows those of the file at its path, are the row's. */
static bool
same_state(const struct row *row, const struct change *c)
{
	struct state was = values_state(row->v);
	struct stat is = {.st_size = c->size};

	rec_time_of_ns(c->mtime_ns, &is.st_mtim);
	return !c->of_copy && c->has_size && c->has_mtime && was.has_size && was.has_mtime && state_agrees(&was, &is);
}

/* Whether another content looks like damage to the row's: it was read here, and nothing says that it was written. */
static bool
is_damage(const struct row *row, const struct change *c)
{
	return c->op == CHANGE_PUT && !c->placed && (c->own || c->seq != 0) && same_state(row, c);
}

static int
change_mismatch(struct merge *m, const struct change *c, struct slice mismatch, struct fail *why)
{
	m->row.v[FILE_VERIFIED] = value_int(c->verified_ns);
	m->row.v[FILE_MISMATCH] = value_text_or_null(mismatch);
	return change_file(m, UPDATE, why);
}

/* Damage that is found by comparing with the row. */
static int
note_damage(struct merge *m, const struct change *c, struct fail *why)
{
	if (m->damaged++ == 0 && copy(&m->first_damaged, change_text(c, CHANGE_PATH)) == -1)
		return fail_nomem(why);
	return change_mismatch(m, c, change_text(c, CHANGE_HASH), why);
}

/* The content is the row's. */
static int
join(struct merge *m, const struct change *c, const struct digests *d, struct fail *why)
{
	struct row *row = &m->row;

	if (c->op == CHANGE_NOTE && c->own)
		return change_mismatch(m, c, mismatch_of(c), why);
	if (unite_contents(m, c, d, is_later(row, c, d, true), why) == -1)
		return -1;
	row->v[FILE_HASH] = value_text(text_of(&m->hash));
	row->v[FILE_RECORD] = value_text(text_of(&m->record));
	if (!is_fresher(row, c))
		return change_file(m, UPDATE, why);
	if (!c->was_there) {
		row->v[FILE_SIZE] = value_maybe(c->has_size, c->size);
		row->v[FILE_MTIME] = value_maybe(c->has_mtime, c->mtime_ns);
	}
	return change_mismatch(m, c, mismatch_of(c), why);
}

/* A new file, unless the path is taken.  1: inserted, *id is its number; 0: taken; -1. */
static int
insert(struct merge *m, const struct change *c, int64_t *id, struct fail *why)
{
	struct value v[FILE_VALUES];
	int64_t sum;
	int rc;

	*id = (int64_t)(m->seq + 1);
	v[FILE_ID] = v[FILE_SEQ] = value_int(*id);
	v[FILE_PATH] = value_blob(change_text(c, CHANGE_PATH));
	v[FILE_SIZE] = value_maybe(c->has_size, c->size);
	v[FILE_MTIME] = value_maybe(c->has_mtime, c->mtime_ns);
	v[FILE_VERIFIED] = value_int(c->verified_ns);
	v[FILE_HASH] = value_text(change_text(c, CHANGE_HASH));
	v[FILE_MISMATCH] = value_text_or_null(mismatch_of(c));
	v[FILE_DELETED] = value_maybe(false, 0);
	v[FILE_RECORD] = value_text(change_text(c, CHANGE_RECORD));
	if ((rc = insert_row(m, INSERT, TABLE_FILE, v, &sum, why)) != 1)
		return rc;
	m->seq++;
	return link_file(m, c, *id, why) == -1 ? -1 : 1;
}

/* What a change made of the content that a path is recorded with. */
enum outcome { FAILED = -1, SAME, NEW, OTHER }; /* OTHER: it stays, and is not the change's */

/*
 * There is a file at the path already.  One that gets another content gets another number: what points to the old one
 * is about a content that is no more.
 */
static enum outcome
update(struct merge *m, const struct change *c, int64_t *id, struct fail *why)
{
	struct digests d = {0};
	int rc = find(m, change_text(c, CHANGE_PATH), why);

	if (rc == 0)
		sql_damaged(m->sql, why, "a path is taken by no file");
	if (rc != 1 || read_digests(c, &d, why) == -1)
		return FAILED;
	*id = m->row.v[FILE_ID].n;
	if (digest_equal(&d, &m->row.digests))
		return join(m, c, &d, why) == -1 ? FAILED : SAME;
	if ((c->op == CHANGE_NOTE && c->own) || !is_later(&m->row, c, &d, false))
		return OTHER;
	if (is_damage(&m->row, c))
		return note_damage(m, c, why) == -1 ? FAILED : OTHER;
	return delete_file(m, why) == -1 || insert(m, c, id, why) != 1 ? FAILED : NEW;
}

/*
 * Whether a change only repeats what this database had listed before the file was marked as deleted.  A copy of the
 * database lists rows of its own that this one has never had.
 */
static int
is_echo(struct merge *m, const struct change *c, struct fail *why)
{
	sqlite3_stmt *stmt = m->stmt[FIND_DELETED];
	int rc;

	if (c->seq == 0 || c->own || c->placed || !(c->mask & 1u << m->about->index))
		return 0;
	if ((rc = find(m, change_text(c, CHANGE_PATH), why)) != 0)
		return rc == 1 ? 0 : -1;
	sqlite3_bind_int64(stmt, 1, c->prefix[m->about->index]);
	sql_bind_blob(stmt, 2, change_text(c, CHANGE_PATH));
	if ((rc = sql_step(m->sql, stmt, why)) == 1)
		sqlite3_reset(stmt);
	return rc;
}

/* The file at the path has the change's content, or damage to it was found. */
static enum outcome
record_file(struct merge *m, const struct change *c, int64_t *id, struct fail *why)
{
	int rc = is_echo(m, c, why);

	if (rc != 0)
		return rc == -1 ? FAILED : OTHER;
	rc = insert(m, c, id, why);
	return rc == -1 ? FAILED : rc == 1 ? NEW : update(m, c, id, why);
}

/*
 * Give the file at FROM its new path, so that it keeps its number and what is known of it.  1: that is all, since it
 * has been found damaged; 0; -1.
 */
static int
move(struct merge *m, const struct change *c, struct fail *why)
{
	struct slice to = change_text(c, CHANGE_PATH), from = change_text(c, CHANGE_FROM);
	struct digests d = {0};
	bool same;
	int rc;

	if (to.len == from.len && memcmp(to.p, from.p, to.len) == 0)
		return 0;
	if ((rc = find(m, from, why)) != 1)
		return rc;
	if (read_digests(c, &d, why) == -1)
		return -1;
	same = digest_equal(&d, &m->row.digests);
	if (!same && !same_state(&m->row, c))
		return 0;
	if ((rc = find(m, to, why)) == -1 || (rc == 1 && delete_file(m, why) == -1))
		return -1;
	if ((rc = find(m, from, why)) != 1 || rename_file(m, to, why) == -1)
		return rc == 0 ? 0 : -1;
	if (same)
		return 0;
	return note_damage(m, c, why) == -1 ? -1 : 1;
}

static int
put(struct merge *m, const struct change *c, struct fail *why)
{
	int64_t id;
	enum outcome outcome;
	int rc = c->text_len[CHANGE_FROM] > 0 ? move(m, c, why) : 0;

	if (rc != 0)
		return rc == 1 ? 0 : -1;
	outcome = record_file(m, c, &id, why);
	if (outcome == FAILED || outcome == OTHER)
		return outcome == FAILED ? -1 : 0;
	return add_source(m, c, value_int(id), outcome == NEW, why);
}

static int
note(struct merge *m, const struct change *c, struct fail *why)
{
	int64_t id;

	return record_file(m, c, &id, why) == FAILED ? -1 : 0;
}

/* The file at the change's path, if it is the one that the change means.  1, 0, -1. */
static int
find_meant(struct merge *m, const struct change *c, struct fail *why)
{
	struct digests d = {0};
	int rc = find(m, change_text(c, CHANGE_PATH), why);

	if (rc != 1 || c->mask == 0)
		return rc;
	if (read_digests(c, &d, why) == -1)
		return -1;
	return digest_equal(&d, &m->row.digests);
}

static int
forget(struct merge *m, const struct change *c, struct fail *why)
{
	int rc = find_meant(m, c, why);

	if (rc != 1)
		return rc;
	if (!m->mark_deleted && c->op != CHANGE_MARK)
		return delete_file(m, why);
	m->row.v[FILE_DELETED] = value_int(c->verified_ns);
	return change_file(m, RENAME, why);
}

static int
undo(struct merge *m, const struct change *c, struct fail *why)
{
	int rc;

	if ((rc = find_meant(m, c, why)) != 1)
		return rc;
	if (drop_source(m, c, m->row.v[FILE_ID].n, why) == -1)
		return -1;
	rc = c->text_len[CHANGE_FROM] > 0 ? find(m, change_text(c, CHANGE_FROM), why) : 1;
	if (rc == -1 || find(m, change_text(c, CHANGE_PATH), why) != 1)
		return -1;
	return rc == 1 ? delete_file(m, why) : rename_file(m, change_text(c, CHANGE_FROM), why);
}

static int
remember(struct merge *m, const struct change *c, struct fail *why)
{
	int rc;

	if (c->text_len[CHANGE_PATH] == 0)
		return add_source(m, c, value_maybe(false, 0), false, why);
	rc = find_meant(m, c, why);
	return rc == 1 ? add_source(m, c, value_int(m->row.v[FILE_ID].n), false, why) : rc;
}

size_t
merge_damaged(const struct merge *m, struct slice *first)
{
	*first = text_of(&m->first_damaged);
	return m->damaged;
}

int
merge_apply(struct merge *m, const struct change *c, struct fail *why)
{
	switch (c->op) {
	case CHANGE_PUT:
		return put(m, c, why);
	case CHANGE_NOTE:
		return note(m, c, why);
	case CHANGE_FORGET:
	case CHANGE_MARK:
		return forget(m, c, why);
	case CHANGE_UNDO:
		return undo(m, c, why);
	case CHANGE_SOURCE:
		return remember(m, c, why);
	case CHANGE_NONE:
		break;
	}
	return 0;
}
